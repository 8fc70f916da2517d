"""The tasks of agentless jobs: Delay@1, ManualValidation@0 and @1, InvokeRESTAPI@1, AzureFunction@1.

Source: Learn "Delay", "ManualValidation", "InvokeRESTAPI", "AzureFunction" task references. They wait on the virtual
clock, and the world may rest meanwhile.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from contextlib import ExitStack

from simulator.azure_devops import identities
from simulator.azure_devops.identities import stable_id
from simulator.azure_devops.organization import Row
from simulator.azure_devops.pipelines import task_timers
from simulator.azure_devops.pipelines.tasks.call import TaskCall, TaskEffect, TaskFailed

_LONGEST_MINUTES = 43200


async def delay(call: TaskCall) -> None:
    """Wait so many minutes of the virtual clock, counted from the start of the task."""
    try:
        minutes = float(call.input("delayForMinutes") or 0)
    except ValueError as wrong:
        raise TaskFailed(f"Delay is not a number of minutes: {call.input('delayForMinutes')}") from wrong
    if minutes < 0:
        raise TaskFailed("The delay is not a positive number of minutes.")
    started = call.job.context.timeline.get(call.attempt.record)["startTime"]
    clock, signal = call.job.kernel.clock, f"delay/{call.attempt.record}"
    due = started + minutes * 60
    call.attempt.say(f"Delaying execution for {call.input('delayForMinutes')} minutes.")
    if clock.now() < due:
        task_timers.wake_at(call.job.kernel, signal, due)
        await wait_until(call, signal, lambda: clock.now() >= due)


async def manual_validation(call: TaskCall) -> None:
    """Ask people to resume or reject the run: an approval, answered by REST or in the console; see `onTimeout`."""
    approvals = call.job.context.room.approvals
    assert approvals is not None, "the room of a run knows its approvals"
    timeline, setup = call.job.context.timeline, call.job.setup
    again = (str(call.attempt.failures),) if call.attempt.failures else ()
    identifier = stable_id("manual validation", call.attempt.record, *again)
    timeline.add(
        identifier,
        "Checkpoint.Approval",
        "Checkpoint.Approval",
        call.attempt.record,
        1,
        identifier="Approval",
    )
    # Killed after the answer and before the task saw it, the record is completed already.
    if timeline.get(identifier)["state"] == "pending":
        timeline.start(identifier)
    call.attempt.say("Waiting for manual validation.")
    if told := call.input("instructions"):
        call.attempt.say(f"Instructions: {told}")
    approvals.ask(identifier, call.job.context.row, setup.names.stage, _question(call))

    def row() -> Row:
        found = approvals.find(identifier)
        assert found is not None
        return found

    signal = f"gate/{call.job.context.run}/{setup.names.stage}"
    await wait_until(call, signal, lambda: row()["status"] not in ("pending", "deferred"), step_time=False)
    _answered(call, row())


def _answered(call: TaskCall, row: Row) -> None:
    by = next((step.get("actualApprover") for step in row["steps"] if step.get("actualApprover")), "")
    who = call.job.context.room.organization.identity(by).display if by else ""
    comment = next((step["comment"] for step in row["steps"] if step.get("comment")), "")
    if row["status"] in ("approved", "skipped"):
        call.attempt.say(f"Resumed by {who}. {comment}".strip())
    elif row["status"] == "timedOut" and call.input("onTimeout").lower() == "resume":
        call.attempt.say("Nobody answered in time; the run is resumed.")
    elif row["status"] == "timedOut":
        raise TaskFailed("The manual validation timed out and was rejected.")
    elif row["status"] == "rejected":
        raise TaskFailed(f"Rejected by {who}. {comment}".strip())


def _question(call: TaskCall) -> Row:
    """The approval as a check would ask for it: whoever is named may answer, everybody where nobody is known."""
    topology = call.job.context.room.organization.topology
    named = (call.input("approvers") or call.input("notifyUsers")).replace(",", "\n").split("\n")
    found = [identities.find(topology, one.strip()) for one in named if one.strip()]
    names = [each.name for each in found if each is not None] or [each.name for each in topology.people]
    own = call.attempt.step.timeout_minutes or call.job.setup.job.timeout_minutes
    return {
        "id": 0,
        "resource": {"type": "task", "id": call.attempt.record, "name": call.job.setup.names.display},
        "timeout": own or _LONGEST_MINUTES,
        "settings": {
            "approvers": list(dict.fromkeys(names)),
            "executionOrder": "anyOrder",
            "minRequiredApprovers": 1,
            "instructions": call.input("instructions"),
            "requesterCannotBeApprover": call.input("allowApproversToApproveTheirOwnRuns").lower() == "false",
        },
    }


async def wait_until(call: TaskCall, signal: str, holds: Callable[[], bool], step_time: bool = True) -> None:
    """Wait for a signal of the room until something holds, or the job is stopped; the world may rest.

    Raises TimeoutError when the step's own time is over (`step_time`); when the job's is, the job is stopped. Both
    count on the virtual clock.
    """
    signals, job = call.job.context.room.signals, call.job
    limits = _limits(call, step_time)
    with ExitStack() as around:
        pause = around.enter_context(job.context.attention.waiting())
        events = [around.enter_context(signals.ending(name, pause)) for name in (signal, *limits)]
        for name, moment in limits.items():
            task_timers.wake_at(job.kernel, name, moment)
            around.callback(task_timers.forget, job.kernel, name)
        while not holds() and not job.stopping.is_set() and not _over(call, limits):
            pause.again()
            await _first_of(*events, job.stopping)
            for event in events:
                event.clear()
    if job.stopping.is_set() and not holds():
        call.attempt.stopped = True


def _limits(call: TaskCall, step_time: bool) -> dict[str, float]:
    """The moments at which the step's and the job's own time are over, by the signal that says so."""
    timeline, setup, step = call.job.context.timeline, call.job.setup, call.attempt.step
    found = {}
    if setup.job.timeout_minutes:
        # A second later than what a task asks with the same time: that ends first.
        started = timeline.get(setup.record)["startTime"]
        found[f"job time/{setup.record}"] = started + setup.job.timeout_minutes * 60 + 1
    if step.timeout_minutes and step_time:
        started = timeline.get(call.attempt.record)["startTime"]
        found[f"step time/{call.attempt.record}"] = started + step.timeout_minutes * 60
    return found


def _over(call: TaskCall, limits: Mapping[str, float]) -> bool:
    now = call.job.kernel.clock.now()
    if limits.get(f"step time/{call.attempt.record}", now + 1) <= now:
        raise TimeoutError
    over = limits.get(f"job time/{call.job.setup.record}", now + 1) <= now
    if over:
        call.job.time_is_over()
    return over


async def _first_of(*events: asyncio.Event) -> None:
    waits = [asyncio.ensure_future(each.wait()) for each in events]
    try:
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for each in waits:
            each.cancel()


EFFECTS: dict[tuple[str, int], TaskEffect] = {
    ("Delay", 1): delay,
    ("ManualValidation", 0): manual_validation,
    ("ManualValidation", 1): manual_validation,
}
