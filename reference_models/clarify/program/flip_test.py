"""The flip test: whether the neighbours outside of the facet were predicted otherwise than those within.

Source: developer guide, "Counterfactual Fliptest (FT)"; neighbours as in AWS's open library: five, or one where fewer
than ten records are outside, by Euclidean distance, by majority.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from shares import Undefined

NEIGHBOURS, FEW, FEWEST_FOR_NEIGHBOURS = 5, 1, 10


def share(rows: Sequence[Sequence[Any]], facet: Sequence[bool], predicted: Sequence[bool]) -> float:
    """Those whose prediction the neighbours make worse, less those whom they make better, of the facet."""
    if any(isinstance(value, str) for row in rows for value in row):
        raise Undefined("FlipTest does not support non-numeric columns")
    outside = [(row, said) for row, inside, said in zip(rows, facet, predicted, strict=True) if not inside]
    count = NEIGHBOURS if len(outside) >= FEWEST_FOR_NEIGHBOURS else FEW
    flips, size = 0, 0
    for row, inside, said in zip(rows, facet, predicted, strict=True):
        if inside:
            size += 1
            flips += int(said) - int(_majority(row, outside, count))
    return flips / size


def _majority(row: Sequence[float], others: Sequence[tuple[Sequence[float], bool]], count: int) -> bool:
    distances = sorted(
        (sum((a - b) ** 2 for a, b in zip(row, other, strict=True)), number)
        for number, (other, _) in enumerate(others)
    )
    votes = sum(others[number][1] for _, number in distances[:count])
    return votes * 2 > min(count, len(others))
