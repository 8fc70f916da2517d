"""An answer of ours against the output shape of the service model: what a real client could not have got."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from botocore.model import ListShape, MapShape, OperationModel, Shape, StringShape, StructureShape

from simulator.aws.protocol.validate import fits, problems

# Patterns of the model that AWS's own ARNs do not match: a region without digits, IAM's service name.
_MISWRITTEN = frozenset(
    {"DeviceFleetArn", "DeviceArn", "EdgeDeploymentPlanArn", "EdgePackagingJobArn", "SecretsManagerSecretArn"}
)
# What AWS itself answers against its model: versions of a group have no name of their own (developer guide, "View
# the Details of a Model Version"), jobs without artefacts no place of them, batch definitions no endpoint,
# compilations of packages no input; a stack's own events have states of stacks; a function that is updated is
# "Creating" (Lambda's guide).
_OWN_WAY = frozenset(
    {
        "ModelPackageName",
        "ModelArtifacts",
        "InputConfig",
        "JobDefinitionSummaries.EndpointName",
        "StackEvents.ResourceStatus",
        "LastUpdateStatusReasonCode",
    }
)


class AnswerInvalid(Exception):
    """An answer that the service model does not allow: a defect of ours."""


def check_answer(operation: OperationModel, result: Mapping[str, Any]) -> None:
    """Raise AnswerInvalid naming everything in which the answer breaks the operation's output shape."""
    shape = operation.output_shape
    if shape is None:
        return
    broken = [text for path, text in _broken(shape, result, "") if _plain(path) not in _OWN_WAY]
    if broken:
        name = f"{operation.service_model.service_name}:{operation.name}"
        raise AnswerInvalid(f"{name} answered what the model does not allow: {'; '.join(broken)}")


def _plain(path: str) -> str:
    return re.sub(r"\[\d+\]", "", path)


def _broken(shape: Shape, value: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(shape, StructureShape) and not shape.is_document_type:
        yield from _structure(shape, value, path)
    elif isinstance(shape, ListShape) and isinstance(value, (list, tuple)):
        for index, item in enumerate(value):
            yield from _broken(shape.member, item, f"{path}[{index}]")
    elif isinstance(shape, MapShape) and isinstance(value, Mapping):
        for key, item in value.items():
            yield from _broken(shape.value, item, f"{path}.{key}")
    elif not isinstance(shape, StructureShape):
        yield from _scalar(shape, value, path)


def _at(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _structure(shape: StructureShape, value: Any, path: str) -> Iterator[tuple[str, str]]:
    if not isinstance(value, Mapping):
        yield path, f"{path} is {type(value).__name__}, not a structure"
        return
    for name in shape.required_members:
        if value.get(name) is None:
            yield _at(path, name), f"{_at(path, name)} is missing"
    for name, item in value.items():
        if name not in shape.members:
            yield _at(path, name), f"{_at(path, name)} is not in the model"
        elif item is not None:
            yield from _broken(shape.members[name], item, _at(path, name))


def _scalar(shape: Shape, value: Any, path: str) -> Iterator[tuple[str, str]]:
    if shape.type_name == "timestamp" and isinstance(value, datetime):
        return
    if shape.type_name == "blob" and isinstance(value, (bytes, str)):
        return
    if not fits(shape.type_name, value):
        yield path, f"{path} is {type(value).__name__}, not {shape.type_name}"
    elif not isinstance(shape, StringShape) or shape.name not in _MISWRITTEN:
        yield from ((path, problem) for problem in problems(shape, value, path))
