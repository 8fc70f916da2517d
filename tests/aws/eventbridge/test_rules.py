"""Buses, rules, targets and PutEvents through a real boto3 client."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.wire import RunningSimulator

PATTERN = json.dumps({"source": ["mlops"]})
QUEUE = "arn:aws:sqs:us-east-1:222222222222:queue"
ROLE = "arn:aws:iam::222222222222:role/EventBridgeRole"


def _refused(work: Any, code: str, text: str = "") -> None:
    with pytest.raises(ClientError) as caught:
        work()
    assert caught.value.response["Error"]["Code"] == code
    assert text in caught.value.response["Error"]["Message"]


def test_the_life_of_a_rule(simulator: RunningSimulator) -> None:
    events = simulator.client("events", "grace")
    arn = events.put_rule(
        Name="approved", EventPattern=PATTERN, Description="d", Tags=[{"Key": "a", "Value": "b"}]
    )
    assert arn["RuleArn"] == "arn:aws:events:us-east-1:222222222222:rule/approved"
    described = events.describe_rule(Name="approved")
    assert (described["State"], described["EventBusName"], described["CreatedBy"]) == (
        "ENABLED",
        "default",
        "222222222222",
    )
    assert events.list_tags_for_resource(ResourceARN=arn["RuleArn"])["Tags"] == [{"Key": "a", "Value": "b"}]
    events.put_targets(Rule="approved", Targets=[{"Id": "q", "Arn": QUEUE}])
    assert events.list_rule_names_by_target(TargetArn=QUEUE)["RuleNames"] == ["approved"]
    _refused(
        lambda: events.delete_rule(Name="approved"),
        "ValidationException",
        "Rule can't be deleted since it has targets.",
    )
    events.disable_rule(Name="approved")
    assert events.list_rules(NamePrefix="app")["Rules"][0]["State"] == "DISABLED"
    events.put_rule(Name="approved", EventPattern=PATTERN)
    assert "Description" not in events.describe_rule(Name="approved")
    assert events.list_targets_by_rule(Rule="approved")["Targets"] == [{"Id": "q", "Arn": QUEUE}]
    assert events.remove_targets(Rule="approved", Ids=["q", "x"])["FailedEntryCount"] == 1
    events.delete_rule(Name="approved")
    _refused(
        lambda: events.describe_rule(Name="approved"),
        "ResourceNotFoundException",
        "Rule approved does not exist on EventBus default.",
    )


def test_rules_of_another_account_are_not_seen(simulator: RunningSimulator) -> None:
    simulator.client("events", "grace").put_rule(Name="mine", EventPattern=PATTERN)
    assert simulator.client("events", "ada").list_rules()["Rules"] == []


def test_what_a_rule_may_not_be(simulator: RunningSimulator) -> None:
    events = simulator.client("events", "grace")
    events.create_event_bus(Name="own")
    _refused(lambda: events.put_rule(Name="r"), "ValidationException", "EventPattern or ScheduleExpression")
    _refused(lambda: events.put_rule(Name="r", EventPattern="{}"), "InvalidEventPatternException")
    _refused(lambda: events.put_rule(Name="r", ScheduleExpression="often"), "ValidationException")
    _refused(
        lambda: events.put_rule(Name="r", ScheduleExpression="rate(1 day)", EventBusName="own"),
        "ValidationException",
        "only on the default event bus",
    )
    _refused(
        lambda: events.put_rule(Name="r", EventPattern=PATTERN, EventBusName="none"),
        "ResourceNotFoundException",
    )


def test_what_a_target_may_not_be(simulator: RunningSimulator) -> None:
    events = simulator.client("events", "grace")
    events.put_rule(Name="r", EventPattern=PATTERN)

    def put(**target: Any) -> None:
        events.put_targets(Rule="r", Targets=[{"Id": "t", **target}])

    _refused(lambda: put(Arn="queue"), "ValidationException", "Provided Arn is not in correct format.")
    _refused(
        lambda: put(Arn="arn:aws:sagemaker:us-east-1:222222222222:pipeline/p"),
        "ValidationException",
        "RoleArn is required for target t.",
    )
    _refused(lambda: put(Arn=QUEUE, Input="1", InputPath="$"), "ValidationException", "Only one of Input")
    _refused(
        lambda: put(Arn=QUEUE, InputTransformer={"InputTemplate": "<x>"}),
        "ValidationException",
        "InputTemplate",
    )
    _refused(
        lambda: put(Arn="arn:aws:kinesis:us-east-1:222222222222:stream/s"), "NotSimulated", "service kinesis"
    )
    _refused(
        lambda: put(Arn="arn:aws:states:us-east-1:222222222222:stateMachine:s", RoleArn=ROLE),
        "NotSimulated",
        "service states",
    )


def test_buses_are_made_and_deleted_when_they_are_empty(simulator: RunningSimulator) -> None:
    events = simulator.client("events", "grace")
    arn = events.create_event_bus(Name="own")["EventBusArn"]
    assert arn == "arn:aws:events:us-east-1:222222222222:event-bus/own"
    assert [bus["Name"] for bus in events.list_event_buses()["EventBuses"]] == ["default", "own"]
    rule = events.put_rule(Name="r", EventPattern=PATTERN, EventBusName=arn)["RuleArn"]
    assert rule == "arn:aws:events:us-east-1:222222222222:rule/own/r"
    _refused(lambda: events.create_event_bus(Name="own"), "ResourceAlreadyExistsException")
    _refused(lambda: events.delete_event_bus(Name="own"), "ValidationException")
    _refused(lambda: events.delete_event_bus(Name="default"), "ValidationException")
    events.delete_rule(Name="r", EventBusName="own")
    events.delete_event_bus(Name="own")
    _refused(lambda: events.describe_event_bus(Name="own"), "ResourceNotFoundException")


def test_each_entry_of_put_events_is_judged_by_itself(simulator: RunningSimulator) -> None:
    events = simulator.client("events", "grace")
    good = {"Source": "mlops", "DetailType": "t", "Detail": "{}"}
    answer = events.put_events(
        Entries=[
            good,
            {**good, "Source": "aws.s3"},
            {**good, "Detail": "[1"},
            {"Source": "mlops", "DetailType": "t"},
        ]
    )
    assert answer["FailedEntryCount"] == 3
    assert [entry.get("ErrorCode") for entry in answer["Entries"]] == [
        None,
        "NotAuthorizedForSourceException",
        "MalformedDetail",
        "InvalidArgument",
    ]
    assert len(answer["Entries"][0]["EventId"]) == 36


def test_a_pattern_can_be_tried(simulator: RunningSimulator) -> None:
    events = simulator.client("events", "grace")
    names = ("id", "detail-type", "source", "account", "time", "region")
    event = {**dict.fromkeys(names, "mlops"), "resources": [], "detail": {}}
    assert events.test_event_pattern(EventPattern=PATTERN, Event=json.dumps(event))["Result"] is True
    assert (
        events.test_event_pattern(EventPattern='{"source":["x"]}', Event=json.dumps(event))["Result"] is False
    )
    _refused(lambda: events.test_event_pattern(EventPattern=PATTERN, Event="{}"), "ValidationException")


def test_long_lists_come_in_pages(simulator: RunningSimulator) -> None:
    events = simulator.client("events", "grace")
    for number in range(5):
        events.put_rule(Name=f"r{number}", EventPattern=PATTERN)
    first = events.list_rules(Limit=3)
    second = events.list_rules(Limit=3, NextToken=first["NextToken"])
    names = [rule["Name"] for rule in first["Rules"] + second["Rules"]]
    assert names == ["r0", "r1", "r2", "r3", "r4"]
    assert "NextToken" not in second


def test_a_connection_never_shows_its_secret(simulator: RunningSimulator) -> None:
    events = simulator.client("events", "grace")
    made = events.create_connection(
        Name="azure",
        AuthorizationType="BASIC",
        AuthParameters={
            "BasicAuthParameters": {"Username": "u", "Password": "hidden-one"},
            "InvocationHttpParameters": {
                "HeaderParameters": [{"Key": "X-A", "Value": "hidden-two", "IsValueSecret": True}]
            },
        },
    )
    assert made["ConnectionState"] == "AUTHORIZED"
    described = events.describe_connection(Name="azure")
    assert described["AuthParameters"] == {
        "BasicAuthParameters": {"Username": "u"},
        "InvocationHttpParameters": {"HeaderParameters": [{"Key": "X-A", "IsValueSecret": True}]},
    }
    assert described["SecretArn"].split(":secret:")[1].startswith("events!connection/azure/")
    assert "hidden" not in json.dumps(simulator.facts())
    secrets = simulator.client("secretsmanager", "grace")
    secret = json.loads(secrets.get_secret_value(SecretId=described["SecretArn"])["SecretString"])
    assert (secret["username"], secret["password"]) == ("u", "hidden-one")
    _refused(
        lambda: events.create_connection(Name="k", AuthorizationType="API_KEY", AuthParameters={}),
        "ValidationException",
        "ApiKeyAuthParameters",
    )
    events.delete_connection(Name="azure")
    assert events.list_connections()["Connections"] == []


def test_an_api_destination_needs_its_connection_and_https(simulator: RunningSimulator) -> None:
    events = simulator.client("events", "grace")
    connection = events.create_connection(
        Name="c",
        AuthorizationType="API_KEY",
        AuthParameters={"ApiKeyAuthParameters": {"ApiKeyName": "k", "ApiKeyValue": "v"}},
    )["ConnectionArn"]
    given = {"ConnectionArn": connection, "HttpMethod": "POST"}
    made = events.create_api_destination(Name="d", InvocationEndpoint="https://dev.azure.com/acme", **given)
    assert made["ApiDestinationState"] == "ACTIVE"
    described = events.describe_api_destination(Name="d")
    assert (described["InvocationRateLimitPerSecond"], described["HttpMethod"]) == (300, "POST")
    _refused(
        lambda: events.create_api_destination(Name="e", InvocationEndpoint="http://example.com/", **given),
        "ValidationException",
        "HTTPS",
    )
    events.delete_connection(Name="c")
    assert events.list_api_destinations()["ApiDestinations"][0]["ApiDestinationState"] == "INACTIVE"
    _refused(
        lambda: events.create_api_destination(Name="f", InvocationEndpoint="https://a.example/", **given),
        "ResourceNotFoundException",
    )
