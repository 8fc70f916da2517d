"""What CreateTrainingJob refuses before there is a job: pure.

Texts that were seen from AWS: spot waiting times. The others are ours: AWS refuses the same things, as
the API reference says of each member, in words that we have not recorded.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from simulator.aws.sagemaker import storage
from simulator.aws.sagemaker.jobs import refuse
from simulator.aws.sagemaker.training.check_channel import check_channel
from simulator.kernel.errors import CallerError

REFUSED = ("ServerlessJobConfig", "ModelPackageConfig", "MlflowConfig")
MOST_RUNTIME_SECONDS = 28 * 86400
Params = Mapping[str, Any]


def check(params: Params) -> None:
    """Raises CallerError for what AWS refuses, NotSimulated for what is not here."""
    refuse("CreateTrainingJob", params, REFUSED)
    specification = params.get("AlgorithmSpecification")
    if specification is None or "ResourceConfig" not in params:
        raise _invalid("AlgorithmSpecification and ResourceConfig are required.")
    if bool(specification.get("TrainingImage")) == bool(specification.get("AlgorithmName")):
        raise _invalid(
            "Exactly one of TrainingImage and AlgorithmName must be specified in AlgorithmSpecification."
        )
    _check_metrics(specification)
    _check_resources(params["ResourceConfig"])
    _check_channels(params, specification)
    storage.split(params["OutputDataConfig"]["S3OutputPath"])
    _check_stopping(params)
    _check_warm_pool(params)
    _check_debugging(params)
    if checkpoints := params.get("CheckpointConfig"):
        storage.split(checkpoints["S3Uri"])
        if not str(checkpoints.get("LocalPath", "/")).startswith("/"):
            raise _invalid("LocalPath of CheckpointConfig must be an absolute path.")
    access = specification.get("TrainingImageConfig", {}).get("TrainingRepositoryAccessMode")
    if access == "Vpc" and not params.get("VpcConfig"):
        raise _invalid("VpcConfig is required when TrainingRepositoryAccessMode is Vpc.")


def _invalid(text: str) -> CallerError:
    return CallerError("ValidationException", text)


def _check_metrics(specification: Params) -> None:
    for metric in specification.get("MetricDefinitions", ()):
        try:
            re.compile(metric["Regex"])
        except re.error as error:
            name = metric["Name"]
            raise _invalid(f"Invalid regular expression in the metric definition {name}: {error}") from error
    _unique("Metric names", [each["Name"] for each in specification.get("MetricDefinitions", ())])


def _unique(what: str, names: list[str]) -> None:
    if len(set(names)) != len(names):
        raise _invalid(f"{what} must be unique.")


def _check_resources(resources: Params) -> None:
    groups = resources.get("InstanceGroups", [])
    if resources.get("InstancePreferences"):
        refuse("CreateTrainingJob", resources, ("InstancePreferences",))
    if groups and (resources.get("InstanceType") or resources.get("InstanceCount")):
        raise _invalid("InstanceGroups cannot be specified together with InstanceType or InstanceCount.")
    if not groups and not (resources.get("InstanceType") and resources.get("InstanceCount")):
        raise _invalid(
            "InstanceType and InstanceCount, or InstanceGroups, must be specified in ResourceConfig."
        )
    _unique("Instance group names", [each["InstanceGroupName"] for each in groups])
    for each in groups or [resources]:
        if each["InstanceCount"] < 1:
            raise _invalid("InstanceCount must be at least 1.")


def _check_channels(params: Params, specification: Params) -> None:
    channels = params.get("InputDataConfig", [])
    _unique("Channel names", [each["ChannelName"] for each in channels])
    groups = {each["InstanceGroupName"] for each in params["ResourceConfig"].get("InstanceGroups", ())}
    for channel in channels:
        check_channel(channel, specification.get("TrainingInputMode", "File"), groups)


def _check_stopping(params: Params) -> None:
    stopping = params.get("StoppingCondition", {})
    runtime, wait = stopping.get("MaxRuntimeInSeconds", 86400), stopping.get("MaxWaitTimeInSeconds")
    if runtime > MOST_RUNTIME_SECONDS:
        raise _invalid(f"MaxRuntimeInSeconds must be at most {MOST_RUNTIME_SECONDS}.")
    spot = params.get("EnableManagedSpotTraining", False)
    if wait is not None and not spot:
        raise _invalid(
            "Invalid MaxWaitTimeInSeconds. It is only supported when EnableManagedSpotTraining is set to true"
        )
    if spot and (wait is None or wait < runtime):
        raise _invalid(
            "Invalid MaxWaitTimeInSeconds. It must be present and be greater than or equal to MaxRuntimeInSeconds"
        )


def _check_warm_pool(params: Params) -> None:
    """Source: developer guide, "SageMaker Managed Warm Pools", considerations."""
    if not params["ResourceConfig"].get("KeepAlivePeriodInSeconds"):
        return
    if params.get("EnableManagedSpotTraining"):
        raise _invalid("KeepAlivePeriodInSeconds is not supported with managed spot training.")
    if params["ResourceConfig"].get("InstanceGroups"):
        raise _invalid("KeepAlivePeriodInSeconds is not supported with InstanceGroups.")


def _check_debugging(params: Params) -> None:
    for member in ("DebugRuleConfigurations", "ProfilerRuleConfigurations"):
        _unique(f"Names of {member}", [each["RuleConfigurationName"] for each in params.get(member, ())])
    if params.get("DebugRuleConfigurations") and not params.get("DebugHookConfig"):
        raise _invalid("DebugHookConfig is required when DebugRuleConfigurations are specified.")
    for member in ("DebugHookConfig", "ProfilerConfig", "TensorBoardOutputConfig"):
        if uri := params.get(member, {}).get("S3OutputPath"):
            storage.split(uri)
