"""EventBridge and SNS invoke the functions whose policies let them in, and no others; over the wire."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from simulator.runtime.work import Answer
from tests.aws.lambda_.functions import ACCOUNT, create, ended, scripted
from tests.wire import RunningSimulator

ARN = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:f"


class Seeing:
    """A function that keeps its events."""

    def __init__(self) -> None:
        self.events: list[Any] = []

    def __call__(self, event: Any) -> Answer:
        self.events.append(event)
        return ended(None)


@pytest.fixture
def world() -> Iterator[tuple[RunningSimulator, Seeing]]:
    """A simulator with the function `f`, and what it saw."""
    seeing = Seeing()
    running = RunningSimulator(engine=scripted(seeing))
    create(running)
    yield running, seeing
    running.stop()


def _allow(simulator: RunningSimulator, service: str, source: str) -> None:
    simulator.client("lambda").add_permission(
        FunctionName="f", StatementId="s", Action="lambda:InvokeFunction", Principal=service, SourceArn=source
    )


def test_a_rule_invokes_the_function_that_allows_it(world: tuple[RunningSimulator, Seeing]) -> None:
    simulator, seeing = world
    events = simulator.client("events")
    rule = events.put_rule(Name="r", EventPattern='{"source": ["mlops"]}')["RuleArn"]
    events.put_targets(Rule="r", Targets=[{"Id": "1", "Arn": ARN, "InputPath": "$.detail"}])
    entry = {"Source": "mlops", "DetailType": "d", "Detail": '{"version": 3}'}
    events.put_events(Entries=[entry])
    simulator.rest()
    assert seeing.events == []
    assert any(fact["detail"].get("code") == "NO_PERMISSIONS" for fact in simulator.facts())
    _allow(simulator, "events.amazonaws.com", rule)
    events.put_events(Entries=[entry])
    simulator.rest()
    assert seeing.events == [{"version": 3}]


def test_a_rule_of_another_name_is_not_let_in(world: tuple[RunningSimulator, Seeing]) -> None:
    simulator, seeing = world
    _allow(simulator, "events.amazonaws.com", f"arn:aws:events:us-east-1:{ACCOUNT}:rule/other")
    events = simulator.client("events")
    events.put_rule(Name="r", EventPattern='{"source": ["mlops"]}')
    events.put_targets(Rule="r", Targets=[{"Id": "1", "Arn": ARN}])
    events.put_events(Entries=[{"Source": "mlops", "DetailType": "d", "Detail": "{}"}])
    simulator.rest()
    assert seeing.events == []


def test_a_topic_invokes_the_function_that_allows_it(world: tuple[RunningSimulator, Seeing]) -> None:
    simulator, seeing = world
    sns = simulator.client("sns")
    topic = sns.create_topic(Name="t")["TopicArn"]
    subscription = sns.subscribe(TopicArn=topic, Protocol="lambda", Endpoint=ARN, ReturnSubscriptionArn=True)[
        "SubscriptionArn"
    ]
    sns.publish(TopicArn=topic, Message="unheard")
    simulator.rest()
    assert seeing.events == []
    _allow(simulator, "sns.amazonaws.com", topic)
    sns.publish(TopicArn=topic, Message=json.dumps({"a": 1}), Subject="s")
    simulator.rest()
    [record] = seeing.events[0]["Records"]
    assert (record["EventSource"], record["EventSubscriptionArn"]) == ("aws:sns", subscription)
    assert (record["Sns"]["Message"], record["Sns"]["Subject"], record["Sns"]["TopicArn"]) == (
        '{"a": 1}',
        "s",
        topic,
    )
