"""PutPermission and RemovePermission: the resource policy of a bus, and its question: may this one put events here?"""

from __future__ import annotations

import json
from typing import Any

from simulator.aws.behaviour import Answer, Call, behaviour
from simulator.aws.eventbridge.rows import BUS, bus_name, find_bus
from simulator.aws.iam.documents import PolicyKind, parse_policy
from simulator.aws.iam.statements import PolicyDocument
from simulator.kernel.errors import CallerError


@behaviour("events", "PutPermission")
async def put_permission(call: Call) -> Answer:
    """Add a statement to the bus's policy, or with `Policy` replace all of it."""
    name, store = bus_name(call.params.get("EventBusName")), call.kernel.store
    row = find_bus(store, call.account, call.region, name)
    if "Policy" in call.params:
        statements = _statements(call.params["Policy"])
    else:
        missing = [key for key in ("StatementId", "Principal", "Action") if key not in call.params]
        if missing:
            raise CallerError("ValidationException", f"Parameter {missing[0]} must be specified.", 400)
        kept = [item for item in row.get("Statements", []) if item.get("Sid") != call.params["StatementId"]]
        statements = [*kept, _statement(call.params, row["Arn"])]
    with store.transaction():
        store.put(BUS, call.key(name), {**row, "Statements": statements})
        call.kernel.log.record("EventBusPolicyChanged", row["Arn"], account=call.account, region=call.region)
    return {}


@behaviour("events", "RemovePermission")
async def remove_permission(call: Call) -> Answer:
    """Remove one statement of the bus's policy, or all."""
    name, store = bus_name(call.params.get("EventBusName")), call.kernel.store
    row = find_bus(store, call.account, call.region, name)
    before = row.get("Statements", [])
    if not before:
        raise CallerError("ResourceNotFoundException", "EventBus does not have a policy.", 400)
    kept = [item for item in before if item.get("Sid") != call.params.get("StatementId")]
    if call.params.get("RemoveAllPermissions"):
        kept = []
    elif len(kept) == len(before):
        text = "Statement with the provided id does not exist."
        raise CallerError("ResourceNotFoundException", text, 400)
    with store.transaction():
        store.put(BUS, call.key(name), {**row, "Statements": kept})
        call.kernel.log.record("EventBusPolicyChanged", row["Arn"], account=call.account, region=call.region)
    return {}


def policy_of(row: dict[str, Any]) -> PolicyDocument | None:
    """The policy of a bus as the evaluator reads it, None if it has none."""
    statements = row.get("Statements")
    if not statements:
        return None
    document = {"Version": "2012-10-17", "Statement": statements}
    return parse_policy(document, PolicyKind.RESOURCE, row["Arn"])


def _statements(text: str) -> list[dict[str, Any]]:
    try:
        parse_policy(text, PolicyKind.RESOURCE)
    except CallerError as error:
        raise CallerError("ValidationException", f"This policy is not valid: {error.message}", 400) from error
    statements = json.loads(text)["Statement"]
    return statements if isinstance(statements, list) else [statements]


def _statement(params: dict[str, Any], arn: str) -> dict[str, Any]:
    principal = params["Principal"]
    statement = {
        "Sid": params["StatementId"],
        "Effect": "Allow",
        "Principal": "*" if principal == "*" else {"AWS": f"arn:aws:iam::{principal}:root"},
        "Action": params["Action"],
        "Resource": arn,
    }
    if condition := params.get("Condition"):
        statement["Condition"] = {condition["Type"]: {condition["Key"]: condition["Value"]}}
    return statement
