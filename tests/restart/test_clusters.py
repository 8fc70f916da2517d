"""A cluster after SIGKILL of the simulator: its hosts, their network and the pipes that feed them go on."""

from __future__ import annotations

import io
import tarfile
from typing import Any

import pytest

from simulator.harness.eventually import eventually
from simulator.harness.world import World
from tests.restart.server import Server

BUCKET = "cluster"
IMAGE = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn:1.2-1"
ROLE = "arn:aws:iam::222222222222:role/SageMakerExecutionRole"
PROGRAM = """
import json, socket, time
import boto3
host = json.load(open("/opt/ml/input/config/resourceconfig.json"))["current_host"]
first = open("/opt/ml/input/data/fed_0").read()
print("ready", flush=True)
s3 = boto3.client("s3")
while s3.list_objects_v2(Bucket="cluster", Prefix="go")["KeyCount"] == 0:
    time.sleep(0.1)
second = open("/opt/ml/input/data/fed_1").read()
assert first == second, (first, second)
if host == "algo-1":
    peer, _ = socket.create_server(("0.0.0.0", 29500)).accept()
    peer.sendall(second.encode())
    said = "told"
else:
    while True:
        try:
            peer = socket.create_connection(("algo-1", 29500), 10)
            break
        except OSError:
            time.sleep(0.05)
    said = peer.recv(100).decode()
open(f"/opt/ml/model/{host}", "w").write(said)
"""


@pytest.fixture
def world(server: Server) -> World:
    """A started simulator with a bucket that holds the program and what is fed to it."""
    started = server.start()
    s3 = started.aws().client("s3")
    s3.create_bucket(Bucket=BUCKET)
    s3.put_object(Bucket=BUCKET, Key="code/run.py", Body=PROGRAM.encode())
    s3.put_object(Bucket=BUCKET, Key="fed/a", Body=b"fed twice")
    return started


def channel(name: str, mode: str) -> dict[str, Any]:
    """A channel over the prefix of its own name."""
    source = {"S3DataType": "S3Prefix", "S3Uri": f"s3://{BUCKET}/{name}/"}
    return {"ChannelName": name, "DataSource": {"S3DataSource": source}, "InputMode": mode}


def ready(world: World) -> int:
    """How many hosts have begun."""
    logs, group = world.aws().client("logs"), "/aws/sagemaker/TrainingJobs"
    found = (
        logs.filter_log_events(logGroupName=group, filterPattern="ready")["events"] if groups(logs) else []
    )
    return len(found)


def groups(logs: Any) -> list[Any]:
    """The log groups of training, which the first line makes."""
    found: list[Any] = logs.describe_log_groups(logGroupNamePrefix="/aws/sagemaker/Training")["logGroups"]
    return found


def test_the_hosts_of_a_cluster_go_on_with_their_network_and_their_pipes(
    server: Server, world: World
) -> None:
    world.aws().client("sagemaker").create_training_job(
        TrainingJobName="survivors",
        AlgorithmSpecification={
            "TrainingImage": IMAGE,
            "TrainingInputMode": "File",
            "ContainerEntrypoint": ["python3", "/opt/ml/input/data/code/run.py"],
        },
        RoleArn=ROLE,
        InputDataConfig=[channel("code", "File"), channel("fed", "Pipe")],
        OutputDataConfig={"S3OutputPath": f"s3://{BUCKET}/output"},
        ResourceConfig={"InstanceType": "ml.m5.large", "InstanceCount": 2, "VolumeSizeInGB": 1},
        StoppingCondition={"MaxRuntimeInSeconds": 3600},
    )
    eventually(lambda: ready(world) == 2 or None, "both hosts are ready")
    server.kill()

    server.start().aws().client("s3").put_object(Bucket=BUCKET, Key="go", Body=b"")
    after = server.ended("survivors")

    assert after["TrainingJobStatus"] == "Completed", after.get("FailureReason")
    key = after["ModelArtifacts"]["S3ModelArtifacts"].removeprefix(f"s3://{BUCKET}/")
    body = server.world.aws().client("s3").get_object(Bucket=BUCKET, Key=key)["Body"].read()
    with tarfile.open(fileobj=io.BytesIO(body)) as model:
        said = {name: model.extractfile(name).read() for name in model.getnames()}  # type: ignore[union-attr]
    assert said == {"algo-1": b"told", "algo-2": b"fed twice"}
