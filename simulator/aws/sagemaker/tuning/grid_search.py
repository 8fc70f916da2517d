"""Grid search: every combination of categorical values, once: pure.

Source: SageMaker developer guide, "How Hyperparameter Tuning Works", grid search.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

from simulator.aws.sagemaker.tuning.ranges import Categorical, Range, invalid


def categorical(ranges: Sequence[Range]) -> tuple[Categorical, ...]:
    """The ranges, all categorical; raises ValidationException for another."""
    found = tuple(each for each in ranges if isinstance(each, Categorical))
    if len(found) != len(ranges):
        raise invalid(
            "Grid search supports only categorical hyperparameters. Use CategoricalParameterRanges."
        )
    return found


def combinations(ranges: Sequence[Range]) -> int:
    """How many training jobs the grid needs."""
    return math.prod(len(each.values) for each in categorical(ranges))


def propose(ranges: Sequence[Range], index: int) -> dict[str, str]:
    """The combination of the trial with this index, counted from 0."""
    grid = categorical(ranges)
    values = next(itertools.islice(itertools.product(*(each.values for each in grid)), index, None))
    return {each.name: value for each, value in zip(grid, values, strict=True)}
