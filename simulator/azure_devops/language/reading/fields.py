"""Typed access to the keys of a mapping, each wrong one an error with its place."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from simulator.azure_devops.language.invalid import ErrorList, Position
from simulator.azure_devops.language.source import MappingNode, Node, ScalarNode, SequenceNode, wrong_kind

_TRUE = ("true", "y", "yes", "on")
_FALSE = ("false", "n", "no", "off")


ANY_OTHER = "*"
"""Among the allowed keys: all others may stand there too, and mean nothing to this reader."""


class Fields:
    """The keys of one mapping. Keys outside `allowed` are errors as soon as it is made.

    `runtime` collects the keys read so far whose value only the run knows, as written.
    """

    def __init__(self, node: MappingNode, allowed: tuple[str, ...], errors: ErrorList) -> None:
        self.node = node
        self.errors = errors
        self._values = {key.text: value for key, value in node.entries}
        self.places = {key.text: key.where for key, _ in node.entries}
        self.runtime: dict[str, str] = {}
        for key, _ in node.entries:
            if key.text not in allowed and ANY_OTHER not in allowed and not key.broken:
                errors.add(f"Unexpected value '{key.text}'", key.where, allowed)

    @property
    def where(self) -> Position:
        """Where the mapping begins."""
        return self.node.where

    def place(self, name: str) -> Position:
        """Where the value under `name` stands; the mapping's own place where it is absent."""
        node = self._values.get(name)
        return node.where if node is not None else self.where

    def __contains__(self, name: str) -> bool:
        return name in self._values

    def get(self, name: str) -> Node | None:
        """The node under `name`; None where it is absent or already known to be wrong."""
        node = self._values.get(name)
        return None if isinstance(node, ScalarNode) and node.broken else node

    def text(self, name: str, default: str = "") -> str:
        """A scalar's text."""
        node = self.get(name)
        return default if node is None else scalar_text(node, self.errors, default)

    def authored(self, name: str) -> str:
        """A scalar's text, as written where its expression failed: nothing further is wrong with it then."""
        node = self._values.get(name)
        return node.text if isinstance(node, ScalarNode) and node.broken else self.text(name)

    def boolean(self, name: str, default: bool = False) -> bool:
        """A literal boolean; a macro or run-time expression goes to `runtime` and gives the default."""
        text = self.text(name)
        folded = text.lower()
        if not text or folded in _TRUE or folded in _FALSE:
            return default if not text else folded in _TRUE
        self._leave_to_run(name, text, ("true", "false"))
        return default

    def number(self, name: str, default: int = 0) -> int:
        """A literal whole number; a macro or run-time expression goes to `runtime` and gives the default."""
        text = self.text(name)
        if not text:
            return default
        if text.isdecimal():
            return int(text)
        self._leave_to_run(name, text, ("a whole number",))
        return default

    def _leave_to_run(self, name: str, text: str, expected: tuple[str, ...]) -> None:
        if "$(" in text or text.startswith("$["):
            self.runtime[name] = text
        else:
            self.errors.add(f"Unexpected value '{text}'", self._values[name].where, expected)

    def choice(self, name: str, options: tuple[str, ...], default: str = "") -> str:
        """A scalar that is one of `options`."""
        text = self.text(name)
        if text and text not in options:
            self.errors.add(f"Unexpected value '{text}'", self._values[name].where, options)
            return default
        return text or default

    def texts(self, name: str) -> tuple[str, ...]:
        """A scalar or a list of scalars."""
        node = self.get(name)
        return () if node is None else scalar_texts(node, self.errors)

    def mapping(self, name: str, allowed: tuple[str, ...]) -> Fields | None:
        """A mapping with known keys; None where it is absent or no mapping."""
        node = self.get(name)
        return None if node is None else mapping_fields(node, allowed, self.errors)

    def text_map(self, name: str) -> Mapping[str, str]:
        """A mapping of any names to scalars."""
        node = self.get(name)
        if node is None or (isinstance(node, ScalarNode) and not node.text):
            return {}
        if not isinstance(node, MappingNode):
            self.errors.add(wrong_kind(node), node.where)
            return {}
        return {key.text: self._map_text(value) for key, value in node.entries}

    def _map_text(self, node: Node) -> str:
        return node.text if isinstance(node, ScalarNode) else scalar_text(node, self.errors)

    def items(self, name: str) -> tuple[Node, ...]:
        """The items of a list; an empty scalar is an empty list."""
        node = self.get(name)
        return () if node is None else sequence_items(node, self.errors)


def leads(node: MappingNode, names: Collection[str], errors: ErrorList) -> bool:
    """Whether one of `names` is the mapping's first key, which the schema requires of it; an error where it is not.

    Source: "Required as first property" of the YAML schema, `firstProperty` of service-schema.json.
    """
    first = node.entries[0][0] if node.entries else None
    if first is not None and first.text in names:
        return True
    if first is None or not first.broken:
        errors.add(f"Unexpected value '{first.text if first else ''}'", (first or node).where, tuple(names))
    return False


def scalar_text(node: Node, errors: ErrorList, default: str = "") -> str:
    """The text of a scalar; a collection is an error."""
    if isinstance(node, ScalarNode):
        return default if node.broken else node.text
    errors.add(wrong_kind(node), node.where)
    return default


def scalar_texts(node: Node, errors: ErrorList) -> tuple[str, ...]:
    """A scalar as a list of one (none when empty), or the texts of a list of scalars."""
    if isinstance(node, SequenceNode):
        return tuple(scalar_text(item, errors) for item in node.items)
    text = scalar_text(node, errors)
    return (text,) if text else ()


def sequence_items(node: Node, errors: ErrorList) -> tuple[Node, ...]:
    """The items of a list; an empty scalar is an empty list, anything else an error."""
    if isinstance(node, SequenceNode):
        return node.items
    if isinstance(node, ScalarNode):
        if node.text and not node.broken:
            errors.add(wrong_kind(node), node.where)
        return ()
    errors.add(wrong_kind(node), node.where)
    return ()


def mapping_fields(node: Node, allowed: tuple[str, ...], errors: ErrorList) -> Fields | None:
    """The fields of a mapping; anything else is an error."""
    if isinstance(node, MappingNode):
        return Fields(node, allowed, errors)
    if not (isinstance(node, ScalarNode) and node.broken):
        errors.add(wrong_kind(node), node.where)
    return None
