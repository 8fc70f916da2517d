"""From PutEvents to the target: what arrives, what is retried, what ends in the dead-letter queue."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from simulator.aws.eventbridge.targets import api_destination
from tests.aws.eventbridge.receiver import Receiver, receiver
from tests.wire import RunningSimulator

ACCOUNT = "222222222222"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/EventBridgeRole"
PATTERN = json.dumps({"source": ["mlops"]})
ENTRY = {
    "Source": "mlops",
    "DetailType": "Approved",
    "Detail": '{"version": 3, "zero": 0}',
    "Resources": ["arn:x"],
}


@pytest.fixture
def endpoint() -> Iterator[Receiver]:
    with receiver() as listening:
        yield listening


@pytest.fixture
def simulator() -> Iterator[RunningSimulator]:
    running = RunningSimulator(allowed_hosts=("localhost",))
    yield running
    running.stop()


def _queue(
    simulator: RunningSimulator, name: str, *, allowed: bool = True, person: str = "grace"
) -> tuple[str, str]:
    """A queue that EventBridge may send to: its URL and ARN."""
    sqs = simulator.client("sqs", person)
    url = sqs.create_queue(QueueName=name)["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    if allowed:
        statement = {
            "Effect": "Allow",
            "Principal": {"Service": "events.amazonaws.com"},
            "Action": "sqs:SendMessage",
            "Resource": arn,
        }
        policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})
    return url, arn


def _messages(simulator: RunningSimulator, url: str, person: str = "grace") -> list[dict[str, Any]]:
    received = simulator.client("sqs", person).receive_message(
        QueueUrl=url, MaxNumberOfMessages=10, MessageAttributeNames=["All"]
    )
    found: list[dict[str, Any]] = received.get("Messages", [])
    return found


def _rule(simulator: RunningSimulator, *targets: dict[str, Any], name: str = "r") -> str:
    events = simulator.client("events", "grace")
    arn: str = events.put_rule(Name=name, EventPattern=PATTERN)["RuleArn"]
    events.put_targets(Rule=name, Targets=list(targets))
    return arn


def _destination(simulator: RunningSimulator, url: str, auth: dict[str, Any] | None = None) -> str:
    events = simulator.client("events", "grace")
    auth = auth or {"BasicAuthParameters": {"Username": "me", "Password": "token"}}
    kinds = {
        "BasicAuthParameters": "BASIC",
        "ApiKeyAuthParameters": "API_KEY",
        "OAuthParameters": "OAUTH_CLIENT_CREDENTIALS",
    }
    kind = next(kinds[name] for name in auth if name in kinds)
    connection = events.create_connection(Name="c", AuthorizationType=kind, AuthParameters=auth)[
        "ConnectionArn"
    ]
    made = events.create_api_destination(
        Name="d", ConnectionArn=connection, InvocationEndpoint=url, HttpMethod="POST"
    )
    arn: str = made["ApiDestinationArn"]
    return arn


def _put(simulator: RunningSimulator, **more: Any) -> None:
    simulator.client("events", "grace").put_events(Entries=[{**ENTRY, **more}])
    simulator.rest()


def _kinds(simulator: RunningSimulator) -> list[str]:
    return [fact["kind"] for fact in simulator.facts()]


def _fact(simulator: RunningSimulator, kind: str) -> dict[str, Any]:
    return next(fact for fact in simulator.facts() if fact["kind"] == kind)


def test_a_matching_event_reaches_a_queue_whole(simulator: RunningSimulator) -> None:
    url, arn = _queue(simulator, "q")
    _rule(simulator, {"Id": "q", "Arn": arn})
    _put(simulator)
    _put(simulator, Source="other")
    bodies = [json.loads(message["Body"]) for message in _messages(simulator, url)]
    assert len(bodies) == 1
    assert list(bodies[0]) == [
        "version",
        "id",
        "detail-type",
        "source",
        "account",
        "time",
        "region",
        "resources",
        "detail",
    ]
    assert bodies[0]["account"] == ACCOUNT
    assert bodies[0]["resources"] == ["arn:x"]
    assert bodies[0]["detail"] == {"version": 3, "zero": 0}


def test_a_disabled_rule_sends_nothing(simulator: RunningSimulator) -> None:
    url, arn = _queue(simulator, "q")
    _rule(simulator, {"Id": "q", "Arn": arn})
    simulator.client("events", "grace").disable_rule(Name="r")
    _put(simulator)
    assert _messages(simulator, url) == []


def test_a_queue_whose_policy_does_not_allow_eventbridge_gets_nothing(simulator: RunningSimulator) -> None:
    url, arn = _queue(simulator, "q", allowed=False)
    _rule(simulator, {"Id": "q", "Arn": arn})
    _put(simulator)
    assert _messages(simulator, url) == []
    failed = _fact(simulator, "DeliveryFailed")
    assert failed["detail"]["code"] == "NO_PERMISSIONS"
    assert "sqs:SendMessage" in failed["detail"]["message"]
    assert "EventDropped" in _kinds(simulator)


def test_one_target_that_fails_does_not_stop_the_others(simulator: RunningSimulator) -> None:
    url, arn = _queue(simulator, "q")
    _rule(simulator, {"Id": "a", "Arn": arn.replace(":q", ":gone")}, {"Id": "b", "Arn": arn})
    _put(simulator)
    assert len(_messages(simulator, url)) == 1
    assert _fact(simulator, "DeliveryFailed")["detail"]["code"] == "NO_RESOURCE"


def test_an_api_destination_receives_the_transformed_event_with_its_authorization(
    simulator: RunningSimulator, endpoint: Receiver
) -> None:
    destination = _destination(
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
    _rule(
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
    _put(simulator)
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
    queued = _fact(simulator, "DeliveryQueued")
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
    destination = _destination(simulator, endpoint.url + "/hook", oauth)
    _rule(simulator, {"Id": "d", "Arn": destination, "RoleArn": ROLE})
    _put(simulator)
    simulator.advance(10)
    _put(simulator)
    assert [request.path for request in endpoint.requests] == ["/token", "/hook", "/token", "/hook", "/hook"]
    assert endpoint.requests[0].body == b"grant_type=client_credentials&client_id=id&client_secret=shh"
    bearers = [r.headers["authorization"] for r in endpoint.requests if r.path == "/hook"]
    assert bearers == ["Bearer one", "Bearer two", "Bearer two"]


def test_refused_requests_are_retried_with_growing_delays_then_buried(
    simulator: RunningSimulator, endpoint: Receiver
) -> None:
    endpoint.answers = [(401, {}, b"who are you")] * 9
    url, queue = _queue(simulator, "dead")
    rule = _rule(
        simulator,
        {
            "Id": "d",
            "Arn": _destination(simulator, endpoint.url + "/hook"),
            "RoleArn": ROLE,
            "RetryPolicy": {"MaximumRetryAttempts": 3},
            "DeadLetterConfig": {"Arn": queue},
        },
    )
    _put(simulator)
    simulator.advance(60)
    assert len(endpoint.requests) == 4
    [letter] = _messages(simulator, url)
    attributes = {name: value["StringValue"] for name, value in letter["MessageAttributes"].items()}
    assert attributes == {
        "RULE_ARN": rule,
        "TARGET_ARN": _fact(simulator, "DeliveryQueued")["subject"],
        "ERROR_CODE": "SDK_CLIENT_ERROR",
        "ERROR_MESSAGE": "Unable to invoke ApiDestination endpoint: API destination returned HTTP status 401"
        " with payload: who are you",
        "RETRY_ATTEMPTS": "3",
        "EXHAUSTED_RETRY_CONDITION": "MaximumRetryAttempts",
    }
    assert json.loads(letter["Body"])["detail"] == {"version": 3, "zero": 0}
    times = [fact["time"] for fact in simulator.facts() if fact["kind"] == "DeliveryAttempted"]
    waits = [later - earlier for earlier, later in pairwise(times)]
    assert all(
        low <= wait <= high for wait, low, high in zip(waits, (0.8, 1.6, 3.2), (2, 3, 5.5), strict=True)
    )


def test_an_event_too_old_for_a_further_attempt_is_buried(
    simulator: RunningSimulator, endpoint: Receiver
) -> None:
    endpoint.answers = [(503, {}, b"")] * 20
    url, queue = _queue(simulator, "dead")
    _rule(
        simulator,
        {
            "Id": "d",
            "Arn": _destination(simulator, endpoint.url + "/hook"),
            "RoleArn": ROLE,
            "RetryPolicy": {"MaximumEventAgeInSeconds": 60},
            "DeadLetterConfig": {"Arn": queue},
        },
    )
    _put(simulator)
    simulator.advance(120)
    [letter] = _messages(simulator, url)
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
    destination = _destination(simulator, endpoint.url + "/*")
    for path in cases:
        http = {"PathParameterValues": [path[1:]]}
        _rule(
            simulator, {"Id": "d", "Arn": destination, "RoleArn": ROLE, "HttpParameters": http}, name=path[1:]
        )
    _put(simulator)
    simulator.advance(30)
    attempts = [request.path for request in endpoint.requests]
    assert {path: attempts.count(path) for path in cases} == {
        path: count for path, (_, count) in cases.items()
    }
    assert _kinds(simulator).count("DeliverySucceeded") == 3


def test_a_delivery_that_waits_survives_a_restart(tmp_path: Path, endpoint: Receiver) -> None:
    endpoint.answers = [(503, {"retry-after": "600"}, b"")]
    first = RunningSimulator(state=tmp_path / "state", allowed_hosts=("localhost",))
    _rule(first, {"Id": "d", "Arn": _destination(first, endpoint.url + "/hook"), "RoleArn": ROLE})
    _put(first)
    first.stop()
    second = RunningSimulator(state=tmp_path / "state", allowed_hosts=("localhost",))
    second.advance(700)
    kinds = _kinds(second)
    second.stop()
    assert [request.body for request in endpoint.requests] == [endpoint.requests[0].body] * 2
    assert kinds[-1] == "DeliverySucceeded"


def test_a_slow_answer_is_given_up_and_repeated_under_the_same_cause(
    simulator: RunningSimulator, endpoint: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api_destination, "TIMEOUT_SECONDS", 0.2)
    endpoint.held = {1}
    _rule(simulator, {"Id": "d", "Arn": _destination(simulator, endpoint.url + "/hook"), "RoleArn": ROLE})
    _put(simulator)
    simulator.advance(10)
    assert "timed out" in _fact(simulator, "DeliveryFailed")["detail"]["message"]
    causes = [request.headers["x-simulator-cause"] for request in endpoint.requests]
    assert len(causes) == 2
    assert causes[0] == causes[1]


def test_a_sagemaker_pipeline_starts_with_parameters_from_the_event(simulator: RunningSimulator) -> None:
    sagemaker = simulator.client("sagemaker", "grace")
    names = ("Version", "Constant", "Zero")
    definition = {
        "Version": "2020-12-01",
        "Parameters": [{"Name": name, "Type": "String", "DefaultValue": "x"} for name in names],
        "Steps": [{"Name": "Stop", "Type": "Fail", "Arguments": {"ErrorMessage": "enough"}}],
    }
    pipeline = sagemaker.create_pipeline(
        PipelineName="retrain",
        PipelineDefinition=json.dumps(definition),
        RoleArn=f"arn:aws:iam::{ACCOUNT}:role/SageMakerExecutionRole",
    )["PipelineArn"]
    values = {"Version": "$.detail.version", "Constant": "c", "Zero": "$.detail.zero"}
    parameters = {"PipelineParameterList": [{"Name": name, "Value": value} for name, value in values.items()]}
    _rule(
        simulator,
        {"Id": "p", "Arn": pipeline, "RoleArn": ROLE, "SageMakerPipelineParameters": parameters},
    )
    _put(simulator)
    [execution] = sagemaker.list_pipeline_executions(PipelineName="retrain")["PipelineExecutionSummaries"]
    given = sagemaker.list_pipeline_parameters_for_execution(
        PipelineExecutionArn=execution["PipelineExecutionArn"]
    )["PipelineParameters"]
    assert {item["Name"]: item["Value"] for item in given} == {"Version": "3", "Constant": "c", "Zero": "0"}


def test_a_log_group_gets_a_line(simulator: RunningSimulator) -> None:
    logs = simulator.client("logs", "grace")
    logs.create_log_group(logGroupName="/aws/events/all")
    _rule(simulator, {"Id": "l", "Arn": f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:/aws/events/all"})
    _put(simulator)
    [line] = logs.filter_log_events(logGroupName="/aws/events/all")["events"]
    assert json.loads(line["message"])["source"] == "mlops"


def test_the_target_may_ask_for_patience(simulator: RunningSimulator, endpoint: Receiver) -> None:
    endpoint.answers = [(429, {"retry-after": "300"}, b"")]
    _rule(simulator, {"Id": "d", "Arn": _destination(simulator, endpoint.url + "/hook"), "RoleArn": ROLE})
    _put(simulator)
    simulator.advance(200)
    assert len(endpoint.requests) == 1
    simulator.advance(150)
    assert len(endpoint.requests) == 2


def test_a_role_that_does_not_trust_eventbridge_sends_nothing(
    simulator: RunningSimulator, endpoint: Receiver
) -> None:
    role = f"arn:aws:iam::{ACCOUNT}:role/SageMakerExecutionRole"
    _rule(simulator, {"Id": "d", "Arn": _destination(simulator, endpoint.url + "/hook"), "RoleArn": role})
    _put(simulator)
    assert endpoint.requests == []
    assert _fact(simulator, "DeliveryFailed")["detail"]["code"] == "NO_PERMISSIONS"


def test_a_role_that_may_not_invoke_the_destination_sends_nothing(
    simulator: RunningSimulator, endpoint: Receiver
) -> None:
    trust = {"Effect": "Allow", "Principal": {"Service": "events.amazonaws.com"}, "Action": "sts:AssumeRole"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    made = simulator.client("iam", "grace").create_role(RoleName="weak", AssumeRolePolicyDocument=document)
    role = made["Role"]["Arn"]
    _rule(simulator, {"Id": "d", "Arn": _destination(simulator, endpoint.url + "/hook"), "RoleArn": role})
    _put(simulator)
    assert endpoint.requests == []
    failed = _fact(simulator, "DeliveryFailed")["detail"]
    assert failed["code"] == "NO_PERMISSIONS"
    assert "no identity-based policy allows the events:InvokeApiDestination action" in failed["message"]


def test_a_host_outside_the_simulation_is_not_called(simulator: RunningSimulator) -> None:
    _rule(
        simulator, {"Id": "d", "Arn": _destination(simulator, "https://hooks.example.org/x"), "RoleArn": ROLE}
    )
    _put(simulator)
    assert "SIMULATOR_ALLOWED_HOSTS" in _fact(simulator, "DeliveryFailed")["detail"]["message"]


def test_another_account_may_put_events_only_if_the_bus_allows_it(simulator: RunningSimulator) -> None:
    url, arn = _queue(simulator, "q")
    _rule(simulator, {"Id": "q", "Arn": arn})
    bus = f"arn:aws:events:us-east-1:{ACCOUNT}:event-bus/default"
    ada, grace = simulator.client("events", "ada"), simulator.client("events", "grace")

    def send() -> None:
        ada.put_events(Entries=[{**ENTRY, "EventBusName": bus}])

    with pytest.raises(
        ada.exceptions.ClientError, match="no resource-based policy allows the events:PutEvents"
    ):
        send()
    grace.put_permission(StatementId="dev", Action="events:PutEvents", Principal="111111111111")
    send()
    simulator.rest()
    [message] = _messages(simulator, url)
    assert json.loads(message["Body"])["account"] == "111111111111"


def test_events_go_on_to_a_bus_of_another_account_that_allows_it(simulator: RunningSimulator) -> None:
    url, arn = _queue(simulator, "q", person="ada")
    ada = simulator.client("events", "ada")
    ada.put_rule(Name="in", EventPattern=json.dumps({"account": [ACCOUNT]}))
    ada.put_targets(Rule="in", Targets=[{"Id": "q", "Arn": arn}])
    _rule(simulator, {"Id": "bus", "Arn": "arn:aws:events:us-east-1:111111111111:event-bus/default"})
    _put(simulator)
    assert _messages(simulator, url, "ada") == []
    ada.put_permission(StatementId="automation", Action="events:PutEvents", Principal=ACCOUNT)
    _put(simulator)
    [message] = _messages(simulator, url, "ada")
    forwarded = json.loads(message["Body"])
    assert (forwarded["account"], forwarded["resources"], forwarded["source"]) == (
        ACCOUNT,
        ["arn:x"],
        "mlops",
    )


def test_a_schedule_fires_on_the_virtual_clock_for_its_own_targets_only(simulator: RunningSimulator) -> None:
    url, arn = _queue(simulator, "q")
    other_url, other = _queue(simulator, "other")
    events = simulator.client("events", "grace")
    rule = events.put_rule(Name="hourly", ScheduleExpression="rate(1 hour)")["RuleArn"]
    events.put_targets(Rule="hourly", Targets=[{"Id": "q", "Arn": arn}])
    events.put_rule(Name="all", EventPattern='{"account": ["222222222222"]}')
    events.put_targets(Rule="all", Targets=[{"Id": "q", "Arn": other}])
    simulator.advance(3 * 3600 + 60)
    bodies = [json.loads(message["Body"]) for message in _messages(simulator, url)]
    assert [body["detail-type"] for body in bodies] == ["Scheduled Event"] * 3
    assert (bodies[0]["source"], bodies[0]["resources"], bodies[0]["detail"]) == ("aws.events", [rule], {})
    assert _messages(simulator, other_url) == []
    events.disable_rule(Name="hourly")
    simulator.advance(7200)
    assert _kinds(simulator).count("ScheduleFired") == 3
