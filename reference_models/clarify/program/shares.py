"""Division as the reports do it, and the counts that most metrics of a model are made of."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass


class Undefined(Exception):
    """The metric has no value for this data; the text is what the report says."""


def divide(part: float, whole: float) -> float:
    """0 of 0 is 0; anything else of 0 is infinite."""
    if whole:
        return part / whole
    return math.copysign(math.inf, part) if part else 0.0


def difference(left: float, right: float) -> float:
    """0 where both are infinite."""
    return 0.0 if left == right else left - right


@dataclass(frozen=True)
class Counts:
    """Of one group: how many were rightly and wrongly predicted as positive and negative."""

    true_positive: int
    true_negative: int
    false_positive: int
    false_negative: int

    @classmethod
    def of(cls, positive: Sequence[bool], predicted: Sequence[bool]) -> Counts:
        """Counted from the truth and the predictions."""
        found = Counter(zip(positive, predicted, strict=True))
        return cls(found[True, True], found[False, False], found[False, True], found[True, False])

    @property
    def total(self) -> int:
        """All."""
        return self.true_positive + self.true_negative + self.false_positive + self.false_negative

    @property
    def accuracy(self) -> float:
        """The share that was right."""
        return divide(self.true_positive + self.true_negative, self.total)

    @property
    def recall(self) -> float:
        """The share of the positive ones that was found."""
        return divide(self.true_positive, self.true_positive + self.false_negative)

    @property
    def specificity(self) -> float:
        """The share of the negative ones that was found."""
        return divide(self.true_negative, self.true_negative + self.false_positive)

    @property
    def acceptance(self) -> float:
        """The share of those predicted as positive that are."""
        return divide(self.true_positive, self.true_positive + self.false_positive)

    @property
    def rejection(self) -> float:
        """The share of those predicted as negative that are."""
        return divide(self.true_negative, self.true_negative + self.false_negative)

    @property
    def conditional_acceptance(self) -> float:
        """Positive ones to those predicted as positive."""
        return divide(self.true_positive + self.false_negative, self.true_positive + self.false_positive)

    @property
    def conditional_rejection(self) -> float:
        """Negative ones to those predicted as negative."""
        return divide(self.true_negative + self.false_positive, self.true_negative + self.false_negative)

    @property
    def predicted_positive(self) -> float:
        """The share predicted as positive."""
        return divide(self.true_positive + self.false_positive, self.total)
