"""The files of /opt/ml/config: the job as it was asked for with AWS's defaults, and the hosts; pure.

Source: developer guide, "How Amazon SageMaker Processing Configures Your Processing Container".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

_INPUT_DEFAULTS = {
    "S3DataDistributionType": "FullyReplicated",
    "S3DataType": "S3Prefix",
    "S3InputMode": "File",
    "S3CompressionType": "None",
    "S3DownloadMode": "StartOfJob",
}


def hosts(row: Mapping[str, Any]) -> list[str]:
    """The names of the hosts: `algo-1`, `algo-2` and so on."""
    count = int(row["ProcessingResources"]["ClusterConfig"].get("InstanceCount", 1))
    return [f"algo-{number}" for number in range(1, count + 1)]


def files(row: Mapping[str, Any], host: str, hosts: Sequence[str]) -> dict[str, Any]:
    """Name and content of each file, as `host` sees them."""
    return {
        "processingjobconfig.json": job_config(row),
        "resourceconfig.json": {"current_host": host, "hosts": list(hosts)},
    }


def job_config(row: Mapping[str, Any]) -> dict[str, Any]:
    """processingjobconfig.json: what was left out is null or has its default."""
    specification, output = row["AppSpecification"], row.get("ProcessingOutputConfig", {})
    cluster = row["ProcessingResources"]["ClusterConfig"]
    return {
        "ProcessingJobArn": row["ProcessingJobArn"],
        "ProcessingJobName": row["ProcessingJobName"],
        "AppSpecification": {
            "ImageUri": specification["ImageUri"],
            "ContainerEntrypoint": specification.get("ContainerEntrypoint"),
            "ContainerArguments": specification.get("ContainerArguments"),
        },
        "Environment": row.get("Environment", {}),
        "ProcessingInputs": [_input(each) for each in row.get("ProcessingInputs", [])],
        "ProcessingOutputConfig": {
            "Outputs": output.get("Outputs", []),
            "KmsKeyId": output.get("KmsKeyId"),
        },
        "ProcessingResources": {
            "ClusterConfig": {"InstanceCount": 1, **cluster, "VolumeKmsKeyId": cluster.get("VolumeKmsKeyId")}
        },
        "RoleArn": row["RoleArn"],
        "StoppingCondition": row["StoppingCondition"],
    }


def _input(each: Mapping[str, Any]) -> dict[str, Any]:
    if "S3Input" not in each:
        return dict(each)
    return {**each, "S3Input": {**_INPUT_DEFAULTS, **each["S3Input"]}}
