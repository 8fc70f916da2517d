"""A walk through lineage: which entities can be reached from a start, how deep, and over which edges. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Edge:
    """One association."""

    source: str
    destination: str
    type: str = ""


@dataclass
class Walk:
    """Entities in the order in which they were reached, the start first, and the edges between them."""

    arns: list[str] = field(default_factory=list)
    edges: list[Edge] = field(default_factory=list)


Neighbours = Callable[[str], Iterable[Edge]]


def walk(start: str, direction: str, depth: int, outgoing: Neighbours, incoming: Neighbours) -> Walk:
    """Breadth first from `start`; `Both` is what is above it and what is below it, not what is beside it."""
    found = Walk([start])
    if direction in ("Descendants", "Both"):
        _follow(found, start, depth, outgoing, lambda edge: edge.destination)
    if direction in ("Ascendants", "Both"):
        _follow(found, start, depth, incoming, lambda edge: edge.source)
    return found


def _follow(found: Walk, start: str, depth: int, edges: Neighbours, end: Callable[[Edge], str]) -> None:
    seen, level, known = {start}, [start], set(found.edges)
    for _ in range(depth):
        reached: list[str] = []
        for arn in level:
            for edge in edges(arn):
                if edge not in known:
                    known.add(edge)
                    found.edges.append(edge)
                if (other := end(edge)) not in seen:
                    seen.add(other)
                    reached.append(other)
        found.arns += [arn for arn in reached if arn not in found.arns]
        level = reached
