"""What an AutoML job was asked for, the two versions of its request as one; what is not simulated is refused: pure.

Source: API reference, CreateAutoMLJob and CreateAutoMLJobV2, AutoMLJobObjective. AWS's words for what it refuses here
are not published: the texts are ours.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from simulator.aws.sagemaker import storage
from simulator.aws.sagemaker.automl.candidates import ALGORITHMS, algorithms
from simulator.aws.sagemaker.jobs import refuse
from simulator.kernel.errors import CallerError, NotSimulated

METRICS: Mapping[str, tuple[str, ...]] = {
    "Regression": ("MSE", "RMSE", "MAE", "R2"),
    "BinaryClassification": ("F1", "Accuracy", "BalancedAccuracy", "AUC", "Precision", "Recall"),
    "MulticlassClassification": (
        "Accuracy", "BalancedAccuracy", "F1macro", "PrecisionMacro", "RecallMacro",
    ),
}  # fmt: skip
"""The objectives of each type of problem, the default first."""

SMALLER_IS_BETTER = frozenset({"MSE", "RMSE", "MAE"})
DEFAULT_CANDIDATES = 5
"""AWS trains up to 250 (or about ten ensembles) where MaxCandidates is left out; here a handful."""


@dataclass(frozen=True)
class Channel:
    """Where the data of one channel is."""

    uri: str
    data_type: str


@dataclass(frozen=True)
class Request:
    """One AutoML job on a table."""

    train: Channel
    validation: Channel | None
    target: str
    problem: str
    metric: str
    algorithms: tuple[str, ...]
    candidates: int
    seconds_each: int | None
    seconds: int | None
    fraction: float
    output: str
    role: str

    def objective(self, problem: str) -> str:
        """The metric asked for, else the default of the type of problem that was found."""
        return self.metric or METRICS[problem][0]


def first(params: Mapping[str, Any]) -> Request:
    """The request of CreateAutoMLJob."""
    refuse("CreateAutoMLJob", params, ("GenerateCandidateDefinitionsOnly", "ModelDeployConfig"))
    config = params.get("AutoMLJobConfig", {})
    targets = {each["TargetAttributeName"] for each in params["InputDataConfig"]}
    if len(targets) > 1:
        raise invalid("TargetAttributeName must be the same in all channels.")
    for each in params["InputDataConfig"]:
        refuse("CreateAutoMLJob", each, ("SampleWeightAttributeName",))
    generation = config.get("CandidateGenerationConfig", {})
    refuse("CreateAutoMLJob", generation, ("FeatureSpecificationS3Uri",))
    return _request(
        "CreateAutoMLJob", params, params["InputDataConfig"], targets.pop(), params.get("ProblemType", ""),
        config.get("Mode", "AUTO"), generation, config.get("CompletionCriteria", {}),
        config.get("DataSplitConfig", {}),
    )  # fmt: skip


def second(params: Mapping[str, Any]) -> Request:
    """The request of CreateAutoMLJobV2 on a table."""
    refuse("CreateAutoMLJobV2", params, ("ModelDeployConfig", "AutoMLComputeConfig"))
    table = params["AutoMLProblemTypeConfig"]["TabularJobConfig"]
    members = ("GenerateCandidateDefinitionsOnly", "FeatureSpecificationS3Uri", "SampleWeightAttributeName")
    refuse("CreateAutoMLJobV2", table, members)
    return _request(
        "CreateAutoMLJobV2", params, params["AutoMLJobInputDataConfig"], table["TargetAttributeName"],
        table.get("ProblemType", ""), table.get("Mode", "AUTO"), table.get("CandidateGenerationConfig", {}),
        table.get("CompletionCriteria", {}), params.get("DataSplitConfig", {}),
    )  # fmt: skip


def _request(
    operation: str,
    params: Mapping[str, Any],
    channels: Any,
    target: str,
    problem: str,
    mode: str,
    generation: Mapping[str, Any],
    criteria: Mapping[str, Any],
    split: Mapping[str, Any],
) -> Request:
    metric = params.get("AutoMLJobObjective", {}).get("MetricName", "")
    if bool(metric) != bool(problem):
        raise invalid("You must either specify both ProblemType and AutoMLJobObjective, or none at all.")
    if metric and metric not in METRICS[problem]:
        raise invalid(
            f"{metric} is no objective of {problem}; it can be one of {', '.join(METRICS[problem])}."
        )
    train, validation = _channels(operation, channels)
    fraction = split.get("ValidationFraction", 0.2)
    if validation is None and not 0 < fraction < 1:
        raise invalid("ValidationFraction must be between 0 and 1.")
    if validation is not None and split:
        raise invalid("DataSplitConfig and a validation channel cannot both be given.")
    chosen = algorithms(mode, _named(generation))
    storage.split(params["OutputDataConfig"]["S3OutputPath"])
    return Request(
        train, validation, target, problem, metric, chosen,
        min(criteria.get("MaxCandidates", DEFAULT_CANDIDATES), 3 * len(chosen)),
        criteria.get("MaxRuntimePerTrainingJobInSeconds"), criteria.get("MaxAutoMLJobRuntimeInSeconds"),
        fraction, params["OutputDataConfig"]["S3OutputPath"], params["RoleArn"],
    )  # fmt: skip


def _named(generation: Mapping[str, Any]) -> tuple[str, ...]:
    wanted = [name for each in generation.get("AlgorithmsConfig", ()) for name in each["AutoMLAlgorithms"]]
    for name in wanted:
        if name not in ALGORITHMS:
            raise NotSimulated(f"AutoML algorithm {name}", f"There are {', '.join(ALGORITHMS)}.")
    return tuple(wanted)


def _channels(operation: str, channels: Any) -> tuple[Channel, Channel | None]:
    found: dict[str, Channel] = {}
    for each in channels:
        if "DataSource" not in each:
            raise invalid("DataSource must be given.")
        source, kind = each["DataSource"]["S3DataSource"], each.get("ChannelType", "training")
        storage.split(source["S3Uri"])
        if each.get("CompressionType", "None") != "None":
            raise NotSimulated(
                f"CompressionType {each['CompressionType']} of sagemaker:{operation}", "Use None."
            )
        content = each.get("ContentType", "text/csv;header=present").replace(" ", "")
        if content not in ("text/csv;header=present", "text/csv"):
            raise NotSimulated(
                f"ContentType {content} of sagemaker:{operation}", "Use text/csv;header=present."
            )
        if source["S3DataType"] == "AugmentedManifestFile":
            raise invalid("S3DataType AugmentedManifestFile is not for tabular problems.")
        if kind in found:
            raise invalid(f"There must be one channel of type {kind}.")
        found[kind] = Channel(source["S3Uri"], source["S3DataType"])
    if "training" not in found:
        raise invalid("There must be a channel of type training.")
    return found["training"], found.get("validation")


def invalid(text: str) -> CallerError:
    """A ValidationException."""
    return CallerError("ValidationException", text)
