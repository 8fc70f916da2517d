"""Schedules call their targets as a role when the virtual clock says so; over the wire."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.wire import RunningSimulator

ACCOUNT = "222222222222"
OFF = {"Mode": "OFF"}


def _role(simulator: RunningSimulator, policy: str = "arn:aws:iam::aws:policy/AdministratorAccess") -> str:
    trust = {
        "Effect": "Allow",
        "Principal": {"Service": "scheduler.amazonaws.com"},
        "Action": "sts:AssumeRole",
    }
    iam = simulator.client("iam")
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    made = iam.create_role(RoleName="schedules", AssumeRolePolicyDocument=document)
    if policy:
        iam.attach_role_policy(RoleName="schedules", PolicyArn=policy)
    arn: str = made["Role"]["Arn"]
    return arn


def _queue(simulator: RunningSimulator) -> tuple[str, str]:
    url: str = simulator.client("sqs").create_queue(QueueName="q")["QueueUrl"]
    return url, f"arn:aws:sqs:us-east-1:{ACCOUNT}:q"


def _bodies(simulator: RunningSimulator, url: str) -> list[str]:
    got = simulator.client("sqs").receive_message(QueueUrl=url, MaxNumberOfMessages=10)
    return [message["Body"] for message in got.get("Messages", ())]


def _create(simulator: RunningSimulator, arn: str, role: str, **settings: Any) -> dict[str, Any]:
    settings.setdefault("ScheduleExpression", "rate(1 hour)")
    made: dict[str, Any] = simulator.client("scheduler").create_schedule(
        Name="s",
        FlexibleTimeWindow=OFF,
        Target={"Arn": arn, "RoleArn": role, "Input": "hour <aws.scheduler.attempt-number>"},
        **settings,
    )
    return made


def test_a_rate_fires_at_once_and_then_every_hour_until_it_is_deleted(simulator: RunningSimulator) -> None:
    url, arn = _queue(simulator)
    made = _create(simulator, arn, _role(simulator))
    assert made["ScheduleArn"] == f"arn:aws:scheduler:us-east-1:{ACCOUNT}:schedule/default/s"
    simulator.advance(2 * 3600 + 60)
    assert _bodies(simulator, url) == ["hour 1"] * 3
    simulator.client("sqs").purge_queue(QueueUrl=url)
    simulator.client("scheduler").delete_schedule(Name="s")
    simulator.advance(3600)
    assert _bodies(simulator, url) == []


def test_a_schedule_is_described_changed_and_listed(simulator: RunningSimulator) -> None:
    _, arn = _queue(simulator)
    role, client = _role(simulator), simulator.client("scheduler")
    _create(simulator, arn, role, State="DISABLED", Description="first")
    found = client.get_schedule(Name="s")
    assert (found["State"], found["Description"], found["Target"]["RoleArn"]) == ("DISABLED", "first", role)
    client.update_schedule(
        Name="s",
        ScheduleExpression="cron(0 0 * * ? *)",
        FlexibleTimeWindow=OFF,
        Target={"Arn": arn, "RoleArn": role},
    )
    changed = client.get_schedule(Name="s")
    assert (changed["State"], changed["ScheduleExpression"]) == ("ENABLED", "cron(0 0 * * ? *)")
    assert "Description" not in changed
    assert [each["Name"] for each in client.list_schedules(NamePrefix="s")["Schedules"]] == ["s"]


def test_a_single_moment_calls_any_operation_and_the_schedule_goes(simulator: RunningSimulator) -> None:
    role, client = _role(simulator), simulator.client("scheduler")
    client.create_schedule(
        Name="once",
        ScheduleExpression="at(2000-01-01T00:00:00)",
        FlexibleTimeWindow=OFF,
        Target={"Arn": "arn:aws:scheduler:::aws-sdk:ssm:putParameter", "RoleArn": role, "Input": "{}"},
    )
    simulator.rest()
    soon = simulator.simulator.kernel.clock.datetime() + timedelta(hours=1)
    client.create_schedule(
        Name="soon",
        ScheduleExpression=f"at({soon:%Y-%m-%dT%H:%M:%S})",
        ActionAfterCompletion="DELETE",
        FlexibleTimeWindow=OFF,
        Target={
            "Arn": "arn:aws:scheduler:::aws-sdk:ssm:putParameter",
            "RoleArn": role,
            "Input": json.dumps({"Name": "/seen", "Value": "1", "Type": "String"}),
        },
    )
    simulator.advance(86400)
    assert simulator.client("ssm").get_parameter(Name="/seen")["Parameter"]["Value"] == "1"
    assert [each["Name"] for each in client.list_schedules()["Schedules"]] == ["once"]


def test_a_role_without_the_right_is_a_failed_delivery(simulator: RunningSimulator) -> None:
    url, arn = _queue(simulator)
    _create(simulator, arn, _role(simulator, policy=""))
    simulator.rest()
    assert _bodies(simulator, url) == []
    [failed] = [fact for fact in simulator.facts() if fact["kind"] == "ScheduleDeliveryFailed"]
    assert "sqs:SendMessage" in failed["detail"]["error"]


@pytest.mark.parametrize(
    ("change", "code", "text"),
    [
        ({"ScheduleExpression": "often"}, "ValidationException", "Invalid Schedule Expression often."),
        ({"GroupName": "no"}, "ResourceNotFoundException", "Schedule group no does not exist."),
        (
            {"Target": {"Arn": "arn:aws:ecs:us-east-1:1:cluster/c"}},
            "NotSimulated",
            "EventBridge Scheduler target",
        ),
        (
            {"Target": {"RoleArn": f"arn:aws:iam::{ACCOUNT}:role/no"}},
            "ValidationException",
            "to assume the role",
        ),
    ],
)
def test_what_a_schedule_may_not_be(
    simulator: RunningSimulator, change: dict[str, Any], code: str, text: str
) -> None:
    _, arn = _queue(simulator)
    target = {"Arn": arn, "RoleArn": _role(simulator), **change.pop("Target", {})}
    given = {"ScheduleExpression": "rate(1 hour)", "FlexibleTimeWindow": OFF, "Target": target, **change}
    with pytest.raises(ClientError) as caught:
        simulator.client("scheduler").create_schedule(Name="s", **given)
    error = caught.value.response["Error"]
    assert error["Code"] == code
    assert text in error["Message"]


def test_a_group_has_tags_and_takes_its_schedules_with_it(simulator: RunningSimulator) -> None:
    client, (_, arn) = simulator.client("scheduler"), _queue(simulator)
    group = client.create_schedule_group(Name="g", Tags=[{"Key": "a", "Value": "b"}])["ScheduleGroupArn"]
    assert client.list_tags_for_resource(ResourceArn=group)["Tags"] == [{"Key": "a", "Value": "b"}]
    _create(simulator, arn, _role(simulator), GroupName="g", State="DISABLED")
    assert [each["Name"] for each in client.list_schedule_groups()["ScheduleGroups"]] == ["default", "g"]
    client.delete_schedule_group(Name="g")
    assert client.list_schedules()["Schedules"] == []
