"""What the tests of deliveries share: queues, rules, API destinations and events of the automation account."""

from __future__ import annotations

import json
from typing import Any

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


def queue_for_events(
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


def messages_in(simulator: RunningSimulator, url: str, person: str = "grace") -> list[dict[str, Any]]:
    """What a queue holds."""
    received = simulator.client("sqs", person).receive_message(
        QueueUrl=url, MaxNumberOfMessages=10, MessageAttributeNames=["All"]
    )
    found: list[dict[str, Any]] = received.get("Messages", [])
    return found


def rule_to(simulator: RunningSimulator, *targets: dict[str, Any], name: str = "r") -> str:
    """A rule on ENTRY's source that sends to these targets; its ARN."""
    events = simulator.client("events", "grace")
    arn: str = events.put_rule(Name=name, EventPattern=PATTERN)["RuleArn"]
    events.put_targets(Rule=name, Targets=list(targets))
    return arn


def api_destination_at(simulator: RunningSimulator, url: str, auth: dict[str, Any] | None = None) -> str:
    """An API destination at a URL, by Basic authorization unless told otherwise; its ARN."""
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


def put_event(simulator: RunningSimulator, **more: Any) -> None:
    """Put ENTRY, with changes, and wait until all is at rest."""
    simulator.client("events", "grace").put_events(Entries=[{**ENTRY, **more}])
    simulator.rest()


def kinds_of_facts(simulator: RunningSimulator) -> list[str]:
    """The kinds of all facts, in order."""
    return [fact["kind"] for fact in simulator.facts()]


def first_fact(simulator: RunningSimulator, kind: str) -> dict[str, Any]:
    """The first fact of a kind."""
    return next(fact for fact in simulator.facts() if fact["kind"] == kind)
