"""A pipeline definition, parsed and checked whole before anything runs: pure.

Source: SageMaker developer guide, "SageMaker Pipelines definition JSON schema", version 2020-12-01.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from simulator.aws.sagemaker.pipelines.references import InvalidReference, parse_path, references

JOB_TYPES = ("Training", "Processing", "Transform")
KNOWN_TYPES = (*JOB_TYPES, "Model", "RegisterModel", "Condition", "Fail")
FOREIGN_TYPES = ("Tuning", "Callback", "Lambda", "QualityCheck", "ClarifyCheck", "EMR", "EMRServerless", "AutoML",
                 "EndpointConfig", "Endpoint", "InferenceComponent", "Lineage", "ForEach", "Cleanup", "Job", "Athena",
                 "HubContent")  # fmt: skip
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
_EXECUTION = ("StartDateTime", "CurrentDateTime", "PipelineName", "PipelineArn", "PipelineExecutionId",
              "PipelineExecutionArn", "TrainingJobName", "ProcessingJobName")  # fmt: skip


class InvalidDefinition(Exception):
    """The definition is not one; the text says where and why."""


class StepNotSimulated(InvalidDefinition):
    """The definition is right on AWS, but has a part that has no behaviour here."""


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
    def property_files(self) -> Mapping[str, Mapping[str, str]]:
        """PropertyFileName -> {OutputName, FilePath}."""
        return {each["PropertyFileName"]: each for each in self.body.get("PropertyFiles", ())}


@dataclass(frozen=True)
class Definition:
    """A whole definition: parameters and steps by name, those of branches included, in the order of the text."""

    parameters: Mapping[str, Parameter]
    steps: Mapping[str, Step]
    raw: Mapping[str, Any] = field(default_factory=dict)


def parse(text: str) -> Definition:
    """Parse and check a definition; raises InvalidDefinition or StepNotSimulated."""
    try:
        raw = json.loads(text)
    except ValueError as error:
        raise InvalidDefinition(f"the definition is not JSON: {error}") from error
    if not isinstance(raw, dict) or raw.get("Version") != "2020-12-01":
        raise InvalidDefinition("Version must be 2020-12-01")
    parameters = {each.name: each for each in map(_parameter, _list(raw, "Parameters", "the definition"))}
    flat = list(_flatten(_list(raw, "Steps", "the definition"), ()))
    if not flat:
        raise InvalidDefinition("Steps must have at least one step")
    names = [step.name for step in flat]
    for name in names:
        if names.count(name) > 1:
            raise InvalidDefinition(f"step name {name} is not unique")
    known = {step.name: step for step in flat}
    steps = {step.name: _wired(step, known, parameters) for step in flat}
    _acyclic(steps)
    return Definition(parameters, steps, raw)


def _list(raw: Mapping[str, Any], member: str, where: str) -> list[dict[str, Any]]:
    value = raw.get(member, [])
    if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
        raise InvalidDefinition(f"{member} of {where} must be a list of objects")
    return value


def _parameter(raw: Mapping[str, Any]) -> Parameter:
    name, kind = raw.get("Name"), raw.get("Type")
    if not isinstance(name, str) or kind not in PARAMETER_TYPES:
        raise InvalidDefinition(f"parameter {name}: Type {kind} is not one of {', '.join(PARAMETER_TYPES)}")
    enum = tuple(raw.get("EnumValues") or ())
    if enum and raw.get("DefaultValue") is not None and raw["DefaultValue"] not in enum:
        raise InvalidDefinition(
            f"parameter {name}: DefaultValue {raw['DefaultValue']} is not one of its EnumValues"
        )
    return Parameter(name, kind, raw.get("DefaultValue"), enum)


def _flatten(raw: list[dict[str, Any]], gates: tuple[tuple[str, bool], ...]) -> Iterator[Step]:
    for each in raw:
        name, kind = each.get("Name"), each.get("Type")
        if not isinstance(name, str) or not _STEP_NAME.fullmatch(name):
            raise InvalidDefinition(f"step name {name!r} does not match {_STEP_NAME.pattern}")
        if kind not in KNOWN_TYPES:
            if kind in FOREIGN_TYPES:
                raise StepNotSimulated(f"step {name}: step type {kind} is not simulated")
            raise InvalidDefinition(f"step {name}: Type {kind} is not one of {', '.join(KNOWN_TYPES)}")
        body = each.get("Arguments")
        if not isinstance(body, dict):
            raise InvalidDefinition(f"step {name} has no Arguments")
        yield Step(name, kind, each, gates)
        if kind == "Condition":
            _check_conditions(name, _list(body, "Conditions", f"step {name}"))
            yield from _flatten(_list(body, "IfSteps", f"step {name}"), (*gates, (name, True)))
            yield from _flatten(_list(body, "ElseSteps", f"step {name}"), (*gates, (name, False)))


def _check_conditions(step: str, conditions: list[dict[str, Any]]) -> None:
    for condition in conditions:
        if condition.get("Type") not in CONDITION_TYPES:
            wanted = ", ".join(CONDITION_TYPES)
            raise InvalidDefinition(
                f"step {step}: condition type {condition.get('Type')} is not one of {wanted}"
            )
        if condition["Type"] == "Or":
            _check_conditions(step, _list(condition, "Conditions", f"step {step}"))
        if condition["Type"] == "Not":
            _check_conditions(step, [condition.get("Expression", {})])


def own_part(step: Step) -> Any:
    """What of a step is evaluated when it runs: for a condition not the steps of its branches."""
    arguments = step.body["Arguments"]
    return arguments.get("Conditions", []) if step.type == "Condition" else arguments


def _wired(step: Step, known: Mapping[str, Step], parameters: Mapping[str, Parameter]) -> Step:
    before = set(step.body.get("DependsOn") or ())
    for name in before:
        if name not in known:
            raise InvalidDefinition(f"step {step.name} depends on {name}, which is not a step")
    try:
        for path in references(own_part(step)):
            root, *rest = parse_path(path)
            before |= {_checked(step, path, str(root), [str(each) for each in rest], known, parameters)} - {
                ""
            }
    except InvalidReference as error:
        raise InvalidDefinition(f"step {step.name}: {error}") from error
    return Step(
        step.name, step.type, step.body, step.gates, frozenset(before | {gate for gate, _ in step.gates})
    )


def _checked(
    step: Step,
    path: str,
    root: str,
    rest: list[str],
    known: Mapping[str, Step],
    parameters: Mapping[str, Parameter],
) -> str:
    """The step that a reference waits for, empty for none; raises InvalidReference."""
    if root == "Parameters" and len(rest) == 1:
        if rest[0] not in parameters:
            raise InvalidReference(f"{path} is not a parameter of the pipeline")
        return ""
    if root == "Execution" and len(rest) == 1:
        if rest[0] not in _EXECUTION:
            raise InvalidReference(f"{path} is not one of Execution.{', Execution.'.join(_EXECUTION)}")
        return ""
    if root == "Steps" and len(rest) > 1:
        if rest[0] not in known:
            raise InvalidReference(f"{path} names a step that is not there")
        if rest[1] == "PropertyFiles" and (len(rest) < 3 or rest[2] not in known[rest[0]].property_files):
            raise InvalidReference(f"{path} names a property file that step {rest[0]} does not have")
        return rest[0]
    raise InvalidReference(f"{path} is not a reference to Parameters, Execution or Steps")


def _acyclic(steps: Mapping[str, Step]) -> None:
    done: set[str] = set()
    left = dict(steps)
    while left:
        free = [name for name, step in left.items() if step.waits_for <= done]
        if not free:
            raise InvalidDefinition(f"the steps {', '.join(sorted(left))} wait for each other")
        done.update(free)
        for name in free:
            del left[name]
