"""Which logging commands and variables a step may use: its task's restrictions, and those of its `target`.

Source: the agent's `TaskRestrictionsChecker` and `CommandRestriction` attributes; Learn "Secure pipelines".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from simulator.azure_devops.language.plan import Step
from simulator.azure_devops.pipelines.agent.command_effects import CommandUnknown
from simulator.azure_devops.pipelines.agent.logging_commands import Command
from simulator.azure_devops.task_definitions.catalogue import Task
from simulator.formats.wildcards import matches

_LINK = "Please reference documentation (http://go.microsoft.com/fwlink/?LinkId=817296)"
_STILL_ALLOWED = frozenset(
    (
        *("task.logdetail", "task.logissue", "task.issue", "task.complete", "task.setprogress"),
        *("task.setsecret", "task.setvariable", "task.debug", "task.settaskvariable", "task.prependpath"),
        "telemetry.publish",
    )
)


@dataclass(frozen=True)
class Restriction:
    """One set of rules; `settable` None lets every variable be set."""

    commands_restricted: bool = False
    settable: tuple[str, ...] | None = None


def restrictions_of(step: Step, task: Task | None) -> tuple[Restriction, ...]:
    """The rules of a step; each of them must hold."""
    found = [Restriction(task.restricted, task.settable)] if task is not None else []
    if step.target is not None:
        found.append(Restriction(step.target.commands == "restricted", step.target.settable_variables))
    return tuple(found)


def check_command(rules: Sequence[Restriction], command: Command) -> None:
    """Raises CommandUnknown with the agent's warning where the command may not be used."""
    name = f"{command.area}.{command.event}"
    if name not in _STILL_ALLOWED and any(rule.commands_restricted for rule in rules):
        raise CommandUnknown(f"##vso[{name}] is not allowed in this step due to policy restrictions. {_LINK}")


def check_variable(rules: Sequence[Restriction], name: str) -> None:
    """Raises CommandUnknown with the agent's warning where the variable may not be set."""
    for rule in rules:
        if rule.settable is not None and not any(
            matches(pattern, name, ignore_case=True) for pattern in rule.settable
        ):
            raise CommandUnknown(
                f"Setting variable '{name}' has been disabled by the task or build definition."
            )
