"""Metrics and alarms through a real boto3 client, on the virtual clock."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.wire import RunningSimulator

ALARM: dict[str, Any] = {
    "AlarmName": "drift",
    "AlarmDescription": "The data drifted.",
    "Namespace": "aws/sagemaker/Endpoints/data-metrics",
    "MetricName": "feature_baseline_drift_Length",
    "Dimensions": [{"Name": "Endpoint", "Value": "abalone"}],
    "Statistic": "Maximum",
    "Period": 3600,
    "EvaluationPeriods": 1,
    "Threshold": 0.2,
    "ComparisonOperator": "GreaterThanThreshold",
}
ARN = "arn:aws:cloudwatch:us-east-1:222222222222:alarm:drift"


@pytest.fixture(scope="module")
def shared() -> Iterator[RunningSimulator]:
    """For tests that leave nothing behind."""
    running = RunningSimulator()
    yield running
    running.stop()


def _put(client: Any, value: float, **more: Any) -> None:
    datum = {"MetricName": ALARM["MetricName"], "Dimensions": ALARM["Dimensions"], "Value": value, **more}
    client.put_metric_data(Namespace=ALARM["Namespace"], MetricData=[datum])


def _state(client: Any) -> str:
    state: str = client.describe_alarms(AlarmNames=["drift"])["MetricAlarms"][0]["StateValue"]
    return state


def _changes(simulator: RunningSimulator) -> list[tuple[str, str]]:
    facts = [fact for fact in simulator.facts() if fact["kind"] == "AlarmStateChanged"]
    return [(fact["detail"]["from"], fact["detail"]["to"]) for fact in facts]


def test_an_alarm_begins_with_insufficient_data_and_follows_its_metric(simulator: RunningSimulator) -> None:
    cloudwatch = simulator.client("cloudwatch", "grace")
    cloudwatch.put_metric_alarm(**ALARM)
    [described] = cloudwatch.describe_alarms()["MetricAlarms"]
    assert (described["StateValue"], described["StateReason"]) == (
        "INSUFFICIENT_DATA",
        "Unchecked: Initial alarm creation",
    )
    assert described["AlarmArn"] == ARN
    _put(cloudwatch, 0.1)
    assert _state(cloudwatch) == "OK"
    _put(cloudwatch, 0.5)
    [described] = cloudwatch.describe_alarms()["MetricAlarms"]
    assert described["StateValue"] == "ALARM"
    assert described["StateReason"].startswith("Threshold Crossed: 1 out of the last 1 datapoints [0.5 (")
    assert described["StateReason"].endswith(
        "was greater than the threshold (0.2) (minimum 1 datapoint for OK -> ALARM transition)."
    )
    assert json.loads(described["StateReasonData"])["recentDatapoints"] == [0.5]
    simulator.advance(3 * 3600 + 60)
    assert _state(cloudwatch) == "INSUFFICIENT_DATA"
    assert _changes(simulator) == [
        ("INSUFFICIENT_DATA", "OK"),
        ("OK", "ALARM"),
        ("ALARM", "INSUFFICIENT_DATA"),
    ]


def test_a_change_is_an_event_in_the_shape_of_aws(simulator: RunningSimulator) -> None:
    cloudwatch = simulator.client("cloudwatch", "grace")
    cloudwatch.put_metric_alarm(**ALARM)
    _put(cloudwatch, 0.5)
    event = simulator.until(lambda fact: fact["kind"] == "AlarmStateChanged")["detail"]["event"]
    assert (event["source"], event["detail-type"]) == ("aws.cloudwatch", "CloudWatch Alarm State Change")
    assert event["resources"] == [ARN]
    detail = event["detail"]
    assert (detail["alarmName"], detail["state"]["value"]) == ("drift", "ALARM")
    assert detail["previousState"]["value"] == "INSUFFICIENT_DATA"
    assert json.loads(detail["state"]["reasonData"])["threshold"] == 0.2
    assert detail["configuration"]["description"] == "The data drifted."
    [metric] = detail["configuration"]["metrics"]
    assert metric["metricStat"] == {
        "metric": {
            "namespace": ALARM["Namespace"],
            "name": ALARM["MetricName"],
            "dimensions": {"Endpoint": "abalone"},
        },
        "period": 3600,
        "stat": "Maximum",
    }


def test_missing_data_is_treated_as_the_alarm_says_once_it_is_evaluated(simulator: RunningSimulator) -> None:
    cloudwatch = simulator.client("cloudwatch", "grace")
    cloudwatch.put_metric_alarm(**ALARM, TreatMissingData="notBreaching")
    assert _state(cloudwatch) == "INSUFFICIENT_DATA"
    simulator.advance(61)
    assert _state(cloudwatch) == "OK"
    cloudwatch.put_metric_alarm(**ALARM, TreatMissingData="breaching")
    simulator.advance(61)
    [described] = cloudwatch.describe_alarms()["MetricAlarms"]
    assert described["StateReason"] == (
        "Threshold Crossed: no datapoints were received for 1 period and 1 missing datapoint was treated as "
        "[Breaching]."
    )


def test_two_of_three_hours_must_breach(simulator: RunningSimulator) -> None:
    cloudwatch = simulator.client("cloudwatch", "grace")
    cloudwatch.put_metric_alarm(**{**ALARM, "EvaluationPeriods": 3}, DatapointsToAlarm=2)
    for value in (0.1, 0.5):
        _put(cloudwatch, value)
        simulator.advance(3600)
    assert _state(cloudwatch) == "OK"
    _put(cloudwatch, 0.5)
    assert _state(cloudwatch) == "ALARM"


def test_an_alarm_publishes_to_its_topic_unless_its_actions_are_off(simulator: RunningSimulator) -> None:
    cloudwatch, sns = simulator.client("cloudwatch", "grace"), simulator.client("sns", "grace")
    topic = sns.create_topic(Name="drift")["TopicArn"]
    cloudwatch.put_metric_alarm(**ALARM, AlarmActions=[topic])
    _put(cloudwatch, 0.5)
    simulator.rest()
    kinds = [
        item["HistoryItemType"]
        for item in cloudwatch.describe_alarm_history(AlarmName="drift")["AlarmHistoryItems"]
    ]
    assert kinds == ["Action", "StateUpdate", "ConfigurationUpdate"]
    cloudwatch.disable_alarm_actions(AlarmNames=["drift"])
    cloudwatch.set_alarm_state(AlarmName="drift", StateValue="OK", StateReason="by hand")
    cloudwatch.set_alarm_state(AlarmName="drift", StateValue="ALARM", StateReason="by hand")
    simulator.rest()
    executed = [fact for fact in simulator.facts() if fact["kind"] == "AlarmActionExecuted"]
    assert len(executed) == 1
    assert len(_changes(simulator)) == 3


def test_an_action_that_fails_is_in_the_history(simulator: RunningSimulator) -> None:
    cloudwatch = simulator.client("cloudwatch", "grace")
    cloudwatch.put_metric_alarm(**ALARM, AlarmActions=["arn:aws:sns:us-east-1:222222222222:gone"])
    _put(cloudwatch, 0.5)
    simulator.rest()
    newest = cloudwatch.describe_alarm_history(AlarmName="drift", HistoryItemType="Action")[
        "AlarmHistoryItems"
    ][0]
    assert newest["HistorySummary"].startswith("Failed to execute action")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"AlarmActions": ["arn:aws:lambda:us-east-1:222222222222:function:f"]}, "NotSimulated"),
        ({"ComparisonOperator": "GreaterThanUpperThreshold"}, "NotSimulated"),
        ({"TreatMissingData": "often"}, "ValidationError"),
        ({"DatapointsToAlarm": 2}, "ValidationError"),
        ({"Period": 90}, "ValidationError"),
        ({"EvaluationPeriods": 200}, "ValidationError"),
        ({"ExtendedStatistic": "p90"}, "ValidationError"),
    ],
)
def test_what_an_alarm_may_not_be(shared: RunningSimulator, change: dict[str, Any], code: str) -> None:
    with pytest.raises(ClientError) as caught:
        shared.client("cloudwatch", "grace").put_metric_alarm(**{**ALARM, **change})
    assert caught.value.response["Error"]["Code"] == code


def test_metrics_are_read_back(simulator: RunningSimulator) -> None:
    cloudwatch = simulator.client("cloudwatch", "grace")
    now = simulator.simulator.kernel.clock.datetime().replace(second=0, microsecond=0)
    for minutes, value in ((1, 1.0), (2, 2.0), (61, 6.0)):
        _put(cloudwatch, value, Timestamp=now - timedelta(minutes=minutes), Unit="Count")
    listed = cloudwatch.list_metrics(Dimensions=[{"Name": "Endpoint"}])["Metrics"]
    assert [metric["MetricName"] for metric in listed] == [ALARM["MetricName"]]
    asked = {name: ALARM[name] for name in ("Namespace", "MetricName", "Dimensions")}
    span = {"StartTime": now - timedelta(hours=3), "EndTime": now}
    points = cloudwatch.get_metric_statistics(**asked, **span, Period=60, Statistics=["Sum", "SampleCount"])[
        "Datapoints"
    ]
    assert [(point["Sum"], point["SampleCount"]) for point in points] == [(6, 1), (2, 1), (1, 1)]
    query = {"Id": "m", "MetricStat": {"Metric": asked, "Period": 60, "Stat": "Maximum"}}
    [result] = cloudwatch.get_metric_data(MetricDataQueries=[query], **span)["MetricDataResults"]
    assert (result["Values"], result["StatusCode"]) == ([1.0, 2.0, 6.0], "Complete")
    with pytest.raises(ClientError) as caught:
        cloudwatch.get_metric_data(MetricDataQueries=[{"Id": "e", "Expression": "m*2"}], **span)
    assert caught.value.response["Error"]["Code"] == "NotSimulated"


def test_data_far_from_now_are_refused(shared: RunningSimulator) -> None:
    cloudwatch = shared.client("cloudwatch", "grace")
    now = shared.simulator.kernel.clock.datetime()
    for shift, text in ((timedelta(hours=3), "two hours in the future"), (-timedelta(days=15), "two weeks")):
        with pytest.raises(ClientError, match=text):
            _put(cloudwatch, 1.0, Timestamp=now + shift)


def test_alarms_are_found_tagged_and_deleted(simulator: RunningSimulator) -> None:
    cloudwatch = simulator.client("cloudwatch", "grace")
    cloudwatch.put_metric_alarm(**ALARM, Tags=[{"Key": "a", "Value": "b"}])
    assert cloudwatch.list_tags_for_resource(ResourceARN=ARN)["Tags"] == [{"Key": "a", "Value": "b"}]
    asked = {name: ALARM[name] for name in ("Namespace", "MetricName", "Dimensions")}
    assert cloudwatch.describe_alarms_for_metric(**asked)["MetricAlarms"][0]["AlarmName"] == "drift"
    assert cloudwatch.describe_alarms(StateValue="OK")["MetricAlarms"] == []
    with pytest.raises(ClientError):
        cloudwatch.delete_alarms(AlarmNames=["drift", "other"])
    cloudwatch.delete_alarms(AlarmNames=["drift"])
    assert cloudwatch.describe_alarms()["MetricAlarms"] == []
