"""A pipeline definition, parsed and checked whole before anything runs: all problems at once, pure.

Source: SageMaker developer guide, "SageMaker Pipelines definition JSON schema", version 2020-12-01. Texts that public
issues record are AWS's (see arguments.py); the others are ours.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any

from simulator.aws.sagemaker.pipelines.definition.arguments import argument_problems
from simulator.aws.sagemaker.pipelines.definition.extras import extra_problems
from simulator.aws.sagemaker.pipelines.definition.model import (
    Definition,
    InvalidDefinition,
    Parameter,
    Step,
)
from simulator.aws.sagemaker.pipelines.definition.step_types import STEP_TYPES
from simulator.aws.sagemaker.pipelines.definition.wiring import wire

PARAMETER_TYPES = ("String", "Integer", "Float", "Boolean")
CONDITION_TYPES = (
    "Equals",
    "GreaterThan",
    "GreaterThanOrEqualTo",
    "LessThan",
    "LessThanOrEqualTo",
    "In",
    "Not",
    "Or",
)
_STEP_NAME = re.compile(r"[A-Za-z0-9\-_]{1,64}")
Gates = tuple[tuple[str, bool], ...]


@lru_cache(maxsize=64)
def parse(text: str) -> Definition:
    """Parse and check a definition; raises InvalidDefinition with every problem. Remembers the last few."""
    try:
        raw = json.loads(text)
    except ValueError as error:
        raise InvalidDefinition([f"the definition is not JSON: {error}"]) from error
    if not isinstance(raw, dict):
        raise InvalidDefinition(["Expecting start of Json Object."])
    reader = _Reader()
    if raw.get("Version") != "2020-12-01":
        reader.problems.append("Version must be 2020-12-01")
    parameters = [reader.parameter(each) for each in reader.objects(raw, "Parameters")]
    flat = list(reader.steps(raw, ()))
    if not flat and not reader.problems:
        reader.problems.append("Steps must have at least one step")
    reader.unique("parameter", [each.name for each in parameters])
    reader.unique("step", [step.name for step in flat])
    known = {step.name: step for step in flat}
    declared = {each.name: each for each in parameters}
    waits = wire(known, declared, reader.problems)
    if reader.problems:
        raise InvalidDefinition(list(dict.fromkeys(reader.problems)))
    return Definition(
        declared, {name: replace(step, waits_for=waits[name]) for name, step in known.items()}, raw
    )


def _fits(kind: str, value: Any) -> bool:
    """Whether a default is a JSON value of its parameter's type."""
    if kind == "String":
        return isinstance(value, str)
    if kind == "Boolean" or isinstance(value, bool):
        return kind == "Boolean" and isinstance(value, bool)
    return isinstance(value, int | float) and (kind == "Float" or value == int(value))


class _Reader:
    """Reads parts of the text and collects what is wrong with them."""

    def __init__(self) -> None:
        self.problems: list[str] = []

    def objects(self, raw: Mapping[str, Any], member: str) -> list[dict[str, Any]]:
        """A member that is a list of objects."""
        value = raw.get(member) or []
        if not isinstance(value, list):
            self.problems.append("Expecting start of Json Array.")
            return []
        if not all(isinstance(each, dict) for each in value):
            self.problems.append("Expecting start of Json Object.")
        return [each for each in value if isinstance(each, dict)]

    def unique(self, what: str, names: list[str]) -> None:
        """Every name once."""
        self.problems += [
            f"{what} name {name} is not unique" for name, times in Counter(names).items() if times > 1
        ]

    def parameter(self, raw: Mapping[str, Any]) -> Parameter:
        """One declared parameter."""
        name, kind = raw.get("Name"), raw.get("Type")
        if not isinstance(name, str) or not name or kind not in PARAMETER_TYPES:
            self.problems.append(f"parameter {name}: Type {kind} is not one of {', '.join(PARAMETER_TYPES)}")
        enum, default = tuple(raw.get("EnumValues") or ()), raw.get("DefaultValue")
        if enum and default is not None and default not in enum:
            self.problems.append(f"parameter {name}: DefaultValue {default} is not one of its EnumValues")
        if default is not None and kind in PARAMETER_TYPES and not _fits(str(kind), default):
            self.problems.append(f"parameter {name}: DefaultValue {default} is not of type {kind}")
        return Parameter(str(name), str(kind), default, enum)

    def steps(self, raw: Mapping[str, Any], gates: Gates, member: str = "Steps") -> Iterator[Step]:
        """The steps of a list, those of their branches after each."""
        for each in self.objects(raw, member):
            name, kind = each.get("Name"), each.get("Type")
            if not isinstance(name, str) or not _STEP_NAME.fullmatch(name):
                self.problems.append(f"step name {name!r} does not match {_STEP_NAME.pattern}")
                continue
            if not isinstance(kind, str) or kind not in STEP_TYPES:
                self.problems.append(f"step {name}: Type {kind} is not one of {', '.join(STEP_TYPES)}")
                continue
            self._step(name, kind, each)
            yield Step(name, kind, each, gates)
            if kind == "Condition" and isinstance(each.get("Arguments"), dict):
                yield from self.steps(each["Arguments"], (*gates, (name, True)), "IfSteps")
                yield from self.steps(each["Arguments"], (*gates, (name, False)), "ElseSteps")

    def _step(self, name: str, kind: str, body: Mapping[str, Any]) -> None:
        shape, arguments = STEP_TYPES[kind], body.get("Arguments")
        if arguments is None:
            if kind not in ("EMR", "EMRServerless", "Fail"):
                self.problems.append(f"step {name} has no Arguments")
        else:
            self.problems += argument_problems(shape, arguments)
        self.problems += extra_problems(name, kind, shape, body)
        if kind == "Condition" and isinstance(arguments, dict):
            self._conditions(name, self.objects(arguments, "Conditions"))

    def _conditions(self, step: str, conditions: list[dict[str, Any]]) -> None:
        for condition in conditions:
            kind = condition.get("Type")
            if kind not in CONDITION_TYPES:
                wanted = ", ".join(CONDITION_TYPES)
                self.problems.append(f"step {step}: condition type {kind} is not one of {wanted}")
            elif kind == "Or":
                self._conditions(step, self.objects(condition, "Conditions"))
            elif kind == "Not":
                self._conditions(step, [condition.get("Condition") or condition.get("Expression") or {}])
            else:
                wants = ("QueryValue", "Values") if kind == "In" else ("LeftValue", "RightValue")
                self.problems += [
                    f"step {step}: condition {kind} has no {each}" for each in wants if each not in condition
                ]
