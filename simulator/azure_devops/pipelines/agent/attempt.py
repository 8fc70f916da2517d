"""What the agent does for one attempt of a step: starts its work, follows its lines, carries out its commands."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field

from simulator.azure_devops.language.conditions import ConditionContext, evaluate_condition
from simulator.azure_devops.language.plan import Step, Variable
from simulator.azure_devops.pipelines.agent import predefined, uploads
from simulator.azure_devops.pipelines.agent.command_effects import (
    AddBuildTag,
    CommandFailed,
    CommandUnknown,
    Complete,
    Debug,
    Effect,
    LogIssue,
    PrependPath,
    SetProgress,
    SetSecret,
    SetVariable,
    UpdateBuildNumber,
    Upload,
    interpret,
)
from simulator.azure_devops.pipelines.agent.job_files import OutsideOfJob
from simulator.azure_devops.pipelines.agent.job_room import JobRoom
from simulator.azure_devops.pipelines.agent.logging_commands import Command, parse_command
from simulator.azure_devops.pipelines.agent.macros import environment_of, values_of
from simulator.azure_devops.pipelines.results import Result, merge
from simulator.azure_devops.pipelines.run_logs import LogWriter
from simulator.kernel.facts import current_cause
from simulator.runtime.reach import SEARCH_PATH
from simulator.runtime.work import Work

IMAGE = "agent"
CAUSE_VARIABLE = "SIMULATOR_CAUSE"
_WORK = "azure-devops-"


def work_run(name: str) -> int | None:
    """The run that a work of that name belongs to; None for the works of others."""
    number = name.removeprefix(_WORK).partition("-")[0]
    return int(number) if name.startswith(_WORK) and number.isdigit() else None


@dataclass(frozen=True)
class Program:
    """A program that a task runs: as a step sees its files; `environment` comes on top of the step's."""

    command: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)
    working_directory: str = predefined.SOURCES


class Attempt:
    """One attempt of a step; `commanded` is the result that logging commands asked for, `stopped` that it was ended."""

    def __init__(
        self,
        job: JobRoom,
        record: str,
        step: Step,
        failures: int,
        log: LogWriter,
        variables: Mapping[str, Variable],
    ) -> None:
        self.job, self.record, self.step, self.variables = job, record, step, variables
        self._log = log
        self._name = f"{_WORK}{job.context.run}-{record}-{failures}"
        self._started = False
        self.commanded: Result | None = None
        self.stopped = False

    async def run(self, program: Program, env: Mapping[str, str]) -> int:
        """Run a program to its end, or follow the one that a restart left running: its exit code."""
        engine = self.job.context.room.engine
        if self._name not in await engine.known():
            await engine.start(self._work(program, env))
        self._started = True
        watcher = asyncio.ensure_future(self._stop_with_job())
        try:
            async for line in engine.lines(self._name):
                self.line(line)
            ended = await engine.wait(self._name)
        finally:
            watcher.cancel()
        if ended.reason:
            self.error(ended.reason)
        return ended.code

    async def stop(self) -> None:
        """End the program, if one runs."""
        if self._started:
            self.stopped = True
            await self.job.context.room.engine.stop(self._name, self.job.stop_seconds)

    async def forget(self) -> None:
        """The work's lines and exit are kept elsewhere now; after a crash before this, they are read once more."""
        await self.job.context.room.engine.remove(self._name)

    def line(self, text: str) -> None:
        """A line that the program wrote: a logging command, or a line of the log."""
        command = parse_command(text)
        if command is None:
            self.say(text)
        else:
            self._obey(command)

    def say(self, text: str) -> None:
        """A line of the log, secrets masked."""
        self._log.line(self.job.masker.mask(text))

    def error(self, text: str) -> None:
        """An error: in the log and on the record."""
        self.say(f"##[error]{text}")
        self.job.context.timeline.add_issue(self.record, "error", self.job.masker.mask(text))

    def warning(self, text: str) -> None:
        """A warning: in the log and on the record."""
        self.say(f"##[warning]{text}")
        self.job.context.timeline.add_issue(self.record, "warning", self.job.masker.mask(text))

    def _obey(self, command: Command) -> None:
        try:
            self._carry_out(interpret(command))
        except CommandUnknown as unknown:
            self.warning(str(unknown))
        except CommandFailed as failed:
            self.error(f"Unable to process command '{command}' successfully. {failed}")
            self.commanded = merge(self.commanded, Result.FAILED)

    def _carry_out(self, effect: Effect) -> None:
        match effect:
            case SetVariable():
                self._set(effect)
            case LogIssue():
                (self.error if effect.kind == "error" else self.warning)(effect.message)
            case Complete():
                self._complete(effect)
            case SetSecret():
                self.job.mask(effect.value)
            case PrependPath():
                self.job.state.paths.insert(0, effect.folder)
            case SetProgress():
                changes = {"percentComplete": effect.percent, "currentOperation": effect.operation}
                self.job.context.timeline.update(self.record, **changes)
            case Debug():
                self.say(f"##[debug]{effect.message}")
            case Upload():
                self._upload(effect)
            case UpdateBuildNumber():
                self.job.context.room.runs.update(self.job.context.run, name=effect.name)
            case AddBuildTag():
                self._tag(effect.tag)

    def _set(self, effect: SetVariable) -> None:
        if effect.secret:
            self.job.mask(effect.value)
        self.job.state.set(effect, self.step.name, self.job.setup.variables)

    def _complete(self, effect: Complete) -> None:
        self.commanded = merge(self.commanded, effect.result)
        if effect.result is Result.FAILED and effect.message:
            self.error(effect.message)

    def _upload(self, effect: Upload) -> None:
        try:
            uploads.keep(self.job, effect, self.say)
        except OutsideOfJob as outside:
            raise CommandFailed(str(outside)) from outside

    def _tag(self, tag: str) -> None:
        row = self.job.context.row
        if tag not in row["tags"]:
            self.job.context.room.runs.update(row["id"], tags=[*row["tags"], tag])

    def _work(self, program: Program, env: Mapping[str, str]) -> Work:
        because = current_cause()
        paths = ":".join(self.job.state.paths)
        environment = {
            "HOME": predefined.HOME,
            **({"PATH": f"{paths}:{SEARCH_PATH}"} if paths else {}),
            **env,
            **environment_of(self.variables),
            **program.environment,
            CAUSE_VARIABLE: str(because or ""),
        }
        return Work(
            name=self._name,
            image=IMAGE,
            command=program.command,
            environment=environment,
            mounts=self.job.files.mounts(),
            working_directory=program.working_directory or predefined.SOURCES,
            cause=because,
            hostname="simulator",
            writable_venv=self.job.files.venv,
        )

    async def _stop_with_job(self) -> None:
        await self.job.stopping.wait()
        if self._outlives_cancel():
            await self.job.forced.wait()
        self.stopped = True
        await self.job.context.room.engine.stop(self._name, self.job.stop_seconds)

    def _outlives_cancel(self) -> bool:
        """Whether the step's condition holds in a canceled job: the agent lets such a step go on."""
        context = ConditionContext("step", values_of(self.variables), job_status=Result.CANCELED.value)
        return evaluate_condition(self.step.condition, context)
