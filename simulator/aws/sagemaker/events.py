"""The events that SageMaker publishes, made from rows: pure.

Source: SageMaker developer guide, "Automating Amazon SageMaker with Amazon EventBridge".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

Row = Mapping[str, Any]
Tags = Mapping[str, str]


def envelope(detail_type: str, resources: list[str], detail: Mapping[str, Any]) -> dict[str, Any]:
    """What EventBridge needs of an event; it adds id, account, region and time."""
    return {
        "source": "aws.sagemaker",
        "detail-type": detail_type,
        "resources": resources,
        "detail": dict(detail),
    }


def iso(seconds: float) -> str:
    """ISO 8601 with milliseconds and `Z`."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def upper_snake(text: str) -> str:
    """`InService` -> `IN_SERVICE`: how endpoint events spell a status."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", text).upper()


def _picked(row: Row, members: tuple[str, ...]) -> dict[str, Any]:
    return {member: row[member] for member in members if row.get(member) is not None}


def _milliseconds(detail: dict[str, Any]) -> dict[str, Any]:
    return {
        name: int(value * 1000) if name.endswith("Time") and isinstance(value, (int, float)) else value
        for name, value in detail.items()
    }


_TRAINING = (
    "TrainingJobName", "TrainingJobArn", "TrainingJobStatus", "SecondaryStatus", "FailureReason", "HyperParameters",
    "AlgorithmSpecification", "RoleArn", "InputDataConfig", "OutputDataConfig", "ResourceConfig", "VpcConfig",
    "StoppingCondition", "ModelArtifacts", "CreationTime", "TrainingStartTime", "TrainingEndTime", "LastModifiedTime",
)  # fmt: skip
_PROCESSING = (
    "ProcessingInputs", "ProcessingOutputConfig", "ProcessingJobName", "ProcessingResources", "StoppingCondition",
    "AppSpecification", "NetworkConfig", "RoleArn", "ExperimentConfig", "ProcessingJobArn", "ProcessingJobStatus",
    "FailureReason", "ExitMessage", "ProcessingEndTime", "ProcessingStartTime", "LastModifiedTime", "CreationTime",
)  # fmt: skip
_TRANSFORM = (
    "TransformJobName", "TransformJobArn", "TransformJobStatus", "FailureReason", "ModelName",
    "MaxConcurrentTransforms", "MaxPayloadInMB", "BatchStrategy", "Environment", "TransformInput", "TransformOutput",
    "TransformResources", "CreationTime", "TransformStartTime", "TransformEndTime",
)  # fmt: skip
_TUNING = (
    "HyperParameterTuningJobName", "HyperParameterTuningJobArn", "HyperParameterTuningJobConfig",
    "TrainingJobDefinition", "HyperParameterTuningJobStatus", "CreationTime", "LastModifiedTime",
    "TrainingJobStatusCounters", "ObjectiveStatusCounters", "FailureReason",
)  # fmt: skip
_MODEL_PACKAGE = (
    "ModelPackageName", "ModelPackageGroupName", "ModelPackageVersion", "ModelPackageArn", "ModelPackageDescription",
    "InferenceSpecification", "ModelPackageStatus", "ModelPackageStatusDetails", "CertifyForMarketplace",
    "ModelApprovalStatus", "ApprovalDescription", "MetadataProperties", "CustomerMetadataProperties", "ModelMetrics",
    "ModelLifeCycle", "SourceUri",
)  # fmt: skip


def training_job(row: Row, tags: Tags) -> dict[str, Any]:
    """`SageMaker Training Job State Change`: times in epoch milliseconds."""
    detail = _milliseconds(_picked(row, _TRAINING))
    detail["SecondaryStatusTransitions"] = [
        _milliseconds(dict(t)) for t in row.get("SecondaryStatusTransitions", [])
    ]
    detail["Tags"] = dict(tags)
    return envelope("SageMaker Training Job State Change", [row["TrainingJobArn"]], detail)


def processing_job(row: Row, tags: Tags) -> dict[str, Any]:
    """`SageMaker Processing Job State Change`: enum values of the data configuration in upper case."""
    detail = _milliseconds(_picked(row, _PROCESSING))
    detail["ProcessingInputs"] = [
        {**each, "S3Input": _upper(each["S3Input"], ("S3DataType", "S3InputMode", "S3DataDistributionType"))}
        for each in detail.get("ProcessingInputs", [])
        if "S3Input" in each
    ]
    if "ProcessingOutputConfig" in detail:
        outputs = [
            {**each, "S3Output": _upper(each["S3Output"], ("S3UploadMode",))}
            for each in detail["ProcessingOutputConfig"].get("Outputs", [])
            if "S3Output" in each
        ]
        detail["ProcessingOutputConfig"] = {**detail["ProcessingOutputConfig"], "Outputs": outputs}
    return envelope("SageMaker Processing Job State Change", [row["ProcessingJobArn"]], detail)


_UPPER = {"ManifestFile": "MANIFEST_FILE", "S3Prefix": "S3_PREFIX", "EndOfJob": "END_OF_JOB"}


def _upper(values: Row, members: tuple[str, ...]) -> dict[str, Any]:
    return {k: _UPPER.get(v, str(v).upper()) if k in members else v for k, v in values.items()}


def transform_job(row: Row, tags: Tags) -> dict[str, Any]:
    """`SageMaker Transform Job State Change`."""
    detail = {**_milliseconds(_picked(row, _TRANSFORM)), "Tags": dict(tags)}
    return envelope("SageMaker Transform Job State Change", [row["TransformJobArn"]], detail)


def tuning_job(row: Row, tags: Tags) -> dict[str, Any]:
    """`SageMaker HyperParameter Tuning Job State Change`: times in epoch milliseconds."""
    detail = {**_milliseconds(_picked(row, _TUNING)), "Tags": dict(tags)}
    return envelope(
        "SageMaker HyperParameter Tuning Job State Change", [row["HyperParameterTuningJobArn"]], detail
    )


def endpoint(row: Row, tags: Tags) -> dict[str, Any]:
    """`SageMaker Endpoint State Change`: the status in upper snake case."""
    members = ("EndpointName", "EndpointArn", "EndpointConfigName", "ProductionVariants", "FailureReason",
               "CreationTime", "LastModifiedTime")  # fmt: skip
    detail = _milliseconds(_picked(row, members))
    detail |= {"EndpointStatus": upper_snake(row["EndpointStatus"]), "Tags": dict(tags)}
    return envelope("SageMaker Endpoint State Change", [row["EndpointArn"]], detail)


def model(row: Row, tags: Tags) -> dict[str, Any]:
    """`SageMaker Model State Change`: created or deleted."""
    detail = _milliseconds(_picked(row, ("ModelName", "ModelArn", "PrimaryContainer", "Containers", "ExecutionRoleArn",
                                         "CreationTime")))  # fmt: skip
    return envelope("SageMaker Model State Change", [row["ModelArn"]], {**detail, "Tags": dict(tags)})


def endpoint_config(row: Row, tags: Tags) -> dict[str, Any]:
    """`SageMaker Endpoint Config State Change`: created or deleted."""
    detail = _milliseconds(_picked(row, ("EndpointConfigName", "EndpointConfigArn", "ProductionVariants",
                                         "CreationTime")))  # fmt: skip
    return envelope(
        "SageMaker Endpoint Config State Change", [row["EndpointConfigArn"]], {**detail, "Tags": dict(tags)}
    )


def model_package(row: Row, tags: Tags) -> dict[str, Any]:
    """`SageMaker Model Package State Change`: times in ISO form, and which fields an update has set."""
    detail = _picked(row, _MODEL_PACKAGE)
    detail |= {name: iso(row[name]) for name in ("CreationTime", "LastModifiedTime")}
    detail["UpdatedModelPackageFields"] = list(row.get("_updated", []))
    return envelope("SageMaker Model Package State Change", [row["ModelPackageArn"]], detail)


def monitoring_schedule(row: Row, tags: Tags) -> dict[str, Any]:
    """`SageMaker Monitoring Schedule State Change`: AWS lists it without naming its fields, so only these."""
    members = ("MonitoringScheduleName", "MonitoringScheduleArn", "MonitoringScheduleStatus")
    return envelope(
        "SageMaker Monitoring Schedule State Change", [row["MonitoringScheduleArn"]], _picked(row, members)
    )


def pipeline_execution(row: Row, tags: Tags) -> dict[str, Any]:
    """`SageMaker Model Building Pipeline Execution Status Change`."""
    detail = {
        "pipelineExecutionDisplayName": row.get("PipelineExecutionDisplayName"),
        "pipelineExecutionDescription": row.get("PipelineExecutionDescription"),
        "currentPipelineExecutionStatus": row["PipelineExecutionStatus"],
        "previousPipelineExecutionStatus": row.get("_previous"),
        "executionStartTime": iso(row["CreationTime"]),
        "executionEndTime": iso(row["_ended"]) if row.get("_ended") else None,
        "pipelineArn": row["PipelineArn"],
        "pipelineExecutionArn": row["PipelineExecutionArn"],
    }
    detail = {name: value for name, value in detail.items() if value is not None}
    resources = [row["PipelineArn"], row["PipelineExecutionArn"]]
    return envelope("SageMaker Model Building Pipeline Execution Status Change", resources, detail)


def _camel(value: Any) -> Any:
    """Members with a small first letter, as events of pipelines have them."""
    if isinstance(value, dict):
        return {name[:1].lower() + name[1:]: _camel(each) for name, each in value.items()}
    return [_camel(each) for each in value] if isinstance(value, list) else value


def pipeline_step(step: Row, pipeline_arn: str, execution_arn: str) -> dict[str, Any]:
    """`SageMaker Model Building Pipeline Execution Step Status Change`."""
    metadata = {
        kind[:1].lower() + kind[1:]: _camel(entry) for kind, entry in step.get("Metadata", {}).items()
    }
    detail = {
        "metadata": metadata,
        "stepStartTime": iso(step["StartTime"]),
        "stepEndTime": iso(step["EndTime"]) if step.get("EndTime") else None,
        "stepName": step["StepName"],
        "stepType": step["_type"],
        "previousStepStatus": step.get("_previous"),
        "currentStepStatus": step["StepStatus"],
        "failureReason": step.get("FailureReason"),
        "cacheHitResult": _camel(step["CacheHitResult"]) if step.get("CacheHitResult") else None,
        "pipelineArn": pipeline_arn,
        "pipelineExecutionArn": execution_arn,
    }
    detail = {name: value for name, value in detail.items() if value is not None}
    name = "SageMaker Model Building Pipeline Execution Step Status Change"
    return envelope(name, [pipeline_arn, execution_arn], detail)


SHAPES: dict[str, Callable[[Row, Tags], dict[str, Any]]] = {
    "TrainingJob": training_job,
    "ProcessingJob": processing_job,
    "TransformJob": transform_job,
    "HyperParameterTuningJob": tuning_job,
    "Endpoint": endpoint,
    "EndpointConfig": endpoint_config,
    "Model": model,
    "ModelPackage": model_package,
    "MonitoringSchedule": monitoring_schedule,
    "PipelineExecution": pipeline_execution,
}
