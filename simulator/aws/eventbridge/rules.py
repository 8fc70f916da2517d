"""PutRule and its kin: rules on a bus, by pattern or by schedule."""

from __future__ import annotations

from typing import Any

from simulator.aws.behaviour import Answer, Call, behaviour
from simulator.aws.eventbridge.pattern import compile_pattern
from simulator.aws.eventbridge.rows import (
    DEFAULT,
    RULE,
    TAGS,
    bus_name,
    find_bus,
    find_rule,
    only,
    page,
    rule_arn,
    rule_key,
)
from simulator.aws.eventbridge.schedule import plan
from simulator.formats.cron import CronError
from simulator.formats.schedule_expression import parse_schedule
from simulator.kernel.errors import CallerError

_LISTED = (
    "Name",
    "Arn",
    "EventPattern",
    "State",
    "Description",
    "ScheduleExpression",
    "RoleArn",
    "EventBusName",
)
_GIVEN = ("ScheduleExpression", "EventPattern", "Description", "RoleArn")


@behaviour("events", "PutRule")
async def put_rule(call: Call) -> Answer:
    """Create a rule or replace all of it but its targets."""
    params, store = call.params, call.kernel.store
    name, bus = params["Name"], bus_name(params.get("EventBusName"))
    find_bus(store, call.account, call.region, bus)
    _check(params, bus)
    key, arn = rule_key(call.account, call.region, bus, name), rule_arn(call.account, call.region, bus, name)
    old = store.get(RULE, key)
    row = {
        "Name": name,
        "Arn": arn,
        "EventBusName": bus,
        "State": params.get("State", "ENABLED"),
        **only(params, *_GIVEN),
        "account": call.account,
        "region": call.region,
        "targets": old["targets"] if old else [],
        "anchor": call.kernel.clock.now(),
    }
    with store.transaction():
        store.put(RULE, key, row)
        if "Tags" in params and not old:
            store.put(TAGS, arn, {"Tags": params["Tags"]})
        _record(call, "RuleChanged" if old else "RuleCreated", row)
        plan(call.kernel, key, row)
    return {"RuleArn": arn}


@behaviour("events", "DescribeRule")
async def describe_rule(call: Call) -> Answer:
    """One rule."""
    _, row = _named(call)
    return {**only(row, *_LISTED), "CreatedBy": call.account}


@behaviour("events", "ListRules")
async def list_rules(call: Call) -> Answer:
    """The rules of a bus."""
    bus = bus_name(call.params.get("EventBusName"))
    find_bus(call.kernel.store, call.account, call.region, bus)
    prefix = rule_key(call.account, call.region, bus, call.params.get("NamePrefix", ""))
    rules = [only(row, *_LISTED) for _, row in call.kernel.store.scan(RULE, prefix)]
    return page("Rules", rules, call.params)


@behaviour("events", "DeleteRule")
async def delete_rule(call: Call) -> Answer:
    """Delete a rule without targets; one that is not there is deleted already."""
    store, bus = call.kernel.store, bus_name(call.params.get("EventBusName"))
    find_bus(store, call.account, call.region, bus)
    key = rule_key(call.account, call.region, bus, call.params["Name"])
    row = store.get(RULE, key)
    if row is None:
        return {}
    if row["targets"]:
        raise CallerError("ValidationException", "Rule can't be deleted since it has targets.", 400)
    with store.transaction():
        store.delete(RULE, key)
        store.delete(TAGS, row["Arn"])
        _record(call, "RuleDeleted", row)
        plan(call.kernel, key, None)
    return {}


@behaviour("events", "EnableRule")
async def enable_rule(call: Call) -> Answer:
    """Let the rule match again."""
    return _set_state(call, "ENABLED")


@behaviour("events", "DisableRule")
async def disable_rule(call: Call) -> Answer:
    """The rule matches no more, and its schedule rests."""
    return _set_state(call, "DISABLED")


def _set_state(call: Call, state: str) -> Answer:
    key, row = _named(call)
    row = {**row, "State": state, "anchor": call.kernel.clock.now()}
    with call.kernel.store.transaction():
        call.kernel.store.put(RULE, key, row)
        _record(call, "RuleChanged", row)
        plan(call.kernel, key, row)
    return {}


def _named(call: Call) -> tuple[str, dict[str, Any]]:
    bus, name = bus_name(call.params.get("EventBusName")), call.params["Name"]
    row = find_rule(call.kernel.store, call.account, call.region, bus, name)
    return rule_key(call.account, call.region, bus, name), row


def _record(call: Call, kind: str, row: dict[str, Any]) -> None:
    detail = {"state": row["State"], "bus": row["EventBusName"]}
    call.kernel.log.record(kind, row["Arn"], detail, account=call.account, region=call.region)


def _check(params: dict[str, Any], bus: str) -> None:
    """AWS's checks of PutRule that the model does not hold."""
    if not params.get("EventPattern") and not params.get("ScheduleExpression"):
        text = "Parameter(s) EventPattern or ScheduleExpression must be specified."
        raise CallerError("ValidationException", text, 400)
    if params.get("EventPattern"):
        compile_pattern(params["EventPattern"])
    if expression := params.get("ScheduleExpression"):
        if bus != DEFAULT:
            text = "ScheduleExpression is supported only on the default event bus."
            raise CallerError("ValidationException", text, 400)
        try:
            parse_schedule(expression)
        except CronError as error:
            text = "Parameter ScheduleExpression is not valid."
            raise CallerError("ValidationException", text, 400) from error
