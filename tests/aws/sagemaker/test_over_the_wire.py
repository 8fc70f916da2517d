"""SageMaker as boto3 sees it: real clients over HTTP, the scripted engine behind."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from simulator.runtime.engine_scripted import Script, ScriptedEngine
from simulator.runtime.work import Work
from tests.aws.sagemaker.fake_cloud import processing_request, training_request
from tests.aws.sagemaker.pipelines.test_executions import definition, process
from tests.wire import RunningSimulator

OPERATOR_ROLE = "arn:aws:iam::222222222222:role/SageMakerExecutionRole"


def train(work: Work) -> str:
    (work.mounts[0].source / "model/xgboost-model").write_text("trees")
    return "[1]#011train-rmse:2.5"


@pytest.fixture(name="world", scope="module")
def _world() -> Iterator[tuple[RunningSimulator, ScriptedEngine]]:
    engine = ScriptedEngine()
    engine.script("xgboost", Script(effect=train))
    engine.script("scikit_learn", Script(effect=process))
    running = RunningSimulator(engine=engine)
    s3 = running.client("s3")
    for bucket in ("data", "models"):
        s3.create_bucket(Bucket=f"{bucket}-of-the-team")
    s3.put_object(Bucket="data-of-the-team", Key="code/x.py", Body=b"print()")
    s3.put_object(Bucket="data-of-the-team", Key="train/a.csv", Body=b"1,2")
    yield running, engine
    running.stop()


def ours(request: Any) -> Any:
    """Bucket names as S3 allows them."""
    text = (
        json.dumps(request)
        .replace("s3://data", "s3://data-of-the-team")
        .replace("s3://models", "s3://models-of-the-team")
    )
    return json.loads(text)


def test_a_training_job_runs_and_its_waiter_ends(world):
    running, _ = world
    sagemaker = running.client("sagemaker")
    sagemaker.create_training_job(**ours(training_request()))
    sagemaker.get_waiter("training_job_completed_or_stopped").wait(TrainingJobName="train-1")
    job = sagemaker.describe_training_job(TrainingJobName="train-1")
    assert job["TrainingJobStatus"] == "Completed"
    assert job["FinalMetricDataList"][0]["MetricName"] == "train:rmse"
    assert job["CreationTime"].tzinfo is not None
    key = job["ModelArtifacts"]["S3ModelArtifacts"].removeprefix("s3://models-of-the-team/")
    assert (
        running.client("s3").get_object(Bucket="models-of-the-team", Key=key)["Body"].read()[:2]
        == b"\x1f\x8b"
    )
    logs = running.client("logs")
    streams = logs.describe_log_streams(logGroupName="/aws/sagemaker/TrainingJobs")["logStreams"]
    events = logs.get_log_events(
        logGroupName="/aws/sagemaker/TrainingJobs", logStreamName=streams[0]["logStreamName"]
    )
    assert [event["message"] for event in events["events"]] == ["[1]#011train-rmse:2.5"]


def test_a_pipeline_registers_a_version_that_another_account_may_read_by_policy(world):
    running, _ = world
    sagemaker = running.client("sagemaker")
    text = json.dumps(ours(json.loads(definition())))
    sagemaker.create_pipeline(
        PipelineName="abalone", PipelineDefinition=text, RoleArn=OPERATOR_ROLE, ClientRequestToken="c" * 32
    )
    arn = sagemaker.start_pipeline_execution(PipelineName="abalone")["PipelineExecutionArn"]
    assert (
        sagemaker.describe_pipeline_execution(PipelineExecutionArn=arn)["PipelineExecutionStatus"]
        == "Succeeded"
    )
    steps = sagemaker.list_pipeline_execution_steps(PipelineExecutionArn=arn)["PipelineExecutionSteps"]
    package = steps[0]["Metadata"]["RegisterModel"]["Arn"]
    staging = running.client(
        "sagemaker", person="azure-devops", role="arn:aws:iam::333333333333:role/AzureDevOpsRole"
    )
    with pytest.raises(ClientError, match="not authorized"):
        staging.describe_model_package(ModelPackageName=package)
    group = "arn:aws:sagemaker:us-east-1:222222222222:model-package-group/abalone"
    policy = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"AWS": "arn:aws:iam::333333333333:root"},
                "Action": "sagemaker:DescribeModelPackage",
                "Resource": [group.replace("-group", "") + "/*"],
            }
        ],
    }
    sagemaker.put_model_package_group_policy(
        ModelPackageGroupName="abalone", ResourcePolicy=json.dumps(policy)
    )
    assert staging.describe_model_package(ModelPackageName=package)["ModelPackageVersion"] == 1


def test_errors_come_in_the_form_of_aws(world):
    running, _ = world
    sagemaker = running.client("sagemaker")
    with pytest.raises(sagemaker.exceptions.ResourceNotFound):
        sagemaker.describe_pipeline(PipelineName="nobody")
    with pytest.raises(ClientError, match="Could not find requested job"):
        sagemaker.describe_processing_job(ProcessingJobName="nobody")
    sagemaker.create_processing_job(**ours(processing_request()))
    with pytest.raises(sagemaker.exceptions.ResourceInUse, match="must be unique"):
        sagemaker.create_processing_job(**ours(processing_request()))
