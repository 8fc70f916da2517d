"""What each step type does: the calls it makes as the pipeline's role, and the properties that later steps may get."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from simulator.aws.sagemaker.acting import Actor
from simulator.aws.sagemaker.kinds.jobs import PROCESSING_JOB, TRAINING_JOB, TRANSFORM_JOB
from simulator.aws.sagemaker.kinds.kind import Kind
from simulator.aws.sagemaker.kinds.serving import MODEL
from simulator.aws.sagemaker.pipelines.conditions import NotComparable, holds
from simulator.aws.sagemaker.resources import shown
from simulator.aws.sagemaker.running import at_rest
from simulator.kernel.errors import CallerError, NotSimulated

JOBS: Mapping[str, Kind] = {
    "Training": TRAINING_JOB,
    "Processing": PROCESSING_JOB,
    "Transform": TRANSFORM_JOB,
}


class StepFailed(Exception):
    """The step has failed; the text is its FailureReason."""


class StepStopped(Exception):
    """The step's job was stopped."""


@dataclass(frozen=True)
class Done:
    """What a step leaves: properties for references, Metadata for ListPipelineExecutionSteps, a condition's outcome."""

    properties: Mapping[str, Any]
    metadata: Mapping[str, Any]
    outcome: bool | None = None


def job_name(execution_id: str, step: str, suffix: str) -> str:
    """`pipelines-<execution>-<step>-<suffix>`, within the 63 characters of a job name."""
    room = 63 - len(f"pipelines-{execution_id}--{suffix}")
    return f"pipelines-{execution_id}-{step.replace('_', '-')[:room]}-{suffix}"


async def create_job(actor: Actor, kind: Kind, arguments: Mapping[str, Any], name: str) -> dict[str, Any]:
    """Create the step's job; gives its Metadata. Raises StepFailed in AWS's words."""
    answer = await invoke(actor, f"Create{kind.name}", {**arguments, kind.name_member: name})
    return {kind.name: {"Arn": answer[kind.arn_member]}}


async def follow_job(actor: Actor, kind: Kind, name: str) -> Mapping[str, Any]:
    """The properties of the step's job once it has completed; raises StepFailed or StepStopped."""
    row = await at_rest(actor.cloud.kernel, kind, f"{actor.account}/{actor.region}/{name}")
    status = row[kind.status_member]
    if status == "Completed":
        return shown(row)
    if status == "Stopped" and row.get("SecondaryStatus") != "MaxRuntimeExceeded":
        raise StepStopped
    raise StepFailed(str(row.get("FailureReason") or f"ClientError: {kind.name} {name} ended as {status}"))


async def invoke(actor: Actor, operation: str, params: Mapping[str, Any]) -> dict[str, Any]:
    """One SageMaker operation as the pipeline's role; a refusal is the step's failure."""
    try:
        return await actor.call("sagemaker", operation, params)
    except CallerError as error:
        text = f"ClientError: Failed to invoke sagemaker:{operation}. Error Details: {error.message}"
        raise StepFailed(text) from error
    except NotSimulated as error:
        raise StepFailed(
            f"ClientError: Failed to invoke sagemaker:{operation}. Error Details: {error}"
        ) from error


async def create_model(actor: Actor, arguments: Mapping[str, Any], name: str) -> Done:
    """A Model step: CreateModel under a name of the execution, unless an earlier process has done so."""
    if actor.cloud.kernel.store.get(MODEL.row, f"{actor.account}/{actor.region}/{name}") is None:
        await invoke(actor, "CreateModel", {**arguments, "ModelName": name})
    properties = await invoke(actor, "DescribeModel", {"ModelName": name})
    return Done(properties, {"Model": {"Arn": properties["ModelArn"]}})


async def register_model(actor: Actor, arguments: Mapping[str, Any], execution_arn: str, token: str) -> Done:
    """A RegisterModel step: CreateModelPackage, with the group made where it is absent."""
    params = {k: v for k, v in arguments.items() if k != "ModelPackageName"}
    if group := params.get("ModelPackageGroupName"):
        # Tags are the group's where the step makes it; a version has none of its own.
        await _ensure_group(actor, str(group), params.pop("Tags", []))
    params["MetadataProperties"] = {**params.get("MetadataProperties", {}), "GeneratedBy": execution_arn}
    params["ClientToken"] = token
    answer = await invoke(actor, "CreateModelPackage", params)
    arn = answer["ModelPackageArn"]
    properties = await invoke(actor, "DescribeModelPackage", {"ModelPackageName": arn})
    return Done(properties, {"RegisterModel": {"Arn": arn}})


async def _ensure_group(actor: Actor, group: str, tags: list[Any]) -> None:
    try:
        await actor.call("sagemaker", "DescribeModelPackageGroup", {"ModelPackageGroupName": group})
    except CallerError as error:
        if "does not exist" not in error.message:
            raise StepFailed(
                f"ClientError: Failed to invoke sagemaker:DescribeModelPackageGroup. Error Details: {error.message}"
            ) from error
        made = {"ModelPackageGroupName": group, **({"Tags": tags} if tags else {})}
        await invoke(actor, "CreateModelPackageGroup", made)


def decide(conditions: list[Mapping[str, Any]]) -> Done:
    """A Condition step; raises StepFailed where sides cannot be compared."""
    try:
        outcome = holds(conditions)
    except NotComparable as error:
        raise StepFailed(f"ClientError: {error}") from error
    return Done({"Outcome": outcome}, {"Condition": {"Outcome": "True" if outcome else "False"}}, outcome)
