"""The CreateTrainingJob request of one trial: pure.

Source: SageMaker developer guide, "Create a Hyperparameter Tuning Job"; a checkpoint prefix is the trial's own, as AWS
makes it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from simulator.aws.sagemaker.storage import join
from simulator.aws.sagemaker.tuning.ranges import invalid
from simulator.aws.sagemaker.tuning.search import METRIC_HYPERPARAMETER, Definition

_SAME = (
    "RoleArn", "InputDataConfig", "VpcConfig", "OutputDataConfig", "StoppingCondition", "EnableNetworkIsolation",
    "EnableInterContainerTrafficEncryption", "EnableManagedSpotTraining", "RetryStrategy", "Environment",
)  # fmt: skip


def request(
    definition: Definition, name: str, tuned: Mapping[str, str], tags: Iterable[Mapping[str, str]] = ()
) -> dict[str, Any]:
    """What to ask CreateTrainingJob for."""
    given = definition.given
    made: dict[str, Any] = {member: given[member] for member in _SAME if member in given}
    made |= {
        "TrainingJobName": name,
        "AlgorithmSpecification": dict(given["AlgorithmSpecification"]),
        "HyperParameters": {
            **definition.static,
            METRIC_HYPERPARAMETER: definition.objective.metric,
            **tuned,
        },
        "ResourceConfig": resources(given),
    }
    if checkpoints := given.get("CheckpointConfig"):
        made["CheckpointConfig"] = {**checkpoints, "S3Uri": join(checkpoints["S3Uri"], name)}
    if labels := list(tags):
        made["Tags"] = labels
    return made


def resources(given: Mapping[str, Any]) -> dict[str, Any]:
    """ResourceConfig of a training job: that of the definition, or the preferred of its flexible ones."""
    flexible = given.get("HyperParameterTuningResourceConfig")
    if flexible is None:
        return dict(given.get("ResourceConfig", {}))
    made = {k: v for k, v in flexible.items() if k not in ("InstanceConfigs", "AllocationStrategy")}
    if configs := flexible.get("InstanceConfigs"):
        made |= configs[0]
    made.setdefault("InstanceCount", 1)
    made.setdefault("VolumeSizeInGB", 1)
    return made


def check_resources(given: Mapping[str, Any]) -> None:
    """Raises ValidationException where a definition says twice, or not at all, on what it trains."""
    flexible = given.get("HyperParameterTuningResourceConfig")
    if ("ResourceConfig" not in given) == (flexible is None):
        raise invalid("Exactly one of ResourceConfig and HyperParameterTuningResourceConfig must be given.")
    if flexible is not None and ("InstanceConfigs" in flexible) == ("InstanceType" in flexible):
        raise invalid("Exactly one of InstanceConfigs and InstanceType must be given.")
