"""Deequ's quantile sketch (QuantileNonSample): how a column's distribution is kept in statistics.json."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

SKETCH_SIZE = 2048
SHRINKING_FACTOR = 0.64
BUCKETS = 10


@dataclass
class Compactor:
    """One level: an item in it stands for two to the power of its height."""

    items: list[float]
    offset: int = 0
    compressions: int = 0

    def compact(self) -> list[float]:
        """Gives every second item in order to the level above; the odd last one stays. Deequ's offset alternates."""
        even = len(self.items) - len(self.items) % 2
        if self.compressions % 2 == 1:
            self.offset = 1 - self.offset
        promoted = sorted(self.items[:even])[self.offset :: 2]
        self.items = self.items[even:]
        self.compressions += 1
        return promoted


def capacity(height: int) -> int:
    """How many items make a level full."""
    return 2 * (math.ceil(SKETCH_SIZE * SHRINKING_FACTOR**height / 2) + 1)


def sketch(values: Iterable[float]) -> list[list[float]]:
    """The levels after all values came in their order; below 2,051 values the one level is the values themselves."""
    levels = [Compactor([])]
    count, total = 0, capacity(0)
    for value in values:
        levels[0].items.append(value)
        count += 1
        if count > total:
            condense(levels)
            count = sum(len(level.items) for level in levels)
            total = sum(capacity(height) for height in range(len(levels)))
    return [level.items for level in levels]


def condense(levels: list[Compactor]) -> None:
    """Compacts the lowest full level."""
    for height, level in enumerate(levels):
        if len(level.items) >= capacity(height):
            if height + 1 == len(levels):
                levels.append(Compactor([]))
            levels[height + 1].items.extend(level.compact())
            return


def weighted(levels: Sequence[Sequence[float]]) -> list[tuple[float, int]]:
    """Every item of the sketch with the number of values it stands for, in order of the items."""
    pairs = [(item, 1 << height) for height, level in enumerate(levels) for item in level]
    return sorted(pairs, key=lambda pair: pair[0])


def rank_map(levels: Sequence[Sequence[float]]) -> dict[float, int]:
    """The rank of each distinct item, as Deequ's getRankMap has it.

    Deequ makes a map of (item, weight) pairs before it sums, so an item that is there many times counts once, with
    the weight of its highest level. Distances are therefore about which values occur, less about how often; this is
    why few captured rows drift from many baseline rows on AWS.
    """
    ranks: dict[float, int] = {}
    rank = 0
    for item, weight in dict(weighted(levels)).items():
        rank += weight
        ranks[item] = rank
    return ranks


def buckets(levels: Sequence[Sequence[float]], low: float, high: float) -> list[dict[str, Any]]:
    """Ten equal-width buckets over the range: the lower bound belongs to a bucket, and the last holds both bounds."""
    pairs = weighted(levels)
    bounds = [low + (high - low) * step / BUCKETS for step in range(BUCKETS + 1)]
    result = []
    for step in range(BUCKETS):
        lower, upper = bounds[step], bounds[step + 1]
        last = step == BUCKETS - 1
        count = sum(
            weight for item, weight in pairs if lower <= item and (item < upper or (last and item <= high))
        )
        result.append({"lower_bound": lower, "upper_bound": upper, "count": float(count)})
    return result


def describe(levels: list[list[float]], low: float, high: float) -> dict[str, Any]:
    """The `kll` part of statistics.json."""
    return {
        "buckets": buckets(levels, low, high),
        "sketch": {
            "parameters": {"c": SHRINKING_FACTOR, "k": float(SKETCH_SIZE)},
            "data": levels,
        },
    }
