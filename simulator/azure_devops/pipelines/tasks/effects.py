"""Which function carries out which task: the one list."""

from __future__ import annotations

from simulator.azure_devops.pipelines.tasks import (
    agentless,
    artifacts,
    aws,
    checkout,
    files,
    python,
    requests,
    scripts,
    test_results,
    tools,
)
from simulator.azure_devops.pipelines.tasks.call import TaskEffect
from simulator.kernel.errors import NotSimulated

EFFECTS: dict[tuple[str, int], TaskEffect] = {
    ("Checkout", 1): checkout.checkout,
    ("UsePythonVersion", 0): python.use_version,
    **scripts.EFFECTS,
    **agentless.EFFECTS,
    **requests.EFFECTS,
    **files.EFFECTS,
    **tools.EFFECTS,
    **artifacts.EFFECTS,
    **test_results.EFFECTS,
    **aws.EFFECTS,
}


def effect_of(task: str, version: int) -> TaskEffect:
    """The function of a task of the catalogue. Raises NotSimulated where there is none yet."""
    if (task, version) not in EFFECTS:
        there = ", ".join(f"{name}@{number}" for name, number in sorted(EFFECTS))
        raise NotSimulated(
            f"task {task}@{version}", f"Add it in pipelines/tasks/effects.py; there are: {there}."
        )
    return EFFECTS[task, version]
