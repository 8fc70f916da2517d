"""What an agent carries out of the steps of a job, in order: parts before all steps, the steps, parts after all steps.

Source: the agent's `JobExtension.InitializeJob`: a part before has the step's condition, one after runs always and in
reverse order; a disabled step has neither.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from simulator.azure_devops.language.plan import Step
from simulator.azure_devops.task_definitions.catalogue import Catalogue
from simulator.azure_devops.task_definitions.definition import AFTER, BEFORE, EXECUTION


@dataclass(frozen=True)
class Drawn:
    """A step as the timeline has it: `place` of its record in the job, its names filled in, which part of its task.

    `main` is the place of the step's own record, which all its parts share their task variables by.
    """

    place: str
    step: Step
    part: str
    main: str


def parts_of(tasks: Catalogue, steps: Iterable[Step]) -> list[Drawn]:
    """The parts of the steps, in the order of the job."""
    before: list[Drawn] = []
    steps_own: list[Drawn] = []
    after: list[Drawn] = []
    for number, step in enumerate(steps, start=1):
        task = tasks.find(step.task_id, step.version)
        parts = task.parts if task is not None else (EXECUTION,)
        place = str(number)
        if BEFORE in parts and step.enabled:
            named = replace(step, display_name=f"Pre-job: {step.display_name}")
            before.append(Drawn(f"{place} before", named, BEFORE, place))
        if EXECUTION in parts:
            steps_own.append(Drawn(place, step, EXECUTION, place))
        if AFTER in parts and step.enabled:
            named = replace(step, display_name=f"Post-job: {step.display_name}", condition="always()")
            after.insert(0, Drawn(f"{place} after", named, AFTER, place))
    return [*before, *steps_own, *after]
