"""Notifications over REST: the history of subscriptions, test notifications, an event of the history once more."""

from __future__ import annotations

from typing import Any

from simulator.azure_devops.endpoint import Call, collection, endpoint
from simulator.azure_devops.endpoints.hooks import subscriptions
from simulator.azure_devops.errors import failure
from simulator.azure_devops.hooks.subscriptions import shown_inputs
from simulator.azure_devops.moments import iso
from simulator.azure_devops.organization import Row
from simulator.azure_devops.shapes import mapping, number, texts

NOTIFICATIONS = "0c62d343-21b0-4732-997b-017fde84dc28"
QUERY = "1a57562f-160a-4b5c-9185-905e95b39d36"
TEST = "1139462c-7e27-4524-a997-31b9b73551fe"


@endpoint("GET", NOTIFICATIONS, "vso.build")
async def notifications(call: Call) -> object:
    """The newest notifications of a subscription (`maxResults`, `status`, `result`), or one with its details."""
    subscription = subscriptions.found(call)
    if text := call.route.get("notificationid"):
        found = (
            call.azure.hooks.notifications.find(subscription["id"], int(text)) if text.isdecimal() else None
        )
        if found is None:
            raise failure("NotificationNotFoundException", id=text)
        return _view(subscription, found, True)
    rows = call.azure.hooks.notifications.of(
        subscription["id"],
        call.number("maxresults", 100),
        call.query.get("status", ""),
        call.query.get("result", ""),
    )
    return collection([_view(subscription, row, True) for row in rows])


@endpoint("POST", QUERY, "vso.build")
async def query(call: Call) -> object:
    """Notifications of several subscriptions, with a summary of each; the query comes back with its results."""
    given = call.object_body()
    wanted = {text.lower() for text in texts(given, "subscriptionIds")}
    seen = [row for row in call.azure.hooks.subscriptions.all() if subscriptions.visible(call, row)]
    chosen = [
        row
        for row in seen
        if (not wanted or row["id"] in wanted)
        and str(given.get("publisherId") or row["publisherId"]) == row["publisherId"]
    ]
    each, status = number(given, "maxResultsPerSubscription", 100), str(given.get("status") or "")
    result = str(given.get("resultType") or "")
    rows = [
        (one, row)
        for one in chosen
        for row in call.azure.hooks.notifications.of(one["id"], each, status, result)
    ]
    details = bool(given.get("includeDetails"))
    shown = [_view(one, row, details) for one, row in rows][: number(given, "maxResults", len(rows))]
    return {
        **given,
        "associatedSubscriptions": [subscriptions.view(call, one) for one in chosen],
        "results": shown,
        "summary": [_summary(call, one) for one in chosen],
    }


@endpoint("POST", TEST, "vso.build")
async def test_notification(call: Call) -> object:
    """Send a test event now, or the event that `details.event` gives; the answer is the notification as it ended."""
    given, details = call.object_body(), mapping(call.object_body(), "details")
    subscription = _tested(call, str(given.get("subscriptionId") or ""), details)
    event = mapping(details, "event") or call.azure.hooks.sample(subscription)
    row = call.azure.hooks.notifications.add(subscription, None, event)
    done = await call.azure.hooks.attempt(subscription, row)
    good, now = 200 <= int(done.pop("answer")) < 300, call.kernel.clock.now()
    done |= {
        "status": "completed",
        "result": "succeeded" if good else "failed",
        "completed": now,
        "changed": now,
    }
    call.azure.hooks.notifications.save(done)
    return _view(subscription, done, True)


def _tested(call: Call, identifier: str, details: Row) -> Row:
    """The subscription that is tested: one that is there, with the inputs of the request, or one that is not saved."""
    hooks = call.azure.hooks.subscriptions
    known = hooks.find(identifier) if identifier else None
    if known is not None and subscriptions.visible(call, known):
        return known
    with call.kernel.store.transaction():
        made = hooks.create(details, call.caller.identity.name)
        hooks.delete(made)
    return made


def _summary(call: Call, subscription: Row) -> Row:
    counts: dict[str, int] = {}
    for row in call.azure.hooks.notifications.of(subscription["id"], 10_000):
        counts[row["result"]] = counts.get(row["result"], 0) + 1
    results = [{"result": name, "notificationCount": count} for name, count in counts.items()]
    return {"subscriptionId": subscription["id"], "results": results}


def _view(subscription: Row, row: Row, details: bool) -> Row:
    value: dict[str, Any] = {
        "id": row["id"],
        "subscriptionId": row["subscription"],
        "subscriberId": "00000000-0000-0000-0000-000000000000",
        "eventId": row["eventId"],
        "createdDate": iso(row["created"]),
        "modifiedDate": iso(row["changed"]),
        "status": row["status"],
        "result": row["result"],
    }
    if details:
        value["details"] = _details(subscription, row)
    return value


def _details(subscription: Row, row: Row) -> Row:
    times = {
        "queuedDate": iso(row["created"]),
        "dequeuedDate": iso(row["dequeued"]),
        "processedDate": iso(row["dequeued"]),
        "completedDate": iso(row["completed"]),
    }
    told: Row = {
        "eventType": row["eventType"],
        "event": row["event"],
        "publisherId": subscription["publisherId"],
        "consumerId": subscription["consumerId"],
        "consumerActionId": subscription["consumerActionId"],
        "consumerInputs": shown_inputs(subscription),
        "publisherInputs": subscription["publisherInputs"],
        "request": row["request"],
        "response": row["response"],
        "errorMessage": row["errorMessage"],
        "errorDetail": row["errorDetail"],
        "requestAttempts": row["attempts"],
        "requestDuration": row["duration"],
        **times,
    }
    return {name: item for name, item in told.items() if item is not None}
