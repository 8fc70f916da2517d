"""Asynchronous invocations: two retries on the virtual clock, then destinations and dead letters; over the wire."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from simulator.runtime.work import Answer
from tests.aws.lambda_.functions import ACCOUNT, create, ended, failed, scripted
from tests.wire import RunningSimulator


class Failing:
    """A function that fails so many times, and then answers."""

    def __init__(self, times: int) -> None:
        self.left, self.seen = times, 0

    def __call__(self, event: Any) -> Answer:
        self.seen += 1
        self.left -= 1
        return failed("not yet") if self.left >= 0 else ended({"done": event})


def _queue(simulator: RunningSimulator, name: str) -> tuple[str, str]:
    url: str = simulator.client("sqs").create_queue(QueueName=name)["QueueUrl"]
    return url, f"arn:aws:sqs:us-east-1:{ACCOUNT}:{name}"


def _message(simulator: RunningSimulator, url: str) -> dict[str, Any]:
    got = simulator.client("sqs").receive_message(QueueUrl=url, MessageAttributeNames=["All"])
    [message] = got["Messages"]
    found: dict[str, Any] = message
    return found


def test_a_function_is_tried_again_after_one_minute_and_after_two() -> None:
    function = Failing(2)
    simulator = RunningSimulator(engine=scripted(function))
    try:
        create(simulator)
        url, arn = _queue(simulator, "done")
        simulator.client("lambda").put_function_event_invoke_config(
            FunctionName="f", DestinationConfig={"OnSuccess": {"Destination": arn}}
        )
        answer = simulator.client("lambda").invoke(FunctionName="f", InvocationType="Event", Payload=b'"e"')
        assert answer["StatusCode"] == 202
        simulator.rest()
        assert function.seen == 1
        simulator.advance(59)
        assert function.seen == 1
        simulator.advance(2)
        assert function.seen == 2
        simulator.advance(121)
        assert function.seen == 3
        record = json.loads(_message(simulator, url)["Body"])
        assert record["requestContext"]["condition"] == "Success"
        assert record["requestContext"]["approximateInvokeCount"] == 3
        assert record["responsePayload"] == {"done": "e"}
    finally:
        simulator.stop()


def test_an_event_that_waits_for_its_retry_outlives_a_restart(tmp_path: Path) -> None:
    first = RunningSimulator(engine=scripted(Failing(9)), state=tmp_path / "state")
    try:
        create(first)
        first.client("lambda").invoke(FunctionName="f", InvocationType="Event", Payload=b'"kept"')
        first.rest()
    finally:
        first.stop()
    function = Failing(0)
    second = RunningSimulator(engine=scripted(function), state=tmp_path / "state")
    try:
        second.advance(61)
        assert function.seen == 1
        second.advance(600)
        assert function.seen == 1
    finally:
        second.stop()


def test_what_fails_three_times_goes_to_the_dead_letter_queue() -> None:
    function = Failing(9)
    simulator = RunningSimulator(engine=scripted(function))
    try:
        url, arn = _queue(simulator, "letters")
        create(simulator, DeadLetterConfig={"TargetArn": arn})
        simulator.client("lambda").invoke(FunctionName="f", InvocationType="Event", Payload=b'{"a": 1}')
        simulator.advance(600)
        assert function.seen == 3
        message = _message(simulator, url)
        assert message["Body"] == '{"a": 1}'
        attributes = {name: given["StringValue"] for name, given in message["MessageAttributes"].items()}
        assert (attributes["ErrorCode"], attributes["ErrorMessage"]) == ("200", "not yet")
    finally:
        simulator.stop()


def test_the_failure_destination_gets_the_record_when_no_retry_is_wanted() -> None:
    function = Failing(9)
    simulator = RunningSimulator(engine=scripted(function))
    try:
        create(simulator)
        url, arn = _queue(simulator, "failures")
        simulator.client("lambda").put_function_event_invoke_config(
            FunctionName="f",
            MaximumRetryAttempts=0,
            DestinationConfig={"OnFailure": {"Destination": arn}},
        )
        simulator.client("lambda").invoke(FunctionName="f", InvocationType="Event")
        simulator.rest()
        record = json.loads(_message(simulator, url)["Body"])
        assert (function.seen, record["requestContext"]["condition"]) == (1, "RetriesExhausted")
        assert record["responseContext"]["functionError"] == "Unhandled"
    finally:
        simulator.stop()
