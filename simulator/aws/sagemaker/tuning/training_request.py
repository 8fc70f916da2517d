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
    """ResourceConfig, or the preferred one of HyperParameterTuningResourceConfig."""
    plain, flexible = given.get("ResourceConfig"), given.get("HyperParameterTuningResourceConfig")
    if (plain is None) == (flexible is None):
        raise invalid("Exactly one of ResourceConfig and HyperParameterTuningResourceConfig must be given.")
    if plain is not None:
        return dict(plain)
    chosen = {k: v for k, v in (flexible or {}).items() if k not in ("InstanceConfigs", "AllocationStrategy")}
    configs = (flexible or {}).get("InstanceConfigs", ())
    if bool(configs) == ("InstanceType" in chosen):
        raise invalid("Exactly one of InstanceConfigs and InstanceType must be given.")
    made = {**chosen, **configs[0]} if configs else chosen
    made.setdefault("InstanceCount", 1)
    made.setdefault("VolumeSizeInGB", 1)
    return made
