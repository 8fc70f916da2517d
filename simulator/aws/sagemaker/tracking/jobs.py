"""What a job's row tells of it: parameters, inputs, outputs and the artifacts it used and made. Pure.

Source: SageMaker developer guide, "Amazon SageMaker AI-Created Tracking Entities" (which artifacts a job has) and
"Manage Machine Learning with Amazon SageMaker Experiments" (names such as SageMaker.ModelArtifact).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

_MEDIA_TYPE = re.compile(r"[-\w]+/[-\w+]+")
_LONGEST = 2500


@dataclass(frozen=True)
class Used:
    """An artifact of a job: its source, its type, and whether the job made it or only used it."""

    uri: str
    type: str
    produced: bool = False


@dataclass(frozen=True)
class Told:
    """What a trial component says of its job."""

    parameters: Mapping[str, Any]
    inputs: Mapping[str, Any]
    outputs: Mapping[str, Any]
    artifacts: tuple[Used, ...]
    metrics: tuple[Mapping[str, Any], ...] = field(default=())
    started: float | None = None
    ended: float | None = None


def training(row: Mapping[str, Any]) -> Told:
    """A training job: image, channels, checkpoints, model."""
    image = row.get("AlgorithmSpecification", {}).get("TrainingImage", "")
    channels = {
        channel["ChannelName"]: _artifact(source["S3Uri"], channel.get("ContentType", ""))
        for channel in row.get("InputDataConfig", ())
        if (source := channel["DataSource"].get("S3DataSource"))
    }
    model = row.get("ModelArtifacts", {}).get("S3ModelArtifacts", "")
    checkpoints = row.get("CheckpointConfig", {}).get("S3Uri", "")
    resources = row.get("ResourceConfig", {})
    metrics = tuple(
        {
            "MetricName": each["MetricName"],
            "SourceArn": row["TrainingJobArn"],
            "TimeStamp": each["Timestamp"],
            "Last": each["Value"],
        }
        for each in row.get("FinalMetricDataList", ())
    )
    return Told(
        {**_parameters(row.get("HyperParameters", {})), **_instance(resources)},
        {"SageMaker.ImageUri": _artifact(image), **channels} if image else channels,
        {"SageMaker.ModelArtifact": _artifact(model)} if model else {},
        _artifacts(
            [(image, "Image", False), *((each["Value"], "DataSet", False) for each in channels.values()),
             (checkpoints, "Checkpoint", True), (model, "Model", True)]
        ),
        metrics,
        row.get("TrainingStartTime"),
        row.get("TrainingEndTime"),
    )  # fmt: skip


def processing(row: Mapping[str, Any]) -> Told:
    """A processing job: image, inputs, outputs."""
    image = row.get("AppSpecification", {}).get("ImageUri", "")
    inputs = {
        each["InputName"]: _artifact(source["S3Uri"])
        for each in row.get("ProcessingInputs", ())
        if (source := each.get("S3Input"))
    }
    outputs = {
        each["OutputName"]: _artifact(target["S3Uri"])
        for each in row.get("ProcessingOutputConfig", {}).get("Outputs", ())
        if (target := each.get("S3Output"))
    }
    return Told(
        {**_parameters(row.get("Environment", {})),
         **_instance(row.get("ProcessingResources", {}).get("ClusterConfig", {}))},
        {"SageMaker.ImageUri": _artifact(image), **inputs},
        outputs,
        _artifacts(
            [(image, "Image", False), *((each["Value"], "DataSet", False) for each in inputs.values()),
             *((each["Value"], "DataSet", True) for each in outputs.values())]
        ),
        (),
        row.get("ProcessingStartTime"),
        row.get("ProcessingEndTime"),
    )  # fmt: skip


def transform(row: Mapping[str, Any]) -> Told:
    """A transform job: input and output."""
    source = row["TransformInput"]["DataSource"].get("S3DataSource", {}).get("S3Uri", "")
    target = row["TransformOutput"]["S3OutputPath"]
    return Told(
        {
            **_parameters({"SageMaker.ModelName": row["ModelName"]}),
            **_instance(row.get("TransformResources", {})),
        },
        {"SageMaker.TransformInput": _artifact(source, row["TransformInput"].get("ContentType", ""))},
        {"SageMaker.TransformOutput": _artifact(target, row["TransformOutput"].get("Accept", ""))},
        _artifacts([(source, "DataSet", False), (target, "DataSet", True)]),
        (),
        row.get("TransformStartTime"),
        row.get("TransformEndTime"),
    )


TELLING: Mapping[str, Callable[[Mapping[str, Any]], Told]] = {
    "TrainingJob": training,
    "ProcessingJob": processing,
    "TransformJob": transform,
}


def message(row: Mapping[str, Any], status: str) -> str:
    """The message of a component's status, in AWS's form."""
    secondary, reason = row.get("SecondaryStatus", ""), row.get("FailureReason", "")
    return f"Status: {status}, secondary status: {secondary}, failure reason: {reason}."[:1024]


def _artifacts(found: Iterable[tuple[str, str, bool]]) -> tuple[Used, ...]:
    return tuple(Used(uri, kind, produced) for uri, kind, produced in found if uri)


def _artifact(uri: str, media_type: str = "") -> dict[str, str]:
    whole = {"MediaType": media_type} if _MEDIA_TYPE.fullmatch(media_type) else {}
    return {**whole, "Value": uri}


def _instance(resources: Mapping[str, Any]) -> dict[str, Any]:
    members = ("InstanceType", "InstanceCount", "VolumeSizeInGB")
    return _parameters({f"SageMaker.{m}": resources[m] for m in members if m in resources})


def _parameters(given: Mapping[str, Any]) -> dict[str, Any]:
    """Numbers as NumberValue, all else as StringValue."""
    found: dict[str, Any] = {}
    for name, value in given.items():
        try:
            found[name] = {"NumberValue": float(value)}
        except ValueError:
            found[name] = {"StringValue": str(value)[:_LONGEST]}
    return found
