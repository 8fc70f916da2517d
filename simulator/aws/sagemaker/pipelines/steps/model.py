"""Model and RegisterModel steps: a model of the execution, a version in a group of the registry."""

from __future__ import annotations

from typing import Any

from simulator.aws.sagemaker.kinds.serving import MODEL
from simulator.aws.sagemaker.pipelines.steps.step import Attempt, Done, StepFailed, invoke
from simulator.kernel.errors import CallerError


async def create_model(attempt: Attempt) -> Done:
    """A Model step: CreateModel under a name of the execution, unless an earlier process has done so."""
    actor, name = attempt.actor, attempt.chosen_name("ModelName")
    if actor.cloud.kernel.store.get(MODEL.row, f"{actor.account}/{actor.region}/{name}") is None:
        await invoke(actor, "CreateModel", {**attempt.arguments, "ModelName": name})
    properties = await invoke(actor, "DescribeModel", {"ModelName": name})
    return Done(properties, {"Model": {"Arn": properties["ModelArn"]}})


async def register_model(attempt: Attempt) -> Done:
    """A RegisterModel step: CreateModelPackage, with the group made where it is absent."""
    params, actor = attempt.arguments, attempt.actor
    if group := params.get("ModelPackageGroupName"):
        # Tags are the group's where the step makes it; a version has none of its own.
        await _ensure_group(attempt, str(group), params.pop("Tags", []))
    made_by = {"GeneratedBy": attempt.execution.arn}
    params["MetadataProperties"] = {**params.get("MetadataProperties", {}), **made_by}
    params["ClientToken"] = f"{attempt.execution.id}-{attempt.suffix}"
    answer = await invoke(actor, "CreateModelPackage", params)
    arn = answer["ModelPackageArn"]
    properties = await invoke(actor, "DescribeModelPackage", {"ModelPackageName": arn})
    return Done(properties, {"RegisterModel": {"Arn": arn}})


async def _ensure_group(attempt: Attempt, group: str, tags: list[Any]) -> None:
    actor = attempt.actor
    try:
        await actor.call("sagemaker", "DescribeModelPackageGroup", {"ModelPackageGroupName": group})
    except CallerError as error:
        if "does not exist" not in error.message:
            raise StepFailed(
                f"ClientError: Failed to invoke sagemaker:DescribeModelPackageGroup. Error Details: {error.message}"
            ) from error
        made = {"ModelPackageGroupName": group, **({"Tags": tags} if tags else {})}
        await invoke(actor, "CreateModelPackageGroup", made)
