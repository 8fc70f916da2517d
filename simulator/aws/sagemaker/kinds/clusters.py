"""Kinds of HyperPod: clusters, their nodes and extensions, scheduler configurations, compute quotas."""

from __future__ import annotations

from simulator.aws.sagemaker.kinds.kind import CONFLICT, IN_USE, NOT_FOUND, Kind, Row, constant
from simulator.kernel.errors import CallerError


def instance_groups(request: Row) -> list[Row]:
    """The groups as Describe shows them: what was asked for, none of it there yet."""
    groups = request.get("InstanceGroups", ())
    for group in groups:
        uri = str(group.get("LifeCycleConfig", {}).get("SourceS3Uri", ""))
        if uri.startswith("s3://") and not uri.startswith(
            "s3://sagemaker"
        ):  # botocore, SourceS3Uri; the text is moto's
            text = f"Validation Error: SourceS3Uri {uri} does not start with 's3://sagemaker'."
            raise CallerError("ValidationException", text)
    kept = ("InstanceGroupName", "InstanceType", "LifeCycleConfig", "ExecutionRole", "ThreadsPerCore")
    choices = (
        {"CurrentInstanceTypes": g.get("InstanceRequirements", {}).get("InstanceTypes", [])} for g in groups
    )
    return [
        {
            **{name: group[name] for name in kept if name in group},
            **({"InstanceRequirements": choice} if choice["CurrentInstanceTypes"] else {}),
            "CurrentCount": 0,
            "TargetCount": group["InstanceCount"],
            "Status": "Creating",
        }
        for group, choice in zip(groups, choices, strict=True)
    ]


CLUSTER = Kind(
    "Cluster", "cluster", begins="Creating", missing=NOT_FOUND, taken=IN_USE, generated="{id}",
    unfiltered=("TrainingPlanArn",), first=lambda request: {"InstanceGroups": instance_groups(request)},
)  # fmt: skip
CLUSTER_EXTENSION = Kind(
    "ClusterExtension", "extension", begins="Creating", missing=NOT_FOUND, taken=IN_USE, stem="Extension",
    status_named="Status", identity="{ExtensionArn}", generated="sagemaker-extension/{ExtensionName}/{id}",
    refers=(("ClusterArn", "Cluster"),), list_member="Extensions",
    first=lambda request: {"ExtensionVersion": request.get("ExtensionVersion", "1.0.0")},
)  # fmt: skip
CLUSTER_SCHEDULER_CONFIG = Kind(
    "ClusterSchedulerConfig", "cluster-scheduler-config", begins="Creating", missing=NOT_FOUND, taken=CONFLICT,
    named="Name", status_named="Status", identity="{ClusterSchedulerConfigId}", generated="{id}",
    refers=(("ClusterArn", "Cluster"),), first=constant(ClusterSchedulerConfigVersion=1),
)  # fmt: skip
COMPUTE_QUOTA = Kind(
    "ComputeQuota", "compute-quota", begins="Creating", missing=NOT_FOUND, taken=CONFLICT,
    named="Name", status_named="Status", identity="{ComputeQuotaId}", generated="{id}",
    refers=(("ClusterArn", "Cluster"),), first=constant(ComputeQuotaVersion=1),
)  # fmt: skip
