"""Bayesian search: what to try next, given what was tried, by optuna's tree-structured Parzen estimator: pure.

AWS uses a Gaussian process of its own; the library is another surrogate for the same question, so the combinations
differ from AWS's. It is imported when first asked, and asked in a thread, so that nothing else pays for it.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from simulator.aws.sagemaker.tuning.ranges import Categorical, Range

WARM_UP = 4
"""So many observations are drawn at random before the estimator is asked."""


@dataclass(frozen=True)
class Observation:
    """A combination that was tried and its loss, None while it runs."""

    tuned: Mapping[str, str]
    loss: float | None


def propose(
    ranges: Sequence[Range], observations: Sequence[Observation], seed: str, index: int
) -> dict[str, str]:
    """The next combination; the same again for the same seed, index and observations."""
    import optuna

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    number = random.Random(f"{seed}/{index}").getrandbits(32)
    sampler = optuna.samplers.TPESampler(seed=number, n_startup_trials=WARM_UP)
    study = optuna.create_study(sampler=sampler)
    space = {each.name: _distribution(optuna, each) for each in ranges}
    worst = max((each.loss for each in observations if each.loss is not None), default=None)
    for each in observations:
        # What still runs counts as the worst so far, so that parallel jobs do not all try the same.
        loss = each.loss if each.loss is not None else worst
        if loss is not None and (placed := _placed(ranges, each.tuned)) is not None:
            study.add_trial(optuna.trial.create_trial(params=placed, distributions=space, value=loss))
    asked = study.ask(space).params
    return {
        each.name: str(asked[each.name]) if isinstance(each, Categorical) else each.value(asked[each.name])
        for each in ranges
    }


def _distribution(optuna: Any, each: Range) -> Any:
    if isinstance(each, Categorical):
        return optuna.distributions.CategoricalDistribution(each.values)
    return optuna.distributions.FloatDistribution(0.0, 1.0)


def _placed(ranges: Sequence[Range], tuned: Mapping[str, str]) -> dict[str, Any] | None:
    """The combination as the library's parameters; None for one that another search space had."""
    placed: dict[str, Any] = {}
    for each in ranges:
        text = tuned.get(each.name)
        if text is None:
            return None
        if isinstance(each, Categorical):
            if text not in each.values:
                return None
            placed[each.name] = text
        else:
            placed[each.name] = each.unit(text)
    return placed
