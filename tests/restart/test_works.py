"""Work after SIGKILL: a training that ran goes on, a stack half made is finished, and nothing is done twice."""

from __future__ import annotations

import io
import random
import re
import tarfile
from collections import Counter
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import xgboost

from simulator.harness.eventually import eventually
from simulator.harness.world import World
from tests.restart.server import Server

BUCKET = "works"
ROUNDS, ROWS = 1000, 20_000
IMAGE = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.7-1"
ROLE = "arn:aws:iam::222222222222:role/SageMakerExecutionRole"
LOGS = "/aws/sagemaker/TrainingJobs"
TEMPLATE = f"""
Resources:
  Capture:
    Type: AWS::S3::Bucket
  Model:
    Type: AWS::SageMaker::Model
    Properties:
      ExecutionRoleArn: {ROLE}
      PrimaryContainer: {{Image: "{IMAGE}", ModelDataUrl: s3://{BUCKET}/model.tar.gz}}
  Config:
    Type: AWS::SageMaker::EndpointConfig
    Properties:
      ProductionVariants:
        - {{VariantName: AllTraffic, ModelName: !GetAtt Model.ModelName, InitialInstanceCount: 1,
            InstanceType: ml.m5.large, InitialVariantWeight: 1}}
  Endpoint:
    Type: AWS::SageMaker::Endpoint
    Properties:
      EndpointName: kept
      EndpointConfigName: !GetAtt Config.EndpointConfigName
Outputs:
  Capture:
    Value: !Ref Capture
"""


@pytest.fixture
def world(server: Server) -> World:
    """A started simulator with a bucket for the work's data."""
    started = server.start()
    started.aws().client("s3").create_bucket(Bucket=BUCKET)
    return started


def train(world: World, name: str) -> dict[str, Any]:
    """A training of some seconds with a line of log a round; gives its description once the first are in the log."""
    draw = random.Random(1)
    rows = [[draw.random() for _ in range(4)] for _ in range(ROWS)]
    table = "\n".join(",".join(f"{value:.3f}" for value in row) for row in rows)
    world.aws().client("s3").put_object(Bucket=BUCKET, Key="train/train.csv", Body=table.encode())
    sagemaker = world.aws().client("sagemaker")
    source = {"S3DataType": "S3Prefix", "S3Uri": f"s3://{BUCKET}/train"}
    sagemaker.create_training_job(
        TrainingJobName=name,
        AlgorithmSpecification={"TrainingImage": IMAGE, "TrainingInputMode": "File"},
        RoleArn=ROLE,
        InputDataConfig=[
            {"ChannelName": "train", "ContentType": "text/csv", "DataSource": {"S3DataSource": source}}
        ],
        OutputDataConfig={"S3OutputPath": f"s3://{BUCKET}/output"},
        ResourceConfig={"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 1},
        StoppingCondition={"MaxRuntimeInSeconds": 3600},
        HyperParameters={"num_round": str(ROUNDS), "objective": "reg:squarederror", "max_depth": "8"},
    )
    eventually(lambda: rounds(world, name) or None, "the first rounds in the log")
    found: dict[str, Any] = sagemaker.describe_training_job(TrainingJobName=name)
    return found


def rounds(world: World, job: str) -> Counter[int]:
    """How often each round of a training job is in its log."""
    numbers = (re.match(r"\[(\d+)\]", line) for line in log_lines(world, job))
    return Counter(int(found[1]) for found in numbers if found)


def log_lines(world: World, job: str) -> Iterator[str]:
    """All lines of a training job in CloudWatch Logs; none before there is a log."""
    logs = world.aws().client("logs")
    try:
        streams = logs.describe_log_streams(logGroupName=LOGS, logStreamNamePrefix=job)["logStreams"]
    except logs.exceptions.ResourceNotFoundException:
        return
    if not streams:
        return
    (stream,) = streams
    where = {"logGroupName": LOGS, "logStreamName": stream["logStreamName"], "startFromHead": True}
    token: dict[str, str] = {}
    while True:
        page = logs.get_log_events(**where, **token)
        if not page["events"]:
            return
        yield from (event["message"] for event in page["events"])
        token = {"nextToken": page["nextForwardToken"]}


def test_a_training_that_ran_goes_on_and_is_not_run_twice(server: Server, world: World) -> None:
    before = train(world, "survivor")
    assert before["SecondaryStatus"] == "Training"
    server.kill()

    server.start()
    after = server.ended("survivor")

    assert after["TrainingJobStatus"] == "Completed", after.get("FailureReason")
    assert after["TrainingJobArn"] == before["TrainingJobArn"]
    assert (after["CreationTime"], after["TrainingStartTime"]) == (
        before["CreationTime"],
        before["TrainingStartTime"],
    )
    world.control.rest()
    assert rounds(world, "survivor") == dict.fromkeys(range(ROUNDS), 1)
    entered = Counter(
        each["detail"].get("secondary_status") for each in server.kinds("TrainingJobStateChanged")
    )
    assert (entered["Downloading"], entered["Training"]) == (1, 1)
    kept = world.aws().client("s3").list_objects_v2(Bucket=BUCKET, Prefix="output")["Contents"]
    assert [each["Key"] for each in kept] == ["output/survivor/output/model.tar.gz"]


def model_archive() -> bytes:
    """A small real model as the training image would leave it."""
    features = np.random.default_rng(1).random((50, 3))
    booster = xgboost.train({}, xgboost.DMatrix(features, features[:, 0]), 2)
    model, made = bytes(booster.save_raw("ubj")), io.BytesIO()
    with tarfile.open(fileobj=made, mode="w:gz") as archive:
        member = tarfile.TarInfo("xgboost-model")
        member.size = len(model)
        archive.addfile(member, io.BytesIO(model))
    return made.getvalue()


def test_a_stack_half_made_is_finished_and_makes_nothing_twice(server: Server, world: World) -> None:
    aws = world.aws()
    aws.client("s3").put_object(Bucket=BUCKET, Key="model.tar.gz", Body=model_archive())
    cloudformation, sagemaker = aws.client("cloudformation"), aws.client("sagemaker")
    stack = cloudformation.create_stack(StackName="half", TemplateBody=TEMPLATE)["StackId"]
    world.until(
        lambda fact: fact["kind"] == "EndpointStateChanged" and fact["detail"]["status"] == "Creating",
        "the endpoint of the stack",
    )
    physical = {
        each["LogicalResourceId"]: each["PhysicalResourceId"]
        for each in cloudformation.list_stack_resources(StackName="half")["StackResourceSummaries"]
        if each["ResourceStatus"] == "CREATE_COMPLETE"
    }
    (half,) = cloudformation.describe_stacks(StackName="half")["Stacks"]
    assert half["StackStatus"] == "CREATE_IN_PROGRESS"
    server.kill()

    server.start()
    cloudformation.get_waiter("stack_create_complete").wait(StackName="half", WaiterConfig={"Delay": 1})

    (found,) = cloudformation.describe_stacks(StackName="half")["Stacks"]
    resources = cloudformation.list_stack_resources(StackName="half")["StackResourceSummaries"]
    assert found["StackId"] == stack
    assert set(physical) >= {"Model", "Config"}
    assert {
        each["LogicalResourceId"]: each["PhysicalResourceId"] for each in resources
    }.items() >= physical.items()
    assert len(sagemaker.list_models()["Models"]) == 1
    assert len(sagemaker.list_endpoint_configs()["EndpointConfigs"]) == 1
    assert len(aws.client("s3").list_buckets()["Buckets"]) == 2
    answer = aws.client("sagemaker-runtime").invoke_endpoint(
        EndpointName="kept", ContentType="text/csv", Body=b"0.1,0.2,0.3"
    )
    assert 0 < float(answer["Body"].read()) < 1
    cloudformation.delete_stack(StackName="half")
    cloudformation.get_waiter("stack_delete_complete").wait(StackName="half", WaiterConfig={"Delay": 1})
