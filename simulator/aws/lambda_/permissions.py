"""AddPermission, RemovePermission and GetPolicy: the resource policy of a function, version or alias."""

from __future__ import annotations

import json
from typing import Any

from simulator.aws.behaviour import Answer, Call, behaviour
from simulator.aws.lambda_ import states
from simulator.aws.lambda_.errors import conflict, missing, outdated
from simulator.aws.lambda_.names import Named
from simulator.aws.lambda_.rows import POLICY, Row, function_of, policy_key, resolve
from simulator.kernel.errors import NotSimulated


@behaviour("lambda", "AddPermission")
async def add_permission(call: Call) -> Answer:
    """Let a service, an account or a role in."""
    for member in ("FunctionUrlAuthType", "EventSourceToken", "InvokedViaFunctionUrl"):
        if call.params.get(member):
            raise NotSimulated(f"{member} of lambda:AddPermission", "Leave it out.")
    function = _existing(call)
    row = _policy(call, function)
    if any(each["Sid"] == call.params["StatementId"] for each in row["statements"]):
        raise conflict(
            f"The statement id ({call.params['StatementId']}) provided already exists. Please provide a new statement "
            "id, or remove the existing statement."
        )
    statement = _statement(call.params, function.qualified_arn)
    _write(call, function, [*row["statements"], statement])
    return {"Statement": json.dumps(statement, separators=(",", ":"))}


@behaviour("lambda", "RemovePermission")
async def remove_permission(call: Call) -> Answer:
    """Take a statement away."""
    function = _existing(call)
    row, wanted = _policy(call, function), call.params["StatementId"]
    kept = [each for each in row["statements"] if each["Sid"] != wanted]
    if len(kept) == len(row["statements"]):
        raise missing(f"Statement {wanted} is not found in resource policy.")
    _write(call, function, kept)
    return {}


@behaviour("lambda", "GetPolicy")
async def get_policy(call: Call) -> Answer:
    """The policy as JSON text."""
    function = _existing(call)
    row = _policy(call, function)
    if not row["statements"]:
        raise missing("The resource you requested does not exist.")
    document = {"Version": "2012-10-17", "Id": "default", "Statement": row["statements"]}
    return {"Policy": json.dumps(document, separators=(",", ":")), "RevisionId": row["revision"]}


def _existing(call: Call) -> Named:
    function = function_of(call)
    resolve(call.kernel.store, function)
    return function


def _policy(call: Call, function: Named) -> Row:
    row = call.kernel.store.get(POLICY, policy_key(function)) or {"statements": [], "revision": ""}
    if row["statements"] and call.params.get("RevisionId") not in (None, row["revision"]):
        raise outdated()
    return row


def _write(call: Call, function: Named, statements: list[dict[str, Any]]) -> None:
    store = call.kernel.store
    with store.transaction():
        if statements:
            row = {"statements": statements, "revision": call.kernel.ids.uuid()}
            store.put(POLICY, policy_key(function), row)
        else:
            store.delete(POLICY, policy_key(function))
        states.note(
            call.kernel, "FunctionPolicyChanged", function, statements=[each["Sid"] for each in statements]
        )


def _statement(params: dict[str, Any], arn: str) -> dict[str, Any]:
    """The statement that AddPermission writes. Source: developer guide, "Granting function access to AWS services"."""
    statement: dict[str, Any] = {
        "Sid": params["StatementId"],
        "Effect": "Allow",
        "Principal": _principal(params["Principal"]),
        "Action": params["Action"],
        "Resource": arn,
    }
    condition: dict[str, dict[str, str]] = {}
    if account := params.get("SourceAccount"):
        condition["StringEquals"] = {"AWS:SourceAccount": account}
    if organization := params.get("PrincipalOrgID"):
        condition.setdefault("StringEquals", {})["aws:PrincipalOrgID"] = organization
    if source := params.get("SourceArn"):
        condition["ArnLike"] = {"AWS:SourceArn": source}
    return {**statement, "Condition": condition} if condition else statement


def _principal(given: str) -> Any:
    if given == "*":
        return "*"
    if given.endswith(".amazonaws.com"):
        return {"Service": given}
    return {"AWS": f"arn:aws:iam::{given}:root" if given.isdigit() else given}
