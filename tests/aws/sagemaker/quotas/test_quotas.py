"""An account has at most what its quotas say, in AWS's words, until Service Quotas has raised them."""

from collections.abc import Iterator

import pytest
from botocore.exceptions import ClientError

from simulator.aws.sagemaker.kinds.table import BY_NAME
from simulator.aws.sagemaker.quotas.table import QUOTAS
from tests.aws.sagemaker.tuning.requests import tuning_request
from tests.wire import RunningSimulator

ROLE = "arn:aws:iam::222222222222:role/SageMakerExecutionRole"
NOTEBOOKS = {"ServiceCode": "sagemaker", "QuotaCode": "L-04CE2E67"}
HELP = (
    "Please use AWS Service Quotas to request an increase for this quota. If AWS Service Quotas is not available,"
    " contact AWS support to request an increase for this quota."
)


@pytest.fixture(name="world", scope="module")
def _world() -> Iterator[RunningSimulator]:
    running = RunningSimulator()
    yield running
    running.stop()


def refusal(ask, **params) -> str:
    with pytest.raises(ClientError) as refused:
        ask(**params)
    error = refused.value.response["Error"]
    assert error["Code"] == "ResourceLimitExceeded"
    assert error["Message"].endswith(HELP)
    return str(error["Message"].removesuffix(f" {HELP}"))


def notebook(number: int) -> dict[str, str]:
    return {"NotebookInstanceName": f"n{number}", "InstanceType": "ml.t3.medium", "RoleArn": ROLE}


def test_a_count_is_full_until_something_goes_or_the_quota_is_raised(world):
    client, quotas = world.client("sagemaker"), world.client("service-quotas")
    for number in range(8):
        client.create_notebook_instance(**notebook(number))
    assert refusal(client.create_notebook_instance, **notebook(8)) == (
        "The account-level service limit 'Total number of notebook instances' is 8 NotebookInstances, with current"
        " utilization of 8 NotebookInstances and a request delta of 1 NotebookInstances."
    )
    client.stop_notebook_instance(NotebookInstanceName="n0")
    client.delete_notebook_instance(NotebookInstanceName="n0")
    client.create_notebook_instance(**notebook(8))
    world.client("sagemaker", region="eu-west-1").create_notebook_instance(**notebook(0))
    assert quotas.get_service_quota(**NOTEBOOKS)["Quota"]["Value"] == 8.0
    change = quotas.request_service_quota_increase(**NOTEBOOKS, DesiredValue=9)["RequestedQuota"]
    assert change["Status"] == "APPROVED"
    client.create_notebook_instance(**notebook(9))
    assert "is 9 NotebookInstances" in refusal(client.create_notebook_instance, **notebook(10))
    assert quotas.get_aws_default_service_quota(**NOTEBOOKS)["Quota"]["Value"] == 8.0
    listed = quotas.list_service_quotas(ServiceCode="sagemaker")["Quotas"]
    assert {each["QuotaCode"]: each["Value"] for each in listed}["L-04CE2E67"] == 9.0
    told = [fact["subject"] for fact in world.facts() if fact["kind"] == "AcceptedNotSimulated"]
    assert "RequestServiceQuotaIncrease: AWS's own decision" in told


def test_a_value_is_held_to_its_quota(world):
    client = world.client("sagemaker")
    training = {
        "TrainingJobName": "long",
        "AlgorithmSpecification": {"TrainingImage": "x:1", "TrainingInputMode": "File"},
        "RoleArn": ROLE,
        "OutputDataConfig": {"S3OutputPath": "s3://bucket/out"},
        "ResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 1},
        "StoppingCondition": {"MaxRuntimeInSeconds": 432_001},
    }
    assert refusal(client.create_training_job, **training) == (
        "The account-level service limit 'Longest run time for a training job' is 432000 Seconds, with current"
        " utilization of 0 Seconds and a request delta of 432001 Seconds."
    )
    large = tuning_request(
        "large", "bucket", ResourceLimits={"MaxNumberOfTrainingJobs": 751, "MaxParallelTrainingJobs": 2}
    )
    assert "is 750," in refusal(client.create_hyper_parameter_tuning_job, **large)
    wide = tuning_request(
        "wide", "bucket", ResourceLimits={"MaxNumberOfTrainingJobs": 20, "MaxParallelTrainingJobs": 11}
    )
    assert "per hyperparameter tuning job' is 10," in refusal(
        client.create_hyper_parameter_tuning_job, **wide
    )


def test_what_is_no_quota_or_not_higher_is_refused(world):
    quotas = world.client("service-quotas")
    for wrong in (
        {"ServiceCode": "sagemaker", "QuotaCode": "L-0"},
        {"ServiceCode": "ec2", "QuotaCode": "L-0"},
    ):
        with pytest.raises(quotas.exceptions.NoSuchResourceException):
            quotas.get_service_quota(**wrong)
    with pytest.raises(quotas.exceptions.IllegalArgumentException):
        quotas.request_service_quota_increase(**NOTEBOOKS, DesiredValue=1)


def test_every_quota_that_counts_names_a_kind_of_the_table():
    assert {quota.kind for quota in QUOTAS if quota.kind} <= set(BY_NAME)
