"""SageMaker's resource types."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from simulator.aws.cloudformation.calls import Calls
from simulator.aws.cloudformation.handlers.kind import Progress, Properties, ResourceKind, Tagging

_TAGS = Tagging("AddTags", "DeleteTags", "ResourceArn", "Arn")


def _tagging(attribute: str) -> Tagging:
    return Tagging(_TAGS.tag, _TAGS.untag, _TAGS.member, attribute)


def _named(stem: str) -> dict[str, str]:
    return {f"{stem}Name": f"{stem}Name"}


def _attributes(stem: str, *more: str) -> dict[str, str]:
    return {name: name for name in (f"{stem}Arn", f"{stem}Name", *more)}


def _definition(properties: Mapping[str, Any]) -> dict[str, Any]:
    """PipelineDefinition is {PipelineDefinitionBody} or {PipelineDefinitionS3Location} here, two members in the API."""
    definition = properties.get("PipelineDefinition", {})
    if "PipelineDefinitionBody" in definition:
        return {"PipelineDefinition": definition["PipelineDefinitionBody"]}
    place = definition.get("PipelineDefinitionS3Location", {})
    located = {
        "Bucket": place.get("Bucket"),
        "ObjectKey": place.get("Key"),
        "VersionId": place.get("Version"),
    }
    return {
        "PipelineDefinition": None,
        "PipelineDefinitionS3Location": {name: value for name, value in located.items() if value is not None},
    }


async def _group_policy(
    calls: Calls, keys: Mapping[str, Any], old: Properties | None, new: Properties | None
) -> None:
    """A model package group's resource policy is an operation of its own; it goes with the group."""
    policy, before = (new or {}).get("ModelPackageGroupPolicy"), (old or {}).get("ModelPackageGroupPolicy")
    if new is None or policy == before:
        return
    if policy is None:
        await calls.call("sagemaker", "DeleteModelPackageGroupPolicy", keys)
        return
    document = policy if isinstance(policy, str) else json.dumps(policy)
    await calls.call("sagemaker", "PutModelPackageGroupPolicy", {**keys, "ResourcePolicy": document})


KINDS = (
    ResourceKind(
        "AWS::SageMaker::Model", "sagemaker",
        create="CreateModel", describe="DescribeModel", delete="DeleteModel",
        name="ModelName", keys=_named("Model"), physical="ModelArn",
        attributes=_attributes("Model"), tagging=_tagging("ModelArn"),
    ),
    ResourceKind(
        "AWS::SageMaker::EndpointConfig", "sagemaker",
        create="CreateEndpointConfig", describe="DescribeEndpointConfig", delete="DeleteEndpointConfig",
        name="EndpointConfigName", keys=_named("EndpointConfig"), physical="EndpointConfigArn",
        attributes=_attributes("EndpointConfig"), tagging=_tagging("EndpointConfigArn"),
    ),
    ResourceKind(
        "AWS::SageMaker::Endpoint", "sagemaker",
        create="CreateEndpoint", describe="DescribeEndpoint", update="UpdateEndpoint", delete="DeleteEndpoint",
        name="EndpointName", keys=_named("Endpoint"), physical="EndpointArn",
        attributes=_attributes("Endpoint"), tagging=_tagging("EndpointArn"),
        progress=Progress(
            "EndpointStatus", frozenset({"InService"}),
            frozenset({"Failed", "OutOfService", "UpdateRollbackFailed"}),
            confirm=frozenset({"EndpointConfigName"}),
        ),
    ),
    ResourceKind(
        "AWS::SageMaker::ModelPackageGroup", "sagemaker",
        create="CreateModelPackageGroup", describe="DescribeModelPackageGroup", delete="DeleteModelPackageGroup",
        name="ModelPackageGroupName", keys=_named("ModelPackageGroup"), physical="ModelPackageGroupArn",
        attributes=_attributes("ModelPackageGroup", "CreationTime", "ModelPackageGroupStatus"),
        tagging=_tagging("ModelPackageGroupArn"),
        settle=_group_policy, settles=frozenset({"ModelPackageGroupPolicy"}),
        progress=Progress("ModelPackageGroupStatus", frozenset({"Completed"}), frozenset({"Failed", "DeleteFailed"})),
    ),
    ResourceKind(
        "AWS::SageMaker::DataQualityJobDefinition", "sagemaker",
        create="CreateDataQualityJobDefinition", describe="DescribeDataQualityJobDefinition",
        delete="DeleteDataQualityJobDefinition",
        name="JobDefinitionName", keys=_named("JobDefinition"), physical="JobDefinitionArn",
        attributes=_attributes("JobDefinition", "CreationTime"), tagging=_tagging("JobDefinitionArn"),
    ),
    ResourceKind(
        "AWS::SageMaker::MonitoringSchedule", "sagemaker",
        create="CreateMonitoringSchedule", describe="DescribeMonitoringSchedule",
        update="UpdateMonitoringSchedule", delete="DeleteMonitoringSchedule",
        name="MonitoringScheduleName", keys=_named("MonitoringSchedule"), physical="MonitoringScheduleArn",
        attributes=_attributes("MonitoringSchedule", "CreationTime", "LastModifiedTime"),
        tagging=_tagging("MonitoringScheduleArn"),
        progress=Progress("MonitoringScheduleStatus", frozenset({"Scheduled", "Stopped"}), frozenset({"Failed"})),
    ),
    ResourceKind(
        "AWS::SageMaker::NotebookInstanceLifecycleConfig", "sagemaker",
        create="CreateNotebookInstanceLifecycleConfig", describe="DescribeNotebookInstanceLifecycleConfig",
        update="UpdateNotebookInstanceLifecycleConfig", delete="DeleteNotebookInstanceLifecycleConfig",
        name="NotebookInstanceLifecycleConfigName", keys=_named("NotebookInstanceLifecycleConfig"),
        physical="NotebookInstanceLifecycleConfigArn", attributes=_attributes("NotebookInstanceLifecycleConfig"),
        tagging=_tagging("NotebookInstanceLifecycleConfigArn"),
    ),
    ResourceKind(
        "AWS::SageMaker::Pipeline", "sagemaker",
        create="CreatePipeline", describe="DescribePipeline", update="UpdatePipeline", delete="DeletePipeline",
        name="PipelineName", limit=256, keys=_named("Pipeline"), physical="PipelineName",
        attributes={"PipelineName": "PipelineName", "PipelineArn": "PipelineArn"},
        convert=_definition, converts=frozenset({"PipelineDefinition"}), tagging=_tagging("PipelineArn"),
    ),
)  # fmt: skip
