"""Steps about the Model Deploy run: quality, staging, the gate and production."""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass
from typing import Any

import pytest
from pytest_bdd import given, then, when

from simulator.harness.demo.links import PRODUCTION, STAGING
from simulator.harness.demo.loop import Loop
from simulator.harness.drivers.azure_devops import AzureDevOpsRefused
from simulator.harness.story import build, deploy, infrastructure, watch
from simulator.harness.world import World


@when("the stage Quality has ended")
@given("the stage Quality has ended")
def quality_ended(loop: Loop) -> None:
    loop.reach("model quality")


@then("its test results are published and the model and the source are artifacts")
def quality_published(world: World, loop: Loop) -> None:
    azure = world.azure_devops("grace")
    run = loop.demo.deploy_run
    artifacts = azure.request("GET", f"build/builds/{run}/artifacts")["value"]

    assert {"model", "source"} <= {artifact["name"] for artifact in artifacts}
    assert "Model quality" in [result["name"] for result in azure.test_runs(run)]


@when("the stage DeployStaging has ended")
def staging_ended(loop: Loop) -> None:
    loop.reach("staging")


@then("the staging endpoint is in service with the approved version and predicts")
def staging_serves(world: World, loop: Loop) -> None:
    found = deploy.endpoint(world, "staging", STAGING) or {}

    assert found["EndpointStatus"] == "InService"
    assert deploy.model_behind(world, "staging", STAGING) == loop.demo.package
    assert 1 < deploy.predict(world, "staging", STAGING, watch.rows(world, 1)[0]) < 30


@then("the integration tests on staging have passed with published results")
@given("the integration tests on staging have passed")
def integration_passed(world: World, loop: Loop) -> None:
    loop.reach("integration tests")
    results = {run["name"]: run for run in world.azure_devops("grace").test_runs(loop.demo.deploy_run)}

    found = results["Integration tests on staging"]
    assert found["passedTests"] == found["totalTests"] > 0


@when("the run waits at the gate", target_fixture="approval")
def waits_at_the_gate(world: World, loop: Loop) -> str:
    return "" if loop.reached("gate") else deploy.gate(world, loop.demo.deploy_run)


@then("production has no endpoint")
def no_production(world: World, loop: Loop) -> None:
    if not loop.reached("gate"):
        assert deploy.endpoint(world, "production", PRODUCTION) is None


@then("ada may not approve")
def ada_may_not(world: World, approval: str) -> None:
    if approval:
        with pytest.raises(AzureDevOpsRefused) as refused:
            world.azure_devops("ada").decide(approval, "approved")
        assert refused.value.status in (401, 403)


@then("after edsger's approval production serves the same version")
def production_serves(world: World, loop: Loop) -> None:
    loop.reach("production")

    assert deploy.model_behind(world, "production", PRODUCTION) == loop.demo.package


@given("production serves the approved version")
def production_is_there(loop: Loop) -> None:
    loop.reach("production")


@when("grace deploys the same version again by hand", target_fixture="held")
def deployed_again(world: World, loop: Loop) -> Held:
    before = deploy.endpoint(world, "production", PRODUCTION) or {}
    run = world.azure_devops("grace").run(deploy.PIPELINE, {"modelPackageArn": loop.demo.package})
    return Held(int(run["id"]), before, deploy.gate(world, int(run["id"])))


@then("grace, who asked for the run, may not approve it")
def requester_may_not(world: World, held: Held) -> None:
    with pytest.raises(AzureDevOpsRefused) as refused:
        world.azure_devops("grace").decide(held.approval, "approved")

    assert refused.value.status in (400, 401, 403)


@then("when edsger rejects it the run has failed and production is as it was")
def rejected(world: World, held: Held) -> None:
    world.azure_devops("edsger").decide(held.approval, "rejected", "Not today")

    assert build.finished(world, held.run) == "failed"
    _assert_untouched(world, held)


@when("a branch whose integration tests fail deploys the same version", target_fixture="held")
def failing_branch(world: World, loop: Loop) -> Held:
    edits = {"tests/integration/test_endpoint.py": (r"\Z", "\n\ndef test_that_fails():\n    assert 1 == 2\n")}
    build.change(world, "grace", "model_deploy", edits, "A test that fails")
    world.git("grace", "model_deploy").push("failing")
    before = deploy.endpoint(world, "production", PRODUCTION) or {}
    parameters = {"modelPackageArn": loop.demo.package}
    run = world.azure_devops("grace").run(deploy.PIPELINE, parameters, branch="failing")
    return Held(int(run["id"]), before)


@then("the stage IntegrationTests has failed")
def integration_failed(world: World, held: Held) -> None:
    assert deploy.stage_result(world, held.run, "IntegrationTests") == "failed"


@then("the run has ended without asking anybody and production is as it was")
def ended_before_the_gate(world: World, held: Held) -> None:
    result = build.finished(world, held.run)
    records = world.azure_devops("grace").timeline(held.run)

    assert result == "failed"
    assert [record for record in records if record["type"] == "Checkpoint.Approval"] == []
    _assert_untouched(world, held)


def _assert_untouched(world: World, held: Held) -> None:
    now = deploy.endpoint(world, "production", PRODUCTION) or {}

    for member in ("EndpointConfigName", "LastModifiedTime"):
        assert now[member] == held.production[member]


@when("the batch pipeline runs over rows in the production bucket", target_fixture="batch")
def batch_runs(world: World) -> dict[str, Any]:
    rows = watch.rows(world, 20)
    bucket = infrastructure.workload_bucket(world, "production")
    s3 = world.aws(account="production").client("s3")
    s3.put_object(Bucket=bucket, Key="batch/input/rows.csv", Body="\n".join(rows).encode() + b"\n")
    run = world.azure_devops("grace").run("model-batch")
    build.succeed(world, int(run["id"]))
    return {"run": int(run["id"]), "rows": len(rows), "bucket": bucket}


@then("a transform job with the newest approved version has written a prediction for each row")
def batch_predicted(world: World, loop: Loop, batch: dict[str, Any]) -> None:
    aws = world.aws(account="production")
    name = f"abalone-batch-{batch['run']}"
    job = aws.client("sagemaker").describe_transform_job(TransformJobName=name)
    model = aws.client("sagemaker").describe_model(ModelName=job["ModelName"])
    newest = next(p for p in build.packages(world) if p["ModelApprovalStatus"] == "Approved")
    key = f"batch/output/{batch['run']}/rows.csv.out"
    written = aws.client("s3").get_object(Bucket=batch["bucket"], Key=key)["Body"].read().decode()

    assert job["TransformJobStatus"] == "Completed"
    assert [c["ModelPackageName"] for c in model["Containers"]] == [newest["ModelPackageArn"]]
    assert len([float(line) for line in written.split()]) == batch["rows"]


@then("the run has listed the file of predictions by the AWS CLI")
def batch_listed(world: World, batch: dict[str, Any]) -> None:
    log = world.azure_devops("grace").task_log(batch["run"], "List the predictions")

    listed = re.escape(f"aws s3 ls s3://{batch['bucket']}/batch/output/{batch['run']}/")
    assert re.search(rf"\[command\]\S*{listed}", log)
    assert re.search(r"\d+ rows\.csv\.out$", log, re.MULTILINE)


@when("grace approves the second version and its run is taken through the gate", target_fixture="answers")
def second_deployed(world: World, second: str) -> list[str]:
    before = max(int(run["id"]) for run in world.azure_devops("grace").runs(deploy.PIPELINE))
    deploy.decide(world, second, "Approved")
    run = build.run_of(world, deploy.PIPELINE, before)
    approval = deploy.gate(world, run)
    answers, stop = Asked(world), threading.Event()
    asking = threading.Thread(target=answers.ask_until, args=(stop,))
    asking.start()
    try:
        world.azure_devops("edsger").decide(approval, "approved", "Next")
        build.succeed(world, run)
    finally:
        stop.set()
        asking.join()
    return answers.problems


@then("production answers with the second version")
def second_serves(world: World, second: str) -> None:
    assert deploy.model_behind(world, "production", PRODUCTION) == second


@then("it answered without a gap")
def no_gap(answers: list[str]) -> None:
    assert answers == []


@dataclass(frozen=True)
class Held:
    """A run that should not change production: production as it was before, and the approval it waits for."""

    run: int
    production: dict[str, Any]
    approval: str = ""


class Asked:
    """Asks production again and again, and remembers what went wrong."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._row = watch.rows(world, 1)[0]
        self.problems: list[str] = []
        world.aws(account="production").client("sagemaker-runtime")

    def ask_until(self, stop: threading.Event) -> None:
        """Ask until told to stop."""
        while not stop.wait(0.1):
            try:
                deploy.predict(self._world, "production", PRODUCTION, self._row)
            except Exception as error:  # noqa: BLE001  every failure of an answer is a gap
                self.problems.append(str(error))
