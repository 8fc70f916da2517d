"""What the agent does for one attempt of a step: starts its work, follows its lines, carries out its commands."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from simulator.azure_devops.language.plan import Step, Variable
from simulator.azure_devops.pipelines.agent.carrying_out import carry_out
from simulator.azure_devops.pipelines.agent.command_effects import CommandFailed, CommandUnknown
from simulator.azure_devops.pipelines.agent.command_readers import interpret
from simulator.azure_devops.pipelines.agent.containers_wanted import target_of
from simulator.azure_devops.pipelines.agent.job_room import JobRoom
from simulator.azure_devops.pipelines.agent.logging_commands import parse_command
from simulator.azure_devops.pipelines.agent.placing import Running, place
from simulator.azure_devops.pipelines.agent.restrictions import check_command, restrictions_of
from simulator.azure_devops.pipelines.results import Result, merge
from simulator.azure_devops.pipelines.run_logs import LogWriter
from simulator.runtime.work import Mount

_WORK = "azure-devops-"
_LINK = "Please reference documentation (http://go.microsoft.com/fwlink/?LinkId=817296)"
_CANCELED = "The Operation will be canceled. The next steps may not contain expected logs."


def work_run(name: str) -> int | None:
    """The run that a work of that name belongs to; None for the works of others."""
    number = name.removeprefix(_WORK).partition("-")[0]
    return int(number) if name.startswith(_WORK) and number.isdecimal() else None


@dataclass(frozen=True)
class Program:
    """A program that a task runs, as a step sees its files; `environment` and `mounts` are more than the step has.

    `portable`: it needs nothing but what an image has by itself, so a step in a container runs it there. `beside`: it
    touches nothing but files of the job and services, so for a step in a container it runs on the agent, beside it.
    What is neither is refused in a container. Without a `working_directory` it runs where the job's steps work.
    """

    command: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)
    working_directory: str = ""
    portable: bool = False
    beside: bool = False
    mounts: tuple[Mount, ...] = ()


class Attempt:
    """One attempt of a step; `commanded` is the result that logging commands asked for, `stopped` that it was ended.

    `failures`: how many attempts of the step failed before.

    `survives`: whether the step goes on although its job is being canceled. `instance`: the record of the step that
    this is a part of: all its parts share its task variables. `outputs`: what is an output whenever the step sets it.
    """

    def __init__(
        self,
        job: JobRoom,
        record: str,
        step: Step,
        failures: int,
        log: LogWriter,
        variables: Mapping[str, Variable],
        survives: Callable[[], bool] = lambda: False,
        instance: str = "",
    ) -> None:
        self.job, self.record, self.step, self.variables = job, record, step, variables
        self.failures = failures
        task = job.tasks.find(step.task_id, step.version)
        self.restrictions = restrictions_of(step, task)
        self.instance = instance or record
        self.outputs = frozenset(name.lower() for name in task.outputs) if task is not None else frozenset()
        self._log, self._survives = log, survives
        self._name = f"{_WORK}{job.context.run}-{record}-{failures}"
        self._works: list[str] = []
        self._running: Running = job.context.room.engine
        self._later: list[tuple[str, tuple[str, ...]]] = []
        self._done = asyncio.Event()
        self.container = target_of(job, step)
        self.commanded: Result | None = None
        self.stopped = False

    async def run(self, program: Program, env: Mapping[str, str]) -> int:
        """Run a program to its end, or follow the one that a restart left running: its exit code."""
        name = f"{self._name}-{len(self._works)}" if self._works else self._name
        running = self._running = await place(self, name, program, env)
        self._works.append(name)
        watchers = [
            asyncio.ensure_future(watch(name)) for watch in (self._stop_with_job, self._stop_when_done)
        ]
        try:
            async for line in running.lines(name):
                self.line(line)
            ended = await running.wait(name)
        finally:
            for watcher in watchers:
                watcher.cancel()
        if ended.reason:
            self.error(ended.reason)
        return 0 if self._done.is_set() else ended.code

    async def stop(self) -> None:
        """End the program, if one runs."""
        for name in self._works[-1:]:
            self.stopped = True
            await self.job.stop_work(self._running, name)

    async def forget(self) -> None:
        """The work's lines and exit are kept elsewhere now; after a crash before this, they are read once more."""
        for name in self._works:
            await self._running.remove(name)

    def line(self, text: str) -> None:
        """A line that the program wrote: a logging command, or a line of the log."""
        command = parse_command(text)
        if command is None:
            if "##vso" in text:
                self.warning(
                    f"'{text}' contains logging command keyword '##vso', but it's not a legal command. Please see the"
                    " list of accepted commands: https://go.microsoft.com/fwlink/?LinkId=817296"
                )
            self.say(text)
            return
        try:
            check_command(self.restrictions, command)
            carry_out(self, interpret(command, multiline_secrets=self.job.multiline_secrets))
        except CommandUnknown as unknown:
            self.warning(str(unknown))
        except CommandFailed as failed:
            self.error(f"Unable to process command '{text}' successfully. {_LINK}")
            self.error(str(failed))
            self.commanded = merge(self.commanded, Result.FAILED)
        if (command.area, command.event) != ("task", "debug"):
            self.debug(f"Processed: {text}")

    def say(self, text: str) -> None:
        """A line of the log, secrets masked."""
        self._log.line(self.job.masker.mask(text))

    def debug(self, text: str) -> None:
        """A line that is only there with System.Debug."""
        if self.job.debugging:
            self.say(f"##[debug]{text}")

    def error(self, text: str) -> None:
        """An error: in the log and on the record."""
        self.issue("error", text)

    def warning(self, text: str) -> None:
        """A warning: in the log and on the record."""
        self.issue("warning", text)

    def issue(
        self, kind: str, text: str, category: str = "General", data: Mapping[str, str] | None = None
    ) -> None:
        """An issue in the log and on the record, secrets masked."""
        self.say(f"##[{kind}]{text}")
        mask = self.job.masker.mask
        told = {name: mask(value) for name, value in (data or {"type": kind}).items()}
        told["logFileLineNumber"] = str(self._log.written)
        self.job.context.timeline.add_issue(self.record, kind, mask(text), category, told)

    def complete(self, result: Result, *, done: bool = False) -> None:
        """What task.complete asks for; `done` ends the program too."""
        self.commanded = merge(self.commanded, result)
        if done:
            self._done.set()

    def later(self, name: str, *lines: str) -> None:
        """What the agent sends in the background and tells at the step's end."""
        self._later.append((name, lines))

    def tell_later(self) -> None:
        """The lines of what was sent in the background."""
        for name, lines in self._later:
            self.say(f"##[section]Async Command Start: {name}")
            for line in lines:
                self.say(line)
            self.say(f"##[section]Async Command End: {name}")
        self._later.clear()

    async def _stop_with_job(self, name: str) -> None:
        """A canceled job ends the step, unless its condition holds for a canceled job: then when the time is over."""
        await self.job.stopping.wait()
        if self._survives():
            await self.job.forced.wait()
        self.error(_CANCELED)
        self.stopped = True
        await self.job.stop_work(self._running, name)

    async def _stop_when_done(self, name: str) -> None:
        await self._done.wait()
        await self.job.stop_work(self._running, name)
