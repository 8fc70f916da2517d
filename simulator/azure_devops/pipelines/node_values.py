"""YAML nodes as values of the expression language, and back."""

from __future__ import annotations

from simulator.azure_devops.pipelines.expressions.values import ArrayValue, ObjectValue, Value, to_text
from simulator.azure_devops.pipelines.invalid import Position
from simulator.azure_devops.pipelines.source import MappingNode, Node, ScalarNode, SequenceNode


def node_to_value(node: Node) -> Value:
    """The node as a value. Scalars are strings whatever they look like; collections remember their node."""
    if isinstance(node, ScalarNode):
        return node.text
    if isinstance(node, SequenceNode):
        return ArrayValue(tuple(node_to_value(item) for item in node.items), origin=node)
    return ObjectValue({key.text: node_to_value(value) for key, value in node.entries}, origin=node)


def value_to_node(value: Value, where: Position) -> Node:
    """The value as a node: its own where it came from YAML, else one at `where`."""
    if isinstance(value, ObjectValue):
        if isinstance(value.origin, MappingNode):
            return value.origin
        entries = (
            (ScalarNode(name, where), value_to_node(item, where)) for name, item in value.items.items()
        )
        return MappingNode(tuple(entries), where)
    if isinstance(value, ArrayValue):
        if isinstance(value.origin, SequenceNode):
            return value.origin
        return SequenceNode(tuple(value_to_node(item, where) for item in value), where)
    return ScalarNode(to_text(value), where)
