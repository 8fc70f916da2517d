"""What the steps of one agent job share: names, files, variables, secrets, and when to stop."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from simulator.azure_devops.language.plan import Job, Step, Variable
from simulator.azure_devops.pipelines import machines
from simulator.azure_devops.pipelines.agent import job_state, predefined
from simulator.azure_devops.pipelines.agent.job_files import JobFiles
from simulator.azure_devops.pipelines.agent.macros import recalculate
from simulator.azure_devops.pipelines.agent.predefined import JobNames
from simulator.azure_devops.pipelines.machines import Machine
from simulator.azure_devops.pipelines.results import Result
from simulator.azure_devops.pipelines.room import RunContext
from simulator.azure_devops.task_definitions.catalogue import Catalogue
from simulator.formats.masking import Masker

MINUTE_SECONDS = 60.0
"""A minute of running work: of real time (DESIGN.md 5)."""
_INTERRUPT_SECONDS, _TERMINATE_SECONDS = 7.5, 2.5
"""How long the agent waits after SIGINT, and then after SIGTERM, before it kills (its `ProcessInvoker`)."""


@dataclass(frozen=True)
class JobSetup:
    """What an agent is told: the job's record, names, steps and variables; `hook` of a deployment.

    `agentless`: the service itself carries out the steps. `machine`: of an environment, instead of an agent of a pool.
    """

    record: str
    names: JobNames
    job: Job
    steps: tuple[Step, ...]
    variables: tuple[Variable, ...]
    hook: str = ""
    agentless: bool = False
    machine: Machine | None = None


class Stopping(Protocol):
    """What can end a program that was started."""

    async def stop(self, name: str, grace_seconds: float, interrupt_seconds: float = 0.0) -> None:
        """End it; returns when it has ended."""


class JobRoom:
    """A job on its agent. What its steps have changed is in the store; what is here can be made again.

    `stopping`: it is canceled or its time is over; `forced`: the time of what goes on all the same is over, too.
    """

    def __init__(self, context: RunContext, setup: JobSetup) -> None:
        self.context, self.setup = context, setup
        self.kernel = context.room.kernel
        self.state = job_state.load(self.kernel.store, context.run, setup.record)
        self.status = Result.SUCCEEDED
        self.stopping = asyncio.Event()  # canceled, or its time is over
        self.forced = asyncio.Event()  # and the time for what goes on all the same is over too
        secrets = [v.value for v in setup.variables if v.secret and v.value]
        self.masker = Masker([*secrets, *self.state.secrets])

    @property
    def tasks(self) -> Catalogue:
        """The tasks that its steps may name."""
        return self.context.room.organization.tasks

    @property
    def directory(self) -> str:
        """Where steps work that say nothing else: the sources, or the repository that a checkout has chosen."""
        return self._value("system.defaultworkingdirectory") or predefined.SOURCES

    @property
    def files(self) -> JobFiles:
        """The directories of the job."""
        state, machine = self.kernel.store.directory, self.setup.machine
        if machine is not None:
            root = machines.folder(state, machine.agent)
            return JobFiles(root, self.directory, root / "workspaces" / str(self.context.row["definition"]))
        work = state / "azure_devops" / "work"
        return JobFiles(work / str(self.context.run) / self.setup.record, self.directory)

    @property
    def agent_name(self) -> str:
        """How the agent is called that the job runs on."""
        return self.setup.machine.name if self.setup.machine else predefined.AGENT

    @property
    def computer(self) -> str:
        """How the agent's machine is called."""
        return self.setup.machine.computer if self.setup.machine else predefined.COMPUTER

    @property
    def hostname(self) -> str:
        """What the machine itself says that it is called."""
        return self.setup.machine.hostname if self.setup.machine else predefined.COMPUTER

    async def stop_work(self, running: Stopping, name: str) -> None:
        """End the program of a step that `running` follows: SIGINT, then SIGTERM, then all of its processes are killed.

        A job that may take no time to cancel leaves it none.
        """
        patient = bool(self.setup.job.cancel_timeout_minutes)
        await running.stop(name, _TERMINATE_SECONDS * patient, _INTERRUPT_SECONDS * patient)

    @property
    def debugging(self) -> bool:
        """Whether lines of debugging are wanted: System.Debug is true."""
        return self._value("system.debug").lower() == "true"

    @property
    def multiline_secrets(self) -> bool:
        """Whether a secret of several lines is let pass."""
        return self._value("system_unsafeallowmultilinesecret").lower() in ("true", "1")

    def _value(self, name: str) -> str:
        set_by_step = self.state.variables.get(name)
        if set_by_step is not None:
            return str(set_by_step["value"])
        return next((v.value for v in reversed(self.setup.variables) if v.name.lower() == name), "")

    def variables(self) -> dict[str, Variable]:
        """Every variable now, macros resolved: the agent does this before each step."""
        status = Variable("Agent.JobStatus", self.status.value, read_only=True)
        return recalculate([*self.setup.variables, *self.state.listed(), status])

    def move(self, variables: Mapping[str, str]) -> None:
        """Let predefined variables have other values for the steps that follow."""
        for name, value in variables.items():
            row = {"name": name, "value": value, "secret": False, "read_only": True, "step": ""}
            self.state.variables[name.lower()] = row

    def mask(self, secret: str) -> None:
        """Hide a value from now on, after a restart too."""
        if secret and secret not in self.state.secrets:
            self.masker.add(secret)
            self.state.secrets.append(secret)

    def time_is_over(self) -> None:
        """The job ran longer than it may: its record says so, and what it does is stopped."""
        minutes = self.setup.job.timeout_minutes
        where = "" if self.setup.agentless else f" running on agent {self.agent_name}"
        self.context.timeline.add_issue(
            self.setup.record,
            "error",
            f"The job{where} ran longer than the maximum time of {minutes} minutes."
            " For more information, see https://go.microsoft.com/fwlink/?linkid=2077134",
        )
        self.stop()

    def stop(self) -> None:
        """The steps end, but those whose condition wants a canceled job."""
        self.stopping.set()
        self.status = Result.CANCELED

    def save(self) -> None:
        """Keep what the steps have changed."""
        self.state.save(self.kernel.store, self.context.run, self.setup.record)
