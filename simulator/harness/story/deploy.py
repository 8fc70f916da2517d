"""Approved model to production: the decision, the stages, the gate and the endpoints' answers."""

from __future__ import annotations

from typing import Any

from simulator.harness.eventually import eventually
from simulator.harness.story.build import finished, run_of
from simulator.harness.world import World

PIPELINE = "model-deploy"
RETRYING_SECONDS = 3600.0  # the age at which the approval rule gives an event up


class NotDelivered(AssertionError):
    """An approval did not reach Azure DevOps; the message says how often it was tried and what the last answer was."""


def decide(world: World, package_arn: str, status: str, person: str = "grace", text: str = "") -> None:
    """Approve or reject a model package as a person of the automation account."""
    world.aws(person).client("sagemaker").update_model_package(
        ModelPackageArn=package_arn,
        ModelApprovalStatus=status,
        ApprovalDescription=text or f"{status} by {person}",
    )


def run_of_approval(world: World, before: int, after: int) -> int:
    """The run with an id greater than `before` that an approval newer than fact `after` started.

    A delivery that failed is given the time in which it is retried; raises NotDelivered when that brought no run.
    """
    azure = world.azure_devops("grace")

    def look() -> tuple[int, list[dict[str, Any]]] | None:
        failed = [fact for fact in world.control.facts(after) if fact["kind"] == "DeliveryFailed"]
        runs = [int(run["id"]) for run in azure.runs(PIPELINE) if int(run["id"]) > before]
        return (max(runs, default=0), failed) if runs or failed else None

    run_id, failed = eventually(look, "a run of Model Deploy", timeout_seconds=60, pause=world.pause)
    if not run_id:
        world.control.advance(RETRYING_SECONDS)
        run_id, failed = look() or (0, failed)
    if not run_id:
        last = failed[-1]["detail"]
        raise NotDelivered(f"{last['attempt']} attempts were made, the last one failed: {last['message']}")
    return run_id


def stage(world: World, run_id: int, name: str) -> dict[str, Any] | None:
    """The timeline record of a stage, None before it has one."""
    for record in world.azure_devops("grace").timeline(run_id):
        if record["type"] == "Stage" and record.get("identifier", record["name"]) == name:
            return record
    return None


def stage_result(world: World, run_id: int, name: str, timeout_seconds: float = 180) -> str:
    """How a stage ended."""

    def ended() -> str | None:
        record = stage(world, run_id, name)
        return str(record["result"]) if record and record["state"] == "completed" else None

    return eventually(
        ended, f"the end of stage {name} of run {run_id}", timeout_seconds=timeout_seconds, pause=world.pause
    )


def gate(world: World, run_id: int, timeout_seconds: float = 180) -> str:
    """The id of the approval that a run waits for; a run that ended instead is an error."""
    azure = world.azure_devops("grace")

    def waiting() -> str | None:
        checks = [
            r
            for r in azure.timeline(run_id)
            if r["type"] == "Checkpoint.Approval" and r["state"] != "completed"
        ]
        if checks:
            return str(checks[0]["id"])
        build = azure.request("GET", f"build/builds/{run_id}")
        if build["status"] == "completed":
            raise AssertionError(f"run {run_id} {build['result']} before its gate\n{azure.log_text(run_id)}")
        return None

    return eventually(
        waiting, f"the gate of run {run_id}", timeout_seconds=timeout_seconds, pause=world.pause
    )


def endpoint(world: World, account: str, name: str) -> dict[str, Any] | None:
    """The endpoint's description, None when there is none."""
    client = world.aws(account=account).client("sagemaker")
    try:
        found: dict[str, Any] = client.describe_endpoint(EndpointName=name)
    except client.exceptions.ClientError as error:
        if "Could not find endpoint" in str(error):
            return None
        raise
    return found


def predict(world: World, account: str, name: str, row: str) -> float:
    """One prediction of an endpoint for one csv row of features."""
    runtime = world.aws(account=account).client("sagemaker-runtime")
    answer = runtime.invoke_endpoint(EndpointName=name, ContentType="text/csv", Body=row.encode())
    return float(answer["Body"].read().decode().strip())


def model_behind(world: World, account: str, name: str) -> str:
    """The model package that an endpoint's first variant serves."""
    client = world.aws(account=account).client("sagemaker")
    config = client.describe_endpoint(EndpointName=name)["EndpointConfigName"]
    variant = client.describe_endpoint_config(EndpointConfigName=config)["ProductionVariants"][0]
    container = client.describe_model(ModelName=variant["ModelName"])["PrimaryContainer"]
    return str(container.get("ModelPackageName", ""))


__all__ = [
    "PIPELINE",
    "NotDelivered",
    "decide",
    "endpoint",
    "finished",
    "gate",
    "model_behind",
    "predict",
    "run_of",
    "run_of_approval",
    "stage_result",
]
