"""Who waits for whom: from DependsOn, references and branches, with cycles and dangling names found: pure."""

from __future__ import annotations

from collections.abc import Mapping

from simulator.aws.sagemaker.pipelines.definition.model import Parameter, Step, own_part
from simulator.aws.sagemaker.pipelines.definition.references import InvalidReference, parse_path, references

EXECUTION = ("StartDateTime", "CurrentDateTime", "PipelineName", "PipelineArn", "PipelineExecutionId",
             "PipelineExecutionArn", "TrainingJobName", "ProcessingJobName")  # fmt: skip


def wire(
    steps: Mapping[str, Step], parameters: Mapping[str, Parameter], problems: list[str]
) -> dict[str, frozenset[str]]:
    """The steps before each step; what is wrong is added to `problems`."""
    waits = {name: _before(step, steps, parameters, problems) for name, step in steps.items()}
    left = _cyclic(waits)
    if left:
        problems.append(f"the steps {', '.join(sorted(left))} wait for each other")
    return waits


def _before(
    step: Step, steps: Mapping[str, Step], parameters: Mapping[str, Parameter], problems: list[str]
) -> frozenset[str]:
    before = {gate for gate, _ in step.gates}
    listed = step.body.get("DependsOn")
    for name in listed if isinstance(listed, list) else ():
        if name not in steps:
            problems.append(f"step {step.name} depends on {name}, which is not a step")
        elif steps[name].type == "Fail":
            problems.append(f"{step.name} can not depends on {name}")  # AWS's words and grammar
        else:
            before.add(name)
    try:
        for path in references(own_part(step)):
            before |= _checked(path, steps, parameters)
    except InvalidReference as error:
        problems.append(f"step {step.name}: {error}")
    return frozenset(before)


def _checked(path: str, steps: Mapping[str, Step], parameters: Mapping[str, Parameter]) -> set[str]:
    """The step that a reference waits for, if any; raises InvalidReference."""
    root, *rest = (str(part) for part in parse_path(path))
    if root == "Parameters" and len(rest) == 1:
        if rest[0] not in parameters:
            raise InvalidReference(f"{path} is not a parameter of the pipeline")
        return set()
    if root == "Execution" and len(rest) == 1:
        if rest[0] not in EXECUTION:
            raise InvalidReference(f"{path} is not one of Execution.{', Execution.'.join(EXECUTION)}")
        return set()
    if root == "Steps" and len(rest) > 1:
        if rest[0] not in steps:
            raise InvalidReference(f"{path} names a step that is not there")
        if rest[1] == "PropertyFiles" and (len(rest) < 3 or rest[2] not in steps[rest[0]].property_files):
            raise InvalidReference(f"{path} names a property file that step {rest[0]} does not have")
        return {rest[0]}
    raise InvalidReference(f"{path} is not a reference to Parameters, Execution or Steps")


def _cyclic(waits: Mapping[str, frozenset[str]]) -> set[str]:
    """The steps that can never start; each edge is looked at once."""
    missing = {name: len(before & waits.keys()) for name, before in waits.items()}
    after: dict[str, list[str]] = {name: [] for name in waits}
    for name, before in waits.items():
        for each in before & waits.keys():
            after[each].append(name)
    free = [name for name, count in missing.items() if not count]
    while free:
        done = free.pop()
        del missing[done]
        for name in after[done]:
            missing[name] -= 1
            if not missing[name]:
                free.append(name)
    return set(missing)
