"""What the service refuses of a file's expressions when it reads the file, chosen by an `if` later or not.

Source: `TemplateReader` of actions/runner (2019, MIT): syntax is checked there, names only where it is evaluated. A key
whose expression cannot be read is then a key like any other, which the schema does not know.
"""

from __future__ import annotations

from dataclasses import replace
from operator import is_

from simulator.azure_devops.language.interpolation import refusal
from simulator.azure_devops.language.invalid import ErrorList
from simulator.azure_devops.language.source import Node, ScalarNode, SequenceNode
from simulator.azure_devops.language.template_places import CHILDREN, INCLUDABLE


def checked(node: Node, errors: ErrorList, kind: str = "root", *, is_item: bool = False) -> Node:
    """The tree with its unreadable scalars marked as broken; what is wrong with each goes to `errors`."""
    if isinstance(node, ScalarNode):
        return _scalar(node, errors)
    children = CHILDREN.get(kind, {})
    if isinstance(node, SequenceNode):
        child = INCLUDABLE.get(kind, children.get("-", "plain"))
        items = tuple(checked(item, errors, child, is_item=True) for item in node.items)
        return node if all(map(is_, items, node.items)) else replace(node, items=items)
    changed = False
    entries: list[tuple[ScalarNode, Node]] = []
    for key, value in node.entries:
        made = _scalar(key, errors, is_key=True)
        if made.broken:
            if children or kind in INCLUDABLE.values() or (is_item and len(node.entries) == 1):
                errors.add(f"Unexpected value '{key.text}'", key.where)
            inner = value
        else:
            # What a directive inserts stands where the directive does.
            inner_kind = kind if "${{" in key.text else children.get(key.text, children.get("*", "plain"))
            inner = checked(value, errors, inner_kind)
        changed = changed or made is not key or inner is not value
        entries.append((made, inner))
    return replace(node, entries=tuple(entries)) if changed else node


def _scalar(node: ScalarNode, errors: ErrorList, *, is_key: bool = False) -> ScalarNode:
    if "${{" not in node.text:
        return node
    failure = refusal(node.text, is_key=is_key)
    if failure is None:
        return node
    errors.add(str(failure), node.where)
    return replace(node, broken=True)
