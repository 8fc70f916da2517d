"""What a tuning job was asked to search, read from its request once and for all: pure.

Source: botocore's HyperParameterTuningJobConfig and HyperParameterTrainingJobDefinition. Except for the two texts that
say so, AWS's texts for what is refused here are not known; the code is ValidationException.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from simulator.aws.sagemaker import images
from simulator.aws.sagemaker.tuning import grid_search
from simulator.aws.sagemaker.tuning.early_stopping import Hyperband, hyperband
from simulator.aws.sagemaker.tuning.ranges import Range, invalid, read
from simulator.aws.sagemaker.tuning.trials import Objective

METRIC_HYPERPARAMETER = "_tuning_objective_metric"
MOST_TRAINING_JOBS = 750
"""AWS's quota of training jobs a tuning job: the limit where the request has none."""


@dataclass(frozen=True)
class Definition:
    """One way to train: its objective, what is varied, and the request's own members."""

    name: str
    objective: Objective
    ranges: tuple[Range, ...]
    given: Mapping[str, Any]

    @property
    def static(self) -> Mapping[str, str]:
        """The hyperparameters that stay the same."""
        given = self.given.get("StaticHyperParameters", {})
        return {name: value for name, value in given.items() if name != METRIC_HYPERPARAMETER}


@dataclass(frozen=True)
class Criteria:
    """When the search is over before its limits are reached."""

    target: float | None = None
    not_improving: int | None = None
    convergence: bool = False


@dataclass(frozen=True)
class Search:
    """The whole request."""

    strategy: str
    definitions: tuple[Definition, ...]
    parallel: int
    jobs: int
    seconds: float | None
    criteria: Criteria
    stops_early: bool
    hyperband: Hyperband | None

    @property
    def several(self) -> bool:
        """Whether it has TrainingJobDefinitions, each with a name and an objective of its own."""
        return bool(self.definitions[0].name)

    def definition(self, index: int) -> Definition:
        """The definition of the trial with this index: they take turns."""
        return self.definitions[index % len(self.definitions)]

    def named(self, name: str) -> Definition:
        """The definition of this name."""
        return next(each for each in self.definitions if each.name == name)


def search(params: Mapping[str, Any]) -> Search:
    """The search that a request, or a row made of one, asks for; raises ValidationException."""
    config = params["HyperParameterTuningJobConfig"]
    definitions = _definitions(params, config)
    strategy, limits = config["Strategy"], config["ResourceLimits"]
    stops_early = config.get("TrainingJobEarlyStoppingType", "Off") == "Auto"
    jobs = limits.get("MaxNumberOfTrainingJobs")
    if strategy == "Grid":
        jobs = _grid(definitions, jobs)
    if jobs is not None and limits["MaxParallelTrainingJobs"] > jobs and strategy != "Grid":
        raise invalid("MaxParallelTrainingJobs must not be greater than MaxNumberOfTrainingJobs.")
    return Search(
        strategy,
        definitions,
        limits["MaxParallelTrainingJobs"],
        MOST_TRAINING_JOBS if jobs is None else jobs,
        limits.get("MaxRuntimeInSeconds"),
        _criteria(config.get("TuningJobCompletionCriteria", {})),
        stops_early,
        _hyperband(config, definitions, stops_early),
    )


def _definitions(params: Mapping[str, Any], config: Mapping[str, Any]) -> tuple[Definition, ...]:
    single, several = params.get("TrainingJobDefinition"), params.get("TrainingJobDefinitions")
    if (single is None) == (several is None):
        raise invalid("Exactly one of TrainingJobDefinition and TrainingJobDefinitions must be given.")
    if single is not None:
        objective = config.get("HyperParameterTuningJobObjective") or single.get("TuningObjective")
        ranges = config.get("ParameterRanges") or single.get("HyperParameterRanges") or {}
        return (_definition("", objective, ranges, single),)
    found = []
    for each in several or ():
        if not each.get("DefinitionName"):
            raise invalid("DefinitionName must be given for each of TrainingJobDefinitions.")
        found.append(
            _definition(
                each["DefinitionName"],
                each.get("TuningObjective"),
                each.get("HyperParameterRanges", {}),
                each,
            )
        )
    if len({each.name for each in found}) != len(found):
        raise invalid("DefinitionName must be unique among TrainingJobDefinitions.")
    if len({each.objective.maximize for each in found}) > 1:
        raise invalid("The Type of TuningObjective must be the same in all TrainingJobDefinitions.")
    return tuple(found)


def _definition(
    name: str, objective: Mapping[str, str] | None, ranges: Mapping[str, Any], given: Mapping[str, Any]
) -> Definition:
    algorithm = given["AlgorithmSpecification"]
    image = images.resolve(algorithm.get("TrainingImage", ""))
    known = {each["Name"] for each in algorithm.get("MetricDefinitions", ())}
    known |= {each["Name"] for each in image.metrics} if image else set()
    if objective is None or objective["MetricName"] not in known:
        # AWS's own text, as its users report it.
        raise invalid(
            "A metric is required for this hyperparameter tuning job objective. Provide a metric in the metric "
            "definitions."
        )
    scripted = "sagemaker_program" in given.get("StaticHyperParameters", {})
    found = read(ranges, image.tunable if image and not scripted else ())
    both = sorted({each.name for each in found} & set(given.get("StaticHyperParameters", {})))
    if both:
        raise invalid(f"Hyperparameters {both} are both static and tunable.")
    if not found:
        raise invalid("At least one hyperparameter must have a range.")
    return Definition(name, Objective.of(objective), found, given)


def _grid(definitions: Sequence[Definition], jobs: int | None) -> int:
    """How many jobs a grid needs; a MaxNumberOfTrainingJobs that is given must be that number."""
    if len(definitions) > 1:
        raise invalid("Grid search supports a single TrainingJobDefinition.")
    needed = grid_search.combinations(definitions[0].ranges)
    if jobs is not None and jobs != needed:
        raise invalid(
            f"MaxNumberOfTrainingJobs must be {needed}, the number of combinations of the grid, or be left out."
        )
    if needed > MOST_TRAINING_JOBS:
        raise invalid(f"The grid has {needed} combinations; a tuning job may have {MOST_TRAINING_JOBS}.")
    return needed


def _hyperband(
    config: Mapping[str, Any], definitions: Sequence[Definition], stops_early: bool
) -> Hyperband | None:
    given = config.get("StrategyConfig", {}).get("HyperbandStrategyConfig")
    if config["Strategy"] != "Hyperband":
        if given is not None:
            raise invalid("HyperbandStrategyConfig can be given only with the strategy Hyperband.")
        return None
    if stops_early:
        raise invalid("TrainingJobEarlyStoppingType must be Off for the strategy Hyperband.")
    return hyperband(given or {}, definitions[0].static)


def _criteria(given: Mapping[str, Any]) -> Criteria:
    return Criteria(
        given.get("TargetObjectiveMetricValue"),
        given.get("BestObjectiveNotImproving", {}).get("MaxNumberOfTrainingJobsNotImproving"),
        given.get("ConvergenceDetected", {}).get("CompleteOnConvergence") == "Enabled",
    )
