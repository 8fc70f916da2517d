"""From an event to queues, buses, log groups, pipelines, and from a schedule, over the wire."""

from __future__ import annotations

import json
from datetime import UTC

import pytest

from tests.aws.eventbridge.events_world import (
    ACCOUNT,
    ENTRY,
    ROLE,
    first_fact,
    kinds_of_facts,
    messages_in,
    put_event,
    queue_for_events,
    rule_to,
)
from tests.wire import RunningSimulator


def test_a_matching_event_reaches_a_queue_whole(simulator: RunningSimulator) -> None:
    url, arn = queue_for_events(simulator, "q")
    rule_to(simulator, {"Id": "q", "Arn": arn})
    put_event(simulator)
    put_event(simulator, Source="other")
    bodies = [json.loads(message["Body"]) for message in messages_in(simulator, url)]
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
    url, arn = queue_for_events(simulator, "q")
    rule_to(simulator, {"Id": "q", "Arn": arn})
    simulator.client("events", "grace").disable_rule(Name="r")
    put_event(simulator)
    assert messages_in(simulator, url) == []


def test_a_queue_whose_policy_does_not_allow_eventbridge_gets_nothing(simulator: RunningSimulator) -> None:
    url, arn = queue_for_events(simulator, "q", allowed=False)
    rule_to(simulator, {"Id": "q", "Arn": arn})
    put_event(simulator)
    assert messages_in(simulator, url) == []
    failed = first_fact(simulator, "DeliveryFailed")
    assert failed["detail"]["code"] == "NO_PERMISSIONS"
    assert "sqs:SendMessage" in failed["detail"]["message"]
    assert "EventDropped" in kinds_of_facts(simulator)


def test_one_target_that_fails_does_not_stop_the_others(simulator: RunningSimulator) -> None:
    url, arn = queue_for_events(simulator, "q")
    rule_to(simulator, {"Id": "a", "Arn": arn.replace(":q", ":gone")}, {"Id": "b", "Arn": arn})
    put_event(simulator)
    assert len(messages_in(simulator, url)) == 1
    assert first_fact(simulator, "DeliveryFailed")["detail"]["code"] == "NO_RESOURCE"


def retraining_pipeline(simulator: RunningSimulator) -> str:
    """A pipeline `retrain` with three parameters, which ends at once; its ARN."""
    names = ("Version", "Constant", "Zero")
    definition = {
        "Version": "2020-12-01",
        "Parameters": [{"Name": name, "Type": "String", "DefaultValue": "x"} for name in names],
        "Steps": [{"Name": "Stop", "Type": "Fail", "Arguments": {"ErrorMessage": "enough"}}],
    }
    made: str = simulator.client("sagemaker", "grace").create_pipeline(
        PipelineName="retrain",
        PipelineDefinition=json.dumps(definition),
        RoleArn=f"arn:aws:iam::{ACCOUNT}:role/SageMakerExecutionRole",
    )["PipelineArn"]
    return made


def test_a_sagemaker_pipeline_starts_with_parameters_from_the_event(simulator: RunningSimulator) -> None:
    sagemaker, pipeline = simulator.client("sagemaker", "grace"), retraining_pipeline(simulator)
    values = {"Version": "$.detail.version", "Constant": "c", "Zero": "$.detail.zero"}
    parameters = {"PipelineParameterList": [{"Name": name, "Value": value} for name, value in values.items()]}
    rule_to(
        simulator,
        {"Id": "p", "Arn": pipeline, "RoleArn": ROLE, "SageMakerPipelineParameters": parameters},
    )
    put_event(simulator)
    [execution] = sagemaker.list_pipeline_executions(PipelineName="retrain")["PipelineExecutionSummaries"]
    given = sagemaker.list_pipeline_parameters_for_execution(
        PipelineExecutionArn=execution["PipelineExecutionArn"]
    )["PipelineParameters"]
    assert {item["Name"]: item["Value"] for item in given} == {"Version": "3", "Constant": "c", "Zero": "0"}


def test_a_log_group_gets_a_line(simulator: RunningSimulator) -> None:
    logs = simulator.client("logs", "grace")
    logs.create_log_group(logGroupName="/aws/events/all")
    rule_to(simulator, {"Id": "l", "Arn": f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:/aws/events/all"})
    put_event(simulator)
    [line] = logs.filter_log_events(logGroupName="/aws/events/all")["events"]
    assert json.loads(line["message"])["source"] == "mlops"


def test_another_account_may_put_events_only_if_the_bus_allows_it(simulator: RunningSimulator) -> None:
    url, arn = queue_for_events(simulator, "q")
    rule_to(simulator, {"Id": "q", "Arn": arn})
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
    [message] = messages_in(simulator, url)
    assert json.loads(message["Body"])["account"] == "111111111111"


def test_events_go_on_to_a_bus_of_another_account_that_allows_it(simulator: RunningSimulator) -> None:
    url, arn = queue_for_events(simulator, "q", person="ada")
    ada = simulator.client("events", "ada")
    ada.put_rule(Name="in", EventPattern=json.dumps({"account": [ACCOUNT]}))
    ada.put_targets(Rule="in", Targets=[{"Id": "q", "Arn": arn}])
    rule_to(simulator, {"Id": "bus", "Arn": "arn:aws:events:us-east-1:111111111111:event-bus/default"})
    put_event(simulator)
    assert messages_in(simulator, url, "ada") == []
    ada.put_permission(StatementId="automation", Action="events:PutEvents", Principal=ACCOUNT)
    put_event(simulator)
    [message] = messages_in(simulator, url, "ada")
    forwarded = json.loads(message["Body"])
    assert (forwarded["account"], forwarded["resources"], forwarded["source"]) == (
        ACCOUNT,
        ["arn:x"],
        "mlops",
    )


def test_a_schedule_fires_on_the_virtual_clock_for_its_own_targets_only(simulator: RunningSimulator) -> None:
    url, arn = queue_for_events(simulator, "q")
    other_url, other = queue_for_events(simulator, "other")
    events = simulator.client("events", "grace")
    rule = events.put_rule(Name="hourly", ScheduleExpression="rate(1 hour)")["RuleArn"]
    events.put_targets(Rule="hourly", Targets=[{"Id": "q", "Arn": arn}])
    events.put_rule(Name="all", EventPattern='{"account": ["222222222222"]}')
    events.put_targets(Rule="all", Targets=[{"Id": "q", "Arn": other}])
    simulator.advance(3 * 3600 + 60)
    bodies = [json.loads(message["Body"]) for message in messages_in(simulator, url)]
    assert [body["detail-type"] for body in bodies] == ["Scheduled Event"] * 3
    assert (bodies[0]["source"], bodies[0]["resources"], bodies[0]["detail"]) == ("aws.events", [rule], {})
    assert messages_in(simulator, other_url) == []
    events.disable_rule(Name="hourly")
    simulator.advance(7200)
    assert kinds_of_facts(simulator).count("ScheduleFired") == 3


def test_a_schedule_starts_a_sagemaker_pipeline_each_night(simulator: RunningSimulator) -> None:
    sagemaker, events = simulator.client("sagemaker", "grace"), simulator.client("events", "grace")
    target = {"Id": "p", "Arn": retraining_pipeline(simulator), "RoleArn": ROLE}
    events.put_rule(Name="nightly", ScheduleExpression="cron(0 2 * * ? *)")
    events.put_targets(Rule="nightly", Targets=[target])
    simulator.rest()
    assert sagemaker.list_pipeline_executions(PipelineName="retrain")["PipelineExecutionSummaries"] == []
    simulator.advance(2 * 24 * 3600)
    started = sagemaker.list_pipeline_executions(PipelineName="retrain")["PipelineExecutionSummaries"]
    assert [execution["StartTime"].astimezone(UTC).hour for execution in started] == [2, 2]
    facts = {fact["sequence"]: fact for fact in simulator.facts()}
    fact = next(f for f in facts.values() if f["kind"] == "PipelineExecutionStateChanged")
    while fact["cause"]:
        fact = facts[fact["cause"]]
    assert fact["kind"] == "ScheduleFired"
