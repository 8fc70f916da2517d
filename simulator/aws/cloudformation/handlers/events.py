"""EventBridge's resource types."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from simulator.aws.cloudformation.calls import Calls, ResourceFailed
from simulator.aws.cloudformation.handlers import shape
from simulator.aws.cloudformation.handlers.kind import Progress, Properties, ResourceKind, Tagging

_TAGGING = Tagging("TagResource", "UntagResource", "ResourceARN", "Arn")


async def _targets(
    calls: Calls, keys: Mapping[str, Any], old: Properties | None, new: Properties | None
) -> None:
    """Put the rule's targets and take away those that are gone; before a rule is deleted it must have none."""
    rule = {
        "Rule": keys["Name"],
        **({"EventBusName": keys["EventBusName"]} if keys.get("EventBusName") else {}),
    }
    wanted = (new or {}).get("Targets") or []
    before = (old or {}).get("Targets") or []
    gone = sorted({target["Id"] for target in before} - {target["Id"] for target in wanted})
    if gone:
        _check(await calls.call("events", "RemoveTargets", {**rule, "Ids": gone}))
    if wanted and wanted != before:
        params = shape.parameters("events", "PutTargets", {"Targets": wanted}, {}, calls.token)
        _check(await calls.call("events", "PutTargets", {**rule, **params}))


def _check(answer: Mapping[str, Any]) -> None:
    for entry in answer.get("FailedEntries") or ():
        raise ResourceFailed(
            f"{entry.get('ErrorMessage')} (Target {entry.get('TargetId')}, {entry.get('ErrorCode')})"
        )


async def _bus_policy(
    calls: Calls, keys: Mapping[str, Any], old: Properties | None, new: Properties | None
) -> None:
    """A bus may carry its own policy."""
    policy = (new or {}).get("Policy")
    if policy is not None and policy != (old or {}).get("Policy"):
        document = policy if isinstance(policy, str) else json.dumps(policy)
        await calls.call("events", "PutPermission", {"EventBusName": keys["Name"], "Policy": document})


async def _statement(
    calls: Calls, keys: Mapping[str, Any], old: Properties | None, new: Properties | None
) -> None:
    """One statement of a bus's policy; a whole statement is merged into what stands there."""
    bus = {"EventBusName": keys.get("EventBusName") or "default"}
    if new is None:
        await calls.call("events", "RemovePermission", {**bus, "StatementId": keys["StatementId"]})
        return
    if not new.get("Statement"):
        given = {name: new[name] for name in ("Action", "Principal", "Condition") if name in new}
        params = shape.parameters("events", "PutPermission", given, {}, calls.token)
        await calls.call("events", "PutPermission", {**bus, "StatementId": keys["StatementId"], **params})
        return
    async with calls.locks[f"bus {bus['EventBusName']}"]:
        found = await calls.call("events", "DescribeEventBus", {"Name": bus["EventBusName"]})
        policy = json.loads(found.get("Policy") or '{"Version": "2012-10-17", "Statement": []}')
        others = [entry for entry in policy["Statement"] if entry.get("Sid") != keys["StatementId"]]
        policy["Statement"] = [*others, {**new["Statement"], "Sid": keys["StatementId"]}]
        await calls.call("events", "PutPermission", {**bus, "Policy": json.dumps(policy)})


def rule_physical(properties: Mapping[str, Any]) -> str:
    """Ref of a rule: its name, after `bus|` for a bus that is not the default one."""
    bus = str(properties.get("EventBusName") or "default").split("/")[-1]
    return str(properties["Name"]) if bus == "default" else f"{bus}|{properties['Name']}"


KINDS = (
    ResourceKind(
        "AWS::Events::Rule", "events",
        create="PutRule", describe="DescribeRule", update="PutRule", delete="DeleteRule",
        name="Name", limit=64, keys={"Name": "Name", "EventBusName": "EventBusName"}, claims="*",
        physical="Physical", attributes={"Arn": "RuleArn", "RuleName": "Name"},
        compute={"Physical": rule_physical},
        settle=_targets, settles=frozenset({"Targets"}), tagging=_TAGGING,
    ),
    ResourceKind(
        "AWS::Events::EventBus", "events",
        create="CreateEventBus", describe="DescribeEventBus", update="UpdateEventBus", delete="DeleteEventBus",
        name="Name", limit=256, keys={"Name": "Name"}, physical="Name",
        attributes={"Arn": "EventBusArn", "Name": "Name"},
        settle=_bus_policy, settles=frozenset({"Policy"}), tagging=_TAGGING,
    ),
    ResourceKind(
        "AWS::Events::EventBusPolicy", "events",
        keys={"EventBusName": "EventBusName", "StatementId": "StatementId"}, physical="StatementId",
        settle=_statement,
        settles=frozenset({"EventBusName", "StatementId", "Statement", "Action", "Principal", "Condition"}),
    ),
    ResourceKind(
        "AWS::Events::Connection", "events",
        create="CreateConnection", describe="DescribeConnection", update="UpdateConnection",
        delete="DeleteConnection",
        name="Name", limit=64, keys={"Name": "Name"}, physical="Name",
        attributes={"Arn": "ConnectionArn", "SecretArn": "SecretArn",
                    "ArnForPolicy": "arn:aws:events:{Region}:{Account}:connection/{Name}"},
        progress=Progress("ConnectionState", frozenset({"AUTHORIZED", "ACTIVE"}),
                          frozenset({"DEAUTHORIZED", "FAILED_CONNECTIVITY"}), "StateReason"),
    ),
    ResourceKind(
        "AWS::Events::ApiDestination", "events",
        create="CreateApiDestination", describe="DescribeApiDestination", update="UpdateApiDestination",
        delete="DeleteApiDestination",
        name="Name", limit=64, keys={"Name": "Name"}, physical="Name",
        attributes={"Arn": "ApiDestinationArn",
                    "ArnForPolicy": "arn:aws:events:{Region}:{Account}:api-destination/{Name}"},
    ),
)  # fmt: skip
