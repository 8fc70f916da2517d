"""YAML nodes as values of the expression language, and back."""

from __future__ import annotations

import re
from decimal import Decimal

from simulator.azure_devops.language.expressions.values import ArrayValue, ObjectValue, Value, to_text
from simulator.azure_devops.language.invalid import Position
from simulator.azure_devops.language.source import MappingNode, Node, ScalarNode, SequenceNode

_NUMBER = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?")


def node_to_value(node: Node, *, typed: bool = False) -> Value:
    """The node as a value. Scalars are strings whatever they look like.

    `typed`: inside a parameter of type `object` an unquoted number is a Number, `true` and `false` are Booleans
    (measured) and `null` is Null (public templates rest on `default: null` being false); `legacyObject` and variables
    keep strings.
    """
    if isinstance(node, ScalarNode):
        return _typed_scalar(node.text) if typed and node.plain else node.text
    if isinstance(node, SequenceNode):
        return ArrayValue(tuple(node_to_value(item, typed=typed) for item in node.items))
    return ObjectValue({key.text: node_to_value(value, typed=typed) for key, value in node.entries})


def _typed_scalar(text: str) -> Value:
    if text in ("", "~", "null", "Null", "NULL"):
        return None
    if text.lower() in ("true", "false"):
        return text.lower() == "true"
    return Decimal(text) if _NUMBER.fullmatch(text) else text


def value_to_node(value: Value, where: Position) -> Node:
    """The value as a node, all of it at `where`: errors in what an expression inserts are reported there."""
    if isinstance(value, ObjectValue):
        entries = (
            (ScalarNode(name, where), value_to_node(item, where)) for name, item in value.items.items()
        )
        return MappingNode(tuple(entries), where)
    if isinstance(value, ArrayValue):
        return SequenceNode(tuple(value_to_node(item, where) for item in value), where)
    # What is no string stays none where it is given on to a parameter of type `object`.
    return ScalarNode(to_text(value), where, plain=not isinstance(value, str))
