"""The operations of SageMaker Pipelines: pipelines, their definitions, executions and steps."""

from __future__ import annotations

import string
from typing import Any

from simulator.aws.behaviour import Answer, Call, behaviour
from simulator.aws.sagemaker import resources, storage
from simulator.aws.sagemaker.acting import SERVICE, Actor
from simulator.aws.sagemaker.jobs import accept, refuse
from simulator.aws.sagemaker.kinds.kind import Row
from simulator.aws.sagemaker.kinds.pipelines import PIPELINE, PIPELINE_EXECUTION
from simulator.aws.sagemaker.pipelines import executor
from simulator.aws.sagemaker.pipelines.definition import InvalidDefinition, parse
from simulator.aws.sagemaker.pipelines.execution import DEFINITION, Execution
from simulator.aws.sagemaker.pipelines.parameters import InvalidParameters, assemble
from simulator.aws.sagemaker.resources import shown
from simulator.aws.sagemaker.running import spawn
from simulator.kernel.errors import CallerError

_STARTED = "sagemaker.start_token"
_SUFFIX = string.ascii_lowercase + string.digits


def _who(call: Call) -> dict[str, Any]:
    """A UserContext for the caller."""
    return {"IamIdentity": {"Arn": call.principal.arn, "PrincipalId": call.principal.user_id}}


async def _definition(call: Call) -> str:
    """The definition given, or the one in S3, checked; raises ValidationException in the words of the definition."""
    text = call.params.get("PipelineDefinition")
    if text is None:
        location = call.params["PipelineDefinitionS3Location"]
        actor = Actor(call.cloud, call.account, call.region, call.principal)
        text = (await storage.get(actor, f"s3://{location['Bucket']}/{location['ObjectKey']}")).decode()
    try:
        definition = parse(text)
    except InvalidDefinition as error:
        raise CallerError("ValidationException", f"Unable to parse pipeline definition. {error}") from error
    for step in definition.steps.values():
        accept(call.kernel, f"step type {step.type}", step.body, ("CacheConfig", "RetryPolicies"))
    return str(text)


@behaviour("sagemaker", "CreatePipeline")
async def create_pipeline(call: Call) -> Answer:
    """Check the definition whole, then keep it."""
    params = dict(call.params)
    if "PipelineDefinition" not in params and "PipelineDefinitionS3Location" not in params:
        text = "Either PipelineDefinition or PipelineDefinitionS3Location must be given."
        raise CallerError("ValidationException", text)
    key, tags = call.key(params["PipelineName"]), params.pop("Tags", ())
    if call.kernel.store.get(PIPELINE.row, key) is None:
        params["PipelineDefinition"] = await _definition(call)
    params.pop("PipelineDefinitionS3Location", None)
    params.pop("ClientRequestToken", None)
    params.setdefault("PipelineDisplayName", params["PipelineName"])
    who = {"CreatedBy": _who(call), "LastModifiedBy": _who(call)}
    row = resources.insert(call.kernel, PIPELINE, key, {**params, **who}, tags)
    return {"PipelineArn": row["PipelineArn"]}


@behaviour("sagemaker", "UpdatePipeline")
async def update_pipeline(call: Call) -> Answer:
    """Replace what is given; executions that run keep the definition they started with."""
    params, key = dict(call.params), resources.key_of(call, call.params["PipelineName"])
    resources.fetch(call.kernel, PIPELINE, key)
    if "PipelineDefinition" in params or "PipelineDefinitionS3Location" in params:
        params["PipelineDefinition"] = await _definition(call)
    params.pop("PipelineDefinitionS3Location", None)
    params.pop("PipelineName")
    row = resources.change(call.kernel, PIPELINE, key, {**params, "LastModifiedBy": _who(call)})
    return {"PipelineArn": row["PipelineArn"]}


@behaviour("sagemaker", "DeletePipeline")
async def delete_pipeline(call: Call) -> Answer:
    """Delete a pipeline; its executions stay, as on AWS."""
    key = resources.key_of(call, call.params["PipelineName"])
    arn = resources.fetch(call.kernel, PIPELINE, key)["PipelineArn"]
    resources.remove(call.kernel, PIPELINE, key)
    return {"PipelineArn": arn}


@behaviour("sagemaker", "StartPipelineExecution")
async def start_pipeline_execution(call: Call) -> Answer:
    """Start an execution; the same ClientRequestToken gives the same execution."""
    params, kernel = call.params, call.kernel
    refuse("StartPipelineExecution", params, ("SelectiveExecutionConfig", "PipelineVersionId"))
    pipeline_key = resources.key_of(call, params["PipelineName"])
    pipeline = resources.fetch(kernel, PIPELINE, pipeline_key)
    token = f"{pipeline_key}/{params.get('ClientRequestToken', '')}"
    if params.get("ClientRequestToken") and (started := kernel.store.get(_STARTED, token)):
        return {"PipelineExecutionArn": started["arn"]}
    try:
        values = assemble(
            parse(pipeline["PipelineDefinition"]).parameters, params.get("PipelineParameters", ())
        )
    except InvalidParameters as error:
        raise CallerError("ValidationException", str(error)) from error
    call.cloud.session(pipeline["RoleArn"], "PipelineExecution", SERVICE)
    key = f"{pipeline_key}/execution/{kernel.ids.token(_SUFFIX, 12)}"
    with kernel.store.transaction():
        kernel.store.put(DEFINITION, key, {"PipelineDefinition": pipeline["PipelineDefinition"]})
        row = resources.insert(kernel, PIPELINE_EXECUTION, key, _members(call, pipeline, values))
        kernel.store.put(_STARTED, token, {"arn": row["PipelineExecutionArn"]})
        last = {"LastRunTime": row["CreationTime"], "LastExecutionTime": row["CreationTime"]}
        resources.change(kernel, PIPELINE, pipeline_key, last, quiet=True)
    executor.launch(Execution(call.cloud, key))
    return {"PipelineExecutionArn": row["PipelineExecutionArn"]}


def _members(call: Call, pipeline: Row, values: dict[str, Any]) -> dict[str, Any]:
    members = ("PipelineExecutionDisplayName", "PipelineExecutionDescription")
    given = {member: call.params[member] for member in members if member in call.params}
    given.setdefault("PipelineExecutionDisplayName", f"execution-{int(call.kernel.clock.now() * 1000)}")
    parallelism = call.params.get("ParallelismConfiguration") or pipeline.get("ParallelismConfiguration")
    if parallelism:
        given["ParallelismConfiguration"] = parallelism
    return {
        **given,
        "PipelineArn": pipeline["PipelineArn"],
        "RoleArn": pipeline["RoleArn"],
        "CreatedBy": _who(call),
        "LastModifiedBy": _who(call),
        "StartTime": call.kernel.clock.now(),
        "_parameters": values,
    }


def _execution(call: Call) -> Execution:
    """The execution that the request names by its ARN; raises ResourceNotFound."""
    arn = call.params["PipelineExecutionArn"]
    if ":pipeline/" not in arn or "/execution/" not in arn:
        raise CallerError("ValidationException", f"Invalid pipeline execution ARN: {arn}")
    execution = Execution(call.cloud, resources.key_of(call, arn))
    resources.fetch(call.kernel, PIPELINE_EXECUTION, execution.key)
    return execution


@behaviour("sagemaker", "DescribePipelineExecution")
async def describe_pipeline_execution(call: Call) -> Answer:
    """One execution; held while it runs."""
    row = await resources.settled(call, PIPELINE_EXECUTION, _execution(call).key)
    return resources.visible(call, row)


@behaviour("sagemaker", "ListPipelineExecutions")
async def list_pipeline_executions(call: Call) -> Answer:
    """The executions of one pipeline, the newest first."""
    key = resources.key_of(call, call.params["PipelineName"])
    resources.fetch(call.kernel, PIPELINE, key)
    return resources.listed(call, PIPELINE_EXECUTION, parent=f"{key}/execution")


@behaviour("sagemaker", "ListPipelineExecutionSteps")
async def list_pipeline_execution_steps(call: Call) -> Answer:
    """The steps that have started, the newest first unless asked otherwise."""
    rows = [shown(row) for row in _execution(call).steps()]
    if call.params.get("SortOrder", "Descending") == "Descending":
        rows.reverse()
    start, size = resources.offset(call.params.get("NextToken")), int(call.params.get("MaxResults", 100))
    answer: Answer = {"PipelineExecutionSteps": rows[start : start + size]}
    if start + size < len(rows):
        answer["NextToken"] = resources.token(start + size)
    return answer


@behaviour("sagemaker", "ListPipelineParametersForExecution")
async def list_pipeline_parameters_for_execution(call: Call) -> Answer:
    """Every parameter's value, defaults included."""
    values = _execution(call).row["_parameters"]
    texts = {name: str(v).lower() if isinstance(v, bool) else str(v) for name, v in values.items()}
    return {"PipelineParameters": [{"Name": name, "Value": text} for name, text in texts.items()]}


@behaviour("sagemaker", "DescribePipelineDefinitionForExecution")
async def describe_pipeline_definition_for_execution(call: Call) -> Answer:
    """The definition with which the execution started."""
    execution = _execution(call)
    kept = call.kernel.store.get(DEFINITION, execution.key) or {}
    return {"PipelineDefinition": kept["PipelineDefinition"], "CreationTime": execution.row["CreationTime"]}


@behaviour("sagemaker", "StopPipelineExecution")
async def stop_pipeline_execution(call: Call) -> Answer:
    """Start no more steps and stop the jobs of those that run."""
    execution = _execution(call)
    arn = execution.row["PipelineExecutionArn"]
    if execution.row["PipelineExecutionStatus"] != "Executing":
        status = execution.row["PipelineExecutionStatus"]
        raise CallerError(
            "ValidationException", f"Pipeline execution {arn} in status {status} cannot be stopped."
        )
    execution.change({"PipelineExecutionStatus": "Stopping"})
    for step in execution.steps():
        spawn(call.kernel, f"stop {arn} {step['StepName']}", executor.stop_step(execution, step["StepName"]))
    return {"PipelineExecutionArn": arn}


resources.describes(PIPELINE)
resources.lists(PIPELINE)
