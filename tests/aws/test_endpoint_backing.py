"""The leaf services in another process stand behind the simulator, which still says who may do what.

The process is a moto server, or what SIMULATOR_TESTS_BACKING names: the URL of a LocalStack that runs.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import boto3
import botocore.exceptions
import httpx
import pytest

from simulator.harness.eventually import eventually
from tests.wire import RunningSimulator


@pytest.fixture(scope="module")
def backing() -> Iterator[str]:
    """A moto server of its own process, as its users start it, or the endpoint that the environment names."""
    if given := os.environ.get("SIMULATOR_TESTS_BACKING"):
        yield given
        return
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
        env={**os.environ, "MOTO_IAM_LOAD_MANAGED_POLICIES": "true"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    url = f"http://127.0.0.1:{port}"

    def answers() -> bool | None:
        try:
            return httpx.get(f"{url}/moto-api/", trust_env=False).status_code < 500 or None
        except httpx.TransportError:
            return None

    eventually(answers, "the moto server", timeout_seconds=60)
    yield url
    process.terminate()
    process.wait()


@pytest.fixture(scope="module")
def simulator(backing: str) -> Iterator[RunningSimulator]:
    running = RunningSimulator(backing_endpoint=backing)
    yield running
    running.stop()


def test_objects_live_in_the_backing_in_the_account_of_their_owner(
    simulator: RunningSimulator, backing: str
) -> None:
    s3 = simulator.client("s3", "grace")
    s3.create_bucket(Bucket="behind")
    s3.put_object(Bucket="behind", Key="a", Body=b"kept elsewhere")
    # Read it there itself, naming the account as the simulator does.
    answer = httpx.get(
        f"{backing}/behind/a",
        headers={
            "x-moto-account-id": "222222222222",
            "authorization": "AWS4-HMAC-SHA256 Credential=222222222222/20260101/us-east-1/s3/aws4_request, Signature=x",
        },
        trust_env=False,
    )

    assert s3.get_object(Bucket="behind", Key="a")["Body"].read() == b"kept elsewhere"
    assert answer.content == b"kept elsewhere"


def test_the_simulator_still_enforces_policies(simulator: RunningSimulator) -> None:
    simulator.client("s3", "grace").create_bucket(Bucket="guarded")

    with pytest.raises(botocore.exceptions.ClientError, match="AccessDenied"):
        simulator.client("s3", "ada").list_objects_v2(Bucket="guarded")


def test_roles_of_the_topology_are_assumed_as_without_a_backing(simulator: RunningSimulator) -> None:
    role = "arn:aws:iam::333333333333:role/AzureDevOpsRole"
    identity = simulator.client("sts", "azure-devops", role=role).get_caller_identity()

    assert identity["Account"] == "333333333333"


def test_localstack_client_works_as_it_is(
    simulator: RunningSimulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    import localstack_client.session

    monkeypatch.setenv("AWS_ENDPOINT_URL", simulator.aws_url)
    client = localstack_client.session.Session().client("sts")

    assert client.get_caller_identity()["Arn"].endswith(":user/operator")
    assert (
        boto3.Session("test", "test", region_name="us-east-1")
        .client("sts", endpoint_url=simulator.aws_url)
        .get_caller_identity()["Arn"]
        .endswith(":user/operator")
    )


def test_awslocal_works_as_it_is(simulator: RunningSimulator, tmp_path: Path) -> None:
    awslocal = Path(sys.executable).with_name("awslocal")
    environment = {
        "PATH": f"{awslocal.parent}:{os.environ['PATH']}",
        "HOME": str(tmp_path),
        "AWS_ENDPOINT_URL": simulator.aws_url,
    }
    said = subprocess.run(
        [awslocal, "sts", "get-caller-identity", "--output", "json"],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )

    assert json.loads(said.stdout)["Arn"].endswith(":user/operator")
