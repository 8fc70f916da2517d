"""DescribeStacks and all that only looks at stacks."""

from __future__ import annotations

import json
from typing import Any

from simulator.aws.behaviour import Answer, Call, behaviour
from simulator.aws.cloudformation import first_look, parameters, requests
from simulator.aws.cloudformation.errors import invalid
from simulator.aws.cloudformation.exports import importers
from simulator.aws.cloudformation.records import (
    EVENT,
    EXPORT,
    ResourceRecord,
    StackRecord,
    load_stack,
    resources,
    stacks,
)
from simulator.aws.cloudformation.template import parse

_PAGE = 100
_NOT_CHECKED = {"StackDriftStatus": "NOT_CHECKED"}
_RESOURCE_NOT_CHECKED = {"StackResourceDriftStatus": "NOT_CHECKED"}


def _page(call: Call, entries: list[Any]) -> tuple[list[Any], dict[str, str]]:
    """One page of a list; the token is where the next one begins."""
    start = int(call.params.get("NextToken") or 0)
    more = {"NextToken": str(start + _PAGE)} if len(entries) > start + _PAGE else {}
    return entries[start : start + _PAGE], more


@behaviour("cloudformation", "DescribeStacks")
async def describe_stacks(call: Call) -> Answer:
    """One stack, or all that are not deleted. The answer about one at work waits until it is done, within limits."""
    name = call.params.get("StackName")
    if name:
        stack = requests.the_stack(call, name)
        first_look.seen(call.kernel.store, stack.key)
        return {"Stacks": [_member(await _held(call, stack))]}
    found = [s for s in stacks(call.kernel.store, call.key("")) if s.status != "DELETE_COMPLETE"]
    shown, more = _page(call, found)
    return {"Stacks": [_member(stack) for stack in shown], **more}


async def _held(call: Call, stack: StackRecord) -> StackRecord:
    """The stack once it is at rest, or as it is after `hold_seconds` of real time (DESIGN.md, decision 6)."""
    clock, log = call.kernel.clock, call.kernel.log
    until = clock.wall() + call.cloud.settings.hold_seconds
    while stack.action and clock.wall() < until:
        await log.wait(log.last(), until - clock.wall())
        stack = load_stack(call.kernel.store, stack.key)
    return stack


def _member(stack: StackRecord) -> dict[str, Any]:
    wanted = stack.definition
    declared = parameters.declarations(parse(wanted.template))
    member: dict[str, Any] = {
        "StackId": stack.arn,
        "StackName": stack.name,
        "StackStatus": stack.status,
        "CreationTime": stack.created,
        "Parameters": parameters.shown(declared, wanted.parameters, wanted.stored),
        "Tags": [{"Key": key, "Value": value} for key, value in wanted.tags.items()],
        "Capabilities": list(wanted.capabilities),
        "Outputs": [dict(entry) for entry in stack.outputs],
        "DisableRollback": stack.on_failure == "DO_NOTHING",
        "NotificationARNs": [],
        "RollbackConfiguration": {},
        "EnableTerminationProtection": stack.protected,
        "DriftInformation": _NOT_CHECKED,
    }
    optional = {
        "StackStatusReason": stack.reason,
        "Description": stack.description,
        "RoleARN": stack.role_arn,
        "ChangeSetId": stack.change_set,
        "LastUpdatedTime": stack.updated,
        "DeletionTime": stack.deleted,
        "TimeoutInMinutes": stack.timeout_minutes,
    }
    return member | {name: value for name, value in optional.items() if value}


@behaviour("cloudformation", "ListStacks")
async def list_stacks(call: Call) -> Answer:
    """Every stack, deleted ones too, newest first."""
    wanted = call.params.get("StackStatusFilter")
    found = [s for s in stacks(call.kernel.store, call.key("")) if not wanted or s.status in wanted]
    found.sort(key=lambda stack: -stack.created)
    shown, more = _page(call, found)
    return {"StackSummaries": [_stack_summary(stack) for stack in shown], **more}


def _stack_summary(stack: StackRecord) -> dict[str, Any]:
    member = _member(stack)
    names = (
        "StackId", "StackName", "CreationTime", "LastUpdatedTime", "DeletionTime", "StackStatus",
        "StackStatusReason", "DriftInformation",
    )  # fmt: skip
    summary = {name: member[name] for name in names if name in member}
    return summary | ({"TemplateDescription": stack.description} if stack.description else {})


@behaviour("cloudformation", "DescribeStackEvents")
async def describe_stack_events(call: Call) -> Answer:
    """What happened, newest first."""
    stack = requests.find_stack(call, call.params.get("StackName", ""))
    if stack is None:
        raise invalid(f"Stack [{call.params.get('StackName', '')}] does not exist")
    first_look.seen(call.kernel.store, stack.key)
    rows = [row for _, row in call.kernel.store.scan(EVENT, f"{stack.key}/")]
    shown, more = _page(call, rows[::-1])
    hidden = _secrets(stack)
    return {"StackEvents": [_event(row, hidden) for row in shown], **more}


def _secrets(stack: StackRecord) -> list[str]:
    """The values of NoEcho parameters, which no event may show."""
    declared = parameters.declarations(parse(stack.definition.template))
    values = stack.definition.parameters
    return [values[name] for name, each in declared.items() if each.no_echo and values.get(name)]


def _event(row: dict[str, Any], hidden: list[str]) -> dict[str, Any]:
    if "ResourceProperties" not in row:
        return row
    text = json.dumps(_masked(row["ResourceProperties"], hidden), separators=(",", ":"))
    return {**row, "ResourceProperties": text}


def _masked(value: Any, hidden: list[str]) -> Any:
    if isinstance(value, dict):
        return {name: _masked(item, hidden) for name, item in value.items()}
    if isinstance(value, list):
        return [_masked(item, hidden) for item in value]
    if isinstance(value, str):
        for secret in hidden:
            value = value.replace(secret, parameters.HIDDEN)
    return value


def _shown(call: Call, stack: StackRecord) -> list[ResourceRecord]:
    return [record for record in resources(call.kernel.store, stack).values() if record.status]


def _resource(record: ResourceRecord, time_name: str) -> dict[str, Any]:
    member: dict[str, Any] = {
        "LogicalResourceId": record.logical,
        "ResourceType": record.type,
        "ResourceStatus": record.status,
        time_name: record.time,
        "DriftInformation": _RESOURCE_NOT_CHECKED,
    }
    if record.physical:
        member["PhysicalResourceId"] = record.physical
    if record.reason:
        member["ResourceStatusReason"] = record.reason
    return member


@behaviour("cloudformation", "ListStackResources")
async def list_stack_resources(call: Call) -> Answer:
    """The resources of a stack."""
    stack = requests.the_stack(call, call.params["StackName"])
    first_look.seen(call.kernel.store, stack.key)
    shown, more = _page(call, _shown(call, stack))
    return {"StackResourceSummaries": [_resource(r, "LastUpdatedTimestamp") for r in shown], **more}


@behaviour("cloudformation", "DescribeStackResources")
async def describe_stack_resources(call: Call) -> Answer:
    """The resources of a stack, or of the stack that holds a physical id."""
    name, physical = call.params.get("StackName"), call.params.get("PhysicalResourceId")
    if bool(name) == bool(physical):
        raise invalid("Either StackName or PhysicalResourceId must be specified, but not both.")
    stack = requests.the_stack(call, name) if name else _holding(call, str(physical))
    logical = call.params.get("LogicalResourceId")
    there = [] if first_look.seen(call.kernel.store, stack.key) else _shown(call, stack)
    found = [record for record in there if logical in (None, record.logical)]
    identity = {"StackName": stack.name, "StackId": stack.arn}
    return {"StackResources": [identity | _resource(record, "Timestamp") for record in found]}


def _holding(call: Call, physical: str) -> StackRecord:
    for stack in stacks(call.kernel.store, call.key("")):
        if stack.status != "DELETE_COMPLETE" and any(r.physical == physical for r in _shown(call, stack)):
            return stack
    raise invalid(f"Stack for {physical} does not exist")


@behaviour("cloudformation", "DescribeStackResource")
async def describe_stack_resource(call: Call) -> Answer:
    """One resource of a stack."""
    name, logical = call.params["StackName"], call.params["LogicalResourceId"]
    stack = requests.find_stack(call, name)
    if stack is None:
        raise invalid(f"Stack '{name}' does not exist")
    first_look.seen(call.kernel.store, stack.key)
    record = next((r for r in _shown(call, stack) if r.logical == logical), None)
    if record is None:
        raise invalid(f"Resource {logical} does not exist for stack {stack.name}")
    detail = _resource(record, "LastUpdatedTimestamp")
    detail |= {"StackName": stack.name, "StackId": stack.arn, "Metadata": json.dumps(dict(record.metadata))}
    return {"StackResourceDetail": detail}


@behaviour("cloudformation", "ListExports")
async def list_exports(call: Call) -> Answer:
    """The exports of the account and region."""
    prefix = call.key("")
    found = [
        {"ExportingStackId": row["stack"], "Name": key.removeprefix(prefix), "Value": row["value"]}
        for key, row in call.kernel.store.scan(EXPORT, prefix)
    ]
    shown, more = _page(call, found)
    return {"Exports": shown, **more}


@behaviour("cloudformation", "ListImports")
async def list_imports(call: Call) -> Answer:
    """The stacks that import an export."""
    name = call.params["ExportName"]
    found = importers(call.kernel.store, call.account, call.region, name)
    if not found:
        raise invalid(f"Export '{name}' is not imported by any stack.")
    return {"Imports": found}
