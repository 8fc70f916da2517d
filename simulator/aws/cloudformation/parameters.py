"""A template's parameters: which value each takes, whether it may, and what Ref gives for it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from simulator.aws.cloudformation.errors import invalid
from simulator.aws.cloudformation.intrinsics import text
from simulator.aws.cloudformation.template import Template
from simulator.kernel.errors import NotSimulated

_STORED = re.compile(r"AWS::SSM::Parameter::Value<(.+)>")
_LISTS = ("CommaDelimitedList", "List<Number>", "List<String>")
_SCALARS = ("String", "Number", "AWS::SSM::Parameter::Name")

HIDDEN = "****"


@dataclass(frozen=True)
class Declaration:
    """One entry of `Parameters`."""

    name: str
    type: str
    default: str | None
    no_echo: bool
    body: Mapping[str, Any]

    @property
    def stored(self) -> bool:
        """Whether the value names a Systems Manager parameter that holds the real one."""
        return bool(_STORED.fullmatch(self.type))

    @property
    def value_type(self) -> str:
        """The type of what Ref gives, that inside `AWS::SSM::Parameter::Value<...>` for stored ones."""
        found = _STORED.fullmatch(self.type)
        return found.group(1) if found else self.type


def declarations(template: Template) -> dict[str, Declaration]:
    """The parameters of a template; refuses by name types whose existence check is not simulated."""
    found = {}
    for name, body in template.parameters.items():
        default = body.get("Default")
        if isinstance(default, list | dict):
            raise invalid("Template format error: Every Default member must be a string.")
        entry = Declaration(
            name,
            str(body["Type"]),
            None if default is None else text(default),
            _true(body.get("NoEcho")),
            body,
        )
        if entry.value_type not in (*_SCALARS, *_LISTS):
            if entry.type.startswith(("AWS::", "List<AWS::")):
                raise NotSimulated(f"CloudFormation parameter type {entry.type}", "Use String instead.")
            raise invalid(f"Template format error: Unrecognized parameter type: {entry.type}")
        found[name] = entry
    return found


def _true(value: Any) -> bool:
    return value is True or str(value).lower() == "true"


def choose(
    declared: Mapping[str, Declaration],
    given: Sequence[Mapping[str, Any]],
    previous: Mapping[str, str],
) -> dict[str, str]:
    """The text each parameter takes: what was given, the previous value, or the default; checked.

    `previous` holds the values of the stack that is updated. Raises ValidationError with AWS's texts.
    """
    unknown = [entry["ParameterKey"] for entry in given if entry["ParameterKey"] not in declared]
    if unknown:
        raise invalid(f"Parameters: [{', '.join(unknown)}] do not exist in the template")
    values: dict[str, str] = {}
    for entry in given:
        name = entry["ParameterKey"]
        if entry.get("UsePreviousValue"):
            if name not in previous:
                raise invalid(
                    f"Invalid input for parameter key {name}. Cannot specify usePreviousValue as true for a "
                    "parameter key not in the previous template"
                )
            values[name] = previous[name]
        elif "ParameterValue" in entry:
            values[name] = entry["ParameterValue"]
    for name, declaration in declared.items():
        if name not in values and declaration.default is not None:
            values[name] = declaration.default
    missing = [name for name in declared if name not in values]
    if missing:
        raise invalid(f"Parameters: [{', '.join(missing)}] must have values")
    for name, declaration in declared.items():
        _check(declaration, values[name])
    return {name: values[name] for name in declared}


def _check(declaration: Declaration, value: str) -> None:
    body, name = declaration.body, declaration.name
    described = body.get("ConstraintDescription")
    allowed = [text(each) for each in body.get("AllowedValues", ())]
    items = _items(value) if declaration.type in _LISTS else [value]
    for item in items:
        if allowed and item not in allowed:
            raise _unsatisfied(name, described, "must be one of AllowedValues")
        pattern = body.get("AllowedPattern")
        if pattern is not None and not re.fullmatch(str(pattern), item):
            raise _unsatisfied(name, described, f"must match pattern {pattern}")
    _check_length(body, name, value, described)
    if declaration.type in ("Number", "List<Number>"):
        for item in items:
            _check_number(body, name, item, described)


def _unsatisfied(name: str, described: Any, otherwise: str) -> Exception:
    if described:
        return invalid(f"Parameter '{name}' failed to satisfy constraint: {described}")
    return invalid(f"Parameter '{name}' {otherwise}")


def _check_length(body: Mapping[str, Any], name: str, value: str, described: Any) -> None:
    if len(value) < int(body.get("MinLength", 0)):
        raise _unsatisfied(name, described, f"must contain at least {body['MinLength']} characters")
    if "MaxLength" in body and len(value) > int(body["MaxLength"]):
        raise _unsatisfied(name, described, f"must contain at most {body['MaxLength']} characters")


def _check_number(body: Mapping[str, Any], name: str, value: str, described: Any) -> None:
    try:
        number = float(value)
    except ValueError as error:
        raise invalid(f"Parameter '{name}' must be a number") from error
    if "MinValue" in body and number < float(body["MinValue"]):
        raise _unsatisfied(name, described, f"must be a number not less than {body['MinValue']}")
    if "MaxValue" in body and number > float(body["MaxValue"]):
        raise _unsatisfied(name, described, f"must be a number not greater than {body['MaxValue']}")


def _items(value: str) -> list[str]:
    return [item.strip() for item in value.split(",")] if value else []


def referable(
    declared: Mapping[str, Declaration], values: Mapping[str, str], stored: Mapping[str, str]
) -> dict[str, Any]:
    """What Ref gives for each parameter; `stored` holds the values read from Systems Manager, by parameter."""
    found: dict[str, Any] = {}
    for name, declaration in declared.items():
        value = stored[name] if declaration.stored else values[name]
        found[name] = _items(value) if declaration.value_type in _LISTS else value
    return found


def shown(
    declared: Mapping[str, Declaration], values: Mapping[str, str], stored: Mapping[str, str]
) -> list[dict[str, str]]:
    """The parameters as DescribeStacks lists them; NoEcho ones are hidden."""
    return [
        {
            "ParameterKey": name,
            "ParameterValue": HIDDEN if name in declared and declared[name].no_echo else value,
            **({"ResolvedValue": stored[name]} if name in stored else {}),
        }
        for name, value in values.items()
    ]
