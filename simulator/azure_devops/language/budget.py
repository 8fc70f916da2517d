"""How large and how deep an expansion may become; past it the service gives the whole pipeline up.

Source: limits of the recorded expansion trace (`shared/reference/azure-devops.md` 4.2); sizes as `TemplateMemory` of
actions/runner (2019, MIT) counts them.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import ClassVar

from simulator.azure_devops.language.invalid import Position
from simulator.azure_devops.language.source import MappingNode, Node, ScalarNode, SequenceNode

MAXIMUM_BYTES = 20_971_520
MAXIMUM_DEPTH = 100
_OBJECT_BYTES = 24
_STRING_BYTES = 26
_TURN_BYTES = (
    10 * _OBJECT_BYTES
)  # ours: a loop's turn has a scope of its own, and no pipeline has 80,000 of them


class TooLarge(Exception):
    """The expansion is too large or too deep; `str()` is the service's sentence, `file` where it became so."""

    SIZE: ClassVar[str] = "Maximum object size exceeded"
    DEPTH: ClassVar[str] = "Maximum object depth exceeded"

    def __init__(self, sentence: str, where: Position) -> None:
        super().__init__(sentence)
        self.file = where.file


class Budget:
    """What one expansion has used so far."""

    def __init__(self) -> None:
        self._bytes = 0
        self._depth = 0

    @contextmanager
    def inside(self, where: Position) -> Iterator[None]:
        """Inside a mapping or sequence. Raises TooLarge."""
        if self._depth >= MAXIMUM_DEPTH:
            raise TooLarge(TooLarge.DEPTH, where)
        self._depth += 1
        self._spend(_OBJECT_BYTES, where)
        try:
            yield
        finally:
            self._depth -= 1

    def turn(self, where: Position) -> None:
        """One turn of a loop. Raises TooLarge."""
        self._spend(_TURN_BYTES, where)

    def counted(self, node: Node) -> Node:
        """The node, counted with all it holds. Raises TooLarge."""
        if isinstance(node, ScalarNode):
            self._spend(_OBJECT_BYTES + _STRING_BYTES + 2 * len(node.text), node.where)
        elif isinstance(node, SequenceNode):
            with self.inside(node.where):
                for item in node.items:
                    self.counted(item)
        else:
            self._count_entries(node)
        return node

    def _count_entries(self, node: MappingNode) -> None:
        with self.inside(node.where):
            for key, value in node.entries:
                self.counted(key)
                self.counted(value)

    def _spend(self, amount: int, where: Position) -> None:
        self._bytes += amount
        if self._bytes > MAXIMUM_BYTES:
            raise TooLarge(TooLarge.SIZE, where)
