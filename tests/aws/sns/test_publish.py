"""A published message reaches queues and HTTP endpoints, filtered and wrapped as SNS does, over the wire."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.aws.eventbridge.receiver import receiver
from tests.wire import RunningSimulator

ACCOUNT = "222222222222"


@pytest.fixture
def simulator() -> Iterator[RunningSimulator]:
    running = RunningSimulator(allowed_hosts=("localhost",))
    yield running
    running.stop()


@pytest.fixture(scope="module")
def shared() -> Iterator[RunningSimulator]:
    """For tests that leave nothing behind."""
    running = RunningSimulator()
    yield running
    running.stop()


def _topic(simulator: RunningSimulator) -> str:
    arn: str = simulator.client("sns", "grace").create_topic(Name="notices")["TopicArn"]
    return arn


def _queue(simulator: RunningSimulator, name: str, service: str = "sns.amazonaws.com") -> tuple[str, str]:
    sqs = simulator.client("sqs", "grace")
    url = sqs.create_queue(QueueName=name)["QueueUrl"]
    arn = f"arn:aws:sqs:us-east-1:{ACCOUNT}:{name}"
    if service:
        statement = {
            "Effect": "Allow",
            "Principal": {"Service": service},
            "Action": "sqs:SendMessage",
            "Resource": arn,
        }
        policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})
    return url, arn


def _messages(simulator: RunningSimulator, url: str) -> list[dict[str, Any]]:
    received = simulator.client("sqs", "grace").receive_message(
        QueueUrl=url, MaxNumberOfMessages=10, MessageAttributeNames=["All"]
    )
    found: list[dict[str, Any]] = received.get("Messages", [])
    return found


def _kinds(simulator: RunningSimulator) -> list[str]:
    return [fact["kind"] for fact in simulator.facts()]


def test_a_queue_receives_the_notification(simulator: RunningSimulator) -> None:
    sns, topic, (url, arn) = simulator.client("sns", "grace"), _topic(simulator), _queue(simulator, "q")
    subscription = sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)["SubscriptionArn"]
    attributes = {"stage": {"DataType": "String", "StringValue": "staging"}}
    made = sns.publish(TopicArn=topic, Subject="s", Message="hello", MessageAttributes=attributes)
    simulator.rest()
    [message] = _messages(simulator, url)
    body = json.loads(message["Body"])
    assert {name: body[name] for name in ("Type", "MessageId", "TopicArn", "Subject", "Message")} == {
        "Type": "Notification",
        "MessageId": made["MessageId"],
        "TopicArn": topic,
        "Subject": "s",
        "Message": "hello",
    }
    assert body["MessageAttributes"] == {"stage": {"Type": "String", "Value": "staging"}}
    assert subscription in body["UnsubscribeURL"]


def test_raw_delivery_sends_the_message_alone(simulator: RunningSimulator) -> None:
    sns, topic, (url, arn) = simulator.client("sns", "grace"), _topic(simulator), _queue(simulator, "q")
    raw = {"RawMessageDelivery": "true"}
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn, Attributes=raw)
    attributes = {"stage": {"DataType": "String", "StringValue": "staging"}}
    texts = json.dumps({"default": "d", "sqs": "for queues"})
    sns.publish(TopicArn=topic, Message=texts, MessageStructure="json", MessageAttributes=attributes)
    simulator.rest()
    [message] = _messages(simulator, url)
    assert message["Body"] == "for queues"
    assert message["MessageAttributes"]["stage"]["StringValue"] == "staging"


def test_a_filter_policy_lets_through_what_it_names(simulator: RunningSimulator) -> None:
    sns, topic, (url, arn) = simulator.client("sns", "grace"), _topic(simulator), _queue(simulator, "q")
    policy = {
        "FilterPolicy": json.dumps(
            {"stage": ["production", {"prefix": "stag"}], "n": [{"numeric": [">", 1]}]}
        )
    }
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn, Attributes=policy)
    for stage, number in (("staging", "2"), ("dev", "2"), ("production", "1")):
        attributes = {
            "stage": {"DataType": "String", "StringValue": stage},
            "n": {"DataType": "Number", "StringValue": number},
        }
        sns.publish(TopicArn=topic, Message=stage, MessageAttributes=attributes)
    simulator.rest()
    assert [json.loads(message["Body"])["Message"] for message in _messages(simulator, url)] == ["staging"]


def test_a_queue_that_does_not_allow_sns_gets_nothing_and_the_dead_letter_queue_does(
    simulator: RunningSimulator,
) -> None:
    sns, topic = simulator.client("sns", "grace"), _topic(simulator)
    (url, arn), (dead_url, dead) = _queue(simulator, "q", service=""), _queue(simulator, "dead")
    redrive = {"RedrivePolicy": json.dumps({"deadLetterTargetArn": dead})}
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn, Attributes=redrive)
    sns.publish(TopicArn=topic, Message="hello")
    simulator.rest()
    assert _messages(simulator, url) == []
    assert len(_messages(simulator, dead_url)) == 1
    assert "NotificationFailed" in _kinds(simulator)


def test_an_http_endpoint_is_tried_again_after_a_server_error(simulator: RunningSimulator) -> None:
    sns, topic = simulator.client("sns", "grace"), _topic(simulator)
    with receiver() as endpoint:
        endpoint.answers = [(503, {}, b"")]
        sns.subscribe(TopicArn=topic, Protocol="http", Endpoint=endpoint.url + "/hook")
        sns.publish(TopicArn=topic, Message="hello")
        simulator.rest()
        simulator.advance(25)
        assert len(endpoint.requests) == 2
        request = endpoint.requests[-1]
        assert request.headers["x-amz-sns-message-type"] == "Notification"
        assert json.loads(request.body)["Message"] == "hello"


def test_what_is_not_sent_is_said_to_be_not_simulated(simulator: RunningSimulator) -> None:
    sns, topic = simulator.client("sns", "grace"), _topic(simulator)
    sns.subscribe(TopicArn=topic, Protocol="email", Endpoint="ops@example.com")
    sns.publish(TopicArn=topic, Message="hello")
    simulator.rest()
    subjects = [fact["subject"] for fact in simulator.facts() if fact["kind"] == "AcceptedNotSimulated"]
    assert subjects == ["sns subscription by email"]
    with pytest.raises(ClientError, match="phone"):
        sns.publish(PhoneNumber="+15555550100", Message="hello")


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"Message": ""}, "Empty message"),
        ({"Subject": "x" * 101}, "Subject"),
        ({"MessageStructure": "json"}, "JSON message body failed to parse"),
        ({"MessageStructure": "json", "Message": "{}"}, "No default entry"),
    ],
)
def test_what_a_message_may_not_be(shared: RunningSimulator, change: dict[str, Any], text: str) -> None:
    with pytest.raises(ClientError, match=text):
        shared.client("sns", "grace").publish(**{"TopicArn": _topic(shared), "Message": "m", **change})


def test_a_topic_that_is_not_there_takes_nothing(shared: RunningSimulator) -> None:
    with pytest.raises(ClientError) as caught:
        shared.client("sns", "grace").publish(
            TopicArn=f"arn:aws:sns:us-east-1:{ACCOUNT}:gone", Message="hello"
        )
    assert caught.value.response["Error"]["Code"] in ("NotFound", "NotFoundException")


def test_a_batch_is_judged_entry_by_entry(simulator: RunningSimulator) -> None:
    sns, topic, (url, arn) = simulator.client("sns", "grace"), _topic(simulator), _queue(simulator, "q")
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
    entries = [{"Id": "a", "Message": "one"}, {"Id": "b", "Message": ""}, {"Id": "c", "Message": "two"}]
    answer = sns.publish_batch(TopicArn=topic, PublishBatchRequestEntries=entries)
    simulator.rest()
    assert [entry["Id"] for entry in answer["Successful"]] == ["a", "c"]
    assert [entry["Id"] for entry in answer["Failed"]] == ["b"]
    assert len(_messages(simulator, url)) == 2


def test_an_alarm_reaches_a_queue_through_its_topic(simulator: RunningSimulator) -> None:
    topic, (url, arn) = _topic(simulator), _queue(simulator, "q")
    simulator.client("sns", "grace").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
    cloudwatch = simulator.client("cloudwatch", "grace")
    settings = {
        "Period": 60,
        "EvaluationPeriods": 1,
        "Threshold": 1,
        "ComparisonOperator": "GreaterThanThreshold",
    }
    cloudwatch.put_metric_alarm(
        AlarmName="a", Namespace="n", MetricName="m", Statistic="Maximum", AlarmActions=[topic], **settings
    )
    cloudwatch.put_metric_data(Namespace="n", MetricData=[{"MetricName": "m", "Value": 5}])
    simulator.rest()
    [message] = _messages(simulator, url)
    body = json.loads(message["Body"])
    assert body["Subject"] == 'ALARM: "a" in US East (N. Virginia)'
    told = json.loads(body["Message"])
    assert (told["NewStateValue"], told["Trigger"]["MetricName"]) == ("ALARM", "m")


@pytest.mark.parametrize("operation", ["get_topic_attributes", "list_subscriptions_by_topic", "publish"])
def test_what_is_no_arn_is_refused_in_snss_words(shared, operation):
    more = {"Message": "m"} if operation == "publish" else {}
    with pytest.raises(ClientError) as refusal:
        getattr(shared.client("sns", "grace"), operation)(TopicArn="news", **more)
    error = refusal.value.response["Error"]
    told = "Invalid parameter: TopicArn Reason: An ARN must have at least 6 elements, not 1"
    assert (error["Code"], error["Message"]) == ("InvalidParameter", told)
