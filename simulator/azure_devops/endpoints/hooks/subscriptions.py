"""Subscriptions over REST: made, queried, changed, removed; their diagnostics."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from simulator.azure_devops.endpoint import Answer, Call, collection, endpoint
from simulator.azure_devops.errors import failure
from simulator.azure_devops.hooks.subscriptions import kind_of, shown_inputs
from simulator.azure_devops.inputs import value
from simulator.azure_devops.moments import iso
from simulator.azure_devops.organization import Row
from simulator.azure_devops.security import tokens
from simulator.azure_devops.security.namespaces import SERVICE_HOOKS
from simulator.azure_devops.shapes import mapping, mappings

SUBSCRIPTIONS = "fc50d02a-849f-41fb-8af1-0a5216103269"
QUERY = "c7c3c1cf-9e05-4c0d-a425-a0f922c2c6ed"
DIAGNOSTICS = "3b36bcb5-02ad-43c6-bbfa-6dfc6f8e9d68"
_TRACED_SECONDS = 3600.0
_MEMBERS = ("publisherId", "eventType", "consumerId", "consumerActionId")
_TRACES = ("deliveryResults", "deliveryTracing", "evaluationTracing")


def view(call: Call, row: Row) -> Row:
    """The Subscription of the wire."""
    people, kind = call.person_reference, kind_of(row)
    url = f"{call.url}/_apis/hooks/subscriptions/{row['id']}"
    filters = ", ".join(
        f"{name} {item}" for name, item in row["publisherInputs"].items() if item and name != "projectId"
    )
    shown: dict[str, Any] = {
        "id": row["id"],
        "url": url,
        "status": row["status"],
        "publisherId": row["publisherId"],
        "eventType": row["eventType"],
        "subscriber": None,
        "resourceVersion": row["resourceVersion"],
        "eventDescription": filters or f"Any {kind.name.lower()} event.",
        "consumerId": row["consumerId"],
        "consumerActionId": row["consumerActionId"],
        "actionDescription": f"To host {urlsplit(value(row['consumerInputs'], 'url')).hostname}",
        "probationRetries": str(row["retries"]),
        "createdBy": people(row["createdBy"]),
        "createdDate": iso(row["created"]),
        "modifiedBy": people(row["modifiedBy"]),
        "modifiedDate": iso(row["modified"]),
        "lastProbationRetryDate": iso(row["probed"]),
        "publisherInputs": row["publisherInputs"],
        "consumerInputs": shown_inputs(row),
        "_links": {
            "self": {"href": url},
            "consumer": {"href": f"{call.url}/_apis/hooks/consumers/{row['consumerId']}"},
            "notifications": {"href": f"{url}/notifications"},
            "publisher": {"href": f"{call.url}/_apis/hooks/publishers/{row['publisherId']}"},
        },
    }
    return {name: item for name, item in shown.items() if item is not None}


def found(call: Call) -> Row:
    """The subscription of the route, if the caller sees its project."""
    row = call.azure.hooks.subscriptions.find(call.route["subscriptionid"])
    if row is None or not visible(call, row):
        raise failure("SubscriptionNotFoundException", id=call.route["subscriptionid"])
    return row


def visible(call: Call, row: Row) -> bool:
    """Whether the caller may view the subscriptions of its project; one of all projects is for who may of all."""
    project = call.organization.find_project(str(row["publisherInputs"].get("projectId") or ""))
    token = tokens.hooks(project["id"]) if project else tokens.hooks()
    return call.allowed(SERVICE_HOOKS, token, "ViewSubscriptions")


@endpoint("GET", SUBSCRIPTIONS, "vso.build")
async def subscriptions(call: Call) -> object:
    """The subscriptions (`publisherId`, `eventType`, `consumerId`, `consumerActionId`), or one."""
    if "subscriptionid" in call.route:
        return view(call, found(call))
    rows = [row for row in call.azure.hooks.subscriptions.all() if visible(call, row)]
    for name in _MEMBERS:
        if text := call.query.get(name.lower(), "").lower():
            rows = [row for row in rows if row[name].lower() == text]
    return collection([view(call, row) for row in rows])


@endpoint("POST", SUBSCRIPTIONS, "vso.build")
async def create(call: Call) -> object:
    """A new subscription."""
    _check_project(call)
    row = call.azure.hooks.subscriptions.create(call.object_body(), call.caller.identity.name)
    return view(call, row)


@endpoint("PUT", SUBSCRIPTIONS, "vso.build")
async def replace(call: Call) -> object:
    """Other inputs, or enabled again, or disabled by its user; the id may stand in the body instead of the address."""
    if "subscriptionid" not in call.route:
        call.route["subscriptionid"] = str(call.member("id"))
    row = found(call)
    _check_project(call)
    changed = call.azure.hooks.subscriptions.replace(row, call.object_body(), call.caller.identity.name)
    return view(call, changed)


@endpoint("DELETE", SUBSCRIPTIONS, "vso.build")
async def delete(call: Call) -> object:
    """Remove a subscription and its history."""
    row = found(call)
    with call.kernel.store.transaction():
        call.azure.hooks.notifications.forget(row["id"])
        call.azure.hooks.subscriptions.delete(row)
    return Answer(204)


@endpoint("POST", QUERY, "vso.build")
async def query(call: Call) -> object:
    """The subscriptions that fit members and input filters; the query comes back with its results."""
    given = call.object_body()
    rows = [row for row in call.azure.hooks.subscriptions.all() if visible(call, row)]
    for name in _MEMBERS:
        if text := str(given.get(name) or "").lower():
            rows = [row for row in rows if row[name].lower() == text]
    for filters, inputs in (
        ("publisherInputFilters", "publisherInputs"),
        ("consumerInputFilters", "consumerInputs"),
    ):
        listed = [mappings(one, "conditions") for one in mappings(given, filters)]
        if listed:
            rows = [row for row in rows if any(_all_hold(one, row[inputs]) for one in listed)]
    return {**given, "results": [view(call, row) for row in rows]}


def _all_hold(conditions: list[Row], inputs: Row) -> bool:
    return all(_holds(condition, inputs) for condition in conditions)


def _holds(condition: Row, inputs: Row) -> bool:
    actual = value(inputs, str(condition.get("inputId") or ""))
    expected = str(condition.get("inputValue") or "")
    if not condition.get("caseSensitive"):
        actual, expected = actual.lower(), expected.lower()
    differs = str(condition.get("operator") or "equals").lower() in ("notequals", "1")
    return (actual == expected) is not differs


@endpoint("GET", DIAGNOSTICS, "vso.build")
async def diagnostics(call: Call) -> object:
    """What of a subscription is traced."""
    return _traces(found(call))


@endpoint("PUT", DIAGNOSTICS, "vso.build")
async def trace(call: Call) -> object:
    """Trace for an hour, or stop: with evaluationTracing, events that do not fit are in the history too."""
    row, now = found(call), call.kernel.clock.now()
    for name in _TRACES:
        if name in call.object_body():
            enabled = bool(mapping(call.object_body(), name).get("enabled"))
            row["diagnostics"][name] = {
                "enabled": enabled,
                "startDate": iso(now),
                "endDate": iso(now + _TRACED_SECONDS),
                "maxTracedEntries": 25,
                "tracedEntries": 0,
            }
    call.azure.hooks.subscriptions.save(row)
    return _traces(row)


def _traces(row: Row) -> Row:
    return {name: row["diagnostics"][name] for name in _TRACES if name in row["diagnostics"]}


def _check_project(call: Call) -> None:
    inputs = mapping(call.object_body(), "publisherInputs")
    if name := str(inputs.get("projectId") or ""):
        call.visible(call.organization.project(name), name)
