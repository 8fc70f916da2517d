"""The files of /opt/ml/input/config and the variables of a training container: pure.

Source: developer guide, "How Amazon SageMaker Provides Training Information".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from simulator.aws.sagemaker.training import cluster

Row = Mapping[str, Any]


def channel_mode(row: Row, channel: Mapping[str, Any]) -> str:
    """File, FastFile or Pipe: the channel's own, else the algorithm's."""
    return str(channel.get("InputMode") or row["AlgorithmSpecification"].get("TrainingInputMode", "File"))


def source_of(channel: Mapping[str, Any]) -> Mapping[str, Any]:
    """The S3DataSource of a channel."""
    found: Mapping[str, Any] = channel["DataSource"]["S3DataSource"]
    return found


def distribution(channel: Mapping[str, Any]) -> str:
    """FullyReplicated or ShardedByS3Key."""
    return str(source_of(channel).get("S3DataDistributionType") or "FullyReplicated")


def channels_of(row: Row, host: str) -> list[Mapping[str, Any]]:
    """The channels that a host gets."""
    resources = row["ResourceConfig"]
    given = row.get("InputDataConfig", [])
    return [each for each in given if cluster.share(resources, source_of(each), host) is not None]


def files(row: Row, host: str) -> dict[str, Any]:
    """Name and content of each file, as `host` sees them."""
    return {
        "hyperparameters.json": dict(row.get("HyperParameters", {})),
        "inputdataconfig.json": {each["ChannelName"]: _channel(row, each) for each in channels_of(row, host)},
        "resourceconfig.json": cluster.resource_config(row["ResourceConfig"], host),
        **(
            {"checkpointconfig.json": {"LocalPath": "/opt/ml/checkpoints", **row["CheckpointConfig"]}}
            if row.get("CheckpointConfig")
            else {}
        ),
    }


def _channel(row: Row, channel: Mapping[str, Any]) -> dict[str, str]:
    kind = {"ContentType": channel["ContentType"]} if channel.get("ContentType") else {}
    return {
        **kind,
        "TrainingInputMode": channel_mode(row, channel),
        "S3DistributionType": distribution(channel),
        "RecordWrapperType": channel.get("RecordWrapperType") or "None",
    }


def variables(row: Row, region: str) -> dict[str, str]:
    """What every training container has besides the role's credentials."""
    return {
        "AWS_REGION": region,
        **row.get("Environment", {}),
        "TRAINING_JOB_NAME": row["TrainingJobName"],
        "TRAINING_JOB_ARN": row["TrainingJobArn"],
    }
