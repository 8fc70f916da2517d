"""YAML text -> a tree of nodes that know their line and column.

Scalars stay text: the service gives types to values where they are used. Anchors, a second document and duplicate
keys (whatever their case) are refused in the service's sentences. Duplicates are errors of their place only: what
else is wrong with the file is found with them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import yaml

from simulator.azure_devops.language.invalid import ErrorList, PipelineInvalid, Position, YamlError

MAXIMUM_FILE_CHARACTERS = 1_048_576
MAXIMUM_DEPTH = 100
_NO_TREE = "Object reference not set to an instance of an object."


@dataclass(frozen=True, slots=True)
class ScalarNode:
    """Text. `broken` marks a place whose error is already known, so that readers add no second one.

    `plain`: written without quotes, so that an `object` parameter may take it for a number or a boolean. `style` is how
    it was written ("" plain, `'`, `"`, `|`, `>`), which the canonical YAML keeps.
    """

    text: str
    where: Position
    broken: bool = False
    plain: bool = False
    style: str = ""


@dataclass(frozen=True, slots=True)
class SequenceNode:
    """Items in order."""

    items: tuple[Node, ...]
    where: Position


@dataclass(frozen=True, slots=True)
class MappingNode:
    """Entries in authored order; keys are unique but for template expressions."""

    entries: tuple[tuple[ScalarNode, Node], ...]
    where: Position

    def find(self, name: str) -> Node | None:
        """The value under `name`, exactly as written."""
        return next((value for key, value in self.entries if key.text == name), None)


Node: TypeAlias = ScalarNode | SequenceNode | MappingNode


def wrong_kind(node: Node) -> str:
    """What the service's reader says of a node whose kind its schema does not have at that place.

    Source: `TemplateReader.ReadValue` and `Validate` of actions/runner (2019, MIT).
    """
    if isinstance(node, ScalarNode):
        return f"Unexpected value '{node.text}'"
    return f"A {'mapping' if isinstance(node, MappingNode) else 'sequence'} was not expected"


def parse_source(text: str, file: str) -> Node:
    """The tree of one YAML document. `file` is the name errors show. Raises PipelineInvalid."""
    errors = ErrorList()
    tree = read_source(text, file, errors)
    errors.raise_if_any()
    return tree


def read_source(text: str, file: str, errors: ErrorList) -> Node:
    """As `parse_source`, but keys that are there twice go to `errors` and the first of them stays."""
    if len(text) > MAXIMUM_FILE_CHARACTERS:
        sentence = f"The maximum file size of {MAXIMUM_FILE_CHARACTERS} characters has been exceeded"
        raise PipelineInvalid((YamlError(sentence),))  # before the service reads it, so without its name
    try:
        return _Reader(text, file, errors).document()
    except yaml.MarkedYAMLError as failure:
        raise PipelineInvalid((_syntax_error(failure, file),)) from failure
    except yaml.reader.ReaderError as failure:
        raise _invalid(
            f"The file holds a character that YAML does not allow: {failure.reason}", file
        ) from failure


def _invalid(message: str, file: str, position: Position | None = None) -> PipelineInvalid:
    return PipelineInvalid((YamlError(message, position, file),))


def _syntax_error(failure: yaml.MarkedYAMLError, file: str) -> YamlError:
    problem = failure.problem or "the document cannot be read"
    sentence = f"{failure.context}, {problem}" if failure.context else problem
    text = f"{sentence[0].upper()}{sentence[1:]}."
    mark = failure.problem_mark
    if mark is None:
        return YamlError(text, None, file)
    line, column = mark.line + 1, mark.column + 1
    if isinstance(failure, yaml.scanner.ScannerError):
        # What the scanner (not the parser) refuses, the service shows as a span with an offset into the text.
        span = f"(Line: {line}, Col: {column}, Idx: {mark.index})"
        return YamlError(f"{span} - {span}: {text}", None, file)
    return YamlError(text, Position(file, line, column), file)


class _Reader:
    """Builds nodes from parser events; duplicate keys go to `errors`."""

    def __init__(self, text: str, file: str, errors: ErrorList) -> None:
        self.file = file
        # libyaml's sentences are the service's (both descend from the same C parser); the pure one is the fallback.
        loader = getattr(yaml, "CLoader", yaml.Loader)
        self.events = iter(yaml.parse(text, Loader=loader))
        self.errors = errors

    def document(self) -> Node:
        next(self.events)
        event = next(self.events)
        if isinstance(event, yaml.StreamEndEvent):
            raise self.without_tree("Expected document start parse event")
        node = self.node(next(self.events), 1)
        next(self.events)
        if not isinstance(next(self.events), yaml.StreamEndEvent):
            raise _invalid("Expected stream end parse event", self.file)
        return node

    def node(self, event: yaml.Event, depth: int) -> Node:
        self.refuse_anchor(event)
        mark = event.start_mark
        assert mark is not None, "the parser marks every event"
        where = Position(self.file, mark.line + 1, mark.column + 1)
        if depth > MAXIMUM_DEPTH:
            raise _invalid("Maximum object depth exceeded", self.file, where)
        if isinstance(event, yaml.ScalarEvent):
            style = event.style or ""
            return ScalarNode(event.value, where, plain=not style and event.implicit[0], style=style)
        if isinstance(event, yaml.SequenceStartEvent):
            return self.sequence(where, depth)
        return self.mapping(where, depth)

    def refuse_anchor(self, event: yaml.Event) -> None:
        anchor = getattr(event, "anchor", None)
        if anchor is not None:
            raise self.without_tree(f"Anchors are not currently supported. Remove the anchor '{anchor}'")

    def without_tree(self, sentence: str) -> PipelineInvalid:
        """The service stumbles over the tree that it then has not; its second line names no file."""
        return PipelineInvalid((YamlError(sentence, None, self.file), YamlError(_NO_TREE)))

    def sequence(self, where: Position, depth: int) -> SequenceNode:
        items: list[Node] = []
        while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
            items.append(self.node(event, depth + 1))
        return SequenceNode(tuple(items), where)

    def mapping(self, where: Position, depth: int) -> MappingNode:
        entries: list[tuple[ScalarNode, Node]] = []
        seen: set[str] = set()
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            key = self.node(event, depth + 1)
            value = self.node(next(self.events), depth + 1)
            if not isinstance(key, ScalarNode):
                self.errors.add("Expected a scalar value", key.where)
                continue
            folded = key.text.lower()
            if folded in seen and "${{" not in key.text:
                self.errors.add(f"'{key.text}' is already defined", key.where)
                continue
            seen.add(folded)
            entries.append((key, value))
        return MappingNode(tuple(entries), where)
