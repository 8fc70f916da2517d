"""Data quality job definitions: kept for the schedules that name them."""

from __future__ import annotations

from simulator.aws.behaviour import Answer, Call, behaviour
from simulator.aws.sagemaker import resources, storage
from simulator.aws.sagemaker.jobs import accept, assume, refuse
from simulator.aws.sagemaker.kinds.monitoring import DATA_QUALITY_JOB_DEFINITION
from simulator.aws.sagemaker.monitoring.monitor import of_definition
from simulator.kernel.errors import CallerError


@behaviour("sagemaker", "CreateDataQualityJobDefinition")
async def create_data_quality_job_definition(call: Call) -> Answer:
    """Check what can be checked before data is there, and keep the definition."""
    params = dict(call.params)
    given = params["DataQualityJobInput"]
    if ("EndpointInput" in given) == ("BatchTransformInput" in given):
        text = "Exactly one of EndpointInput and BatchTransformInput must be given."
        raise CallerError("ValidationException", text)
    source = given.get("EndpointInput") or given["BatchTransformInput"]
    refuse("CreateDataQualityJobDefinition", source, ("ExcludeFeaturesAttribute",))
    refuse(
        "CreateDataQualityJobDefinition", params.get("DataQualityBaselineConfig", {}), ("BaseliningJobName",)
    )
    monitor = of_definition(params)
    for uri in (monitor.captured, monitor.statistics, monitor.constraints, monitor.output["S3Uri"]):
        if uri:
            storage.split(uri)
    assume(call.cloud, params["RoleArn"])
    tags, key = params.pop("Tags", ()), call.key(params["JobDefinitionName"])
    members = {**params, "EndpointName": monitor.endpoint}
    row = resources.insert(call.kernel, DATA_QUALITY_JOB_DEFINITION, key, members, tags)
    accept(call.kernel, "CreateDataQualityJobDefinition", params, ("NetworkConfig",))
    return {"JobDefinitionArn": row["JobDefinitionArn"]}


@behaviour("sagemaker", "DescribeDataQualityJobDefinition")
async def describe_data_quality_job_definition(call: Call) -> Answer:
    """One definition."""
    row = resources.fetch(
        call.kernel, DATA_QUALITY_JOB_DEFINITION, call.key(call.params["JobDefinitionName"])
    )
    return resources.visible(call, row)


resources.lists(DATA_QUALITY_JOB_DEFINITION)
resources.deletes(DATA_QUALITY_JOB_DEFINITION)
