"""A compiled pipeline as canonical YAML text, as `preview` answers it and as the first log of a run shows it.

Block style throughout, two spaces, lists not indented, no line folded, an empty line at the end; a scalar keeps its
style where the text allows it. Source: recorded expansions, `shared/reference/azure-devops.md` 4.2.
"""

from __future__ import annotations

from collections.abc import Iterator

import yaml

from simulator.azure_devops.language.canonical import canonical
from simulator.azure_devops.language.plan import Plan
from simulator.azure_devops.language.source import Node, ScalarNode, SequenceNode

_WIDTH = 1 << 20
_END_MARK = "...\n"  # written where any text kept its empty lines


def final_yaml(plan: Plan) -> str:
    """The YAML text of a compiled plan."""
    if plan.document is None:
        raise ValueError("the plan was not compiled from YAML")
    dumper = getattr(yaml, "CDumper", yaml.Dumper)
    events = _document(canonical(plan.document))
    text: str = yaml.emit(events, Dumper=dumper, width=_WIDTH, allow_unicode=True)
    return text.removesuffix(_END_MARK) + "\n"


def _document(node: Node) -> Iterator[yaml.Event]:
    yield yaml.StreamStartEvent()
    yield yaml.DocumentStartEvent(explicit=False)
    yield from _events(node)
    yield yaml.DocumentEndEvent(explicit=False)
    yield yaml.StreamEndEvent()


def _events(node: Node) -> Iterator[yaml.Event]:
    if isinstance(node, ScalarNode):
        yield _scalar(node)
    elif isinstance(node, SequenceNode):
        yield yaml.SequenceStartEvent(None, None, implicit=True, flow_style=False)
        for item in node.items:
            yield from _events(item)
        yield yaml.SequenceEndEvent()
    else:
        yield yaml.MappingStartEvent(None, None, implicit=True, flow_style=False)
        for key, value in node.entries:
            yield _scalar(key)
            yield from _events(value)
        yield yaml.MappingEndEvent()


def _scalar(node: ScalarNode) -> yaml.ScalarEvent:
    """A plain scalar stays plain whatever it looks like (`True`, `1`); text over several lines is a literal."""
    style = node.style or ("|" if "\n" in node.text else "" if node.text else "'")
    if style == ">":
        style = "|"
    return yaml.ScalarEvent(None, None, (True, True), node.text, style=style or None)
