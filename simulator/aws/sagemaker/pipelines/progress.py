"""Which steps of an execution may start now, and how it ends: pure; each edge of the graph is looked at once."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from simulator.aws.sagemaker.pipelines.definition.model import Definition

FAILURE = "Step failure: One or multiple steps failed."


@dataclass(frozen=True)
class StepState:
    """How far a step is; `outcome` is that of a condition."""

    status: str
    outcome: bool | None = None


class Progress:
    """How far an execution is. `selected` are the steps that may start: all, but in a selective execution."""

    def __init__(
        self, definition: Definition, states: Mapping[str, StepState], selected: frozenset[str] | None = None
    ) -> None:
        self._steps = definition.steps
        self._place = {name: place for place, name in enumerate(definition.steps)}
        self._selected = selected
        self.states: dict[str, StepState] = {}
        self._missing = {name: len(step.waits_for) for name, step in definition.steps.items()}
        self._after: dict[str, list[str]] = {name: [] for name in definition.steps}
        for name, step in definition.steps.items():
            for before in step.waits_for:
                self._after[before].append(name)
        self._free: list[int] = []
        for name in definition.steps:
            self._offer(name)
        for name, state in states.items():
            self.became(name, state)

    def became(self, name: str, state: StepState) -> None:
        """A step is in a new state; those that waited for it alone may start."""
        done = self.states.get(name)
        self.states[name] = state
        if state.status != "Succeeded" or (done and done.status == "Succeeded"):
            return
        for after in self._after[name]:
            self._missing[after] -= 1
            self._offer(after)

    def _offer(self, name: str) -> None:
        if self._missing[name] or (self._selected is not None and name not in self._selected):
            return
        heapq.heappush(self._free, self._place[name])

    def take(self, most: int) -> list[str]:
        """The steps to start now, in the order of the definition, at most so many; none once a step has failed."""
        taken: list[str] = []
        if any(state.status in ("Failed", "Stopped") for state in self.states.values()):
            return taken
        names = list(self._steps)
        while self._free and len(taken) < most:
            name = names[heapq.heappop(self._free)]
            if name not in self.states and self._open(name):
                taken.append(name)
        return taken

    def _open(self, name: str) -> bool:
        return all(self.states[gate].outcome is branch for gate, branch in self._steps[name].gates)


def outcome(states: Iterable[StepState], stopping: bool) -> tuple[str, str]:
    """Status and failure reason of an execution with nothing left to run."""
    if any(state.status == "Failed" for state in states):
        return "Failed", FAILURE
    return ("Stopped", "") if stopping else ("Succeeded", "")
