"""`variables:` and `pool:` -> plan values, at the root, a stage or a job."""

from __future__ import annotations

from simulator.azure_devops.language.invalid import ErrorList
from simulator.azure_devops.language.plan import Pool, Variable, VariableEntry, VariableGroup
from simulator.azure_devops.language.reading.conditions import check_runtime_expression
from simulator.azure_devops.language.reading.fields import (
    ANY_OTHER,
    Fields,
    leads,
    mapping_fields,
    scalar_text,
)
from simulator.azure_devops.language.reading.surroundings import Surroundings
from simulator.azure_devops.language.source import MappingNode, Node, ScalarNode, SequenceNode, wrong_kind

# What else a pool says goes to the one that provides its machines (`image`, `os`); the service's schema takes any key.
_POOL = ("name", "vmImage", "demands", ANY_OTHER)
_ITEM = ("name", "value", "readonly", "group")


def read_variables(
    node: Node | None, around: Surroundings, errors: ErrorList, *, root: bool
) -> tuple[VariableEntry, ...]:
    """The variables in authored order. Only root values are checked as run-time expressions, as on the service."""
    if node is None or (isinstance(node, ScalarNode) and (node.broken or not node.text)):
        return ()
    if isinstance(node, MappingNode):
        return tuple(_variable(key.text, value, False, errors, root) for key, value in node.entries)
    if not isinstance(node, SequenceNode):
        errors.add(wrong_kind(node), node.where)
        return ()
    entries = (_item(item, around, errors, root) for item in node.items)
    return tuple(entry for entry in entries if entry is not None)


def _item(node: Node, around: Surroundings, errors: ErrorList, root: bool) -> VariableEntry | None:
    if isinstance(node, MappingNode) and not leads(node, ("name", "group"), errors):
        return None
    fields = mapping_fields(node, _ITEM, errors)
    if fields is None:
        return None
    if "group" in fields:
        name = fields.text("group")
        if around.groups(name) is None:
            # The slot for the name is empty on the service too.
            errors.add(
                "Variable group  was not found or is not authorized for use. "
                "For authorization details, refer to https://aka.ms/yamlauthz."
            )
        return VariableGroup(name)
    value = fields.get("value") or ScalarNode("", fields.where)
    return _variable(fields.text("name"), value, fields.boolean("readonly"), errors, root)


def _variable(name: str, value: Node, read_only: bool, errors: ErrorList, root: bool) -> Variable:
    text = scalar_text(value, errors)
    if root:
        check_runtime_expression(text, value.where, errors)
    return Variable(name, text, read_only=read_only)


def read_pool(fields: Fields) -> Pool | None:
    """`pool:` as a name or in full; `server` is no agent at all."""
    node = fields.get("pool")
    if node is None:
        return None
    if isinstance(node, ScalarNode):
        return Pool(name=node.text, server=node.text.lower() == "server")
    pool = fields.mapping("pool", _POOL)
    if pool is None:
        return None
    name = pool.text("name")
    return Pool(name, pool.text("vmImage"), pool.texts("demands"), server=name.lower() == "server")
