"""A version that waits too long is told to whoever subscribed to the topic, over the wire, once."""

from __future__ import annotations

import json

from tests.aws.eventbridge.events_world import messages_in
from tests.wire import RunningSimulator

TOPIC = "model-approval-pending"
DAY = 24 * 3600


def subscribed(simulator: RunningSimulator) -> str:
    """The URL of a queue that hears of the topic."""
    sns, sqs = simulator.client("sns", "grace"), simulator.client("sqs", "grace")
    topic = sns.create_topic(Name=TOPIC)["TopicArn"]
    url = sqs.create_queue(QueueName="reviewers")["QueueUrl"]
    queue = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    allowed = {
        "Effect": "Allow",
        "Principal": {"Service": "sns.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": queue,
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [allowed]})
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=queue, Attributes={"RawMessageDelivery": "true"})
    return str(url)


def two_versions(simulator: RunningSimulator) -> str:
    """Two registered versions, one of them approved; the ARN of the one that waits."""
    sagemaker = simulator.client("sagemaker", "grace")
    sagemaker.create_model_package_group(ModelPackageGroupName="abalone")
    waiting, decided = (
        sagemaker.create_model_package(
            ModelPackageGroupName="abalone", ModelApprovalStatus="PendingManualApproval"
        )["ModelPackageArn"]
        for _ in range(2)
    )
    sagemaker.update_model_package(ModelPackageArn=decided, ModelApprovalStatus="Approved")
    return str(waiting)


def told(simulator: RunningSimulator, url: str) -> list[str]:
    """The versions that the queue has heard of since the last look."""
    return [json.loads(message["Body"])["modelPackageArn"] for message in messages_in(simulator, url)]


def test_a_subscriber_hears_of_the_version_that_still_waits_after_a_week(simulator: RunningSimulator) -> None:
    url, waiting = subscribed(simulator), two_versions(simulator)

    simulator.advance(6 * DAY)
    assert told(simulator, url) == []
    simulator.advance(2 * DAY)
    assert told(simulator, url) == [waiting]


def test_the_time_that_a_version_may_wait_is_a_setting() -> None:
    simulator = RunningSimulator(approval_notice_seconds=3600.0)
    url, waiting = subscribed(simulator), two_versions(simulator)

    simulator.advance(3700)
    heard = told(simulator, url)
    simulator.stop()
    assert heard == [waiting]
