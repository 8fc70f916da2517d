"""Bias of a model: the metrics of the developer guide, "Measure Posttraining Data and Model Bias"."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import flip_test
from pre_training import disparity, proportion_difference
from shares import Counts, Undefined, difference, divide

DESCRIPTIONS = {
    "AD": "Accuracy Difference (AD)",
    "CDDPL": "Conditional Demographic Disparity in Predicted Labels (CDDPL)",
    "DAR": "Difference in Acceptance Rates (DAR)",
    "DCA": "Difference in Conditional Acceptance (DCA)",
    "DCR": "Difference in Conditional Rejection (DCR)",
    "DI": "Disparate Impact (DI)",
    "DPPL": "Difference in Positive Proportions in Predicted Labels (DPPL)",
    "DRR": "Difference in Rejection Rates (DRR)",
    "FT": "Flip Test (FT)",
    "GE": "Generalized Entropy (GE)",
    "RD": "Recall Difference (RD)",
    "SD": "Specificity Difference (SD)",
    "TE": "Treatment Equality (TE)",
}
# a is everybody outside of the facet, d everybody within.
_BETWEEN: dict[str, Callable[[Counts, Counts], float]] = {
    "AD": lambda a, d: difference(a.accuracy, d.accuracy),
    "DAR": lambda a, d: difference(a.acceptance, d.acceptance),
    "DCA": lambda a, d: difference(a.conditional_acceptance, d.conditional_acceptance),
    "DCR": lambda a, d: difference(d.conditional_rejection, a.conditional_rejection),
    "DI": lambda a, d: divide(d.predicted_positive, a.predicted_positive),
    "DRR": lambda a, d: difference(d.rejection, a.rejection),
    "RD": lambda a, d: difference(a.recall, d.recall),
    "SD": lambda a, d: difference(d.specificity, a.specificity),
    "TE": lambda a, d: difference(
        divide(d.false_negative, d.false_positive), divide(a.false_negative, a.false_positive)
    ),
}


@dataclass(frozen=True)
class Evidence:
    """For each record: whether it is in the facet, positive, predicted as positive; its group; its other columns."""

    facet: Sequence[bool]
    positive: Sequence[bool]
    predicted: Sequence[bool]
    groups: Sequence[Any] | None
    others: Sequence[Sequence[Any]]


def metric(name: str, evidence: Evidence) -> float:
    """One metric; raises Undefined."""
    facet, predicted = evidence.facet, evidence.predicted
    if name == "DPPL":
        return proportion_difference(facet, predicted)
    if name == "CDDPL":
        return disparity(facet, predicted, evidence.groups)
    if name == "GE":
        return entropy(evidence.positive, predicted)
    if not any(facet):
        raise Undefined("Facet set is empty")
    if all(facet):
        raise Undefined("Negated Facet set is empty")
    if name == "FT":
        return flip_test.share(evidence.others, facet, predicted)
    return _BETWEEN[name](counts_of(evidence, False), counts_of(evidence, True))


def counts_of(evidence: Evidence, inside: bool) -> Counts:
    """The counts within the facet or outside of it."""
    rows = zip(evidence.facet, evidence.positive, evidence.predicted, strict=True)
    chosen = [(positive, predicted) for facet, positive, predicted in rows if facet == inside]
    return Counts.of([positive for positive, _ in chosen], [predicted for _, predicted in chosen])


def entropy(positive: Sequence[bool], predicted: Sequence[bool]) -> float:
    """GE with alpha 2: how unequally the benefit of the predictions is spread."""
    benefits = [int(p) - int(t) + 1 for t, p in zip(positive, predicted, strict=True)]
    mean = sum(benefits) / len(benefits)
    if not mean:
        raise Undefined(
            "All predicted labels are false negatives. There should be at least one prediction that is not "
            "false negative."
        )
    return sum((benefit / mean) ** 2 - 1 for benefit in benefits) / (len(benefits) * 2)
