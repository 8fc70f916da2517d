"""Deliveries: from facts to requests, with the service's retries, probation and disabling on the virtual clock.

Source: Learn "Service hooks troubleshooting" (reference/azure-devops.md 6). 410 is terminal: the subscription is
disabled. 408, 502, 503, 504 and no answer are transient: eight retries after 1, 2, 4, 8, 16, 32, 60 and 60 s. Whatever
else fails, or still fails then, puts the subscription on probation: events are not sent, and the failed notification is
sent again after 20 min, 40 min, ... 15 h; a success restores the subscription, the seventh failure disables it.
"""

from __future__ import annotations

import asyncio
from typing import Any

from simulator.azure_devops.git.refs import RefWatch
from simulator.azure_devops.hooks import notifications, occurrences
from simulator.azure_devops.hooks.events import Events
from simulator.azure_devops.hooks.notifications import COMPLETED, SENDING, Notifications
from simulator.azure_devops.hooks.requests import LARGEST_BYTES, HookRequest, request_of, shown
from simulator.azure_devops.hooks.subscriptions import BY_SYSTEM, ENABLED, PROBATION, Subscriptions, kind_of
from simulator.azure_devops.moments import iso
from simulator.azure_devops.organization import Organization, Row
from simulator.formats.retry_delays import HOOK_PROBATION, SERVICE_HOOKS
from simulator.kernel.facts import Fact
from simulator.kernel.outbound import OutboundFailed, OutboundRefused

TIMER = "azure_devops.hook_delivery"
TRANSIENT = (408, 502, 503, 504)
GONE = 410
MOST_RETRIES, MOST_PROBES = 8, 7
_KEPT_TEXT = 4096


class Hooks:
    """The service hooks of the organization."""

    def __init__(self, organization: Organization, refs: RefWatch) -> None:
        self._organization, self._kernel = organization, organization.kernel
        self.subscriptions = Subscriptions(organization)
        self.notifications = Notifications(organization)
        self._events = Events(organization, refs)
        self._kernel.scheduler.on(TIMER, self._deliver)

    def on_fact(self, fact: Fact) -> None:
        """The log's consumer: notifications are written in the transaction that moves the cursor, so none is lost."""
        for subscription, _ in self.subscriptions.listening(fact.kind):
            occurrence = occurrences.occurrence(self._organization, fact)
            if occurrence is None:
                continue
            if occurrences.fits(occurrence, subscription["publisherInputs"]):
                self.send(subscription, self.notifications.add(subscription, occurrence))
            elif subscription["diagnostics"].get("evaluationTracing", {}).get("enabled"):
                self.notifications.filtered(subscription, occurrence)

    def send(self, subscription: Row, notification: Row, after_seconds: float = 0.0) -> None:
        """Send a notification when its time has come."""
        payload = {"subscription": subscription["id"], "notification": notification["id"]}
        timer = f"hook/{notifications.key(subscription['id'], notification['id'])}"
        self._kernel.scheduler.at(self._kernel.clock.now() + after_seconds, TIMER, payload, timer)

    def sample(self, subscription: Row) -> Row:
        """The event of a test notification."""
        kind = kind_of(subscription)
        project = str(subscription["publisherInputs"].get("projectId") or "")
        version, created = subscription["resourceVersion"], str(iso(self._kernel.clock.now()))
        return self._events.sample(kind, version, self._kernel.ids.uuid(), project, created)

    async def attempt(self, subscription: Row, notification: Row) -> Row:
        """One request now; the notification with what came of it, not yet judged."""
        row = {**notification, "status": SENDING, "attempts": notification["attempts"] + 1}
        row["dequeued"] = row["dequeued"] or self._kernel.clock.now()
        if row["event"] is None:
            row["event"] = await self._event(subscription, row)
        request = request_of(
            subscription["consumerInputs"],
            row["event"],
            subscription["id"],
            row["id"],
            self._kernel.ids.uuid(),
        )
        row["request"] = shown(request)
        return await self._answered(row, request)

    async def _event(self, subscription: Row, row: Row) -> dict[str, Any]:
        occurrence = notifications.occurrence_of(row)
        kind, version = kind_of(subscription), subscription["resourceVersion"]
        return await self._events.event(kind, version, row["eventId"], occurrence, str(iso(row["created"])))

    async def _answered(self, row: Row, request: HookRequest) -> Row:
        if len(request.body) > LARGEST_BYTES:
            return {**row, "answer": 413, "errorMessage": "The payload is larger than 2 MB."}
        begun = asyncio.get_running_loop().time()
        try:
            answer = await self._kernel.outbound.send("POST", request.url, request.headers, request.body)
        except OutboundFailed as failed:
            return {
                **row,
                "answer": 504 if failed.timed_out else 503,
                "response": "",
                "errorMessage": str(failed),
            }
        except OutboundRefused as refused:
            return {**row, "answer": 0, "response": "", "errorMessage": str(refused)}
        body = answer.body[:_KEPT_TEXT].decode(errors="replace")
        row["duration"] = asyncio.get_running_loop().time() - begun
        row["response"] = f"Status Code: {answer.status}\n{body}"
        good = 200 <= answer.status < 300
        return {
            **row,
            "answer": answer.status,
            "errorMessage": "" if good else f"Status code {answer.status}",
        }

    async def _deliver(self, payload: dict[str, Any]) -> None:
        """The timer's action: one attempt, judged; safe to run again after a crash (the receiver may see it twice)."""
        subscription = self.subscriptions.find(payload["subscription"])
        notification = self.notifications.find(payload["subscription"], payload["notification"])
        if subscription is None or notification is None:
            return
        probe = subscription["status"] == PROBATION
        if not probe and (subscription["status"] != ENABLED or notification["status"] == COMPLETED):
            return
        row = await self.attempt(subscription, notification)
        # Somebody may have changed or removed it while the request was under way.
        current = self.subscriptions.find(payload["subscription"])
        if current is None:
            return
        with self._kernel.store.transaction():
            self._judge(current, row)

    def _judge(self, subscription: Row, row: Row) -> None:
        answer = int(row.pop("answer"))
        if 200 <= answer < 300:
            self._complete(row, "succeeded")
            if subscription["status"] == PROBATION:
                self._move(subscription, ENABLED, retries=0)
            return
        waits_again = answer in TRANSIENT and row["attempts"] <= MOST_RETRIES
        if subscription["status"] == ENABLED and waits_again:
            self.notifications.save({**row, "status": "queued"})
            self.send(subscription, row, SERVICE_HOOKS.delay_seconds(row["attempts"], 0.0))
            return
        self._complete(row, "failed")
        if answer == GONE:
            self._move(subscription, BY_SYSTEM)
            return
        self._probation(subscription, row)

    def _probation(self, subscription: Row, row: Row) -> None:
        probes = subscription["retries"] if subscription["status"] == PROBATION else 0
        if probes >= MOST_PROBES:
            self._move(subscription, BY_SYSTEM)
            return
        self._move(subscription, PROBATION, retries=probes + 1, probed=self._kernel.clock.now())
        self.send(subscription, row, HOOK_PROBATION.delay_seconds(probes + 1, 0.0))

    def _complete(self, row: Row, result: str) -> None:
        now = self._kernel.clock.now()
        self.notifications.save(
            {**row, "status": COMPLETED, "result": result, "completed": now, "changed": now}
        )
        told = {"subscription": row["subscription"], "notification": row["id"], "event": row["eventType"]}
        told |= {"result": result, "attempts": row["attempts"], "error": row["errorMessage"]}
        self._kernel.log.record("HookDelivered", f"{row['eventType']} {result}", told)

    def _move(self, subscription: Row, status: str, **more: Any) -> None:
        changed = {**subscription, "status": status, **more}
        self.subscriptions.save(changed)
        if status != subscription["status"]:
            told = {"subscription": subscription["id"], "status": status}
            self._kernel.log.record("HookSubscriptionChanged", f"{subscription['eventType']} {status}", told)
