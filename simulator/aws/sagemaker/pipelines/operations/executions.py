"""Executions: started, described, listed, updated, with their parameters and the definition they run by."""

from __future__ import annotations

import string
from typing import Any

from simulator.aws.behaviour import Answer, Call, behaviour
from simulator.aws.sagemaker import resources
from simulator.aws.sagemaker.acting import SERVICE
from simulator.aws.sagemaker.jobs import accept
from simulator.aws.sagemaker.kinds.kind import Row
from simulator.aws.sagemaker.kinds.pipelines import PIPELINE, PIPELINE_EXECUTION
from simulator.aws.sagemaker.order import descends
from simulator.aws.sagemaker.pipelines import executor
from simulator.aws.sagemaker.pipelines.definition.model import Definition
from simulator.aws.sagemaker.pipelines.definition.parameters import InvalidParameters, assemble
from simulator.aws.sagemaker.pipelines.definition.parse import parse
from simulator.aws.sagemaker.pipelines.execution import DEFINITION, Execution
from simulator.aws.sagemaker.pipelines.operations.requests import (
    VERSION,
    execution_of,
    pipeline_of,
    version_of,
    who,
)
from simulator.aws.sagemaker.pipelines.selective import InvalidSelection, borrow, check_source, needed
from simulator.kernel.errors import CallerError

_STARTED = "sagemaker.start_token"
_SUFFIX = string.ascii_lowercase + string.digits
_UPDATED = ("PipelineExecutionDescription", "PipelineExecutionDisplayName", "ParallelismConfiguration")


@behaviour("sagemaker", "StartPipelineExecution")
async def start_pipeline_execution(call: Call) -> Answer:
    """Start an execution; the same ClientRequestToken gives the same execution."""
    params, kernel = call.params, call.kernel
    key, pipeline = pipeline_of(call)
    token = f"{key}/{params.get('ClientRequestToken', '')}"
    if params.get("ClientRequestToken") and (started := kernel.store.get(_STARTED, token)):
        return {"PipelineExecutionArn": started["arn"]}
    version = version_of(call, key)
    text = (version or pipeline)["PipelineDefinition"]
    number = int((version or {}).get("PipelineVersionId") or pipeline.get("_version", 1))
    definition = parse(text)
    values = _values(definition, params)
    role = params.get("RoleArn") or pipeline["RoleArn"]
    call.cloud.session(role, "PipelineExecution", SERVICE)
    execution = Execution(call.cloud, f"{key}/execution/{kernel.ids.token(_SUFFIX, 12)}")
    members = {
        **_members(call, pipeline),
        "RoleArn": role,
        "PipelineVersionId": number,
        "_parameters": values,
    }
    source, borrowed = _selection(call, definition, key)
    executor.admit(execution)
    with kernel.store.transaction():
        kernel.store.put(DEFINITION, execution.key, {"PipelineDefinition": text})
        row = resources.insert(kernel, PIPELINE_EXECUTION, execution.key, members)
        kernel.store.put(_STARTED, token, {"arn": row["PipelineExecutionArn"]})
        _note_last(call, key, number, row)
        if source:
            borrow(execution, source, borrowed)
    accept(kernel, "StartPipelineExecution", params, ("MlflowExperimentName",))
    executor.launch(execution)
    return {"PipelineExecutionArn": row["PipelineExecutionArn"]}


def _values(definition: Definition, params: dict[str, Any]) -> dict[str, Any]:
    try:
        return assemble(definition.parameters, params.get("PipelineParameters", ()))
    except InvalidParameters as error:
        raise CallerError("ValidationException", str(error)) from error


def _selection(call: Call, definition: Definition, key: str) -> tuple[Execution | None, list[str]]:
    """Where a selective execution borrows from, and what; raises ValidationException."""
    config = call.params.get("SelectiveExecutionConfig")
    if not config:
        return None, []
    try:
        names = needed(definition, config)
        arn = config.get("SourcePipelineExecutionArn")
        if not arn:
            return None, []
        source = Execution(call.cloud, resources.key_of(call, arn))
        check_source(source, key, names)
    except InvalidSelection as error:
        raise CallerError("ValidationException", str(error)) from error
    return source, names


def _note_last(call: Call, key: str, number: int, row: Row) -> None:
    last = {"LastRunTime": row["CreationTime"], "LastExecutionTime": row["CreationTime"]}
    resources.change(call.kernel, PIPELINE, key, last, quiet=True)
    place = f"{key}/version/{number:08d}"
    if kept := call.kernel.store.get(VERSION, place):
        kept["LastExecutionPipelineExecutionArn"] = row["PipelineExecutionArn"]
        call.kernel.store.put(VERSION, place, kept)


def _members(call: Call, pipeline: Row) -> dict[str, Any]:
    members = ("PipelineExecutionDisplayName", "PipelineExecutionDescription", "SelectiveExecutionConfig")
    given = {member: call.params[member] for member in members if member in call.params}
    given.setdefault("PipelineExecutionDisplayName", f"execution-{int(call.kernel.clock.now() * 1000)}")
    parallelism = call.params.get("ParallelismConfiguration") or pipeline.get("ParallelismConfiguration")
    if parallelism:
        given["ParallelismConfiguration"] = parallelism
    return {
        **given,
        "PipelineArn": pipeline["PipelineArn"],
        "CreatedBy": who(call),
        "LastModifiedBy": who(call),
        "StartTime": call.kernel.clock.now(),
    }


@behaviour("sagemaker", "DescribePipelineExecution")
async def describe_pipeline_execution(call: Call) -> Answer:
    """One execution; held while it runs."""
    row = await resources.settled(call, PIPELINE_EXECUTION, execution_of(call).key)
    return resources.visible(call, row)


@behaviour("sagemaker", "UpdatePipelineExecution")
async def update_pipeline_execution(call: Call) -> Answer:
    """Names and parallelism, also of one that runs: it counts from its next step on."""
    execution = execution_of(call)
    members = {member: call.params[member] for member in _UPDATED if member in call.params}
    execution.change({**members, "LastModifiedBy": who(call)}, quiet=True)
    return {"PipelineExecutionArn": execution.arn}


@behaviour("sagemaker", "ListPipelineExecutions")
async def list_pipeline_executions(call: Call) -> Answer:
    """The executions of one pipeline, the newest first."""
    key, _ = pipeline_of(call)
    rows = [row for _, row in call.kernel.store.scan(PIPELINE_EXECUTION.row, f"{key}/execution/")]
    return resources.page(call, PIPELINE_EXECUTION, rows)


@behaviour("sagemaker", "ListPipelineExecutionSteps")
async def list_pipeline_execution_steps(call: Call) -> Answer:
    """The steps that have started, the newest first unless asked otherwise."""
    rows = [resources.shown(row) for row in execution_of(call).steps()]
    if descends(call.params, falling=True):
        rows.reverse()
    return _page(call, "PipelineExecutionSteps", rows)


@behaviour("sagemaker", "ListPipelineParametersForExecution")
async def list_pipeline_parameters_for_execution(call: Call) -> Answer:
    """Every parameter's value, defaults included."""
    values = execution_of(call).row["_parameters"]
    texts = {name: str(v).lower() if isinstance(v, bool) else str(v) for name, v in values.items()}
    return _page(call, "PipelineParameters", [{"Name": name, "Value": text} for name, text in texts.items()])


def _page(call: Call, member: str, rows: list[Any]) -> Answer:
    start, size = resources.offset(call.params.get("NextToken")), int(call.params.get("MaxResults", 100))
    answer: Answer = {member: rows[start : start + size]}
    if start + size < len(rows):
        answer["NextToken"] = resources.token(start + size)
    return answer


@behaviour("sagemaker", "DescribePipelineDefinitionForExecution")
async def describe_pipeline_definition_for_execution(call: Call) -> Answer:
    """The definition with which the execution started."""
    execution = execution_of(call)
    kept = call.kernel.store.get(DEFINITION, execution.key) or {}
    return {"PipelineDefinition": kept["PipelineDefinition"], "CreationTime": execution.row["CreationTime"]}
