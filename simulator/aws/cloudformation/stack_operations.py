"""CreateStack, UpdateStack, DeleteStack and their kin: what changes a stack."""

from __future__ import annotations

from typing import Any

from simulator.aws.behaviour import Answer, Call, behaviour
from simulator.aws.cloudformation import requests, running
from simulator.aws.cloudformation.errors import invalid
from simulator.aws.cloudformation.evaluation import evaluate
from simulator.aws.cloudformation.journal import Journal
from simulator.aws.cloudformation.place import export_value
from simulator.aws.cloudformation.planning import plan
from simulator.aws.cloudformation.records import RESOURCE, Definition, StackRecord, save_stack
from simulator.kernel.errors import CallerError

_UPDATABLE = frozenset(
    {"CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE", "CREATE_FAILED", "UPDATE_FAILED"}
)
_NOTHING = "No updates are to be performed."


def new_stack(call: Call, name: str, definition: Definition, status: str) -> StackRecord:
    """A stack's first row, with the event that goes with it; what it shall do is not said yet."""
    kernel = call.kernel
    role, caller = requests.caller(call, None)
    stack = StackRecord(
        account=call.account,
        region=call.region,
        name=name,
        uuid=kernel.ids.uuid(),
        definition=definition,
        status="",
        created=kernel.clock.now(),
        role_arn=role,
        caller=caller,
        token=str(call.params.get("ClientRequestToken") or ""),
        protected=bool(call.params.get("EnableTerminationProtection")),
    )
    save_stack(kernel.store, stack)
    journal = Journal(kernel, stack.key)
    journal.stack_is(status, "User Initiated")
    return journal.note(cause=_sequence(journal))


def begin(
    call: Call, stack: StackRecord, action: str, status: str, reason: str = "User Initiated", **changes: Any
) -> None:
    """Say what the stack shall do, and let it."""
    changes = {
        "action": action,
        "operation": call.kernel.ids.uuid(),
        "token": str(call.params.get("ClientRequestToken") or call.params.get("ClientToken") or ""),
        **changes,
    }
    with call.kernel.store.transaction():
        journal = Journal(call.kernel, stack.key)
        journal.note(token=changes["token"])
        journal.stack_is(status, reason, **changes)
        journal.note(cause=_sequence(journal))
    running.start(call.cloud, stack.key)


def _sequence(journal: Journal) -> int | None:
    """The fact that all that the stack does now answers to: the event with which it began."""
    return journal.last.sequence if journal.last else None


def check_imports(call: Call, definition: Definition, stack: StackRecord) -> None:
    """An import by a plain name that nobody exports is refused at once; others when they are evaluated."""
    evaluation = evaluate(definition, stack)
    for logical in evaluation.graph:
        for name in _plain_imports(evaluation.written(logical)):
            export_value(call.kernel.store, call.account, call.region, name)


def _plain_imports(node: Any) -> list[str]:
    if isinstance(node, list):
        return [name for item in node for name in _plain_imports(item)]
    if not isinstance(node, dict):
        return []
    if isinstance(node.get("Fn::ImportValue"), str):
        return [node["Fn::ImportValue"]]
    return [name for item in node.values() for name in _plain_imports(item)]


def on_failure(params: dict[str, Any]) -> str:
    """ROLLBACK, DO_NOTHING or DELETE from the options OnFailure and DisableRollback."""
    if params.get("OnFailure") and params.get("DisableRollback") is not None:
        raise invalid("You may not specify both DisableRollback and OnFailure.")
    if params.get("DisableRollback"):
        return "DO_NOTHING"
    return str(params.get("OnFailure") or params.get("OnStackFailure") or "ROLLBACK")


@behaviour("cloudformation", "CreateStack")
async def create_stack(call: Call) -> Answer:
    """Check everything that can be checked, then let the stack be made."""
    params, name = call.params, call.params["StackName"]
    requests.check_name(name)
    old = requests.find_stack(call, name)
    if old is not None:
        if params.get("ClientRequestToken") and old.token == params["ClientRequestToken"]:
            return {"StackId": old.arn}
        raise CallerError("AlreadyExistsException", f"Stack [{name}] already exists")
    failing = on_failure(params)
    _, wanted = await requests.definition(call, await requests.template_text(call), None)
    with call.kernel.store.transaction():
        stack = new_stack(call, name, wanted, "CREATE_IN_PROGRESS")
        check_imports(call, wanted, stack)
    Journal(call.kernel, stack.key).note(
        action="create",
        phase="apply",
        operation=call.kernel.ids.uuid(),
        on_failure=failing,
        timeout_minutes=params.get("TimeoutInMinutes"),
        retain_except_on_create=bool(params.get("RetainExceptOnCreate")),
    )
    running.start(call.cloud, stack.key)
    return {"StackId": stack.arn}


def check_updatable(stack: StackRecord) -> None:
    """Raises ValidationError when the stack's status does not let it be updated."""
    if stack.status not in _UPDATABLE:
        raise invalid(f"Stack:{stack.arn} is in {stack.status} state and can not be updated.")


@behaviour("cloudformation", "UpdateStack")
async def update_stack(call: Call) -> Answer:
    """Compare, and let the stack become what the new definition says."""
    stack = requests.find_stack(call, call.params["StackName"])
    if stack is None:
        raise invalid(f"Stack [{call.params['StackName']}] does not exist")
    token = call.params.get("ClientRequestToken")
    if token and stack.token == token and stack.action == "update":
        return {"StackId": stack.arn}
    check_updatable(stack)
    _, wanted = await requests.definition(call, await requests.template_text(call, stack), stack)
    check_imports(call, wanted, stack)
    _, differs = plan(call.kernel.store, stack, wanted, evaluate(wanted, stack))
    if not differs and stack.status not in ("UPDATE_FAILED", "CREATE_FAILED"):
        raise invalid(_NOTHING)
    begin_update(call, stack, wanted, on_failure(call.params))
    return {"StackId": stack.arn}


def begin_update(
    call: Call, stack: StackRecord, wanted: Definition, failing: str, change_set: str = ""
) -> None:
    """Let the stack go from what it is to `wanted`."""
    role, caller = requests.caller(call, stack)
    begin(
        call,
        stack,
        "update",
        "UPDATE_IN_PROGRESS",
        phase="apply",
        definition=wanted,
        previous=stack.definition,
        on_failure=failing,
        role_arn=role,
        caller=caller,
        updated=call.kernel.clock.now(),
        change_set=change_set,
    )


@behaviour("cloudformation", "DeleteStack")
async def delete_stack(call: Call) -> Answer:
    """Delete a stack; one that is not there is as good as deleted."""
    stack = requests.find_stack(call, call.params["StackName"])
    if stack is None or stack.status in ("DELETE_COMPLETE", "DELETE_IN_PROGRESS"):
        return {}
    if stack.protected:
        raise invalid(f"Stack [{stack.name}] cannot be deleted while TerminationProtection is enabled")
    retain = tuple(call.params.get("RetainResources", ()))
    if retain and stack.status != "DELETE_FAILED":
        raise invalid(
            f"Invalid operation on stack [{stack.arn}]. RetainResources can only be specified in DELETE_FAILED state"
        )
    if stack.status == "CREATE_IN_PROGRESS":
        await _give_up_creating(call, stack)
        stack = requests.the_stack(call, stack.arn)
    elif stack.action:
        raise invalid(f"Stack [{stack.arn}] cannot be deleted while in status {stack.status}")
    role, caller = requests.caller(call, stack)
    begin(
        call,
        stack,
        "delete",
        "DELETE_IN_PROGRESS",
        phase="remove",
        retain=retain,
        role_arn=role,
        caller=caller,
    )
    return {}


async def _give_up_creating(call: Call, stack: StackRecord) -> None:
    """A stack that is still being created stops where it is before it is deleted."""
    found = running.find(call.cloud, stack.key)
    Journal(call.kernel, stack.key).note(on_failure="DO_NOTHING")
    if found is not None:
        task, place = found
        place.cancel("Stack deletion requested.")
        await task


@behaviour("cloudformation", "CancelUpdateStack")
async def cancel_update_stack(call: Call) -> Answer:
    """Let an update that is under way roll back."""
    stack = requests.the_stack(call, call.params["StackName"])
    found = running.find(call.cloud, stack.key)
    if stack.status != "UPDATE_IN_PROGRESS" or found is None:
        raise invalid("CancelUpdateStack cannot be called from current stack status")
    found[1].cancel("User Initiated")
    return {}


@behaviour("cloudformation", "ContinueUpdateRollback")
async def continue_update_rollback(call: Call) -> Answer:
    """Try the way back once more; what is in ResourcesToSkip counts as done."""
    stack = requests.the_stack(call, call.params["StackName"])
    if stack.status != "UPDATE_ROLLBACK_FAILED":
        raise invalid(f"Stack [{stack.arn}] is in {stack.status} state and can not be rolled back.")
    for logical in call.params.get("ResourcesToSkip", ()):
        key = f"{stack.key}/{logical}"
        row = call.kernel.store.get(RESOURCE, key)
        if row is None:
            raise invalid(f"Resource {logical} does not exist for stack {stack.name}")
        call.kernel.store.put(
            RESOURCE, key, {**row, "before": None, "pending": None, "status": "UPDATE_COMPLETE"}
        )
    begin(call, stack, "update", "UPDATE_ROLLBACK_IN_PROGRESS", phase="rollback", operation=stack.operation)
    return {}


@behaviour("cloudformation", "UpdateTerminationProtection")
async def update_termination_protection(call: Call) -> Answer:
    """Switch the protection against DeleteStack."""
    stack = requests.the_stack(call, call.params["StackName"])
    Journal(call.kernel, stack.key).note(protected=call.params["EnableTerminationProtection"])
    return {"StackId": stack.arn}
