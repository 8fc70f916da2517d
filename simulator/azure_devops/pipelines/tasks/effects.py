"""Which function carries out which task: the one list."""

from __future__ import annotations

from simulator.azure_devops.pipelines.tasks import (
    agentless,
    artifacts,
    aws,
    caching,
    checkout,
    docker,
    files,
    on_disk,
    package_credentials,
    packages,
    powershell,
    python,
    requests,
    scripts,
    secure_file,
    test_results,
    tools,
)
from simulator.azure_devops.pipelines.tasks.call import TaskEffect
from simulator.azure_devops.task_definitions.catalogue import Task
from simulator.azure_devops.task_definitions.definition import EXECUTION
from simulator.kernel.errors import NotSimulated

EFFECTS: dict[tuple[str, int], TaskEffect] = {
    ("Checkout", 1): checkout.checkout,
    ("UsePythonVersion", 0): python.use_version,
    **scripts.EFFECTS,
    **agentless.EFFECTS,
    **requests.EFFECTS,
    **files.EFFECTS,
    **powershell.EFFECTS,
    **package_credentials.EFFECTS,
    **packages.EFFECTS,
    **tools.EFFECTS,
    **artifacts.EFFECTS,
    **test_results.EFFECTS,
    **aws.EFFECTS,
    **docker.EFFECTS,
    **caching.EFFECTS,
}

PARTS: dict[tuple[str, int, str], TaskEffect] = {
    **caching.PARTS,
    **secure_file.PARTS,
    **package_credentials.PARTS,
}
"""What tasks do before and after all steps of the job."""


def effect_of(task: Task, part: str = EXECUTION) -> TaskEffect:
    """The function of a part of a task. Raises NotSimulated where there is none yet."""
    if task.on_disk is not None:
        return on_disk.effect(task.on_disk, part)
    key = (task.name, task.version)
    found = EFFECTS.get(key) if part == EXECUTION else PARTS.get((*key, part))
    if found is None:
        there = ", ".join(f"{name}@{number}" for name, number in sorted(EFFECTS))
        raise NotSimulated(
            f"task {task.reference}",
            "Run the task itself: `simulator up --tasks DIR`; or add it in pipelines/tasks/effects.py;"
            f" there are: {there}.",
        )
    return found
