"""Random search: each hyperparameter drawn anew on its scale, the same again for the same seed: pure.

Source: SageMaker developer guide, "How Hyperparameter Tuning Works", random search.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence

from simulator.aws.sagemaker.tuning.ranges import Categorical, Range

TRIES = 50
"""How often a combination that has been had is drawn again before it is taken after all."""


def propose(
    ranges: Sequence[Range], had: Sequence[Mapping[str, str]], seed: str, index: int
) -> dict[str, str]:
    """The combination of the trial with this index; not one that has been had, where there are others."""
    source = random.Random(f"{seed}/{index}")
    drawn: dict[str, str] = {}
    for _ in range(TRIES):
        drawn = {each.name: _draw(each, source) for each in ranges}
        if drawn not in had:
            break
    return drawn


def _draw(each: Range, source: random.Random) -> str:
    if isinstance(each, Categorical):
        return source.choice(each.values)
    return each.value(source.random())
