"""SendMessage@1: a message to an SNS topic or an SQS queue.

Source: SendMessage of aws/aws-toolkit-azure-devops (order, texts).
"""

from typing import Any

import sdk  # type: ignore[import-not-found]  # beside this file when it runs
from botocore.exceptions import ClientError
from task_library import fail, given, required, say  # type: ignore[import-not-found]


def main() -> None:
    """Check that the target is there, and send."""
    target, message = required("messageTarget"), required("message")
    place = required("topicArn" if target == "topic" else "queueUrl")
    sns, sqs = sdk.client("sns"), sdk.client("sqs")
    if target == "topic":
        _to_topic(sns, place, message)
    else:
        _to_queue(sqs, place, message)
    say("Successfully completed sending the message")


def _to_topic(sns: Any, topic: str, message: str) -> None:
    try:
        sns.get_topic_attributes(TopicArn=topic)
    except ClientError as error:
        sdk.missing(error, f"Topic {topic} does not exist")
    say(f"Sending message to topic {topic}")
    try:
        sns.publish(TopicArn=topic, Message=message)
    except ClientError as error:
        _send_error(error)


def _to_queue(sqs: Any, queue: str, message: str) -> None:
    try:
        sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])
    except ClientError as error:
        sdk.missing(error, f"Queue {queue} does not exist")
    delay = int(given("delaySeconds")) if given("delaySeconds").isdecimal() else 0
    if delay:
        say(f"Sending message, with delay {delay} seconds, to queue {queue}")
    else:
        say(f"Sending message to queue {queue}")
    more = {"DelaySeconds": delay} if delay else {}
    try:
        sqs.send_message(QueueUrl=queue, MessageBody=message, **more)
    except ClientError as error:
        _send_error(error)


def _send_error(error: ClientError) -> None:
    fail(f"Error: Error during send, message: {error.response['Error']['Message']}")


if __name__ == "__main__":
    sdk.run(main)
