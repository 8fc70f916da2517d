"""What template expressions can see at a place: parameters, variables so far, loop variables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from simulator.azure_devops.language.expressions.values import ObjectValue, Value
from simulator.azure_devops.language.invalid import Position
from simulator.azure_devops.language.node_values import node_to_value
from simulator.azure_devops.language.source import MappingNode, Node, ScalarNode, SequenceNode


@dataclass(frozen=True)
class Scope:
    """What expressions can see at a place.

    `at`: the `each` around it; what expressions make inside a loop is reported there, as on the service.
    """

    parameters: ObjectValue
    variables: Mapping[str, Value]
    loop: Mapping[str, Value] = field(default_factory=dict)
    at: Position | None = None
    nesting: tuple[str, ...] = ()

    @cached_property
    def contexts(self) -> dict[str, Value]:
        """The contexts of `${{ }}` by lower-case name."""
        variables = ObjectValue(self.variables, folds_case=True)
        return {"parameters": self.parameters, "variables": variables, **self.loop}

    def with_variables(self, added: Mapping[str, Value]) -> Scope:
        """The scope after further variables; a later one wins whatever its case."""
        folded = {name.lower() for name in added}
        kept = {name: value for name, value in self.variables.items() if name.lower() not in folded}
        return replace(self, variables={**kept, **added})


def variable_items(node: Node) -> tuple[Node, ...]:
    """A `variables` node as list items; the mapping form becomes `name` and `value` pairs."""
    if isinstance(node, SequenceNode):
        return node.items
    if isinstance(node, ScalarNode):
        return ()
    return tuple(
        MappingNode(
            ((ScalarNode("name", key.where), key), (ScalarNode("value", key.where), value)), key.where
        )
        for key, value in node.entries
    )


def declared_variables(node: Node) -> dict[str, Value]:
    """The variables that an expanded `variables` node sets, for `${{ variables.x }}`; groups set none there."""
    found: dict[str, Value] = {}
    for item in variable_items(node):
        name = item.find("name") if isinstance(item, MappingNode) else None
        if isinstance(item, MappingNode) and isinstance(name, ScalarNode):
            value = item.find("value")
            found[name.text] = "" if value is None else node_to_value(value)
    return found


def joined_lists(own: Node, brought: Node) -> Node:
    """Two mappings of lists (such as `resources`) as one; a list of both holds the items of both."""
    if not isinstance(own, MappingNode) or not isinstance(brought, MappingNode):
        return own
    entries = list(own.entries)
    for key, value in brought.entries:
        index = next((at for at, (mine, _) in enumerate(entries) if mine.text == key.text), None)
        if index is None:
            entries.append((key, value))
            continue
        mine = entries[index][1]
        if isinstance(mine, SequenceNode) and isinstance(value, SequenceNode):
            entries[index] = (key, SequenceNode((*mine.items, *value.items), mine.where))
    return MappingNode(tuple(entries), own.where)
