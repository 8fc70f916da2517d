"""From an event to an HTTP endpoint: authorization, parameters, retries, dead letters, over the wire."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from simulator.aws.eventbridge.targets import api_destination
from tests.aws.eventbridge.events_world import (
    ACCOUNT,
    ROLE,
    api_destination_at,
    first_fact,
    kinds_of_facts,
    messages_in,
    put_event,
    queue_for_events,
    rule_to,
)
from tests.aws.eventbridge.receiver import Receiver, receiver
from tests.wire import RunningSimulator


@pytest.fixture
def endpoint() -> Iterator[Receiver]:
    with receiver() as listening:
        yield listening


@pytest.fixture
def simulator() -> Iterator[RunningSimulator]:
    running = RunningSimulator(allowed_hosts=("localhost",))
    yield running
    running.stop()


def test_an_api_destination_receives_the_transformed_event_with_its_authorization(
    simulator: RunningSimulator, endpoint: Receiver
) -> None:
    destination = api_destination_at(
        simulator,
        endpoint.url + "/acme/*/_apis/runs?api-version=7.1",
        {
            "ApiKeyAuthParameters": {"ApiKeyName": "X-Key", "ApiKeyValue": "secret"},
            "InvocationHttpParameters": {
                "HeaderParameters": [{"Key": "X-Both", "Value": "connection"}],
                "BodyParameters": [{"Key": "added", "Value": "yes"}],
            },
        },
    )
    rule_to(
        simulator,
        {
            "Id": "d",
            "Arn": destination,
            "RoleArn": ROLE,
            "InputTransformer": {
                "InputPathsMap": {"v": "$.detail.version", "z": "$.detail.zero"},
                "InputTemplate": '{"version": "<v>", "zero": <z>}',
            },
            "HttpParameters": {
                "PathParameterValues": ["ml"],
                "HeaderParameters": {"X-Both": "target", "X-Version": "$.detail.version"},
                "QueryStringParameters": {"q": "a b"},
            },
        },
    )
    put_event(simulator)
    [request] = endpoint.requests
    assert (request.method, request.path) == ("POST", "/acme/ml/_apis/runs?api-version=7.1&q=a+b")
    assert json.loads(request.body) == {"version": "3", "zero": 0, "added": "yes"}
    wanted = {
        "x-key": "secret",
        "x-both": "connection",
        "x-version": "3",
        "user-agent": "Amazon/EventBridge/ApiDestinations",
        "content-type": "application/json; charset=utf-8",
        "range": "bytes=0-1048575",
    }
    assert {name: request.headers.get(name) for name in wanted} == wanted
    queued = first_fact(simulator, "DeliveryQueued")
    assert request.headers["x-simulator-cause"] == str(queued["sequence"])
    assert "secret" not in json.dumps(simulator.facts())


def test_a_connection_with_oauth_fetches_one_token_and_a_new_one_when_it_is_refused(
    simulator: RunningSimulator, endpoint: Receiver
) -> None:
    def token(text: str) -> tuple[int, dict[str, str], bytes]:
        return 200, {}, json.dumps({"access_token": text, "expires_in": 3600}).encode()

    endpoint.answers = [token("one"), (401, {}, b"no"), token("two"), (200, {}, b""), (200, {}, b"")]
    client = {"ClientID": "id", "ClientSecret": "shh"}
    oauth = {
        "OAuthParameters": {
            "ClientParameters": client,
            "AuthorizationEndpoint": endpoint.url + "/token",
            "HttpMethod": "POST",
        }
    }
    destination = api_destination_at(simulator, endpoint.url + "/hook", oauth)
    rule_to(simulator, {"Id": "d", "Arn": destination, "RoleArn": ROLE})
    put_event(simulator)
    simulator.advance(10)
    put_event(simulator)
    assert [request.path for request in endpoint.requests] == ["/token", "/hook", "/token", "/hook", "/hook"]
    assert endpoint.requests[0].body == b"grant_type=client_credentials&client_id=id&client_secret=shh"
    bearers = [r.headers["authorization"] for r in endpoint.requests if r.path == "/hook"]
    assert bearers == ["Bearer one", "Bearer two", "Bearer two"]


def test_refused_requests_are_retried_with_growing_delays_then_buried(
    simulator: RunningSimulator, endpoint: Receiver
) -> None:
    endpoint.answers = [(401, {}, b"who are you")] * 9
    url, queue = queue_for_events(simulator, "dead")
    rule = rule_to(
        simulator,
        {
            "Id": "d",
            "Arn": api_destination_at(simulator, endpoint.url + "/hook"),
            "RoleArn": ROLE,
            "Input": '{"constant": 1}',
            "RetryPolicy": {"MaximumRetryAttempts": 3},
            "DeadLetterConfig": {"Arn": queue},
        },
    )
    put_event(simulator)
    simulator.advance(60)
    assert len(endpoint.requests) == 4
    [letter] = messages_in(simulator, url)
    attributes = {name: value["StringValue"] for name, value in letter["MessageAttributes"].items()}
    assert attributes == {
        "RULE_ARN": rule,
        "TARGET_ARN": first_fact(simulator, "DeliveryQueued")["subject"],
        "ERROR_CODE": "SDK_CLIENT_ERROR",
        "ERROR_MESSAGE": "Unable to invoke ApiDestination endpoint: API destination returned HTTP status 401"
        " with payload: who are you",
        "RETRY_ATTEMPTS": "3",
        "EXHAUSTED_RETRY_CONDITION": "MaximumRetryAttempts",
    }
    assert json.loads(letter["Body"])["detail"] == {"version": 3, "zero": 0}
    failures = [fact for fact in simulator.facts() if fact["kind"] == "DeliveryFailed"]
    waits = [fact["detail"]["next"] - fact["time"] for fact in failures[:-1]]
    assert {fact["detail"]["rule"] for fact in failures} == {rule}
    for wait, delay in zip(waits, (1, 2, 4), strict=True):
        assert 0.75 * delay < wait < 1.25 * delay


def test_an_event_too_old_for_a_further_attempt_is_buried(
    simulator: RunningSimulator, endpoint: Receiver
) -> None:
    endpoint.answers = [(503, {}, b"")] * 20
    url, queue = queue_for_events(simulator, "dead")
    rule_to(
        simulator,
        {
            "Id": "d",
            "Arn": api_destination_at(simulator, endpoint.url + "/hook"),
            "RoleArn": ROLE,
            "RetryPolicy": {"MaximumEventAgeInSeconds": 60},
            "DeadLetterConfig": {"Arn": queue},
        },
    )
    put_event(simulator)
    simulator.advance(120)
    [letter] = messages_in(simulator, url)
    assert (
        letter["MessageAttributes"]["EXHAUSTED_RETRY_CONDITION"]["StringValue"] == "MaximumEventAgeInSeconds"
    )
    assert 5 <= len(endpoint.requests) <= 8


def test_the_status_decides_whether_there_is_a_retry(simulator: RunningSimulator, endpoint: Receiver) -> None:
    cases: dict[str, tuple[tuple[int, dict[str, str], bytes], int]] = {
        "/404": ((404, {}, b""), 1),
        "/400": ((400, {}, b""), 1),
        "/302": ((302, {"location": "/x"}, b""), 1),
        "/never-again": ((429, {"retry-after": "-1"}, b""), 1),
        "/407": ((407, {}, b""), 2),
        "/409": ((409, {}, b""), 2),
        "/500": ((500, {}, b""), 2),
    }
    endpoint.once = {path: answer for path, (answer, _) in cases.items()}
    destination = api_destination_at(simulator, endpoint.url + "/*")
    for path in cases:
        http = {"PathParameterValues": [path[1:]]}
        rule_to(
            simulator, {"Id": "d", "Arn": destination, "RoleArn": ROLE, "HttpParameters": http}, name=path[1:]
        )
    put_event(simulator)
    simulator.advance(30)
    attempts = [request.path for request in endpoint.requests]
    assert {path: attempts.count(path) for path in cases} == {
        path: count for path, (_, count) in cases.items()
    }
    assert kinds_of_facts(simulator).count("DeliverySucceeded") == 3


def test_a_delivery_that_waits_survives_a_restart(tmp_path: Path, endpoint: Receiver) -> None:
    endpoint.answers = [(503, {"retry-after": "600"}, b"")]
    first = RunningSimulator(state=tmp_path / "state", allowed_hosts=("localhost",))
    rule_to(first, {"Id": "d", "Arn": api_destination_at(first, endpoint.url + "/hook"), "RoleArn": ROLE})
    put_event(first)
    first.stop()
    second = RunningSimulator(state=tmp_path / "state", allowed_hosts=("localhost",))
    second.advance(700)
    kinds = kinds_of_facts(second)
    second.stop()
    assert [request.body for request in endpoint.requests] == [endpoint.requests[0].body] * 2
    assert kinds[-1] == "DeliverySucceeded"


def test_a_slow_answer_is_given_up_and_repeated_under_the_same_cause(
    simulator: RunningSimulator, endpoint: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api_destination, "TIMEOUT_SECONDS", 0.2)
    endpoint.held = {1}
    rule_to(
        simulator, {"Id": "d", "Arn": api_destination_at(simulator, endpoint.url + "/hook"), "RoleArn": ROLE}
    )
    put_event(simulator)
    simulator.advance(10)
    assert "timed out" in first_fact(simulator, "DeliveryFailed")["detail"]["message"]
    for header in ("x-simulator-cause", "x-simulator-delivery"):
        first, second = (request.headers[header] for request in endpoint.requests)
        assert first == second


def test_the_target_may_ask_for_patience(simulator: RunningSimulator, endpoint: Receiver) -> None:
    endpoint.answers = [(429, {"retry-after": "300"}, b"")]
    rule_to(
        simulator, {"Id": "d", "Arn": api_destination_at(simulator, endpoint.url + "/hook"), "RoleArn": ROLE}
    )
    put_event(simulator)
    simulator.advance(200)
    assert len(endpoint.requests) == 1
    simulator.advance(150)
    assert len(endpoint.requests) == 2


def test_a_role_that_does_not_trust_eventbridge_sends_nothing(
    simulator: RunningSimulator, endpoint: Receiver
) -> None:
    role = f"arn:aws:iam::{ACCOUNT}:role/SageMakerExecutionRole"
    rule_to(
        simulator, {"Id": "d", "Arn": api_destination_at(simulator, endpoint.url + "/hook"), "RoleArn": role}
    )
    put_event(simulator)
    assert endpoint.requests == []
    assert first_fact(simulator, "DeliveryFailed")["detail"]["code"] == "NO_PERMISSIONS"


def test_a_role_that_may_not_invoke_the_destination_sends_nothing(
    simulator: RunningSimulator, endpoint: Receiver
) -> None:
    trust = {"Effect": "Allow", "Principal": {"Service": "events.amazonaws.com"}, "Action": "sts:AssumeRole"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    made = simulator.client("iam", "grace").create_role(RoleName="weak", AssumeRolePolicyDocument=document)
    role = made["Role"]["Arn"]
    rule_to(
        simulator, {"Id": "d", "Arn": api_destination_at(simulator, endpoint.url + "/hook"), "RoleArn": role}
    )
    put_event(simulator)
    assert endpoint.requests == []
    failed = first_fact(simulator, "DeliveryFailed")["detail"]
    assert failed["code"] == "NO_PERMISSIONS"
    assert "no identity-based policy allows the events:InvokeApiDestination action" in failed["message"]


def test_a_host_outside_the_simulation_is_not_called(simulator: RunningSimulator) -> None:
    rule_to(
        simulator,
        {"Id": "d", "Arn": api_destination_at(simulator, "https://hooks.example.org/x"), "RoleArn": ROLE},
    )
    put_event(simulator)
    assert "SIMULATOR_ALLOWED_HOSTS" in first_fact(simulator, "DeliveryFailed")["detail"]["message"]
