"""The rows of EventBridge: buses, rules with their targets, and how each is named, found and paged."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from typing import Any

from simulator.kernel.errors import CallerError
from simulator.kernel.store import Store

BUS, RULE, TAGS = "events.bus", "events.rule", "events.tags"
CONNECTION, API_DESTINATION, DELIVERY = "events.connection", "events.api_destination", "events.delivery"
DEFAULT = "default"
SERVICE = "events.amazonaws.com"


def bus_arn(account: str, region: str, name: str) -> str:
    """The ARN of an event bus."""
    return f"arn:aws:events:{region}:{account}:event-bus/{name}"


def rule_arn(account: str, region: str, bus: str, name: str) -> str:
    """The ARN of a rule; the bus stands in it only if it is not the default one."""
    return f"arn:aws:events:{region}:{account}:rule/{name if bus == DEFAULT else f'{bus}/{name}'}"


def bus_name(name_or_arn: str | None) -> str:
    """The name in `EventBusName`, which may be absent or an ARN."""
    return (name_or_arn or DEFAULT).split("event-bus/", 1)[-1]


def find_bus(store: Store, account: str, region: str, name: str) -> dict[str, Any]:
    """The bus; the default one is always there. Raises ResourceNotFoundException."""
    found = store.get(BUS, f"{account}/{region}/{name}")
    if found is not None:
        return found
    if name == DEFAULT:
        return {"Name": name, "Arn": bus_arn(account, region, name)}
    raise CallerError("ResourceNotFoundException", f"Event bus {name} does not exist.", 400)


def rule_key(account: str, region: str, bus: str, name: str) -> str:
    """The row key of a rule."""
    return f"{account}/{region}/{bus}/{name}"


def find_rule(store: Store, account: str, region: str, bus: str, name: str) -> dict[str, Any]:
    """The rule; raises ResourceNotFoundException for it or for its bus."""
    find_bus(store, account, region, bus)
    found = store.get(RULE, rule_key(account, region, bus, name))
    if found is None:
        text = f"Rule {name} does not exist on EventBus {bus}."
        raise CallerError("ResourceNotFoundException", text, 400)
    return found


def page(name: str, items: Sequence[Any], params: Mapping[str, Any], limit: int = 100) -> dict[str, Any]:
    """One page of a list answer: `name` holds the items, NextToken is there if more follow."""
    try:
        start = int(base64.b64decode(params["NextToken"], validate=True)) if params.get("NextToken") else 0
    except ValueError as error:
        raise CallerError("ValidationException", "Parameter NextToken is not valid.", 400) from error
    end = start + (params.get("Limit") or limit)
    answer: dict[str, Any] = {name: list(items[start:end])}
    if end < len(items):
        answer["NextToken"] = base64.b64encode(str(end).encode()).decode()
    return answer


def only(row: Mapping[str, Any], *names: str) -> dict[str, Any]:
    """The named members that the row has."""
    return {name: row[name] for name in names if row.get(name) is not None}
