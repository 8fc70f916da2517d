"""Steps about the Model Build run and its SageMaker pipeline."""

from __future__ import annotations

from typing import Any

from pytest_bdd import given, then, when

from simulator.harness.demo.loop import Loop
from simulator.harness.eventually import eventually
from simulator.harness.story import build, infrastructure
from simulator.harness.world import World

STEPS = {"Preprocess", "Train", "Evaluate", "CheckError", "Baseline"}


@when("the Model Build run has ended")
def run_ended(loop: Loop) -> None:
    loop.reach("model build")


@given("a registered model version waits for approval")
def version_waits(loop: Loop) -> None:
    loop.reach("registry")


@then("the SageMaker pipeline has run Preprocess, Train, Evaluate, CheckError, Baseline and Register")
def steps_ran(world: World, loop: Loop) -> None:
    first = build.executions(world)[-1]["PipelineExecutionArn"]
    steps = _steps(world, first)

    assert set(steps) >= STEPS
    assert any(name.startswith("Register") for name in steps)
    assert {step["StepStatus"] for step in steps.values()} == {"Succeeded"}


@then("the unit test results are published")
def unit_tests_published(world: World, loop: Loop) -> None:
    runs = world.azure_devops("grace").test_runs(loop.demo.build_run)

    assert [run["name"] for run in runs] == ["Model build unit tests"]
    assert runs[0]["passedTests"] == runs[0]["totalTests"] > 0


@then("the logs of the training job are in CloudWatch Logs")
def logs_are_kept(world: World) -> None:
    logs = world.aws(account="automation").client("logs")
    group = "/aws/sagemaker/TrainingJobs"
    streams = logs.describe_log_streams(logGroupName=group)["logStreams"]
    events = logs.get_log_events(logGroupName=group, logStreamName=streams[0]["logStreamName"])["events"]

    assert any("validation-rmse" in event["message"] for event in events)


@when("the SageMaker pipeline runs with a limit that no model can keep", target_fixture="execution")
def impossible_limit(world: World) -> str:
    sagemaker = world.aws(account="automation").client("sagemaker")
    arn = sagemaker.start_pipeline_execution(
        PipelineName=build.GROUP, PipelineParameters=[{"Name": "MseThreshold", "Value": "0.01"}]
    )["PipelineExecutionArn"]
    eventually(
        lambda: _status(world, arn) != "Executing" or None, "the end of the execution", pause=world.pause
    )
    return str(arn)


@then("the execution has failed at the step ErrorTooLarge with the measured error")
def failed_at_the_check(world: World, execution: str) -> None:
    steps = _steps(world, execution)

    assert _status(world, execution) == "Failed"
    assert steps["ErrorTooLarge"]["StepStatus"] == "Failed"
    assert "The mean squared error is" in steps["ErrorTooLarge"]["Metadata"]["Fail"]["ErrorMessage"]


@then("no new version is registered")
def nothing_registered(world: World, execution: str) -> None:
    made = [step for step in _steps(world, execution) if step.startswith("Register")]

    assert made == []


@when("a training job runs with hyperparameters that the algorithm refuses", target_fixture="job")
def refused_hyperparameters(world: World) -> dict[str, Any]:
    sagemaker = world.aws(account="automation").client("sagemaker")
    listed = sagemaker.list_training_jobs(StatusEquals="Completed")["TrainingJobSummaries"]
    good = sagemaker.describe_training_job(TrainingJobName=listed[0]["TrainingJobName"])
    name = "a-job-with-a-bad-depth"
    sagemaker.create_training_job(
        TrainingJobName=name,
        AlgorithmSpecification={
            "TrainingImage": good["AlgorithmSpecification"]["TrainingImage"],
            "TrainingInputMode": "File",
        },
        RoleArn=good["RoleArn"],
        InputDataConfig=good["InputDataConfig"],
        OutputDataConfig={"S3OutputPath": f"s3://{infrastructure.artifact_bucket(world)}/bad"},
        ResourceConfig={"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 10},
        StoppingCondition={"MaxRuntimeInSeconds": 600},
        HyperParameters={"num_round": "10", "max_depth": "deep"},
    )
    sagemaker.get_waiter("training_job_completed_or_stopped").config.delay = 1

    def ended() -> dict[str, Any] | None:
        found: dict[str, Any] = sagemaker.describe_training_job(TrainingJobName=name)
        return found if found["TrainingJobStatus"] in ("Failed", "Completed") else None

    return eventually(ended, "the end of the job", pause=world.pause)


@then("the job has failed and its failure reason carries the algorithm's text")
def failure_reason(job: dict[str, Any]) -> None:
    assert job["TrainingJobStatus"] == "Failed"
    assert "AlgorithmError" in job["FailureReason"]
    assert "max_depth" in job["FailureReason"]


def _status(world: World, arn: str) -> str:
    sagemaker = world.aws(account="automation").client("sagemaker")
    return str(sagemaker.describe_pipeline_execution(PipelineExecutionArn=arn)["PipelineExecutionStatus"])


def _steps(world: World, arn: str) -> dict[str, dict[str, Any]]:
    sagemaker = world.aws(account="automation").client("sagemaker")
    steps = sagemaker.list_pipeline_execution_steps(PipelineExecutionArn=arn)["PipelineExecutionSteps"]
    return {step["StepName"]: step for step in steps}
