"""A step's Arguments checked against the request of the operation that they are for: literal values only, pure.

Texts are AWS's as recorded in public issues of aws/sagemaker-python-sdk: `Unknown Argument member 'ModelPackageName'.`
(pull request 3472), `Expecting start of Json Array.` (issue 2345), `Model Validation failed: Value 'FastFile' for
'ProcessingS3InputMode' failed to satisfy enum value set: [Pipe, File]`. `Missing Argument member` is ours; that what
the operation requires must be there, but for the name that the pipeline gives, is the definition's JSON schema's.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from botocore.model import Shape

from simulator.aws.protocol.models import operation_model
from simulator.aws.sagemaker.pipelines.definition.references import is_reference
from simulator.aws.sagemaker.pipelines.definition.step_types import StepShape


def argument_problems(shape: StepShape, arguments: Any) -> Iterator[str]:
    """What is wrong with the Arguments of a step of this shape."""
    if not isinstance(arguments, dict):
        yield "Expecting start of Json Object."
        return
    if not shape.operation:
        return
    request = operation_model("sagemaker", shape.operation).input_shape
    for name in shape.without:
        if name in arguments:
            yield f"Unknown Argument member '{name}'."
    for name in request.required_members if request else ():
        if name not in arguments and name != f"{shape.operation.removeprefix('Create')}Name":
            yield f"Missing Argument member '{name}'."
    yield from _members(request, {k: v for k, v in arguments.items() if k not in shape.without})


def _members(shape: Any, value: dict[str, Any]) -> Iterator[str]:
    for name, each in value.items():
        member = shape.members.get(name)
        if member is None:
            yield f"Unknown Argument member '{name}'."
        else:
            yield from _value(member, each)


def _value(shape: Any, value: Any) -> Iterator[str]:
    if value is None or is_reference(value):
        return
    if shape.type_name == "structure":
        if isinstance(value, dict):
            yield from _members(shape, value)
        else:
            yield "Expecting start of Json Object."
    elif shape.type_name == "list":
        if not isinstance(value, list):
            yield "Expecting start of Json Array."
            return
        for each in value:
            yield from _value(shape.member, each)
    elif shape.type_name == "map":
        if not isinstance(value, dict):
            yield "Expecting start of Json Object."
    else:
        yield from _scalar(shape, value)


def _scalar(shape: Shape, value: Any) -> Iterator[str]:
    enum = shape.metadata.get("enum")
    if enum and isinstance(value, str) and value not in enum:
        what = f"Model Validation failed: Value '{value}' for '{shape.name}'"
        yield f"{what} failed to satisfy enum value set: [{', '.join(enum)}]"
    if isinstance(value, (dict, list)):
        yield f"Model Validation failed: Value for '{shape.name}' must be a {shape.type_name}"
