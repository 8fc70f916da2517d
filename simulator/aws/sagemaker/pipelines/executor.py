"""Runs executions: steps in parallel as their graph allows, until nothing can start and nothing runs."""

from __future__ import annotations

import asyncio
import json
import string
from collections.abc import Mapping
from typing import Any

from simulator.aws.sagemaker import storage
from simulator.aws.sagemaker.events import iso
from simulator.aws.sagemaker.pipelines.definition import JOB_TYPES, Step, own_part
from simulator.aws.sagemaker.pipelines.execution import Execution
from simulator.aws.sagemaker.pipelines.progress import outcome, ready
from simulator.aws.sagemaker.pipelines.references import InvalidReference, Scope, property_files, resolve
from simulator.aws.sagemaker.pipelines.steps import (
    JOBS,
    Done,
    StepFailed,
    StepStopped,
    create_job,
    create_model,
    decide,
    follow_job,
    job_name,
    register_model,
)
from simulator.aws.sagemaker.resources import place
from simulator.aws.sagemaker.running import spawn
from simulator.kernel.errors import CallerError
from simulator.kernel.facts import cause

_SUFFIX = string.ascii_letters + string.digits
_PARALLEL = 50


def launch(execution: Execution) -> None:
    """Let the execution run in a task of its own, caused by the fact of its start."""
    with cause(execution.row.get("_fact")):
        spawn(execution.kernel, f"pipeline execution {execution.key}", run(execution))


async def run(execution: Execution) -> None:
    """From where the rows say that the execution stands to its end."""
    tasks: dict[str, asyncio.Task[None]] = {}
    try:
        await _drive(execution, tasks)
    except Exception:
        _end(execution)
        raise
    finally:
        for task in tasks.values():
            task.cancel()
    _end(execution)


def _end(execution: Execution) -> None:
    status, reason = outcome(execution.states(), execution.row["PipelineExecutionStatus"] == "Stopping")
    ended = {"PipelineExecutionStatus": status, "_ended": execution.kernel.clock.now()}
    if reason:
        ended |= {"FailureReason": reason, "PipelineExecutionFailureReason": reason}
    execution.change(ended)


async def _drive(execution: Execution, tasks: dict[str, asyncio.Task[None]]) -> None:
    limit = int(execution.row.get("ParallelismConfiguration", {}).get("MaxParallelExecutionSteps", _PARALLEL))
    for row in execution.steps():
        if row["StepStatus"] in ("Starting", "Executing", "Stopping"):
            step = execution.definition.steps[row["StepName"]]
            tasks[step.name] = asyncio.create_task(_perform(execution, step))
    while True:
        if execution.row["PipelineExecutionStatus"] == "Executing":
            for step in ready(execution.definition, execution.states(), limit):
                execution.begin_step(step.name, step.type, execution.kernel.ids.token(_SUFFIX, 10))
                tasks[step.name] = asyncio.create_task(_perform(execution, step))
        if not tasks:
            return
        await asyncio.wait(tasks.values(), return_when=asyncio.FIRST_COMPLETED)
        for name in [name for name, task in tasks.items() if task.done()]:
            tasks.pop(name).result()


async def _perform(execution: Execution, step: Step) -> None:
    """One step from its start, or from where an earlier process left it, to its end."""
    row = execution.step(step.name)
    assert row is not None
    try:
        done = await _done(execution, step, row["_suffix"])
    except StepStopped:
        execution.change_step(step.name, {"StepStatus": "Stopped"})
    except (StepFailed, InvalidReference) as failure:
        text = str(failure) if isinstance(failure, StepFailed) else f"ClientError: {failure}"
        execution.change_step(step.name, {"StepStatus": "Failed", "FailureReason": text[:1024]})
    except Exception:
        text = "InternalServerError: We encountered an internal error. Please try again."
        execution.change_step(step.name, {"StepStatus": "Failed", "FailureReason": text})
        raise
    else:
        members = {
            "StepStatus": "Succeeded",
            "Metadata": dict(done.metadata),
            "_properties": dict(done.properties),
        }
        execution.change_step(step.name, {**members, "_outcome": done.outcome})


async def _done(execution: Execution, step: Step, suffix: str) -> Done:
    name = job_name(execution.id, step.name, suffix)
    arguments = resolve(own_part(step), await _scope(execution, step, name))
    if step.type in JOB_TYPES:
        return await _job(execution, step, arguments, name)
    if step.type == "Condition":
        return decide(arguments)
    if step.type == "Fail":
        message = str(arguments.get("ErrorMessage", ""))
        execution.change_step(step.name, {"Metadata": {"Fail": {"ErrorMessage": message}}})
        raise StepFailed(message)
    if step.type == "Model":
        return await create_model(execution.actor, arguments, name)
    token = f"{execution.id}-{suffix}"
    return await register_model(execution.actor, arguments, execution.row["PipelineExecutionArn"], token)


async def _job(execution: Execution, step: Step, arguments: Mapping[str, Any], name: str) -> Done:
    kind, row = JOBS[step.type], execution.step(step.name)
    account, region, _ = place(execution.key)
    if execution.kernel.store.get(kind.row, f"{account}/{region}/{name}") is None:
        metadata = await create_job(execution.actor, kind, arguments, name)
    else:
        metadata = {kind.name: {"Arn": f"arn:aws:sagemaker:{region}:{account}:{kind.arn}/{name}"}}
    if row is not None and row["StepStatus"] == "Starting":
        execution.change_step(step.name, {"StepStatus": "Executing", "Metadata": metadata})
    if execution.row["PipelineExecutionStatus"] == "Stopping":
        await stop_step(execution, step.name)
    return Done(await follow_job(execution.actor, kind, name), metadata)


async def stop_step(execution: Execution, name: str) -> None:
    """Ask the job of a running step to stop."""
    row = execution.step(name)
    if row is None or row["StepStatus"] != "Executing":
        return
    execution.change_step(name, {"StepStatus": "Stopping"})
    for kind_name, entry in row["Metadata"].items():
        job = entry["Arn"].rsplit("/", 1)[-1]
        try:
            await execution.actor.call("sagemaker", f"Stop{kind_name}", {f"{kind_name}Name": job})
        except CallerError as error:
            if "in status" not in error.message:  # the job may have ended by itself meanwhile
                raise


async def _scope(execution: Execution, step: Step, name: str) -> Scope:
    row, steps = execution.row, execution.steps()
    properties: dict[str, Mapping[str, Any]] = {
        each["StepName"]: each.get("_properties", {}) for each in steps
    }
    arn = row["PipelineExecutionArn"]
    facts = {
        "StartDateTime": iso(row["CreationTime"]),
        "CurrentDateTime": iso(execution.kernel.clock.now()),
        "PipelineName": arn.split("/")[1],
        "PipelineArn": row["PipelineArn"],
        "PipelineExecutionId": execution.id,
        "PipelineExecutionArn": arn,
        "TrainingJobName": name,
        "ProcessingJobName": name,
    }
    files = {}
    for owner, file in property_files(own_part(step)):
        files[owner, file] = await _read_property_file(execution, owner, file, properties[owner])
    return Scope(row["_parameters"], facts, properties, files)


async def _read_property_file(
    execution: Execution, owner: str, file: str, properties: Mapping[str, Any]
) -> Any:
    """A property file as the step has uploaded it; raises StepFailed where it is not there or no JSON."""
    described = execution.definition.steps[owner].property_files[file]
    outputs = properties.get("ProcessingOutputConfig", {}).get("Outputs", [])
    uris = [each["S3Output"]["S3Uri"] for each in outputs if each["OutputName"] == described["OutputName"]]
    if not uris:
        raise StepFailed(
            f"ClientError: property file {file}: step {owner} has no output {described['OutputName']}"
        )
    uri = storage.join(uris[0], described["FilePath"])
    try:
        return json.loads(await storage.get(execution.actor, uri))
    except CallerError as error:
        raise StepFailed(f"ClientError: Unable to read property file {uri}: {error.message}") from error
    except ValueError as error:
        raise StepFailed(f"ClientError: property file {uri} is not JSON: {error}") from error
