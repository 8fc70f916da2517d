"""Parameters of a pipeline or template: their declarations, and values bound to them by type.

Source: Learn "parameters definition"; sentences as recorded where known (`shared/reference/azure-devops.md` 4.1, 4.3).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from simulator.azure_devops.pipelines.expressions.values import (
    ArrayValue,
    ObjectValue,
    Value,
    equal,
    of,
    to_number,
    to_text,
)
from simulator.azure_devops.pipelines.invalid import ErrorList, Position
from simulator.azure_devops.pipelines.node_values import node_to_value
from simulator.azure_devops.pipelines.source import MappingNode, Node, ScalarNode, SequenceNode, parse_source

_ONE = ("step", "job", "deployment", "stage", "container")
_LISTS = ("stepList", "jobList", "deploymentList", "stageList", "containerList")
ROOT_TYPES = ("string", "stringList", "number", "boolean", "object", *_ONE[:-1], *_LISTS[:-1])
TEMPLATE_TYPES = (*ROOT_TYPES, "container", "containerList", "legacyObject")


@dataclass(frozen=True)
class Declaration:
    """A declared parameter. `default` None means that a value must be given."""

    name: str
    type: str
    where: Position
    display_name: str = ""
    default: Node | None = None
    values: tuple[str, ...] = ()


def read_declarations(node: Node | None, errors: ErrorList, *, root: bool) -> tuple[Declaration, ...]:
    """The declarations under `parameters:`; a template may also use the old form, a mapping of names to defaults."""
    if node is None or (isinstance(node, ScalarNode) and (node.broken or not node.text)):
        return ()
    if isinstance(node, MappingNode) and not root:
        return tuple(
            Declaration(key.text, "legacyObject", key.where, default=value) for key, value in node.entries
        )
    if not isinstance(node, SequenceNode):
        errors.add("Expected a sequence", node.where)
        return ()
    types = ROOT_TYPES if root else TEMPLATE_TYPES
    found = [_declaration(item, types, errors) for item in node.items]
    declarations = [declaration for declaration in found if declaration is not None]
    seen: set[str] = set()
    for declaration in declarations:
        if declaration.name.lower() in seen:
            errors.add(f"'{declaration.name}' is already defined", declaration.where)
        seen.add(declaration.name.lower())
    return tuple(declarations)


_KEYS = ("name", "displayName", "type", "default", "values")


def _declaration(node: Node, types: tuple[str, ...], errors: ErrorList) -> Declaration | None:
    if not isinstance(node, MappingNode):
        errors.add("Expected a mapping", node.where)
        return None
    for key, _ in node.entries:
        if key.text not in _KEYS:
            errors.add(f"Unexpected value '{key.text}'", key.where, _KEYS)
    name, kind = node.find("name"), node.find("type")
    if not isinstance(name, ScalarNode) or not name.text:
        errors.add("Expected a scalar value", name.where if name else node.where)
        return None
    type_name = kind.text if isinstance(kind, ScalarNode) else "string"
    if type_name not in types:
        errors.add(f"Unexpected value '{type_name}'", kind.where if kind else node.where, types)
        return None
    label, values = node.find("displayName"), node.find("values")
    allowed = values.items if isinstance(values, SequenceNode) else ()
    return Declaration(
        name.text,
        type_name,
        name.where,
        label.text if isinstance(label, ScalarNode) else "",
        node.find("default"),
        tuple(item.text for item in allowed if isinstance(item, ScalarNode)),
    )


@dataclass(frozen=True)
class Given:
    """A value given for a parameter: from a template call (with its place) or from the request that starts a run."""

    name: str
    value: Value
    where: Position | None = None


def given_by_request(values: Mapping[str, object]) -> list[Given]:
    """`templateParameters` of a run request, or any JSON."""
    return [Given(name, of(value)) for name, value in values.items()]


def given_by_template(node: MappingNode) -> list[Given]:
    """The `parameters:` of a template reference, already expanded."""
    return [Given(key.text, node_to_value(value), key.where) for key, value in node.entries]


def bind(
    declarations: tuple[Declaration, ...],
    given: list[Given],
    errors: ErrorList,
    called_at: Position | None,
    *,
    old_form: bool = False,
) -> ObjectValue:
    """The `parameters` context: names fold case, a name that is not there is an error where it is used.

    `old_form` (a template whose `parameters` is a mapping): any name may be given, and one that is not there is Null.
    """
    known = {declaration.name.lower(): declaration for declaration in declarations}
    values: dict[str, Value] = {}
    for item in given:
        declaration = known.get(item.name.lower())
        if declaration is None and old_form:
            values[item.name] = item.value
        elif declaration is None:
            errors.add(f"Unexpected parameter '{item.name}'", item.where)
        else:
            values[declaration.name] = _typed(declaration, item.value, item.where, errors)
    for declaration in declarations:
        if declaration.name in values:
            continue
        if declaration.default is None:
            errors.add(f"A value for the '{declaration.name}' parameter must be provided.", called_at)
            values[declaration.name] = None
        else:
            default = declaration.default
            values[declaration.name] = _typed(declaration, node_to_value(default), default.where, errors)
    ordered = {declaration.name: values[declaration.name] for declaration in declarations}
    return ObjectValue({**ordered, **values}, folds_case=True, strict=not old_form)


def _typed(declaration: Declaration, value: Value, where: Position | None, errors: ErrorList) -> Value:
    """The value in the declared type; records an error and gives Null where it is not of that type."""
    name, kind = declaration.name, declaration.type
    if where is None and isinstance(value, str) and kind not in ("string", "number", "boolean"):
        value = node_to_value(parse_source(value, f"parameter '{name}'"))  # REST carries collections as text
    if kind in ("object", "legacyObject"):
        return value
    if kind in _ONE or kind in _LISTS or kind == "stringList":
        wanted = ObjectValue if kind in _ONE else ArrayValue
        if not isinstance(value, wanted):
            errors.add(f"The '{name}' parameter is not a valid {kind[0].upper()}{kind[1:]}.", where)
            return None
        _check_allowed(declaration, value, where, errors)
        return value
    if isinstance(value, (ObjectValue, ArrayValue)):
        errors.add(f"The '{name}' parameter is not a valid {kind.capitalize()}.", where)
        return None
    typed = _scalar(kind, value)
    if typed is None:
        errors.add(
            f"The '{name}' parameter value '{to_text(value)}' is not a valid {kind.capitalize()}.", where
        )
    else:
        _check_allowed(declaration, typed, where, errors)
    return typed


def _scalar(kind: str, value: Value) -> Value:
    text = to_text(value)
    if kind == "string":
        return text
    if kind == "number":
        return to_number(value) if text.strip() else None
    return {"true": True, "false": False}.get(text.lower())


def _check_allowed(declaration: Declaration, value: Value, where: Position | None, errors: ErrorList) -> None:
    if not declaration.values:
        return
    for item in value.items if isinstance(value, ArrayValue) else (value,):
        if not any(equal(item, allowed) for allowed in declaration.values):
            # The service's own sentence is not recorded; the shape follows its kin.
            shown = to_text(item)
            message = f"The '{declaration.name}' parameter value '{shown}' is not one of the allowed values."
            errors.add(message, where, declaration.values)
