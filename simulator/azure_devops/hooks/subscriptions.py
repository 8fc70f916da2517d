"""Subscriptions to events: rows that people write, and the state in which failures leave them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from simulator.azure_devops.errors import failure, invalid
from simulator.azure_devops.hooks import consumers, publishers
from simulator.azure_devops.inputs import MASK, Input, masked, problem, value
from simulator.azure_devops.organization import Organization, Row
from simulator.kernel.errors import NotSimulated

KIND = "azure_devops.hook_subscription"
ENABLED, PROBATION, BY_USER, BY_SYSTEM = "enabled", "onProbation", "disabledByUser", "disabledBySystem"


class Subscriptions:
    """The subscriptions of the organization."""

    def __init__(self, organization: Organization) -> None:
        self._organization, self._kernel = organization, organization.kernel

    def all(self) -> list[Row]:
        """Every subscription, the oldest first."""
        return sorted(
            (row for _, row in self._kernel.store.scan(KIND)), key=lambda row: float(row["created"])
        )

    def find(self, identifier: str) -> Row | None:
        """The subscription of that id."""
        return self._kernel.store.get(KIND, identifier.lower())

    def listening(self, fact_kind: str) -> Iterator[tuple[Row, publishers.EventType]]:
        """The enabled subscriptions to events that come from facts of this kind."""
        for row in self.all():
            kind = publishers.event_type(row["publisherId"], row["eventType"])
            if row["status"] == ENABLED and kind is not None and fact_kind in kind.facts:
                yield row, kind

    def create(self, given: dict[str, Any], by: str) -> Row:
        """A new, enabled subscription; CallerError where inputs are not right, NotSimulated for what never comes."""
        now = self._kernel.clock.now()
        row: Row = {
            "id": self._kernel.ids.uuid(),
            "createdBy": by,
            "created": now,
            "status": ENABLED,
            "retries": 0,
        }
        row |= {**_checked(given, {}), "modifiedBy": by, "modified": now, "probed": None, "diagnostics": {}}
        self.save(row)
        return row

    def replace(self, row: Row, given: dict[str, Any], by: str) -> Row:
        """Other inputs or another status; a confidential input that comes masked or not at all stays as it was."""
        status = str(given.get("status") or row["status"])
        if status not in (ENABLED, BY_USER, row["status"]):
            raise invalid(f"A subscription cannot be set to {status}. Expected {ENABLED} or {BY_USER}.")
        changed = {**row, **_checked(given, row["consumerInputs"]), "status": status}
        changed |= {"modifiedBy": by, "modified": self._kernel.clock.now()}
        if status != PROBATION:
            changed["retries"] = 0
        self.save(changed)
        return changed

    def save(self, row: Row) -> None:
        """Write the row."""
        self._kernel.store.put(KIND, row["id"], row)

    def delete(self, row: Row) -> None:
        """Remove the subscription."""
        self._kernel.store.delete(KIND, row["id"])


def kind_of(row: Row) -> publishers.EventType:
    """The event that a subscription is to."""
    found = publishers.event_type(row["publisherId"], row["eventType"])
    assert found is not None, f"there is no event {row['eventType']}"
    return found


def consumer_inputs(row: Row) -> tuple[Input, ...]:
    """The inputs of a subscription's consumer and action."""
    consumer = consumers.consumer(row["consumerId"])
    action = consumers.action(consumer, row["consumerActionId"]) if consumer else None
    return (*consumer.inputs, *action.inputs) if consumer and action else ()


def shown_inputs(row: Row) -> Row:
    """The consumer's inputs as they are read: confidential ones masked."""
    return masked(consumer_inputs(row), row["consumerInputs"])


def _checked(given: dict[str, Any], before: Row) -> Row:
    kind = _event(given)
    consumer, action = _action(given)
    texts = {
        name: "" if item is None else str(item) for name, item in (given.get("publisherInputs") or {}).items()
    }
    inputs = {
        name: "" if item is None else str(item) for name, item in (given.get("consumerInputs") or {}).items()
    }
    described = (*consumer.inputs, *action.inputs)
    for one in described:
        if one.confidential and before.get(one.id) and value(inputs, one.id) in ("", MASK):
            inputs[one.id] = before[one.id]
    if wrong := problem(kind.inputs, texts) or problem(described, inputs):
        raise invalid(wrong)
    _check_url(inputs)
    return {
        "publisherId": kind.publisher,
        "eventType": kind.id,
        "resourceVersion": str(given.get("resourceVersion") or kind.version),
        "consumerId": consumer.id,
        "consumerActionId": action.id,
        "publisherInputs": texts,
        "consumerInputs": inputs,
    }


def _event(given: dict[str, Any]) -> publishers.EventType:
    publisher, name = str(given.get("publisherId") or ""), str(given.get("eventType") or "")
    if publisher not in publishers.PUBLISHERS:
        raise failure("PublisherNotFoundException", id=publisher)
    kind = publishers.event_type(publisher, name)
    if kind is None:
        raise failure("EventTypeNotFoundException", id=name, publisher=publisher)
    if not kind.facts:
        raise NotSimulated(f"service hooks event {kind.id}", "Events stand in simulator/azure_devops/hooks.")
    version = str(given.get("resourceVersion") or kind.version)
    if version not in kind.versions:
        raise invalid(
            f"The event {kind.id} has no resource version {version}. It has {', '.join(kind.versions)}."
        )
    return kind


def _action(given: dict[str, Any]) -> tuple[consumers.Consumer, consumers.Action]:
    name, action_name = str(given.get("consumerId") or ""), str(given.get("consumerActionId") or "")
    consumer = consumers.consumer(name)
    if consumer is None:
        raise failure("ConsumerNotFoundException", id=name)
    action = consumers.action(consumer, action_name)
    if action is None:
        raise failure("ConsumerActionNotFoundException", id=action_name, consumer=consumer.id)
    if consumer.id != consumers.WEB_HOOKS:
        raise NotSimulated(f"service hooks consumer {consumer.id} ({action.id})", "Use webHooks/httpRequest.")
    return consumer, action


def _check_url(inputs: Row) -> None:
    parts = urlsplit(value(inputs, "url"))
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise invalid(f"The URL {value(inputs, 'url')} is not a valid absolute HTTP or HTTPS address.")
    secret = value(inputs, "basicAuthPassword") or value(inputs, "basicAuthUsername")
    if parts.scheme == "http" and secret:
        raise invalid("Basic authentication requires an HTTPS URL.")
