"""The program of the image: functions truly run under AWS's own runtime client, in both engines."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.aws.lambda_.functions import ACCOUNT, create, zipped
from tests.wire import RunningSimulator

SOURCE = """
import os, time
import boto3
count = 0
def handler(event, context):
    global count
    count += 1
    print("seen", event)
    if "sleep" in event: time.sleep(event["sleep"])
    if "raise" in event: raise ValueError(event["raise"])
    if "take" in event: taken = bytearray(event["take"] << 20); time.sleep(600)
    if "exit" in event: os._exit(event["exit"])
    if "who" in event: return boto3.client("sts").get_caller_identity()["Arn"]
    if "layer" in event: from shared import answer; return answer
    return {"count": count, "arn": context.invoked_function_arn, "memory": context.memory_limit_in_mb}
"""


@pytest.fixture(scope="module", params=["process", pytest.param("docker", marks=pytest.mark.docker)])
def world(request: pytest.FixtureRequest) -> Iterator[RunningSimulator]:
    running = RunningSimulator(engine_name=request.param)
    layer = running.client("lambda").publish_layer_version(
        LayerName="shared", Content={"ZipFile": zipped({"python/shared.py": "answer = 42\n"})}
    )
    create(
        running, Code={"ZipFile": zipped({"app.py": SOURCE})}, Timeout=30, Layers=[layer["LayerVersionArn"]]
    )
    yield running
    running.stop()


def _invoke(world: RunningSimulator, event: Any) -> tuple[Any, str, list[str]]:
    answer = world.client("lambda").invoke(FunctionName="f", Payload=json.dumps(event), LogType="Tail")
    lines = base64.b64decode(answer["LogResult"]).decode().splitlines()
    return json.loads(answer["Payload"].read()), answer.get("FunctionError", ""), lines


def test_a_process_is_kept_for_the_next_event_and_its_lines_belong_to_theirs(world: RunningSimulator) -> None:
    first, _, _ = _invoke(world, {"n": 1})
    second, _, lines = _invoke(world, {"n": 2})
    assert second["count"] == first["count"] + 1
    assert second["arn"] == f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:f"
    assert [line for line in lines if line.startswith("seen")] == ["seen {'n': 2}"]


def test_the_function_is_its_role_and_sees_its_layers(world: RunningSimulator) -> None:
    assert _invoke(world, {"who": 1})[0] == f"arn:aws:sts::{ACCOUNT}:assumed-role/role-of-f/f"
    assert _invoke(world, {"layer": 1})[0] == 42


def test_an_exception_is_told_with_its_trace(world: RunningSimulator) -> None:
    payload, error, _ = _invoke(world, {"raise": "no luck"})
    assert (error, payload["errorType"], payload["errorMessage"]) == ("Unhandled", "ValueError", "no luck")
    assert "/var/task/app.py" in payload["stackTrace"][0]


def test_a_function_that_does_not_end_is_killed_at_its_timeout(world: RunningSimulator) -> None:
    world.client("lambda").update_function_configuration(FunctionName="f", Timeout=1)
    payload, error, lines = _invoke(world, {"sleep": 600})
    world.client("lambda").update_function_configuration(FunctionName="f", Timeout=30)
    assert (error, payload["errorType"]) == ("Unhandled", "Sandbox.Timedout")
    assert lines[-1].endswith("Status: timeout")
    assert _invoke(world, {})[0]["count"] == 1


def test_a_process_that_exits_is_reported_and_replaced(world: RunningSimulator) -> None:
    payload, error, _ = _invoke(world, {"exit": 3})
    assert (error, payload["errorType"]) == ("Unhandled", "Runtime.ExitError")
    assert payload["errorMessage"].endswith("Error: Runtime exited with error: exit status 3")
    assert _invoke(world, {})[0]["count"] == 1


def test_a_function_that_takes_more_memory_than_it_has_is_killed(world: RunningSimulator) -> None:
    payload, error, lines = _invoke(world, {"take": 512})
    assert (error, payload["errorType"]) == ("Unhandled", "Runtime.OutOfMemory")
    assert "Max Memory Used: 128 MB" in lines[-1]
    assert lines[-1].endswith("Status: error\tError Type: Runtime.OutOfMemory")


def test_a_handler_that_cannot_be_imported_fails_the_invocation(world: RunningSimulator) -> None:
    create(world, "broken", Handler="nowhere.handler")
    answer = world.client("lambda").invoke(FunctionName="broken")
    payload = json.loads(answer["Payload"].read())
    assert answer["FunctionError"] == "Unhandled"
    assert payload["errorType"] == "Runtime.ImportModuleError"
    assert payload["errorMessage"] == "Unable to import module 'nowhere': No module named 'nowhere'"
