"""Change sets: what would change, looked at before it is done. `aws cloudformation deploy` works through these."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from simulator.aws.behaviour import Answer, Call, behaviour
from simulator.aws.cloudformation import first_look, parameters, requests
from simulator.aws.cloudformation.changes import as_member
from simulator.aws.cloudformation.errors import change_set_missing, invalid, stack_missing
from simulator.aws.cloudformation.evaluation import evaluate
from simulator.aws.cloudformation.planning import plan
from simulator.aws.cloudformation.records import (
    CHANGE_SET,
    Definition,
    StackRecord,
    definition,
    load_stack,
)
from simulator.aws.cloudformation.stack_operations import (
    begin,
    begin_update,
    check_imports,
    check_updatable,
    new_stack,
    on_failure,
)
from simulator.aws.cloudformation.template import parse
from simulator.kernel.errors import CallerError, NotSimulated

_EMPTY = (
    "The submitted information didn't contain changes. Submit different information to create a change set."
)


@behaviour("cloudformation", "CreateChangeSet")
async def create_change_set(call: Call) -> Answer:
    """Work out the changes at once; one without changes is FAILED, as on AWS."""
    params, name = call.params, call.params["ChangeSetName"]
    kind = params.get("ChangeSetType", "UPDATE")
    if kind == "IMPORT":
        raise NotSimulated("CloudFormation change set type IMPORT", "Create the resources in the stack.")
    stack = _target(call, kind)
    if stack and _of(call, stack, name) is not None:
        raise CallerError(
            "AlreadyExistsException",
            f"ChangeSet {name} already exists",
        )
    previous = stack if kind == "UPDATE" else None
    text = await requests.template_text(call, previous)
    _, wanted = await requests.definition(call, text, previous)
    with call.kernel.store.transaction():
        stack = stack or new_stack(call, params["StackName"], wanted, "REVIEW_IN_PROGRESS")
        check_imports(call, wanted, stack)
        row = _row(call, stack, kind, wanted)
        call.kernel.store.put(CHANGE_SET, f"{stack.key}/{name}", row)
    return {"Id": row["id"], "StackId": stack.arn}


def _target(call: Call, kind: str) -> StackRecord | None:
    """The stack that a change set is for, None when it is to be made; raises ValidationError when it does not fit."""
    name = call.params["StackName"]
    stack = requests.find_stack(call, name)
    if kind == "CREATE":
        if stack is not None and stack.status != "REVIEW_IN_PROGRESS":
            raise invalid(
                f"Stack [{name}] already exists and cannot be created again with the changeSet "
                f"[{call.params['ChangeSetName']}]."
            )
        return stack
    if stack is None:
        raise invalid(f"Stack [{name}] does not exist")
    check_updatable(stack)
    return stack


def _row(call: Call, stack: StackRecord, kind: str, wanted: Definition) -> dict[str, Any]:
    name, kernel = call.params["ChangeSetName"], call.kernel
    base = stack if kind == "UPDATE" else None
    found, differs = plan(kernel.store, stack, wanted, evaluate(wanted, stack))
    differs = differs or base is None
    return {
        "id": f"arn:aws:cloudformation:{call.region}:{call.account}:changeSet/{name}/{kernel.ids.uuid()}",
        "name": name,
        "stack": stack.key,
        "kind": kind,
        "description": call.params.get("Description", ""),
        "created": kernel.clock.now(),
        "definition": asdict(wanted),
        "on_failure": on_failure(call.params),
        "role_arn": call.params.get("RoleARN", ""),
        "changes": [as_member(change) for change in found],
        "status": "CREATE_COMPLETE" if differs else "FAILED",
        "reason": "" if differs else _EMPTY,
        "execution": "AVAILABLE" if differs else "UNAVAILABLE",
    }


def _of(call: Call, stack: StackRecord, name: str) -> dict[str, Any] | None:
    return call.kernel.store.get(CHANGE_SET, f"{stack.key}/{name}")


def _find(call: Call) -> tuple[StackRecord, dict[str, Any]]:
    """The change set of a request, by its ARN or by its name and its stack's; raises ChangeSetNotFound."""
    name = call.params["ChangeSetName"]
    if name.startswith("arn:"):
        for _, row in call.kernel.store.scan(CHANGE_SET, call.key("")):
            if row["id"] == name:
                return load_stack(call.kernel.store, row["stack"]), row
        raise change_set_missing(name)
    if not call.params.get("StackName"):
        raise invalid("StackName must be specified if ChangeSetName is not specified as an ARN.")
    stack = requests.find_stack(call, call.params["StackName"])
    if stack is None:
        raise invalid(f"Stack [{call.params['StackName']}] does not exist")
    found = _of(call, stack, name)
    if found is None:
        raise change_set_missing(name)
    return stack, found


@behaviour("cloudformation", "DescribeChangeSet")
async def describe_change_set(call: Call) -> Answer:
    """The change set with its changes."""
    stack, row = _find(call)
    wanted = definition(row["definition"])
    declared = parameters.declarations(parse(wanted.template))
    answer = _summary(stack, row) | {
        "Parameters": parameters.shown(declared, wanted.parameters, wanted.stored),
        "Capabilities": list(wanted.capabilities),
        "Tags": [{"Key": key, "Value": value} for key, value in wanted.tags.items()],
        "Changes": row["changes"],
        "NotificationARNs": [],
        "RollbackConfiguration": {},
        "OnStackFailure": row["on_failure"],
    }
    answer.pop("CreationTime")
    return answer | {"CreationTime": row["created"]}


def _summary(stack: StackRecord, row: dict[str, Any]) -> dict[str, Any]:
    answer = {
        "ChangeSetName": row["name"],
        "ChangeSetId": row["id"],
        "StackId": stack.arn,
        "StackName": stack.name,
        "CreationTime": row["created"],
        "ExecutionStatus": row["execution"],
        "Status": row["status"],
        "IncludeNestedStacks": False,
    }
    if row["description"]:
        answer["Description"] = row["description"]
    if row["reason"]:
        answer["StatusReason"] = row["reason"]
    return answer


@behaviour("cloudformation", "ListChangeSets")
async def list_change_sets(call: Call) -> Answer:
    """The change sets of a stack."""
    stack = requests.find_stack(call, call.params["StackName"])
    if stack is None:
        raise stack_missing(call.params["StackName"])
    rows = [row for _, row in call.kernel.store.scan(CHANGE_SET, f"{stack.key}/")]
    return {"Summaries": [_summary(stack, row) for row in rows if row["execution"] != "EXECUTE_COMPLETE"]}


@behaviour("cloudformation", "ExecuteChangeSet")
async def execute_change_set(call: Call) -> Answer:
    """Do what the change set says; the stack's other change sets are obsolete then."""
    stack, row = _find(call)
    if row["execution"] != "AVAILABLE":
        state = row["status"] if row["status"] == "FAILED" else row["execution"]
        raise CallerError(
            "InvalidChangeSetStatus",
            f"ChangeSet [{row['id']}] cannot be executed in its current status of [{state}]",
        )
    wanted = definition(row["definition"])
    failing = "DO_NOTHING" if call.params.get("DisableRollback") else row["on_failure"]
    call.params.update({"RoleARN": row["role_arn"]} if row["role_arn"] else {})
    with call.kernel.store.transaction():
        for key, other in call.kernel.store.scan(CHANGE_SET, f"{stack.key}/"):
            state = "EXECUTE_COMPLETE" if other["id"] == row["id"] else "OBSOLETE"
            call.kernel.store.put(CHANGE_SET, key, {**other, "execution": state})
        if row["kind"] == "CREATE":
            first_look.executed(call.kernel.store, stack.key)
            role, caller = requests.caller(call, stack)
            begin(
                call, stack, "create", "CREATE_IN_PROGRESS",
                phase="apply", definition=wanted, on_failure=failing, role_arn=role, caller=caller,
                change_set=row["id"],
            )  # fmt: skip
        else:
            check_updatable(stack)
            begin_update(call, stack, wanted, failing, row["id"])
    return {}


@behaviour("cloudformation", "DeleteChangeSet")
async def delete_change_set(call: Call) -> Answer:
    """Forget a change set; one that is not there is as good as deleted."""
    try:
        stack, row = _find(call)
    except CallerError as error:
        if error.code == "ChangeSetNotFound":
            return {}
        raise
    call.kernel.store.delete(CHANGE_SET, f"{stack.key}/{row['name']}")
    return {}
