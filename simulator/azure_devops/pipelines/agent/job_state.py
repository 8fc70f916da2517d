"""What a job has learned from its steps: kept in the store after each, so that a restart goes on from there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from simulator.azure_devops.language.plan import Variable
from simulator.azure_devops.organization import number_key
from simulator.azure_devops.pipelines.agent.command_effects import CommandFailed, SetVariable
from simulator.kernel.store import Store

KIND = "azure_devops.job_state"
_DESIGN = "https://github.com/microsoft/azure-pipelines-yaml/blob/master/design/readonly-variables.md"
_READ_ONLY = f"See {_DESIGN} for details."


@dataclass
class JobState:
    """Variables that steps have set (by lower-case name), outputs by `step.variable`, secrets to mask, PATH folders.

    `task_variables` are by record of the step; `endpoints` hold what steps changed of a service connection, by its id.
    """

    variables: dict[str, dict[str, Any]] = field(default_factory=dict)
    outputs: dict[str, str] = field(default_factory=dict)
    secrets: list[str] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    task_variables: dict[str, dict[str, str]] = field(default_factory=dict)
    endpoints: dict[str, dict[str, Any]] = field(default_factory=dict)

    def set(self, effect: SetVariable, step: str, fixed: Iterable[Variable]) -> None:
        """Carry out `task.setvariable` of a step. Raises CommandFailed for what is read-only."""
        name = f"{step}.{effect.name}" if effect.output and step else effect.name
        known = self.variables.get(name.lower())
        read_only = {variable.name.lower() for variable in fixed if variable.read_only}
        if (known and known["read_only"] and known["step"] != step) or name.lower() in read_only:
            raise CommandFailed(
                f"Overwriting readonly variable '{effect.name}' is not permitted. {_READ_ONLY}"
            )
        secret = effect.secret or bool(known and known["secret"])
        self.variables[name.lower()] = {
            "name": name,
            "value": effect.value,
            "secret": secret,
            "read_only": effect.read_only or effect.output,
            "step": step,
        }
        if effect.output:
            self.outputs[name] = effect.value
        if secret and effect.value:
            self.secrets.append(effect.value)

    def listed(self) -> list[Variable]:
        """The variables that steps have set."""
        return [
            Variable(item["name"], item["value"], item["secret"], item["read_only"])
            for item in self.variables.values()
        ]

    def save(self, store: Store, run: int, record: str) -> None:
        """Keep it."""
        store.put(KIND, f"{number_key(run)}/{record}", self.__dict__)


def load(store: Store, run: int, record: str) -> JobState:
    """What was kept, or a new one."""
    row = store.get(KIND, f"{number_key(run)}/{record}")
    return JobState(**row) if row else JobState()
