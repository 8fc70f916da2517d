"""The intrinsic functions as pure evaluation of a tree in a scope."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from simulator.aws.cloudformation.errors import invalid
from simulator.kernel.errors import NotSimulated


class NotKnown(Exception):
    """A value that only exists once a resource has been created; asked for while predicting a change."""


class _NoValue:
    """What `Ref: AWS::NoValue` leaves: the member or item it stands for is dropped."""


NO_VALUE = _NoValue()

_VARIABLE = re.compile(r"\$\{([^!{}][^{}]*)\}")
_LITERAL = re.compile(r"\$\{!([^{}]*)\}")


def _nothing_yet(*_: str) -> Any:
    raise NotKnown


@dataclass(frozen=True)
class Scope:
    """What the functions may see. `reference`, `attribute` and `imported` raise NotKnown or CallerError."""

    values: Mapping[str, Any]
    mappings: Mapping[str, Any] = field(default_factory=dict)
    conditions: Mapping[str, bool] = field(default_factory=dict)
    reference: Callable[[str], Any] = _nothing_yet
    attribute: Callable[[str, str], Any] = _nothing_yet
    imported: Callable[[str], Any] = _nothing_yet


def resolve(node: Any, scope: Scope) -> Any:
    """The value of a tree; members and items that are AWS::NoValue are gone."""
    if isinstance(node, list):
        values = [resolve(item, scope) for item in node]
        return [value for value in values if value is not NO_VALUE]
    if not isinstance(node, Mapping):
        return node
    if len(node) == 1:
        name, argument = next(iter(node.items()))
        if name in _FUNCTIONS:
            return _FUNCTIONS[name](argument, scope)
        if name.startswith("Fn::"):
            raise NotSimulated(f"CloudFormation function {name}", "The functions are in intrinsics.py.")
    members = {key: resolve(value, scope) for key, value in node.items()}
    return {key: value for key, value in members.items() if value is not NO_VALUE}


def text(value: Any) -> str:
    """A scalar as CloudFormation puts it into text: booleans are lower case."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _ref(argument: Any, scope: Scope) -> Any:
    if argument == "AWS::NoValue":
        return NO_VALUE
    if argument in scope.values:
        return scope.values[argument]
    return scope.reference(argument)


def _get_att(argument: Any, scope: Scope) -> Any:
    logical, attribute = split_get_att(argument)
    return scope.attribute(logical, text(resolve(attribute, scope)))


def split_get_att(argument: Any) -> tuple[str, Any]:
    """The two parameters of Fn::GetAtt, in either of its forms."""
    parts = argument.split(".", 1) if isinstance(argument, str) else argument
    if not isinstance(parts, list) or len(parts) < 2 or not all(parts) or not isinstance(parts[0], str):
        raise invalid(
            "Template error: every Fn::GetAtt object requires two non-empty parameters, "
            "the resource name and the resource attribute"
        )
    if len(parts) > 2:
        return parts[0], ".".join(str(part) for part in parts[1:])
    return parts[0], parts[1]


def split_sub(argument: Any) -> tuple[str, Mapping[str, Any]]:
    """The text and the own variables of Fn::Sub."""
    if isinstance(argument, str):
        return argument, {}
    if isinstance(argument, list) and len(argument) == 2 and isinstance(argument[0], str):
        if isinstance(argument[1], Mapping):
            return argument[0], argument[1]
    raise invalid(
        "Template error: One or more Fn::Sub intrinsic functions don't specify expected arguments. "
        "Specify a string as first argument, and an optional second argument to specify a mapping of values "
        "to replace in the string"
    )


def sub_variables(template: str) -> list[str]:
    """The names between `${` and `}`, in order."""
    return [name.strip() for name in _VARIABLE.findall(template)]


def _sub(argument: Any, scope: Scope) -> str:
    template, own = split_sub(argument)
    variables = {name: resolve(value, scope) for name, value in own.items()}

    def value(match: re.Match[str]) -> str:
        name = match.group(1).strip()
        if not re.fullmatch(r"[A-Za-z0-9_.:]+", name):
            raise invalid(
                "Template error: variable names in Fn::Sub syntax must contain only alphanumeric characters, "
                "underscores, periods, and colons"
            )
        if name in variables:
            found = variables[name]
        elif "." in name:
            found = _get_att(name, scope)
        else:
            found = _ref(name, scope)
        if isinstance(found, list | dict):
            raise invalid(f"Template error: Fn::Sub expression does not resolve to a string: {name}")
        return text(found)

    return _LITERAL.sub(r"${\1}", _VARIABLE.sub(value, template))


def _join(argument: Any, scope: Scope) -> str:
    if not isinstance(argument, list) or len(argument) != 2 or not isinstance(argument[0], str):
        raise invalid(
            "Template error: every Fn::Join object requires two parameters, (1) a string delimiter and "
            "(2) a list of strings to be joined or a function that returns a list of strings (such as Fn::GetAZs) "
            "to be joined."
        )
    items = resolve(argument[1], scope)
    if not isinstance(items, list) or any(isinstance(item, list | dict) for item in items):
        raise invalid("Template error: every Fn::Join object requires a list of strings to be joined.")
    return argument[0].join(text(item) for item in items)


def _split(argument: Any, scope: Scope) -> list[str]:
    if not isinstance(argument, list) or len(argument) != 2 or not isinstance(argument[0], str):
        raise invalid(
            "Template error: every Fn::Split object requires two parameters, (1) a string delimiter and "
            "(2) a string to be split or a function that returns a string to be split."
        )
    return text(resolve(argument[1], scope)).split(argument[0])


def _select(argument: Any, scope: Scope) -> Any:
    if not isinstance(argument, list) or len(argument) != 2:
        raise invalid(
            "Template error: Fn::Select requires a list argument with two elements: an integer index and a list"
        )
    index, items = text(resolve(argument[0], scope)), resolve(argument[1], scope)
    if not index.isdigit() or not isinstance(items, list):
        raise invalid("Template error: Fn::Select requires a list argument with a valid index")
    if int(index) >= len(items):
        raise invalid(f"Template error: Fn::Select cannot select nonexistent value at index {index}")
    return items[int(index)]


def _find_in_map(argument: Any, scope: Scope) -> Any:
    if not isinstance(argument, list) or len(argument) != 3:
        raise invalid(
            "Template error: every Fn::FindInMap object requires three parameters, the map name, map key and "
            "the attribute for return value"
        )
    name, key, attribute = (text(resolve(part, scope)) for part in argument)
    if name not in scope.mappings:
        raise invalid(
            f"Template error: Mapping named '{name}' is not present in the 'Mappings' section of template."
        )
    try:
        return scope.mappings[name][key][attribute]
    except KeyError as error:
        raise invalid(f"Template error: Unable to get mapping for {name}::{key}::{attribute}") from error


def _import_value(argument: Any, scope: Scope) -> Any:
    return scope.imported(text(resolve(argument, scope)))


def _base64(argument: Any, scope: Scope) -> str:
    return base64.b64encode(text(resolve(argument, scope)).encode()).decode()


def _if(argument: Any, scope: Scope) -> Any:
    if not isinstance(argument, list) or len(argument) != 3:
        raise invalid("Template error: Fn::If requires a list argument with three elements")
    if argument[0] not in scope.conditions:
        raise invalid(f"Template error: unresolved condition dependency {argument[0]} in Fn::If")
    return resolve(argument[1] if scope.conditions[argument[0]] else argument[2], scope)


_FUNCTIONS: dict[str, Callable[[Any, Scope], Any]] = {
    "Ref": _ref,
    "Fn::GetAtt": _get_att,
    "Fn::Sub": _sub,
    "Fn::Join": _join,
    "Fn::Split": _split,
    "Fn::Select": _select,
    "Fn::FindInMap": _find_in_map,
    "Fn::ImportValue": _import_value,
    "Fn::Base64": _base64,
    "Fn::If": _if,
}


def prune(node: Any, conditions: Mapping[str, bool]) -> Any:
    """The tree with every Fn::If replaced by the branch that its condition takes; other functions stay."""
    if isinstance(node, list):
        return [prune(item, conditions) for item in node]
    if not isinstance(node, Mapping):
        return node
    if len(node) == 1 and "Fn::If" in node:
        branches = node["Fn::If"]
        if isinstance(branches, list) and len(branches) == 3 and branches[0] in conditions:
            return prune(branches[1] if conditions[branches[0]] else branches[2], conditions)
        return node
    return {key: prune(value, conditions) for key, value in node.items()}


def references(node: Any) -> Iterator[tuple[str, str]]:
    """Every (name, attribute) that a tree refers to; the attribute is empty for Ref."""
    if isinstance(node, list):
        for item in node:
            yield from references(item)
    elif isinstance(node, Mapping):
        if len(node) == 1:
            name, argument = next(iter(node.items()))
            if name == "Ref" and isinstance(argument, str):
                yield argument, ""
                return
            if name == "Fn::GetAtt":
                logical, attribute = split_get_att(argument)
                yield logical, attribute if isinstance(attribute, str) else ""
                yield from references(attribute)
                return
            if name == "Fn::Sub":
                yield from _sub_references(argument)
                return
        for value in node.values():
            yield from references(value)


def _sub_references(argument: Any) -> Iterator[tuple[str, str]]:
    template, own = split_sub(argument)
    for variable in sub_variables(template):
        if variable not in own:
            logical, _, attribute = variable.partition(".")
            yield logical, attribute
    yield from references(dict(own))
