"""Runs executions: steps in parallel as their graph allows, until nothing can start and nothing runs."""

from __future__ import annotations

import asyncio
import string
from contextlib import ExitStack

from simulator.aws.sagemaker.pipelines import experiments
from simulator.aws.sagemaker.pipelines.attempts import perform, stop_step
from simulator.aws.sagemaker.pipelines.execution import RUNNING, Execution
from simulator.aws.sagemaker.pipelines.progress import Progress, StepState, outcome
from simulator.aws.sagemaker.pipelines.selective import selected_steps
from simulator.aws.sagemaker.quotas.check import hold
from simulator.aws.sagemaker.quotas.table import EXECUTIONS
from simulator.aws.sagemaker.running import running, spawn
from simulator.kernel.facts import cause

_SUFFIX = string.ascii_letters + string.digits
_TASK = "pipeline execution"
_PARALLEL = 50
"""How many steps run at once where no ParallelismConfiguration says so: the service's default."""


def launch(execution: Execution) -> None:
    """Let the execution run in a task of its own, caused by the fact of its start."""
    with cause(execution.row.get("_fact")):
        spawn(execution.kernel, task_name(execution), run(execution))


def task_name(execution: Execution) -> str:
    """The name of the task that an execution is."""
    return f"{_TASK} {execution.key}"


def admit(execution: Execution) -> None:
    """Raises ResourceLimitExceeded where the account runs as many executions as it may."""
    scope = "/".join(execution.key.split("/")[:2])
    hold(execution.kernel, scope, EXECUTIONS, running(execution.kernel, f"{_TASK} {scope}/"))


async def run(execution: Execution) -> None:
    """From where the rows say that the execution stands to its end."""
    running = _Running(execution)
    try:
        await experiments.prepare(execution)
        await _drive(execution, running)
    except Exception:
        _end(execution)
        raise
    finally:
        running.cancel()
    _end(execution)


def _end(execution: Execution) -> None:
    status, reason = outcome(execution.states().values(), execution.stopping)
    ended = {"PipelineExecutionStatus": status, "_ended": execution.kernel.clock.now()}
    if reason:
        ended |= {"FailureReason": reason, "PipelineExecutionFailureReason": reason}
    execution.change(ended)


class _Running:
    """The tasks of the steps that run. Each keeps the world busy until what it made possible has begun."""

    def __init__(self, execution: Execution) -> None:
        self._execution = execution
        self.tasks: dict[str, asyncio.Task[None]] = {}
        self._busy: dict[str, ExitStack] = {}

    def begin(self, name: str) -> None:
        """Let a step run."""
        self._busy[name] = ExitStack()
        self._busy[name].enter_context(self._execution.kernel.activity.busy(self._execution.busy(name)))
        self.tasks[name] = asyncio.create_task(
            perform(self._execution, self._execution.definition.steps[name])
        )

    async def ended(self) -> list[str]:
        """Wait until steps have ended; gives their names, and raises what is a defect of ours."""
        with self._execution.kernel.activity.resting(task_name(self._execution)):
            await asyncio.wait(self.tasks.values(), return_when=asyncio.FIRST_COMPLETED)
        names = [name for name, task in self.tasks.items() if task.done()]
        for name in names:
            self._busy.pop(name).close()
            self.tasks.pop(name).result()
        return names

    def cancel(self) -> None:
        """Let go of all; rows say where they stand."""
        for task in self.tasks.values():
            task.cancel()
        for busy in self._busy.values():
            busy.close()


async def _drive(execution: Execution, running: _Running) -> None:
    progress = Progress(execution.definition, execution.states(), selected_steps(execution.row))
    for name, state in progress.states.items():
        if state.status in RUNNING:
            running.begin(name)
    while True:
        row = execution.row
        if row["PipelineExecutionStatus"] == "Executing":
            limit = int(row.get("ParallelismConfiguration", {}).get("MaxParallelExecutionSteps", _PARALLEL))
            for name in progress.take(limit - len(running.tasks)):
                execution.begin_step(name, execution.kernel.ids.token(_SUFFIX, 10))
                progress.became(name, StepState("Starting"))
                running.begin(name)
        if not running.tasks:
            return
        for name in await running.ended():
            ended = execution.step(name)
            assert ended is not None
            progress.became(name, StepState(ended["StepStatus"], ended.get("_outcome")))


def stop(execution: Execution) -> None:
    """No more steps start, and those that run are asked to stop."""
    execution.change({"PipelineExecutionStatus": "Stopping"})
    for row in execution.steps():
        if row["StepStatus"] in RUNNING:
            name = f"stop {execution.arn} {row['StepName']}"
            spawn(execution.kernel, name, stop_step(execution, row["StepName"]))
