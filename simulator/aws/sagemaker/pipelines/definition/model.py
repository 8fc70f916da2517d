"""What a pipeline definition is once it has been read: parameters, steps, and who waits for whom."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


class InvalidDefinition(Exception):
    """The definition is not one; `problems` says where and why, the first first."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


@dataclass(frozen=True)
class Parameter:
    """One declared parameter."""

    name: str
    type: str
    default: Any = None
    enum: tuple[Any, ...] = ()


@dataclass(frozen=True)
class Step:
    """One step. `gates` are the (condition step, branch) pairs that it stands in; `waits_for` all steps before it."""

    name: str
    type: str
    body: Mapping[str, Any]
    gates: tuple[tuple[str, bool], ...] = ()
    waits_for: frozenset[str] = frozenset()

    @property
    def arguments(self) -> Mapping[str, Any]:
        """The step's Arguments as the text has them."""
        found: Mapping[str, Any] = self.body.get("Arguments") or {}
        return found

    @property
    def property_files(self) -> Mapping[str, Mapping[str, str]]:
        """PropertyFileName -> {OutputName, FilePath}."""
        return {each["PropertyFileName"]: each for each in self.body.get("PropertyFiles") or ()}


@dataclass(frozen=True)
class Definition:
    """A whole definition: parameters and steps by name, those of branches included, in the order of the text."""

    parameters: Mapping[str, Parameter]
    steps: Mapping[str, Step]
    raw: Mapping[str, Any] = field(default_factory=dict)


def own_part(step: Step) -> Any:
    """What of a step is evaluated when it runs: its arguments, and the members beside them that may refer.

    For a condition not the steps of its branches.
    """
    if step.type == "Condition":
        return {"Conditions": step.arguments.get("Conditions", [])}
    beside = {name: step.body[name] for name in BESIDE if step.body.get(name) is not None}
    return {"Arguments": step.arguments, **beside}


BESIDE = ("SqsQueueUrl", "FunctionArn", "ClusterId", "SkipCheck", "FailOnViolation", "RegisterNewBaseline",
          "ModelPackageGroupName", "ModelName", "SuppliedBaselineStatistics",
          "SuppliedBaselineConstraints", "CheckType")  # fmt: skip
"""Members beside Arguments whose values may be references."""
