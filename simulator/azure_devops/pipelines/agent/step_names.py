"""How a step is called: in the timeline, and by its variables. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from simulator.azure_devops.language.plan import Step
from simulator.azure_devops.task_definitions.catalogue import Catalogue

_NAMES = {"checkout": "Checkout", "download": "Download", "publish": "Publish"}


def display_name(tasks: Catalogue, step: Step) -> str:
    """What the timeline shows: the author's name, or the task's."""
    if step.display_name:
        return step.display_name
    if step.keyword == "checkout":
        return f"Checkout {step.inputs.get('repository', 'self')}"
    if step.keyword in ("script", "bash"):
        return "CmdLine" if step.task == "CmdLine" else "Bash"
    task = tasks.find(step.task_id, step.version)
    return _NAMES.get(step.keyword) or (task.display_name if task and task.display_name else step.task)


def reference_names(steps: Sequence[Step]) -> list[str]:
    """The reference name of each step: its own, or the task's with a number from the second on (`Bash`, `Bash2`)."""
    counts: dict[str, int] = {}
    names = []
    for step in steps:
        if step.name:
            names.append(step.name)
            continue
        count = counts[step.task] = counts.get(step.task, 0) + 1
        names.append(step.task if count == 1 else f"{step.task}{count}")
    return names
