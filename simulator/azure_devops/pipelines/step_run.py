"""One step: condition, inputs, the task's program or effect, its log lines and commands, retries, and the result."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from simulator.azure_devops.language.conditions import ConditionContext, evaluate_condition
from simulator.azure_devops.language.expressions.failure import ExpressionFailure
from simulator.azure_devops.language.plan import Step, Variable
from simulator.azure_devops.pipelines.agent import job_room
from simulator.azure_devops.pipelines.agent.attempt import Attempt
from simulator.azure_devops.pipelines.agent.container_paths import variables_inside
from simulator.azure_devops.pipelines.agent.containers_wanted import target_of
from simulator.azure_devops.pipelines.agent.job_files import OutsideOfJob
from simulator.azure_devops.pipelines.agent.job_room import JobRoom
from simulator.azure_devops.pipelines.agent.macros import expand_macros, values_of
from simulator.azure_devops.pipelines.agent.step_names import display_name
from simulator.azure_devops.pipelines.results import Result, retry_wait_seconds, step_result
from simulator.azure_devops.pipelines.run_logs import LogWriter
from simulator.azure_devops.pipelines.tasks.call import TaskCall, TaskFailed
from simulator.azure_devops.pipelines.tasks.effects import effect_of
from simulator.azure_devops.pipelines.timeline import result_of
from simulator.azure_devops.task_definitions import aws
from simulator.azure_devops.task_definitions.catalogue import Task, canonical_inputs, missing_inputs
from simulator.azure_devops.task_definitions.definition import EXECUTION
from simulator.kernel.errors import NotSimulated
from simulator.kernel.facts import cause
from simulator.runtime.images import ImageUnavailable
from simulator.runtime.job_containers.values import ContainerFailed

_RULE = "=" * 78


class StepRun:
    """A step of a job that runs, or a part of one that the agent carries out before or after all steps.

    `main` is the record of the step itself.
    """

    def __init__(self, job: JobRoom, record: str, step: Step, part: str = EXECUTION, main: str = "") -> None:
        self._job, self._record, self._step = job, record, step
        self._part, self._main = part, main
        self._timeline = job.context.timeline
        self._timed_out = False

    async def run(self) -> Result:
        """Bring the step from where its record stands to its end."""
        row = self._timeline.get(self._record)
        if row["state"] == "completed":
            return result_of(row)
        variables = self._job.variables()
        if target_of(self._job, self._step) and self._step.keyword != "checkout":
            variables = variables_inside(variables)
        with self._job.context.logs.open(self._timeline, self._record, self._before()["lines"]) as log:
            if row["state"] == "pending" and not self._runs(variables, log):
                return result_of(self._timeline.get(self._record))
            fact = self._timeline.start(self._record, begun=self._job.kernel.clock.wall())
            with cause(fact or self._timeline.get(self._record).get("cause")):
                if fact is not None:
                    self._timeline.update(self._record, cause=fact.sequence)
                else:
                    # After a restart the attempt's lines are read again from the first on, and its issues with them.
                    self._timeline.update(self._record, **self._issues_before())
                result, attempt = await self._attempts(variables, log)
            log.line(f"##[section]Finishing: {self._shown()}")
        with self._job.kernel.store.transaction():
            self._job.save()
            self._timeline.finish(self._record, result)
        await attempt.forget()
        return result

    def _before(self) -> dict[str, Any]:
        """What the failed attempts of the step have left: how many they were, lines of the log, issues."""
        kept = self._timeline.get(self._record).get("failures")
        return dict(kept) if kept else {"count": 0, "lines": 0, "issues": []}

    def _issues_before(self) -> dict[str, Any]:
        issues = self._before()["issues"]
        counts = {f"{kind}Count": sum(one["type"] == kind for one in issues) for kind in ("error", "warning")}
        return {"issues": issues, **counts}

    def _shown(self) -> str:
        return self._job.masker.mask(display_name(self._job.tasks, self._step))

    def _runs(self, variables: Mapping[str, Variable], log: LogWriter) -> bool:
        """Whether the step runs; if not, its record is finished here."""
        if not self._step.enabled:
            self._timeline.finish(self._record, Result.SKIPPED)
            return False
        try:
            if self._holds(variables, self._job.status):
                return True
        except ExpressionFailure as wrong:
            log.line(f"##[error]{wrong}")
            self._timeline.add_issue(self._record, "error", str(wrong))
            self._timeline.finish(self._record, Result.FAILED)
            return False
        said = self._step.condition or "succeeded()"
        log.line(f"Skipping step due to condition evaluation.\nEvaluating: {said}\nResult: False")
        self._timeline.finish(self._record, Result.SKIPPED)
        return False

    def _holds(self, variables: Mapping[str, Variable], status: Result) -> bool:
        context = ConditionContext("step", values_of(variables), job_status=status.value)
        return evaluate_condition(self._step.condition, context)

    def _survives(self, variables: Mapping[str, Variable]) -> bool:
        """Whether the step goes on in a canceled job: its condition is asked again."""
        try:
            return self._holds(variables, Result.CANCELED)
        except ExpressionFailure:
            return False

    async def _attempts(self, variables: Mapping[str, Variable], log: LogWriter) -> tuple[Result, Attempt]:
        step = self._step
        values = values_of(variables)
        shown = expand_macros(display_name(self._job.tasks, step), values)
        self._timeline.update(self._record, name=self._job.masker.mask(shown))
        if not log.written:
            log.line(f"##[section]Starting: {self._job.masker.mask(shown)}")
            _describe(self._job.tasks.find(step.task_id, step.version), log)
        failures = int(self._before()["count"])
        while True:
            attempt = Attempt(
                self._job,
                self._record,
                step,
                failures,
                log,
                variables,
                lambda: self._survives(variables),
                self._main,
            )
            result = await self._once(attempt, values)
            attempt.tell_later()
            last = failures >= step.retry_count or self._timed_out or self._job.stopping.is_set()
            if result is not Result.FAILED or last:
                break
            failures += 1
            log.line(
                "##[warning]RetryHelper encountered task failure, will retry"
                f" (attempt #: {failures} out of {step.retry_count})"
            )
            # A restart goes on with this attempt and with what the log has now.
            issues = self._timeline.get(self._record)["issues"]
            self._timeline.update(
                self._record, failures={"count": failures, "lines": log.written, "issues": issues}
            )
            await attempt.forget()
            await self._job.context.room.pause(retry_wait_seconds(failures))
        if step.continue_on_error and result is Result.FAILED:
            result = Result.SUCCEEDED_WITH_ISSUES
        return result, attempt

    def _seconds_left(self) -> float | None:
        """Real seconds that the step still has for all its attempts, from before a restart on; None without a limit.

        What waits without an agent counts its time on the virtual clock (tasks/agentless.py).
        """
        if not self._step.timeout_minutes:
            return None
        now = self._job.kernel.clock.wall()
        begun = self._timeline.get(self._record).get("begun") or now
        return max(0.0, float(begun) + self._step.timeout_minutes * job_room.MINUTE_SECONDS - now)

    async def _once(self, attempt: Attempt, values: Mapping[str, str]) -> Result:
        """One attempt, within the step's own time."""
        step = self._step
        task = self._job.tasks.find(step.task_id, step.version)
        assert task is not None, f"the plan names a task that is not in the catalogue: {step.task}"
        given = canonical_inputs(task, step.inputs)
        inputs = {name: expand_macros(text, values) for name, text in given.items()}
        env = {name: expand_macros(text, values) for name, text in step.env.items()}
        if task.server is not self._job.setup.agentless:
            where = "an agentless job (pool: server)" if task.server else "a job on an agent"
            attempt.error(f"The task {task.reference} runs in {where} only.")
            return step_result(attempt.commanded, 1)
        # A task of the user's says itself what it misses.
        for missing in missing_inputs(task, inputs) if task.on_disk is None else ():
            attempt.error(f"{aws.error_prefix(task)}Input required: {missing.name}")
            return step_result(attempt.commanded, 1)
        call = TaskCall(attempt, inputs, env, values)
        code: int | None
        try:
            effect: Callable[[TaskCall], Awaitable[int | None]] = effect_of(task, self._part)
            async with asyncio.timeout(None if task.server else self._seconds_left()):
                code = await effect(call)
        except TimeoutError:
            self._timed_out = True
            await attempt.stop()
            attempt.error("The task has timed out.")
            return step_result(attempt.commanded, None, timed_out=True)
        except (TaskFailed, OutsideOfJob, ImageUnavailable, ContainerFailed) as failed:
            attempt.error(str(failed))
            code = 1
        except NotSimulated as refused:
            attempt.error(str(refused))
            self._job.kernel.log.record(
                "NotSimulated", refused.what, {"cloud": "azure_devops", "remedy": refused.remedy}
            )
            code = 1
        canceled = attempt.stopped and self._job.stopping.is_set()
        return step_result(attempt.commanded, code, canceled=canceled)


def _describe(task: Task | None, log: LogWriter) -> None:
    """The head of a step's log, as the agent's TaskRunner writes it."""
    if task is None:
        return
    log.line(_RULE)
    for name, text in (
        ("Task", task.display_name or task.name),
        ("Description", task.description),
        ("Version", task.full_version),
        ("Author", task.author),
        ("Help", task.help),
    ):
        log.line(f"{name:<12} : {text}".rstrip())
    log.line(_RULE)
