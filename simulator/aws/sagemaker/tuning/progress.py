"""How a search goes on: whether it is over and why, and how many training jobs may start now: pure.

Source: SageMaker developer guide, "Track and set completion criteria for your tuning job"; the failure texts are
AWS's, as users report them. When AWS takes a search for converged it does not say: here after CONVERGED jobs without
an improvement of 1 %.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from simulator.aws.sagemaker.tuning.search import Search
from simulator.aws.sagemaker.tuning.trials import Objective, Trial, best, not_improving

ATTEMPTS = 5
CONVERGED = 10


@dataclass(frozen=True)
class Ending:
    """A search is over: its status, its FailureReason, whether it was taken for converged."""

    status: str
    reason: str = ""
    converged: bool = False


def ending(search: Search, trials: Sequence[Trial], seconds: float) -> Ending | None:
    """Why nothing more shall start, None while something may; running jobs are then stopped."""
    ended, objective = [each for each in trials if each.ended], search.definitions[0].objective
    if reason := _hopeless(ended, min(ATTEMPTS, search.jobs)):
        return Ending("Failed", reason)
    if search.seconds is not None and seconds >= search.seconds:
        return Ending("Completed")
    if _reached(search, ended, objective):
        return Ending("Completed")
    stale = not_improving(ended, objective)
    if search.criteria.not_improving is not None and stale >= search.criteria.not_improving:
        return Ending("Completed")
    if search.criteria.convergence and stale >= CONVERGED:
        return Ending("Completed", converged=True)
    if len(trials) >= search.jobs and len(ended) == len(trials):
        return Ending("Completed")
    return None


def room(search: Search, trials: Sequence[Trial]) -> int:
    """How many training jobs may start now."""
    running = sum(not each.ended for each in trials)
    return max(0, min(search.parallel - running, search.jobs - len(trials)))


def _reached(search: Search, ended: Sequence[Trial], objective: Objective) -> bool:
    top, target = best(ended, objective), search.criteria.target
    if top is None or top.value is None or target is None:
        return False
    return top.value == target or objective.better(top.value, target)


def _hopeless(ended: Sequence[Trial], attempts: int) -> str:
    """The reason to give up: so many jobs have ended and none with an objective."""
    if len(ended) < attempts or any(each.objective_status == "Succeeded" for each in ended):
        return ""
    if any(each.status == "Completed" for each in ended):
        return (
            f"No objective metrics found after running {len(ended)} training jobs. Please ensure that the custom "
            "algorithm is emitting the objective metric as defined by the regular expression provided."
        )
    return (
        f"No training job succeeded after {len(ended)} attempts. Please take a look at the training job failures to "
        "get more details."
    )
