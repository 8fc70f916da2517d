"""Parameters of a pipeline or template: their declarations, and values bound to them by type.

Source: Learn "parameters definition"; sentences as recorded where known (`shared/reference/azure-devops.md` 4.1, 4.3).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from simulator.azure_devops.language.canonical import canonical_value
from simulator.azure_devops.language.expressions.values import (
    ArrayValue,
    ObjectValue,
    Value,
    of,
    to_number,
    to_text,
)
from simulator.azure_devops.language.invalid import ErrorList, Position
from simulator.azure_devops.language.node_values import node_to_value, value_to_node
from simulator.azure_devops.language.source import (
    MappingNode,
    Node,
    ScalarNode,
    SequenceNode,
    parse_source,
    wrong_kind,
)

_ONE = ("step", "job", "deployment", "stage", "container")
_LISTS = ("stepList", "jobList", "deploymentList", "stageList", "containerList")
# Measured: types of the schema that only a root may declare, and whose values stay as they are.
_ROOT_ONLY = ("environment", "filePath", "pool", "secureFile", "serviceConnection")
STRUCTURES = (*_ONE, *_LISTS)
_ANYTHING = ("object", "legacyObject", *_ROOT_ONLY)
_EVERYWHERE = ("string", "stringList", "number", "boolean", "object", *_ONE, *_LISTS)
ROOT_TYPES = (*_EVERYWHERE, *_ROOT_ONLY)
TEMPLATE_TYPES = (*_EVERYWHERE, "legacyObject")
_LITERAL = re.compile(r"\$\{\{\s*'((?:[^']|'')*)'\s*\}\}")


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
        errors.add(wrong_kind(node), node.where)
        return ()
    types = ROOT_TYPES if root else TEMPLATE_TYPES
    found = [_declaration(item, types, errors) for item in node.items]
    declarations = [declaration for declaration in found if declaration is not None]
    seen: set[str] = set()
    for declaration in declarations:
        if declaration.name.lower() in seen:
            errors.add(
                f"The '{declaration.name}' parameter is declared more than once in the parameter list.",
                declaration.where,
            )
        seen.add(declaration.name.lower())
    return tuple(declarations)


_KEYS = ("name", "displayName", "type", "default", "values")


def _declaration(node: Node, types: tuple[str, ...], errors: ErrorList) -> Declaration | None:
    if not isinstance(node, MappingNode):
        errors.add(wrong_kind(node), node.where)
        return None
    for key, _ in node.entries:
        if key.text not in _KEYS:
            errors.add(f"Unexpected value '{key.text}'", key.where, _KEYS)
    name, kind = node.find("name"), node.find("type")
    if not isinstance(name, ScalarNode) or not name.text or node.entries[0][0].text != "name":
        first = node.entries[0][0].text if node.entries else ""
        errors.add(f"Unexpected value '{first}'", node.where, ("name",))
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
        node.where,
        label.text if isinstance(label, ScalarNode) else "",
        _default(node.find("default"), errors),
        tuple(item.text for item in allowed if isinstance(item, ScalarNode)),
    )


def _default(node: Node | None, errors: ErrorList) -> Node | None:
    """A default may hold no expression but a lone quoted string, which stands for its text."""
    if isinstance(node, ScalarNode) and "${{" in node.text and not node.broken:
        literal = _LITERAL.fullmatch(node.text)
        if literal is None:
            errors.add("A template expression is not allowed in this context", node.where)
            return replace(node, broken=True)
        return replace(node, text=literal[1].replace("''", "'"))
    return node


@dataclass(frozen=True)
class Given:
    """A value given for a parameter: a node of a template call, or a plain value of the request that starts a run."""

    name: str
    node: Node | None = None
    plain: Value = None

    @property
    def where(self) -> Position | None:
        """Where the value stands; a request has no place."""
        return self.node.where if self.node is not None else None

    def value(self, declaration: Declaration) -> Value:
        """The value before it is given its type; REST carries collections as text."""
        kind = declaration.type
        node = self.node
        text = (
            self.plain if isinstance(self.plain, str) and kind not in ("string", "number", "boolean") else ""
        )
        if node is None and text.strip():
            node = parse_source(text, f"parameter '{self.name}'")
        elif node is None and kind in STRUCTURES and isinstance(self.plain, (ObjectValue, ArrayValue)):
            node = value_to_node(self.plain, Position(f"parameter '{self.name}'", 1, 1))
        return (
            self.plain if node is None else node_to_value(canonical_value(kind, node), typed=kind == "object")
        )


def given_by_request(values: Mapping[str, object]) -> list[Given]:
    """`templateParameters` of a run request, or any JSON."""
    return [Given(name, plain=of(value)) for name, value in values.items()]


def given_by_template(node: MappingNode) -> list[Given]:
    """The `parameters:` of a template reference, already expanded."""
    return [Given(key.text, value) for key, value in node.entries]


def bind(
    declarations: tuple[Declaration, ...], given: list[Given], errors: ErrorList, *, open_names: bool = False
) -> ObjectValue:
    """The `parameters` context: names fold case, a name that is not there is an error where it is used.

    `open_names` (a template that declares none, or in the old form, a mapping): any name may be given, and one that is
    not there is Null.
    """
    known = {declaration.name.lower(): declaration for declaration in declarations}
    values: dict[str, Value] = {}
    for item in given:
        declaration = known.get(item.name.lower())
        if declaration is not None:
            values[declaration.name] = _bound(declaration, item, errors)
        elif open_names:
            values[item.name] = item.plain if item.node is None else node_to_value(item.node)
        else:
            errors.add(f"Unexpected parameter '{item.name}'", item.where)
    for declaration in declarations:
        if declaration.name in values:
            continue
        if declaration.default is None:
            errors.add(f"A value for the '{declaration.name}' parameter must be provided.")
            values[declaration.name] = None
        else:
            default = Given(declaration.name, declaration.default)
            values[declaration.name] = _bound(declaration, default, errors)
    ordered = {declaration.name: values[declaration.name] for declaration in declarations}
    return ObjectValue({**ordered, **values}, folds_case=True, strict=not open_names)


def _bound(declaration: Declaration, given: Given, errors: ErrorList) -> Value:
    """The value in the declared type; records an error and gives Null where it is not of that type."""
    if isinstance(given.node, ScalarNode) and given.node.broken:
        return None
    name, kind = declaration.name, declaration.type
    title, value = f"{kind[0].upper()}{kind[1:]}", given.value(declaration)
    if kind in _ANYTHING:
        return value
    if kind in _ONE or kind in _LISTS:
        if not isinstance(value, ObjectValue if kind in _ONE else ArrayValue):
            errors.add(f"The '{name}' parameter is not a valid {title}.")
            return None
        return value
    if kind == "stringList":
        return _string_list(declaration, given, value, errors)
    if isinstance(value, (ObjectValue, ArrayValue)):
        errors.add(f"The '{name}' parameter is not a valid {title}.", given.where)
        return None
    typed = _scalar(kind, value)
    if typed is None:
        errors.add(f"The '{name}' parameter value '{to_text(value)}' is not a valid {title}.", given.where)
    else:
        _check_allowed(declaration, typed, given.where, errors)
    return typed


def _scalar(kind: str, value: Value) -> Value:
    text = to_text(value)
    if kind == "number":
        return to_number(value) if text.strip() else None
    return {"true": True, "false": False}.get(text.lower()) if kind == "boolean" else text


def _string_list(declaration: Declaration, given: Given, value: Value, errors: ErrorList) -> Value:
    if not isinstance(value, ArrayValue):
        shown = "" if isinstance(value, ObjectValue) else f" value '{to_text(value)}'"
        errors.add(f"The '{declaration.name}' parameter{shown} is not a valid StringList.", given.where)
        return None
    for item in value:
        _check_allowed(declaration, item, given.where, errors)
    return value


def _check_allowed(declaration: Declaration, value: Value, where: Position | None, errors: ErrorList) -> None:
    """Case counts: `ALPHA` is not `alpha`."""
    if declaration.values and to_text(value) not in declaration.values:
        message = f"The '{declaration.name}' parameter value '{to_text(value)}' is not a valid value."
        errors.add(message, where, declaration.values)
