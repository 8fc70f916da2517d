"""Every resource lives in its account and region, whoever remembers it: ours and the leaf services alike."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.wire import RunningSimulator

TOPIC = json.dumps({"Resources": {"T": {"Type": "AWS::SNS::Topic"}}})
KINDS: dict[str, tuple[Callable[[Any], Any], Callable[[Any], list[Any]]]] = {
    "sagemaker": (
        lambda c: c.create_model_package_group(ModelPackageGroupName="here"),
        lambda c: c.list_model_package_groups()["ModelPackageGroupSummaryList"],
    ),
    "events": (
        lambda c: c.put_rule(Name="here", ScheduleExpression="rate(1 day)"),
        lambda c: c.list_rules()["Rules"],
    ),
    "cloudwatch": (
        lambda c: c.put_metric_data(Namespace="here", MetricData=[{"MetricName": "m", "Value": 1}]),
        lambda c: c.list_metrics()["Metrics"],
    ),
    "cloudformation": (
        lambda c: c.create_stack(StackName="here", TemplateBody=TOPIC),
        lambda c: c.list_stacks()["StackSummaries"],
    ),
    "sns": (lambda c: c.create_topic(Name="here"), lambda c: c.list_topics()["Topics"]),
    "sqs": (lambda c: c.create_queue(QueueName="here"), lambda c: c.list_queues().get("QueueUrls", [])),
    "logs": (
        lambda c: c.create_log_group(logGroupName="here"),
        lambda c: c.describe_log_groups()["logGroups"],
    ),
    "secretsmanager": (
        lambda c: c.create_secret(Name="here", SecretString="s"),
        lambda c: c.list_secrets()["SecretList"],
    ),
    "ssm": (
        lambda c: c.put_parameter(Name="here", Value="v", Type="String"),
        lambda c: c.describe_parameters()["Parameters"],
    ),
    "kms": (lambda c: c.create_key(), lambda c: c.list_keys()["Keys"]),
}
PLACES = [(person, region) for person in ("grace", "ada") for region in ("us-east-1", "eu-west-1")]


@pytest.fixture(scope="module")
def simulator() -> Iterator[RunningSimulator]:
    running = RunningSimulator()
    yield running
    running.stop()


@pytest.mark.parametrize("service", KINDS)
def test_what_one_account_makes_in_one_region_is_nowhere_else(
    simulator: RunningSimulator, service: str
) -> None:
    make, found = KINDS[service]
    clients = {place: simulator.client(service, place[0], region=place[1]) for place in PLACES}

    def counts() -> dict[tuple[str, str], int]:
        return {place: len(found(client)) for place, client in clients.items()}

    before = counts()
    make(clients["grace", "eu-west-1"])
    simulator.rest()
    after = counts()

    assert [place for place in PLACES if after[place] != before[place]] == [("grace", "eu-west-1")]


def test_an_arn_names_the_account_and_the_region_of_its_maker(simulator: RunningSimulator) -> None:
    sagemaker = simulator.client("sagemaker", "ada", region="eu-central-1")
    made = sagemaker.create_model_package_group(ModelPackageGroupName="abalone")["ModelPackageGroupArn"]

    assert made == "arn:aws:sagemaker:eu-central-1:111111111111:model-package-group/abalone"


def test_a_region_that_aws_does_not_have_is_refused_in_the_words_of_aws(simulator: RunningSimulator) -> None:
    with pytest.raises(ClientError, match=r"scoped to a valid region, not 'eu-west-9'\.$"):
        simulator.client("sagemaker", region="eu-west-9").list_models()
    with pytest.raises(ClientError, match="the region 'eu-west-9' is wrong; expecting 'us-east-1'"):
        simulator.client("s3", region="eu-west-9").list_buckets()
