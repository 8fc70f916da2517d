"""Steps about the registry, approvals and the events they send."""

from __future__ import annotations

import json
from typing import Any

from pytest_bdd import given, then, when

from simulator.harness.demo.loop import Loop
from simulator.harness.eventually import eventually
from simulator.harness.story import build, deploy, infrastructure
from simulator.harness.world import World

DAY = 24 * 3600.0
OTHER_GROUP = "with-a-wrong-token"


@then("it names its model data, its metrics, its drift baseline and its commit")
def package_is_described(world: World, loop: Loop) -> None:
    found = _package(world, loop.demo.package)
    container = found["InferenceSpecification"]["Containers"][0]

    assert container["ModelDataUrl"].endswith("/output/model.tar.gz")
    assert found["ModelMetrics"]["ModelQuality"]["Statistics"]["S3Uri"].endswith("evaluation.json")
    assert found["DriftCheckBaselines"]["ModelDataQuality"]["Constraints"]["S3Uri"].endswith(
        "constraints.json"
    )
    assert len(found["CustomerMetadataProperties"]["CommitId"]) == 40


@then("its lineage names the pipeline execution that made it")
def lineage(world: World, loop: Loop) -> None:
    made_by = _package(world, loop.demo.package)["MetadataProperties"]["GeneratedBy"]

    assert made_by == build.executions(world)[-1]["PipelineExecutionArn"]


@when("its description of the approval alone is changed")
def describe_only(world: World, loop: Loop) -> None:
    world.aws("grace").client("sagemaker").update_model_package(
        ModelPackageArn=loop.demo.package, CustomerMetadataProperties={"Reviewer": "grace"}
    )
    world.control.rest()


@then("it still waits for approval")
def still_waits(world: World, loop: Loop) -> None:
    if not loop.reached("approval"):
        assert _package(world, loop.demo.package)["ModelApprovalStatus"] == "PendingManualApproval"


@then("no run of Model Deploy has started")
def nothing_deployed(world: World, loop: Loop) -> None:
    expected = 1 if loop.reached("approval") else 0

    assert len(world.azure_devops("grace").runs(deploy.PIPELINE)) == expected


@given("a second model version waits for approval", target_fixture="second")
def second_version(world: World, loop: Loop) -> str:
    loop.reach("registry")
    waiting = [p for p in build.packages(world) if p["ModelPackageArn"] != loop.demo.package]
    waiting = [p for p in waiting if p["ModelApprovalStatus"] == "PendingManualApproval"]
    if waiting:
        return str(waiting[0]["ModelPackageArn"])
    known = {p["ModelPackageArn"] for p in build.packages(world)}
    sagemaker = world.aws(account="automation").client("sagemaker")
    sagemaker.start_pipeline_execution(PipelineName=build.GROUP)

    def new() -> str | None:
        fresh = [p["ModelPackageArn"] for p in build.packages(world) if p["ModelPackageArn"] not in known]
        return str(fresh[0]) if fresh else None

    return eventually(new, "a second version", pause=world.pause)


@when("grace rejects it", target_fixture="runs_before")
def reject(world: World, second: str) -> int:
    before = len(world.azure_devops("grace").runs(deploy.PIPELINE))
    deploy.decide(world, second, "Rejected")
    world.control.rest()
    return before


@then("no run of Model Deploy starts for it")
def no_run_for_it(world: World, runs_before: int) -> None:
    assert len(world.azure_devops("grace").runs(deploy.PIPELINE)) == runs_before


@when("grace approves it")
@given("grace has approved the version")
def approve(loop: Loop) -> None:
    loop.reach("approval")


@then("one run of Model Deploy has started with the ARN of the version")
def one_run(world: World, loop: Loop) -> None:
    run = world.azure_devops("grace").request("GET", f"build/builds/{loop.demo.deploy_run}")

    assert run["templateParameters"]["modelPackageArn"] == loop.demo.package


@then("the chain of causes leads from the approval in AWS to the run in Azure DevOps")
def one_chain(world: World, loop: Loop) -> None:
    facts = {fact["sequence"]: fact for fact in world.control.facts(0)}
    run = loop.demo.deploy_run
    queued = (f for f in facts.values() if f["kind"] == "RunQueued" and f["detail"]["run"] == run)
    fact: dict[str, Any] | None = next(queued)
    kinds = []
    while fact:
        kinds.append(fact["kind"])
        fact = facts.get(fact["cause"])

    assert kinds[0] == "RunQueued"
    assert "ModelPackageStateChanged" in kinds


@given(
    "a rule for another group whose connection holds a wrong personal access token", target_fixture="outputs"
)
def wrong_token(world: World) -> dict[str, str]:
    return infrastructure.deploy_approval_rule(world, OTHER_GROUP, "wrong" * 10)


@when("a model of its group is approved and a day passes")
def approved_and_a_day(world: World, loop: Loop) -> None:
    sagemaker = world.aws("grace").client("sagemaker")
    sagemaker.create_model_package_group(ModelPackageGroupName=OTHER_GROUP)
    specification = _package(world, loop.demo.package)["InferenceSpecification"]
    made = sagemaker.create_model_package(
        ModelPackageGroupName=OTHER_GROUP,
        InferenceSpecification={
            "Containers": [{k: specification["Containers"][0][k] for k in ("Image", "ModelDataUrl")}],
            "SupportedContentTypes": ["text/csv"],
            "SupportedResponseMIMETypes": ["text/csv"],
        },
        ModelApprovalStatus="PendingManualApproval",
    )
    deploy.decide(world, made["ModelPackageArn"], "Approved")
    world.control.advance(DAY)


@then("every attempt was refused by Azure DevOps")
def attempts_refused(world: World, outputs: dict[str, str]) -> None:
    attempts = [
        f
        for f in world.control.facts(0)
        if f["kind"] == "DeliveryAttempted" and outputs["RuleName"] in json.dumps(f)
    ]

    assert len(attempts) > 1


@then("the event lies in the dead-letter queue with the reason")
def dead_lettered(world: World, outputs: dict[str, str]) -> None:
    sqs = world.aws(account="automation").client("sqs")
    found = sqs.receive_message(
        QueueUrl=outputs["DeadLetterQueueUrl"], MessageAttributeNames=["All"], WaitTimeSeconds=1
    )["Messages"]

    assert found[0]["MessageAttributes"]["ERROR_CODE"]["StringValue"]
    assert outputs["RuleName"] in found[0]["MessageAttributes"]["RULE_ARN"]["StringValue"]


def _package(world: World, arn: str) -> dict[str, Any]:
    found: dict[str, Any] = (
        world.aws(account="automation").client("sagemaker").describe_model_package(ModelPackageName=arn)
    )
    return found
