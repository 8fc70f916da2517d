"""Steps about accounts, people and trials."""

from __future__ import annotations

from typing import Any

from botocore.exceptions import ClientError
from pytest_bdd import given, parsers, then, when

from simulator.harness.demo.loop import Loop
from simulator.harness.drivers.aws import Aws
from simulator.harness.story import build, infrastructure
from simulator.harness.world import World


@given("the accounts are set up and the data is in the automation account")
def accounts_are_set_up(loop: Loop) -> None:
    loop.reach("deploy repository")


@then("the organization has the accounts dev, automation, staging and production")
def organization_has_accounts(world: World) -> None:
    accounts = world.aws().client("organizations").list_accounts()["Accounts"]
    found = {account["Name"]: account["Id"] for account in accounts}

    assert found == world.accounts


@then(parsers.parse("{person} may read in automation and staging"))
def may_read(world: World, person: str) -> None:
    for account in ("automation", "staging"):
        _as(world, person, account, "ReadOnly").client("s3").list_buckets()


@then(parsers.parse("{person} may not write in staging"))
def may_not_write(world: World, person: str) -> None:
    s3 = _as(world, person, "staging", "ReadOnly").client("s3")

    assert _refusal(lambda: s3.create_bucket(Bucket="not-for-readers")) == "AccessDenied"


@then(parsers.parse("{person} may not assume the deploy role of production"))
def may_not_assume(world: World, person: str) -> None:
    assert _refusal(lambda: _as(world, person, "production", "AzureDevOpsRole")) == "AccessDenied"


@then("staging reads the artefacts of automation and dev's own bucket stays closed to it")
def reads_what_it_may(world: World) -> None:
    own = world.aws("ada").client("s3")
    own.create_bucket(Bucket="dev-notebooks")
    own.put_object(Bucket="dev-notebooks", Key="draft", Body=b"mine")
    staging = world.aws(account="staging").client("s3")

    bucket = infrastructure.artifact_bucket(world)
    assert staging.get_object(Bucket=bucket, Key=infrastructure.DATA_KEY)["ContentLength"] > 100_000
    assert _refusal(lambda: staging.get_object(Bucket="dev-notebooks", Key="draft")) == "AccessDenied"


@when("ada runs the trial script in the development account")
@given("the trial in the development account is done")
def trial_is_done(loop: Loop) -> None:
    loop.reach("trial in dev")


@then("a training job of the development account has completed with its error as a metric")
def trial_trained(world: World) -> None:
    sagemaker = world.aws("ada").client("sagemaker")
    (job,) = sagemaker.list_training_jobs(SortOrder="Descending", MaxResults=1)["TrainingJobSummaries"]
    found = sagemaker.describe_training_job(TrainingJobName=job["TrainingJobName"])

    assert found["TrainingJobStatus"] == "Completed"
    assert {m["MetricName"] for m in found["FinalMetricDataList"]} >= {"validation:rmse"}


@given("ada's pull request is merged into main")
@when("ada's pull request is merged into main")
def merged(loop: Loop) -> None:
    loop.reach("push and merge")


@then("a run of Model Build has started for the merge commit")
def run_started(world: World, loop: Loop) -> None:
    azure = world.azure_devops("grace")
    found = azure.request("GET", f"build/builds/{loop.demo.build_run}")
    refs = azure.request("GET", "git/repositories/model_build/refs", params={"filter": "heads/main"})["value"]

    assert found["reason"] == "individualCI"
    assert found["sourceVersion"] == refs[0]["objectId"]
    assert found["definition"]["name"] == build.PIPELINE


def _as(world: World, person: str, account: str, role: str) -> Aws:
    return world.aws(person).assume(f"arn:aws:iam::{world.accounts[account]}:role/{role}", person)


def _refusal(act: Any) -> str:
    try:
        act()
    except ClientError as error:
        return str(error.response["Error"]["Code"])
    return "nothing was refused"
