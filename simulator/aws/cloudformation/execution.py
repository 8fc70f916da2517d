"""A stack at work: create, update, delete, and the way back when a resource fails. Each phase can be taken up again."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from typing import Any

from simulator.aws.cloudformation import exports, removing, rollback
from simulator.aws.cloudformation.calls import ResourceFailed
from simulator.aws.cloudformation.evaluation import Evaluation, evaluate
from simulator.aws.cloudformation.intrinsics import NotKnown
from simulator.aws.cloudformation.making import bring
from simulator.aws.cloudformation.place import Place
from simulator.aws.cloudformation.records import RESOURCE, resources
from simulator.kernel.errors import CallerError
from simulator.kernel.facts import cause

_logger = logging.getLogger("simulator.cloudformation")

_TIMED_OUT = "Stack creation time exceeded the specified timeout."


_ACTIONS = {"create": "CREATE_FAILED", "update": "UPDATE_ROLLBACK_FAILED", "delete": "DELETE_FAILED"}


async def run(place: Place) -> None:
    """Do what the stack's row says is to be done, from the phase where it stands, to its end."""
    stack = place.journal.stack
    with cause(stack.cause):
        try:
            if stack.action == "create":
                await _create(place)
            elif stack.action == "update":
                await _update(place)
            elif stack.action == "delete":
                await _delete(place)
        except Exception as error:
            _logger.exception("stack %s", stack.name)
            place.journal.stack_is(
                _ACTIONS[stack.action], f"Internal Failure: {error!r}", action="", phase=""
            )


async def _create(place: Place) -> None:
    stack = place.journal.stack
    if stack.phase == "apply":
        failure = await _apply(place, stack.timeout_minutes)
        if not failure:
            place.journal.note(action="", phase="")
            return
        stack = place.journal.stack
        if stack.on_failure == "DO_NOTHING":
            place.journal.stack_is("CREATE_FAILED", failure, action="", phase="")
            return
        asked = (
            f"{failure.rstrip()} Rollback requested by user." if stack.on_failure == "ROLLBACK" else failure
        )
        status = "ROLLBACK_IN_PROGRESS" if stack.on_failure == "ROLLBACK" else "DELETE_IN_PROGRESS"
        place.journal.stack_is(status, asked, phase="remove")
    await _remove_all(place, rolling_back=True)


async def _delete(place: Place) -> None:
    if reason := exports.refusal(place.cloud.kernel.store, place.journal.stack, {}):
        place.journal.stack_is("DELETE_FAILED", reason, action="", phase="")
        return
    await _remove_all(place, rolling_back=False)


async def _remove_all(place: Place, *, rolling_back: bool) -> None:
    place.given_up.clear()
    store = place.cloud.kernel.store
    failed = await removing.remove(
        place, removing.everything(place, resources(store, place.journal.stack), rolling_back=rolling_back)
    )
    back = place.journal.stack.status == "ROLLBACK_IN_PROGRESS"
    if failed:
        reason = f"The following resource(s) failed to delete: [{', '.join(failed)}]. "
        place.journal.stack_is("ROLLBACK_FAILED" if back else "DELETE_FAILED", reason, action="", phase="")
        return
    with store.transaction():
        if back:
            place.journal.stack_is("ROLLBACK_COMPLETE", action="", phase="")
            return
        exports.publish(store, place.journal.stack, [])
        now = place.cloud.kernel.clock.now()
        place.journal.stack_is("DELETE_COMPLETE", deleted=now, action="", phase="", outputs=(), imports=())


async def _update(place: Place) -> None:
    phase = place.journal.stack.phase
    if phase == "apply":
        failure = await _apply(place, None)
        if failure and place.journal.stack.on_failure == "DO_NOTHING":
            place.journal.stack_is("UPDATE_FAILED", failure, action="", phase="")
            return
        if failure:
            place.journal.stack_is("UPDATE_ROLLBACK_IN_PROGRESS", failure, phase="rollback")
        phase = place.journal.stack.phase
    if phase == "rollback":
        place.given_up.clear()
        if not await rollback.run(place):
            return
    await _clean_up(place)


async def _clean_up(place: Place) -> None:
    """Delete what the update, or its rollback, has left behind; a failure here does not fail the stack."""
    place.given_up.clear()
    store, stack = place.cloud.kernel.store, place.journal.stack
    back = stack.status.startswith("UPDATE_ROLLBACK")
    failed = await removing.remove(place, removing.leftovers(resources(store, stack)))
    with store.transaction():
        for record in resources(store, stack).values():
            if record.instance is None:
                store.delete(RESOURCE, f"{stack.key}/{record.logical}")
            else:
                place.journal.keep(replace(record, retired=()))
        reason = "One or more resources could not be deleted." if failed else ""
        status = "UPDATE_ROLLBACK_COMPLETE" if back else "UPDATE_COMPLETE"
        place.journal.stack_is(status, reason, action="", phase="", previous=None)


async def _apply(place: Place, timeout_minutes: int | None) -> str:
    """Bring every resource to what the definition says; gives why that failed, or nothing and the stack is complete."""
    stack = place.journal.stack
    evaluation = evaluate(stack.definition, stack)
    loop = asyncio.get_running_loop()
    timer = loop.call_later(timeout_minutes * 60, place.cancel, _TIMED_OUT) if timeout_minutes else None
    try:
        await _bring_all(place, evaluation)
    finally:
        if timer:
            timer.cancel()
    failure = "".join(
        f"The following resource(s) failed to {what}: [{', '.join(names)}]. "
        for what, names in place.failed.items()
        if names
    )
    if failure or place.given_up.is_set():
        return place.given_up_because or failure
    return _complete(place, evaluation)


async def _bring_all(place: Place, evaluation: Evaluation) -> None:
    loop = asyncio.get_running_loop()
    finished: dict[str, asyncio.Future[bool]] = {name: loop.create_future() for name in evaluation.graph}

    async def one(logical: str) -> None:
        ready = await asyncio.gather(*(finished[name] for name in evaluation.graph[logical]))
        possible = all(ready) and not place.given_up.is_set()
        finished[logical].set_result(possible and await bring(place, evaluation, logical))

    await asyncio.gather(*(one(name) for name in evaluation.graph))


def _complete(place: Place, evaluation: Evaluation) -> str:
    """Outputs and exports, then the stack's good status; gives why not when the outputs are wrong."""
    store, stack = place.cloud.kernel.store, place.journal.stack
    try:
        with store.transaction():
            scope = place.scope(evaluation)
            for (
                logical
            ) in evaluation.graph:  # once more, for the imports of those that were made before a restart
                evaluation.properties(logical, scope)
            outputs = evaluation.outputs(scope)
            exports.publish(store, stack, outputs)
            changes: dict[str, Any] = {
                "outputs": tuple(outputs),
                "imports": tuple(sorted(place.imports)),
                "description": evaluation.template.description,
            }
            if stack.action == "create":
                _settle_records(place, evaluation)
                place.journal.stack_is("CREATE_COMPLETE", **changes)
            else:
                _settle_records(place, evaluation)
                place.journal.stack_is("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", phase="cleanup", **changes)
    except (CallerError, ResourceFailed) as error:
        return error.message if isinstance(error, CallerError) else str(error)
    except NotKnown as error:
        return f"Template error: {error} has no value for the Outputs"
    return ""


def _settle_records(place: Place, evaluation: Evaluation) -> None:
    """What was is over: replaced instances, and those of resources that are gone, wait for the cleanup."""
    stack = place.journal.stack
    for record in resources(place.cloud.kernel.store, stack).values():
        retired = record.retired
        if record.before and record.instance and record.before.physical != record.instance.physical:
            retired = (*retired, record.before)
        settled = replace(record, before=None, pending=None, retired=retired)
        if record.logical not in evaluation.graph and record.instance:
            settled = replace(settled, instance=None, retired=(*retired, record.instance))
        place.journal.keep(settled)
