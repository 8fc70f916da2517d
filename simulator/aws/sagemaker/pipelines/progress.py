"""Which steps of an execution may start now, and how it ends: pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from simulator.aws.sagemaker.pipelines.definition import Definition, Step

FAILURE = "Step failure: One or multiple steps failed."


@dataclass(frozen=True)
class StepState:
    """How far a step is; `outcome` is that of a condition."""

    status: str
    outcome: bool | None = None


def ready(definition: Definition, states: Mapping[str, StepState], parallel: int) -> list[Step]:
    """The steps to start now, at most so many that `parallel` run; none once a step has failed."""
    if any(state.status in ("Failed", "Stopped") for state in states.values()):
        return []
    busy = sum(state.status in ("Starting", "Executing") for state in states.values())
    free = [step for step in definition.steps.values() if step.name not in states and _open(step, states)]
    return free[: max(0, parallel - busy)]


def _open(step: Step, states: Mapping[str, StepState]) -> bool:
    if not all(name in states and states[name].status == "Succeeded" for name in step.waits_for):
        return False
    return all(states[gate].outcome is branch for gate, branch in step.gates)


def outcome(states: Mapping[str, StepState], stopping: bool) -> tuple[str, str]:
    """Status and failure reason of an execution with nothing left to run."""
    if any(state.status == "Failed" for state in states.values()):
        return "Failed", FAILURE
    return ("Stopped", "") if stopping else ("Succeeded", "")
