"""What the references of a step resolve to when it runs: parameters, the execution, other steps, files in S3."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from simulator.aws.sagemaker import storage
from simulator.aws.sagemaker.events import iso
from simulator.aws.sagemaker.pipelines.definition.references import (
    Scope,
    json_objects,
    parse_path,
    property_files,
    references,
)
from simulator.aws.sagemaker.pipelines.execution import Execution
from simulator.aws.sagemaker.pipelines.steps.step import StepFailed
from simulator.kernel.errors import CallerError


async def scope_of(execution: Execution, part: Any, job: str = "") -> Scope:
    """The scope of one part of the definition; raises StepFailed where a file is not there or no JSON."""
    properties: dict[str, Mapping[str, Any]] = {}
    for path in references(part):
        root, *rest = parse_path(path)
        if root == "Steps" and str(rest[0]) not in properties:
            row = execution.step(str(rest[0])) or {}
            properties[str(rest[0])] = row.get("_properties", {})
    files = {}
    for owner, file in property_files(part):
        files[owner, file] = await _property_file(execution, owner, file, properties[owner])
    scope = Scope(execution.row["_parameters"], _variables(execution, job), properties, files)
    objects = {uri: await _read(execution, uri) for uri in json_objects(part, scope)}
    return Scope(scope.parameters, scope.execution, properties, files, objects)


def _variables(execution: Execution, job: str) -> dict[str, Any]:
    row = execution.row
    return {
        "StartDateTime": iso(row["CreationTime"]),
        "CurrentDateTime": iso(execution.kernel.clock.now()),
        "PipelineName": execution.arn.split("/")[1],
        "PipelineArn": row["PipelineArn"],
        "PipelineExecutionId": execution.id,
        "PipelineExecutionArn": execution.arn,
        "TrainingJobName": job,
        "ProcessingJobName": job,
    }


async def _property_file(execution: Execution, owner: str, file: str, properties: Mapping[str, Any]) -> Any:
    """A property file as the step has uploaded it."""
    described = execution.definition.steps[owner].property_files[file]
    outputs = properties.get("ProcessingOutputConfig", {}).get("Outputs", [])
    uris = [each["S3Output"]["S3Uri"] for each in outputs if each["OutputName"] == described["OutputName"]]
    if not uris:
        raise StepFailed(
            f"ClientError: property file {file}: step {owner} has no output {described['OutputName']}"
        )
    return await _read(execution, storage.join(uris[0], described["FilePath"]))


async def _read(execution: Execution, uri: str) -> Any:
    try:
        return json.loads(await storage.get(execution.actor, uri))
    except CallerError as error:
        raise StepFailed(f"ClientError: Unable to read property file {uri}: {error.message}") from error
    except ValueError as error:
        raise StepFailed(f"ClientError: property file {uri} is not JSON: {error}") from error
