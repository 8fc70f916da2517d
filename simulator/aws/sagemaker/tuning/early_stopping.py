"""Which running training job is not worth its time: the median rule of `Auto`, and Hyperband's rungs: pure.

Source: SageMaker developer guide, "Stop Training Jobs Early"; API reference, HyperbandStrategyConfig. How many jobs
Hyperband lets pass a rung AWS does not say: here the best third, as its authors propose (reduction factor 3).
"""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from simulator.aws.sagemaker.tuning.ranges import invalid
from simulator.aws.sagemaker.tuning.trials import Objective

FACTOR = 3
LARGEST_RESOURCE = 20_000
_EPOCHS = ("epochs", "numepochs", "n-epochs", "n_epochs", "num_epochs")


def worse_than_median(
    series: Sequence[float], earlier: Iterable[Sequence[float]], objective: Objective
) -> bool:
    """Whether the objective is now worse than the median of the earlier jobs' running averages up to this epoch."""
    epoch = len(series)
    averages = [statistics.fmean(each[:epoch]) for each in earlier if each]
    if not epoch or not averages:
        return False
    return objective.better(statistics.median(averages), series[-1])


@dataclass(frozen=True)
class Hyperband:
    """Resources, in epochs, that a training job may use."""

    smallest: int
    largest: int

    def brackets(self) -> int:
        """How many brackets there are: each begins to judge a factor later than the one before."""
        count = 1
        while self.smallest * FACTOR**count < self.largest:
            count += 1
        return count

    def rungs(self, index: int) -> list[int]:
        """The epochs at which the trial with this index is judged; trials take the brackets in turn."""
        first = self.smallest * FACTOR ** (index % self.brackets())
        found = []
        while first < self.largest:
            found.append(first)
            first *= FACTOR
        return found

    def ends(
        self,
        index: int,
        series: Sequence[float],
        others: Mapping[int, Sequence[float]],
        objective: Objective,
    ) -> bool:
        """Whether the trial has used all it may, or is not among the best third of its bracket at a rung."""
        if len(series) >= self.largest:
            return True
        passed = [rung for rung in self.rungs(index) if rung <= len(series)]
        return any(self._falls(index, series, others, rung, objective) for rung in passed[-1:])

    def _falls(
        self,
        index: int,
        series: Sequence[float],
        others: Mapping[int, Sequence[float]],
        rung: int,
        objective: Objective,
    ) -> bool:
        bracket = index % self.brackets()
        there = [
            objective.loss(each[rung - 1])
            for other, each in others.items()
            if other % self.brackets() == bracket and len(each) >= rung and other != index
        ]
        own = objective.loss(series[rung - 1])
        kept = max(1, (len(there) + 1) // FACTOR)
        return sum(loss < own for loss in there) >= kept


def hyperband(given: Mapping[str, int], static: Mapping[str, str]) -> Hyperband:
    """The resources of a request, MaxResource taken from the static hyperparameters where it is left out."""
    largest = given.get("MaxResource")
    if largest is None:
        named = [static[name].strip('"') for name in _EPOCHS if name in static]
        if not named or not named[0].isdigit():
            raise invalid(
                "MaxResource of HyperbandStrategyConfig must be given: it could not be inferred from one of "
                f"{', '.join(_EPOCHS)} in StaticHyperParameters."
            )
        largest = int(named[0])
    smallest = given.get("MinResource", 1)
    if largest > LARGEST_RESOURCE:
        raise invalid(f"MaxResource must not be greater than {LARGEST_RESOURCE}.")
    if smallest >= largest:
        raise invalid("MinResource must be less than MaxResource.")
    return Hyperband(smallest, largest)
