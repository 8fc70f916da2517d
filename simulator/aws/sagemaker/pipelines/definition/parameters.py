"""Parameters of one execution: the values given, checked and typed, over the defaults: pure.

The text for an empty value is AWS's (aws/sagemaker-python-sdk issue 4016); the others are ours.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from simulator.aws.sagemaker.pipelines.definition.model import Parameter


class InvalidParameters(Exception):
    """The values do not fit the declared parameters."""


def _boolean(text: str) -> bool:
    return {"true": True, "false": False}[text.lower()]


_READ: Mapping[str, Callable[[str], Any]] = {
    "String": str,
    "Integer": int,
    "Float": float,
    "Boolean": _boolean,
}


def assemble(declared: Mapping[str, Parameter], given: Sequence[Mapping[str, str]]) -> dict[str, Any]:
    """Every parameter's value; raises InvalidParameters for unknown, missing, ill-typed or not enumerated ones."""
    values: dict[str, Any] = {}
    for each in given:
        if each["Name"] not in declared:
            known = ", ".join(declared) or "none"
            raise InvalidParameters(
                f"Unknown pipeline parameter {each['Name']}; the pipeline's parameters are: {known}"
            )
        if not each["Value"]:
            raise InvalidParameters('[string "" is too short (length: 0, required minimum: 1)]')
        values[each["Name"]] = _read(declared[each["Name"]], each["Value"])
    for name, parameter in declared.items():
        if name not in values:
            if parameter.default is None:
                raise InvalidParameters(f"Parameter {name} has no default value and must be given")
            values[name] = _read(parameter, str(parameter.default))
        if parameter.enum and values[name] not in parameter.enum:
            wanted = ", ".join(map(str, parameter.enum))
            raise InvalidParameters(f"Parameter {name}: {values[name]} is not one of {wanted}")
    return values


def _read(parameter: Parameter, text: str) -> Any:
    try:
        return _READ[parameter.type](text)
    except (ValueError, KeyError) as error:
        raise InvalidParameters(
            f"Parameter {parameter.name}: {text} is not of type {parameter.type}"
        ) from error
