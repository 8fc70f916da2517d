"""Training programs that truly run, in the process engine: clusters, pipes, read-only files, isolation, SIGTERM."""

from collections.abc import Iterable, Iterator
from typing import Any

import pytest

from tests.aws.sagemaker.fake_cloud import SKLEARN
from tests.aws.sagemaker.training.team import BUCKET, Team, channel, cluster
from tests.wire import RunningSimulator

EXCHANGE = """
import json, socket, time
told = json.load(open("/opt/ml/input/config/resourceconfig.json"))
if told["current_host"] == "algo-1":
    peer, _ = socket.create_server(("0.0.0.0", 29500)).accept()
    number = int(peer.recv(100))
    peer.sendall(str(number * 2).encode())
else:
    while True:
        try:
            peer = socket.create_connection(("algo-1", 29500), 10)
            break
        except OSError:
            time.sleep(0.05)
    peer.sendall(b"21")
    number = int(peer.recv(100))
open(f"/opt/ml/model/{told['current_host']}", "w").write(str(number))
print("number =", number)
"""
PIPE = """
for epoch in range(3):
    with open(f"/opt/ml/input/data/train_{epoch}", "rb") as pipe:
        print("epoch", epoch, pipe.read().decode())
try:
    open("/opt/ml/input/data/fast/new", "w")
except OSError as error:
    print("fast:", error.strerror, open("/opt/ml/input/data/fast/a.csv").read())
"""
ISOLATED = """
import os, socket
for port in (4566, 3128):
    try:
        socket.create_connection(("127.0.0.1", port), 2)
        print("reached", port)
    except OSError:
        print("closed", port)
print([name for name in os.environ if "KEY" in name or "PROXY" in name])
print(open("/opt/ml/checkpoints/epoch").read())
"""
POLITE = """
import signal, sys, time
def leave(*_):
    open("/opt/ml/model/last", "w").write("saved in the grace")
    sys.exit(0)
signal.signal(signal.SIGTERM, leave)
print("ready", flush=True)
while True:
    time.sleep(0.05)
"""
CALLER = """
import boto3
print(boto3.client("sts").get_caller_identity()["Arn"])
"""


@pytest.fixture(scope="module")
def team() -> Iterator[Team]:
    """One team for all: each test has a job of its own name."""
    running = RunningSimulator(engine_name="process")
    yield Team(running)
    running.stop()


def create(team: Team, name: str, text: str, channels: Iterable[dict[str, Any]] = (), **more: Any) -> str:
    """Ask for a job whose container runs a Python program, which comes by a channel of its own."""
    team.s3.put_object(Bucket=BUCKET, Key=f"code/{name}/run.py", Body=text.encode())
    specification = {
        "TrainingImage": SKLEARN,
        "TrainingInputMode": "File",
        "ContainerEntrypoint": ["python3", "/opt/ml/input/data/code/run.py"],
    }
    given = [channel("code", f"code/{name}/"), *channels]
    return team.create(name, AlgorithmSpecification=specification, InputDataConfig=given, **more)


def run(team: Team, name: str, text: str, **more: Any) -> dict[str, Any]:
    """The job of such a program when it has ended."""
    return team.job(create(team, name, text, **more))


def lines(team: Team, stream: str) -> list[str]:
    """What a host of a job said."""
    logs, group = team.running.client("logs"), "/aws/sagemaker/TrainingJobs"
    (found,) = logs.describe_log_streams(logGroupName=group, logStreamNamePrefix=stream)["logStreams"]
    events = logs.get_log_events(logGroupName=group, logStreamName=found["logStreamName"])["events"]
    return [event["message"] for event in events]


def test_two_hosts_exchange_a_number_over_tcp_and_their_models_come_together(team):
    job = run(team, "exchange", EXCHANGE, ResourceConfig=cluster(2))
    assert job["TrainingJobStatus"] == "Completed", job.get("FailureReason")
    assert team.packed("out/exchange/output/model.tar.gz") == {"algo-1": b"21", "algo-2": b"42"}
    assert lines(team, "exchange/algo-2") == ["number = 42"]


def test_a_program_reads_pipes_epoch_by_epoch_and_cannot_write_fast_files(team):
    team.put(data__a_csv="a;", data__b_csv="b;")
    channels = [
        channel("train", "data/", InputMode="Pipe"),
        channel("fast", "data/", InputMode="FastFile"),
    ]
    job = run(team, "piped", PIPE, channels=channels)
    assert job["TrainingJobStatus"] == "Completed", job.get("FailureReason")
    assert lines(team, "piped/") == [
        *(f"epoch {epoch} a;b;" for epoch in range(3)),
        "fast: Read-only file system a;",
    ]


def test_an_isolated_program_reaches_nothing_and_still_gets_its_checkpoints(team):
    team.put(kept__epoch="seven")
    checkpoints = {"S3Uri": f"s3://{BUCKET}/kept"}
    job = run(team, "alone", ISOLATED, EnableNetworkIsolation=True, CheckpointConfig=checkpoints)
    assert job["TrainingJobStatus"] == "Completed", job.get("FailureReason")
    assert lines(team, "alone/") == ["closed 4566", "closed 3128", "[]", "seven"]


def test_the_program_is_the_execution_role(team):
    assert run(team, "caller", CALLER)["TrainingJobStatus"] == "Completed"
    assert ":assumed-role/SageMakerExecutionRole/" in lines(team, "caller/")[0]


def test_a_program_that_is_stopped_may_save_what_it_has(team):
    create(team, "polite", POLITE)
    team.until_training("polite")
    team.running.until(lambda fact: fact["detail"].get("secondary_status") == "Training" and said(team))
    team.sagemaker.stop_training_job(TrainingJobName="polite")
    job = team.job("polite")
    assert (job["TrainingJobStatus"], job["SecondaryStatus"]) == ("Stopped", "Stopped")
    assert team.packed("out/polite/output/model.tar.gz") == {"last": b"saved in the grace"}


def said(team: Team) -> bool:
    """Whether the polite program is ready to be stopped."""
    work = "training-job-222222222222-us-east-1-polite"

    async def first(simulator: Any) -> str:
        follow = simulator.working.engine.lines(work)
        line: str = await anext(follow)
        await follow.aclose()
        return line

    return bool(team.running.do(first) == "ready")


def test_a_program_that_takes_too_long_is_stopped_as_max_runtime_exceeded(team):
    job = run(team, "slow", POLITE, StoppingCondition={"MaxRuntimeInSeconds": 2})
    assert (job["TrainingJobStatus"], job["SecondaryStatus"]) == ("Stopped", "MaxRuntimeExceeded")
    last = job["SecondaryStatusTransitions"][-1]
    assert last["StatusMessage"] == "Training job runtime exceeded MaxRuntimeInSeconds provided"
    assert team.packed("out/slow/output/model.tar.gz") == {"last": b"saved in the grace"}
