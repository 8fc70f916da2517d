"""Invocations: what a function answers, how it fails, what it logs and counts, and who may ask; over the wire."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from simulator.runtime.work import Answer
from tests.aws.lambda_.functions import ACCOUNT, create, ended, failed, role, scripted, zipped
from tests.wire import RunningSimulator

ARN = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:f"


def _world(answer: Any) -> RunningSimulator:
    return RunningSimulator(engine=scripted(answer))


@pytest.fixture
def echo() -> Any:
    """A simulator whose functions answer their event; `raise` in it makes them fail."""

    def answer(event: Any) -> Answer:
        return failed(event["raise"]) if isinstance(event, dict) and "raise" in event else ended(event)

    running = _world(answer)
    yield running
    running.stop()


def _payload(answer: dict[str, Any]) -> Any:
    return json.loads(answer["Payload"].read())


def test_the_answer_is_the_functions_own_and_a_warm_environment_serves_the_next_call(
    echo: RunningSimulator,
) -> None:
    create(echo)
    client = echo.client("lambda")
    answer = client.invoke(FunctionName="f", Payload=b'{"a": 1}')
    assert (answer["StatusCode"], answer["ExecutedVersion"], "FunctionError" in answer) == (
        200,
        "$LATEST",
        False,
    )
    assert _payload(answer) == {"a": 1}
    assert _payload(client.invoke(FunctionName=ARN)) == {}
    engine = echo.simulator.working.engine
    assert len([work for work in engine.started if work.image == "lambda_python"]) == 1  # type: ignore[attr-defined]
    client.update_function_code(FunctionName="f", ZipFile=zipped({"app.py": "y = 1\n"}))
    client.invoke(FunctionName="f")
    assert len(engine.started) == 2  # type: ignore[attr-defined]


def test_the_environment_tells_the_function_what_it_is(echo: RunningSimulator) -> None:
    create(echo, Environment={"Variables": {"STAGE": "test"}}, MemorySize=512, Publish=True)
    echo.client("lambda").invoke(FunctionName="f", Qualifier="1")
    [work] = echo.simulator.working.engine.started  # type: ignore[attr-defined]
    expected = {
        "STAGE": "test",
        "TZ": ":UTC",
        "_HANDLER": "app.handler",
        "LAMBDA_TASK_ROOT": "/var/task",
        "AWS_LAMBDA_FUNCTION_NAME": "f",
        "AWS_LAMBDA_FUNCTION_VERSION": "1",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "512",
        "AWS_EXECUTION_ENV": "AWS_Lambda_python3.12",
        "AWS_REGION": "us-east-1",
    }
    assert work.environment | expected == work.environment
    assert (work.mounts[0].source / "app.py").read_text().startswith("def handler")


def test_a_failing_function_is_unhandled_and_logs_its_lines(echo: RunningSimulator) -> None:
    create(echo)
    answer = echo.client("lambda").invoke(FunctionName="f", Payload=b'{"raise": "no"}', LogType="Tail")
    assert (answer["StatusCode"], answer["FunctionError"]) == (200, "Unhandled")
    assert _payload(answer)["errorMessage"] == "no"
    tail = base64.b64decode(answer["LogResult"]).decode().splitlines()
    request = answer["ResponseMetadata"]["RequestId"]
    assert tail[0] == f"START RequestId: {request} Version: $LATEST"
    assert tail[-1] == (
        f"REPORT RequestId: {request}\tDuration: 12.00 ms\tBilled Duration: 12 ms\tMemory Size: 128 MB\t"
        "Max Memory Used: 40 MB\t"
    )
    events = echo.client("logs").filter_log_events(logGroupName="/aws/lambda/f")["events"]
    assert [event["message"] for event in events] == tail
    counted = {
        metric: echo.client("cloudwatch").get_metric_statistics(
            Namespace="AWS/Lambda",
            MetricName=metric,
            Dimensions=[{"Name": "FunctionName", "Value": "f"}],
            StartTime="2000-01-01",
            EndTime="2100-01-01",
            Period=86400 * 36525,
            Statistics=["Sum"],
        )["Datapoints"][0]["Sum"]
        for metric in ("Invocations", "Errors", "Duration")
    }
    assert counted == {"Invocations": 1, "Errors": 1, "Duration": 12}


def test_a_role_without_the_right_to_logs_loses_them(echo: RunningSimulator) -> None:
    create(echo, Role=role(echo, policy=""))
    assert _payload(echo.client("lambda").invoke(FunctionName="f", Payload=b"1")) == 1
    assert [fact["kind"] for fact in echo.facts()].count("LogsNotDelivered") == 1


def test_a_timeout_is_told_in_awss_words() -> None:
    running = _world(lambda event: ended("", timed_out=True, failed=True, over=True))
    try:
        create(running, Timeout=3)
        answer = running.client("lambda").invoke(FunctionName="f", LogType="Tail")
        request = answer["ResponseMetadata"]["RequestId"]
        assert _payload(answer) == {
            "errorType": "Sandbox.Timedout",
            "errorMessage": f"RequestId: {request} Error: Task timed out after 3.00 seconds",
        }
        assert (
            f"{request} Task timed out after 3.00 seconds" in base64.b64decode(answer["LogResult"]).decode()
        )
        running.client("lambda").invoke(FunctionName="f")
        assert len(running.simulator.working.engine.started) == 2  # type: ignore[attr-defined]
    finally:
        running.stop()


def test_a_dry_run_runs_nothing(echo: RunningSimulator) -> None:
    create(echo)
    assert echo.client("lambda").invoke(FunctionName="f", InvocationType="DryRun")["StatusCode"] == 204
    assert echo.simulator.working.engine.started == []  # type: ignore[attr-defined]


def test_a_payload_that_is_no_json_or_too_large_is_refused(echo: RunningSimulator) -> None:
    create(echo)
    for payload, code, status in (
        (b"{", "InvalidRequestContentException", 400),
        (b'"' + b"x" * 6_291_456 + b'"', "RequestTooLargeException", 413),
    ):
        with pytest.raises(ClientError) as caught:
            echo.client("lambda").invoke(FunctionName="f", Payload=payload)
        assert caught.value.response["Error"]["Code"] == code
        assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == status


def test_beyond_the_reserved_concurrency_it_is_throttled(echo: RunningSimulator) -> None:
    create(echo)
    client = echo.client("lambda")
    client.put_function_concurrency(FunctionName="f", ReservedConcurrentExecutions=0)
    with pytest.raises(client.exceptions.TooManyRequestsException, match=r"Rate Exceeded\."):
        client.invoke(FunctionName="f")
    client.delete_function_concurrency(FunctionName="f")
    assert client.invoke(FunctionName="f")["StatusCode"] == 200


def test_a_caller_needs_the_right_to_invoke(echo: RunningSimulator) -> None:
    create(echo)
    with pytest.raises(ClientError) as caught:
        echo.client("lambda", role=f"arn:aws:iam::{ACCOUNT}:role/ReadOnly").invoke(FunctionName="f")
    error = caught.value.response["Error"]
    assert error["Code"] == "AccessDeniedException"
    assert f"is not authorized to perform: lambda:InvokeFunction on resource: {ARN}" in error["Message"]


def test_another_account_invokes_what_the_functions_policy_opens_to_it(echo: RunningSimulator) -> None:
    create(echo)
    stranger = echo.client("lambda", "ada")
    with pytest.raises(ClientError, match="InvokeFunction"):
        stranger.invoke(FunctionName=ARN)
    echo.client("lambda").add_permission(
        FunctionName="f", StatementId="ada", Action="lambda:InvokeFunction", Principal="111111111111"
    )
    assert _payload(stranger.invoke(FunctionName=ARN, Payload=b"2")) == 2
    echo.client("lambda").remove_permission(FunctionName="f", StatementId="ada")
    with pytest.raises(ClientError, match="InvokeFunction"):
        stranger.invoke(FunctionName=ARN)
