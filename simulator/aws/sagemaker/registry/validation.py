"""Validation of a model package: the batch transform jobs of its profiles, one after the other, run for real.

Source: API reference, ModelPackageValidationSpecification and ModelPackageStatusDetails. The jobs run in the account of
the package under the validation role; their names and the model's are ours, for AWS publishes none. A package is
Completed when every profile's job is, Failed at the end when one is not.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from simulator.aws.behaviour import Cloud
from simulator.aws.sagemaker import resources
from simulator.aws.sagemaker.acting import Actor, as_service
from simulator.aws.sagemaker.kinds.jobs import TRANSFORM_JOB
from simulator.aws.sagemaker.kinds.registry import MODEL_PACKAGE
from simulator.aws.sagemaker.kinds.serving import MODEL
from simulator.aws.sagemaker.running import at_rest, spawn
from simulator.kernel.errors import CallerError, NotSimulated
from simulator.kernel.facts import cause
from simulator.kernel.world import Kernel

OPEN = "sagemaker.model_package_validation"
"""Rows by the package's key, of packages whose validation is not over."""
_OF_CONTAINER = ("Image", "ModelDataUrl", "ModelDataSource", "Environment")


def begun(params: Mapping[str, Any]) -> dict[str, Any]:
    """The status members of a new package: at once Completed where there is nothing to validate."""
    profiles = params.get("ValidationSpecification", {}).get("ValidationProfiles", ())
    waiting = [{"Name": each["ProfileName"], "Status": "NotStarted"} for each in profiles]
    details = {"ValidationStatuses": waiting, "ImageScanStatuses": []}
    return {
        "ModelPackageStatusDetails": details,
        "ModelPackageStatus": "Pending" if waiting else "Completed",
    }


def note(kernel: Kernel, key: str, row: Mapping[str, Any]) -> None:
    """Say in the package's own transaction that it waits for validation."""
    if row["ModelPackageStatus"] == "Pending":
        kernel.store.put(OPEN, key, {})


def launch(cloud: Cloud, key: str) -> None:
    """Let the validation of a package, if there is any left, go on in a task of its own."""
    if cloud.kernel.store.get(OPEN, key) is None:
        return
    with cause(resources.fetch(cloud.kernel, MODEL_PACKAGE, key).get("_fact")):
        spawn(cloud.kernel, f"validation {key}", run(cloud, key))


def resume(cloud: Cloud) -> None:
    """Pick up the validations that are not over."""
    for key, _ in cloud.kernel.store.scan(OPEN):
        launch(cloud, key)


async def run(cloud: Cloud, key: str) -> None:
    """From where the row says that the validation stands to its end."""
    row = resources.fetch(cloud.kernel, MODEL_PACKAGE, key)
    if row["ModelPackageStatus"] == "Pending":
        resources.change(cloud.kernel, MODEL_PACKAGE, key, {"ModelPackageStatus": "InProgress"})
    for number, profile in enumerate(row["ValidationSpecification"]["ValidationProfiles"]):
        if row["ModelPackageStatusDetails"]["ValidationStatuses"][number]["Status"] in (
            "Completed",
            "Failed",
        ):
            continue
        _tell(cloud, key, number, "InProgress")
        reason = await _validate(cloud, key, profile)
        _tell(cloud, key, number, "Failed" if reason else "Completed", reason)
    statuses = resources.fetch(cloud.kernel, MODEL_PACKAGE, key)["ModelPackageStatusDetails"][
        "ValidationStatuses"
    ]
    failed = any(each["Status"] == "Failed" for each in statuses)
    with cloud.kernel.store.transaction():
        end = {"ModelPackageStatus": "Failed" if failed else "Completed"}
        resources.change(cloud.kernel, MODEL_PACKAGE, key, end)
        cloud.kernel.store.delete(OPEN, key)


def _tell(cloud: Cloud, key: str, number: int, status: str, reason: str = "") -> None:
    details = resources.fetch(cloud.kernel, MODEL_PACKAGE, key)["ModelPackageStatusDetails"]
    details["ValidationStatuses"][number] |= {
        "Status": status,
        **({"FailureReason": reason} if reason else {}),
    }
    resources.change(cloud.kernel, MODEL_PACKAGE, key, {"ModelPackageStatusDetails": details}, quiet=True)


async def _validate(cloud: Cloud, key: str, profile: Mapping[str, Any]) -> str:
    """Why a profile's job did not complete, empty where it did. Made once, also when the process ends in between."""
    account, region, _ = resources.place(key)
    digest = hashlib.sha256(f"{key}/{profile['ProfileName']}".encode()).hexdigest()[:16]
    name, actor = f"validation-{digest}", as_service(cloud, account, region)
    job_key = f"{account}/{region}/{name}"
    try:
        if cloud.kernel.store.get(TRANSFORM_JOB.row, job_key) is None:
            await _start(actor, key, name, profile["TransformJobDefinition"])
        job = await at_rest(cloud.kernel, TRANSFORM_JOB, job_key)
    except CallerError as refused:
        return f"ClientError: {refused.message}"[:1024]
    except NotSimulated as refused:
        return f"InternalServerError: {refused}"[:1024]
    finally:
        if cloud.kernel.store.get(MODEL.row, job_key) is not None:
            await actor.call("sagemaker", "DeleteModel", {"ModelName": name})
    if job["TransformJobStatus"] == "Completed":
        return ""
    return str(job.get("FailureReason") or f"The transform job is {job['TransformJobStatus']}.")


async def _start(actor: Actor, key: str, name: str, definition: Mapping[str, Any]) -> None:
    """The model of the package's containers, and the transform job over it."""
    kernel = actor.cloud.kernel
    row = resources.fetch(kernel, MODEL_PACKAGE, key)
    given = row.get("InferenceSpecification", {}).get("Containers", ())
    containers = [{member: each[member] for member in _OF_CONTAINER if each.get(member)} for each in given]
    if kernel.store.get(MODEL.row, f"{actor.account}/{actor.region}/{name}") is None:
        role = row["ValidationSpecification"]["ValidationRole"]
        model = {"ModelName": name, "ExecutionRoleArn": role, "Containers": containers}
        await actor.call("sagemaker", "CreateModel", model)
    await actor.call(
        "sagemaker", "CreateTransformJob", {"TransformJobName": name, "ModelName": name, **definition}
    )
