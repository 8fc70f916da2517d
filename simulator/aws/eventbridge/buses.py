"""CreateEventBus and its kin: event buses beside the default one."""

from __future__ import annotations

import json
from typing import Any

from simulator.aws.behaviour import Answer, Call, behaviour
from simulator.aws.eventbridge.rows import BUS, DEFAULT, RULE, TAGS, bus_arn, bus_name, find_bus, only, page
from simulator.kernel.errors import CallerError

_MEMBERS = ("Description", "KmsKeyIdentifier", "DeadLetterConfig", "LogConfig")


@behaviour("events", "CreateEventBus")
async def create_event_bus(call: Call) -> Answer:
    """A new bus; partner buses are refused by AWS unless their source exists, which here none does."""
    name, store = call.params["Name"], call.kernel.store
    if "EventSourceName" in call.params or "/" in name:
        raise CallerError("ValidationException", "Event bus name must not contain '/'.", 400)
    if name == DEFAULT or store.get(BUS, call.key(name)):
        raise CallerError("ResourceAlreadyExistsException", f"Event bus {name} already exists.", 400)
    arn, now = bus_arn(call.account, call.region, name), call.kernel.clock.now()
    row = {
        "Name": name,
        "Arn": arn,
        "CreationTime": now,
        "LastModifiedTime": now,
        **only(call.params, *_MEMBERS),
    }
    with store.transaction():
        store.put(BUS, call.key(name), row)
        store.put(TAGS, arn, {"Tags": call.params.get("Tags", [])})
        call.kernel.log.record("EventBusCreated", arn, account=call.account, region=call.region)
    return {"EventBusArn": arn, **only(row, *_MEMBERS)}


@behaviour("events", "UpdateEventBus")
async def update_event_bus(call: Call) -> Answer:
    """Change what describes a bus."""
    name = bus_name(call.params.get("Name"))
    row = {**find_bus(call.kernel.store, call.account, call.region, name), **only(call.params, *_MEMBERS)}
    row["LastModifiedTime"] = call.kernel.clock.now()
    call.kernel.store.put(BUS, call.key(name), row)
    return {"Arn": row["Arn"], "Name": name, **only(row, *_MEMBERS)}


@behaviour("events", "DescribeEventBus")
async def describe_event_bus(call: Call) -> Answer:
    """One bus with its policy."""
    name = bus_name(call.params.get("Name"))
    return _described(find_bus(call.kernel.store, call.account, call.region, name), *_MEMBERS)


@behaviour("events", "ListEventBuses")
async def list_event_buses(call: Call) -> Answer:
    """The buses here, the default one among them."""
    rows = {row["Name"]: row for _, row in call.kernel.store.scan(BUS, call.key(""))}
    rows.setdefault(DEFAULT, find_bus(call.kernel.store, call.account, call.region, DEFAULT))
    prefix = call.params.get("NamePrefix", "")
    found = [_described(row, "Description") for name, row in sorted(rows.items()) if name.startswith(prefix)]
    return page("EventBuses", found, call.params)


@behaviour("events", "DeleteEventBus")
async def delete_event_bus(call: Call) -> Answer:
    """Delete a bus without rules; one that is not there is deleted already."""
    name, store = call.params["Name"], call.kernel.store
    if name == DEFAULT:
        raise CallerError("ValidationException", f"Cannot delete event bus {name}.", 400)
    if store.count(RULE, call.key(f"{name}/")):
        raise CallerError(
            "ValidationException", f"Event bus {name} can't be deleted since it has rules.", 400
        )
    with store.transaction():
        if store.delete(BUS, call.key(name)):
            arn = bus_arn(call.account, call.region, name)
            store.delete(TAGS, arn)
            call.kernel.log.record("EventBusDeleted", arn, account=call.account, region=call.region)
    return {}


def _described(row: dict[str, Any], *more: str) -> Answer:
    answer = only(row, "Name", "Arn", "CreationTime", "LastModifiedTime", *more)
    if row.get("Statements"):
        answer["Policy"] = json.dumps({"Version": "2012-10-17", "Statement": row["Statements"]})
    return answer
