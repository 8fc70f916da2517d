"""What a tuning job takes over from its parents: their trials as observations, their best job.

Source: SageMaker developer guide, "Run a Warm Start Hyperparameter Tuning Job". AWS's texts are not known.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from simulator.aws.behaviour import Call
from simulator.aws.sagemaker.kinds.tuning import HYPER_PARAMETER_TUNING_JOB
from simulator.aws.sagemaker.resources import fetch
from simulator.aws.sagemaker.tuning.ranges import invalid
from simulator.aws.sagemaker.tuning.search import Definition, Search
from simulator.aws.sagemaker.tuning.tuning_job import TuningJob


def inherit(call: Call, params: Mapping[str, Any], search: Search) -> dict[str, Any]:
    """The notes with which the row begins; raises ResourceNotFound or ValidationException for a wrong parent."""
    config = params.get("WarmStartConfig")
    if config is None:
        return {}
    if search.strategy not in ("Bayesian", "Random") or search.several:
        raise invalid(
            "WarmStartConfig needs the strategy Bayesian or Random and a single TrainingJobDefinition."
        )
    observed: list[dict[str, Any]] = []
    tops: list[dict[str, Any]] = []
    for each in config["ParentHyperParameterTuningJobs"]:
        parent = TuningJob(call.cloud, call.key(each.get("HyperParameterTuningJobName", "")))
        row = fetch(call.kernel, HYPER_PARAMETER_TUNING_JOB, parent.key)
        _check(parent, row, search.definitions[0], config["WarmStartType"])
        objective = search.definitions[0].objective
        observed += row.get("_observed", ())
        observed += [
            {"tuned": {**parent.definition(one).static, **one.tuned}, "loss": objective.loss(one.value)}
            for one in parent.trials()
            if one.objective_status == "Succeeded" and one.value is not None
        ]
        if top := row.get("OverallBestTrainingJob") or row.get("BestTrainingJob"):
            tops.append({"TuningJobName": row["HyperParameterTuningJobName"], **top})
    return {"_observed": observed, "_parents_best": tops}


def _check(parent: TuningJob, row: Mapping[str, Any], own: Definition, kind: str) -> None:
    name = row["HyperParameterTuningJobName"]
    if row["HyperParameterTuningJobStatus"] in HYPER_PARAMETER_TUNING_JOB.in_progress:
        raise invalid(
            f"Parent tuning job {name} has not ended: it is {row['HyperParameterTuningJobStatus']}."
        )
    theirs = parent.search.definitions[0]
    if theirs.objective != own.objective:
        raise invalid(
            f"The objective metric and its type must be the same as those of parent tuning job {name}."
        )
    if kind != "IdenticalDataAndAlgorithm":
        return
    # The data may be elsewhere: the SDK uploads it anew for each search, and AWS lets it.
    if _image(theirs) != _image(own):
        raise invalid(
            f"With IdenticalDataAndAlgorithm the training image must be that of parent tuning job {name}."
        )
    if _names(theirs) != _names(own):
        raise invalid(
            f"The static and tunable hyperparameters together must be those of parent tuning job {name}."
        )


def _image(definition: Definition) -> Any:
    return definition.given["AlgorithmSpecification"].get("TrainingImage")


def _names(definition: Definition) -> set[str]:
    return {each.name for each in definition.ranges} | set(definition.static)
