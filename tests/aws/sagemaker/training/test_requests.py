"""What CreateTrainingJob refuses, and what it accepts, gives back and lists as not simulated."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.aws.sagemaker.training.team import BUCKET, channel, cluster, ordinary

RULE = {"RuleConfigurationName": "LossNotDecreasing", "RuleEvaluatorImage": "1.dkr.ecr/rules:latest"}
HOOK = {"S3OutputPath": f"s3://{BUCKET}/debug", "CollectionConfigurations": [{"CollectionName": "losses"}]}
GROUP = {"InstanceGroupName": "g", "InstanceType": "ml.m5.large", "InstanceCount": 1}


def specification(**more: Any) -> dict[str, Any]:
    return {"AlgorithmSpecification": {**ordinary("any")["AlgorithmSpecification"], **more}}


REFUSED: list[tuple[dict[str, Any], str]] = [
    (specification(AlgorithmName="own"), "Exactly one of TrainingImage and AlgorithmName"),
    ({"AlgorithmSpecification": {"TrainingInputMode": "File"}}, "Exactly one of TrainingImage and AlgorithmName"),
    (specification(MetricDefinitions=[{"Name": "m", "Regex": "("}]), "regular expression in the metric definition m"),
    (specification(MetricDefinitions=[{"Name": "m", "Regex": "a"}] * 2), "Metric names must be unique"),
    ({"ResourceConfig": {**cluster(1), "InstanceGroups": [GROUP]}}, "cannot be specified together"),
    ({"ResourceConfig": {"VolumeSizeInGB": 10}}, "InstanceType and InstanceCount, or InstanceGroups"),
    ({"ResourceConfig": {"InstanceGroups": [GROUP, GROUP], "VolumeSizeInGB": 1}}, "group names must be unique"),
    ({"InputDataConfig": [channel("a", "k"), channel("a", "l")]}, "Channel names must be unique"),
    ({"OutputDataConfig": {"S3OutputPath": "https://elsewhere/out"}}, "Invalid S3 URI"),
    ({"StoppingCondition": {"MaxRuntimeInSeconds": 60, "MaxWaitTimeInSeconds": 60}},
     "It is only supported when EnableManagedSpotTraining is set to true"),
    ({"EnableManagedSpotTraining": True}, "It must be present and be greater than or equal to MaxRuntimeInSeconds"),
    ({"ResourceConfig": {**cluster(1), "KeepAlivePeriodInSeconds": 60}, "EnableManagedSpotTraining": True,
      "StoppingCondition": {"MaxRuntimeInSeconds": 60, "MaxWaitTimeInSeconds": 60}}, "not supported with managed spot"),
    ({"DebugRuleConfigurations": [RULE]}, "DebugHookConfig is required"),
    ({"DebugRuleConfigurations": [RULE, RULE], "DebugHookConfig": HOOK}, "must be unique"),
    ({"CheckpointConfig": {"S3Uri": f"s3://{BUCKET}/c", "LocalPath": "relative"}}, "must be an absolute path"),
    ({"RoleArn": "arn:aws:iam::222222222222:role/Nobody"}, "Could not assume role"),
]  # fmt: skip


def test_what_aws_refuses_is_refused_before_there_is_a_job(team):
    for number, (given, text) in enumerate(REFUSED):
        with pytest.raises(ClientError, match=text) as refused:
            team.create(f"refused-{number}", **given)
        assert refused.value.response["Error"]["Code"] == "ValidationException"
    assert team.sagemaker.list_training_jobs()["TrainingJobSummaries"] == []


def test_more_instances_than_an_account_has_are_over_the_service_limit(team):
    with pytest.raises(
        ClientError, match="'Maximum number of instances per training job' is 20 Instances"
    ) as refused:
        team.create(ResourceConfig=cluster(21))
    assert refused.value.response["Error"]["Code"] == "ResourceLimitExceeded"


def test_a_second_job_of_the_name_is_refused_and_takes_no_pool(team):
    team.train("first", ResourceConfig={**cluster(1), "KeepAlivePeriodInSeconds": 600})
    with pytest.raises(ClientError, match="must be unique"):
        team.create("first", ResourceConfig={**cluster(1), "KeepAlivePeriodInSeconds": 600})
    assert team.job("first")["WarmPoolStatus"]["Status"] == "Available"


def accepted(team) -> set[str]:
    return {fact["subject"] for fact in team.running.facts() if fact["kind"] == "AcceptedNotSimulated"}


def test_spot_is_accepted_billed_in_full_and_listed_as_not_simulated(team):
    stopping = {"MaxRuntimeInSeconds": 60, "MaxWaitTimeInSeconds": 120}
    job = team.train(
        EnableManagedSpotTraining=True, StoppingCondition=stopping, RetryStrategy={"MaximumRetryAttempts": 2}
    )
    assert (job["EnableManagedSpotTraining"], job["StoppingCondition"]) == (True, stopping)
    assert job["RetryStrategy"] == {"MaximumRetryAttempts": 2}
    assert job["BillableTimeInSeconds"] == job["TrainingTimeInSeconds"] >= 1
    assert accepted(team) >= {
        "CreateTrainingJob.EnableManagedSpotTraining",
        "CreateTrainingJob.RetryStrategy",
        "CreateTrainingJob.StoppingCondition.MaxWaitTimeInSeconds",
    }


def test_debugger_profiler_and_tensorboard_come_back_with_rules_in_their_first_state(team):
    given: dict[str, Any] = {
        "DebugHookConfig": HOOK,
        "DebugRuleConfigurations": [RULE],
        "ProfilerConfig": {"S3OutputPath": f"s3://{BUCKET}/profile", "ProfilingIntervalInMilliseconds": 500},
        "ProfilerRuleConfigurations": [{**RULE, "RuleConfigurationName": "ProfilerReport"}],
        "TensorBoardOutputConfig": {"S3OutputPath": f"s3://{BUCKET}/board"},
    }
    job = team.train(**given)
    assert {member: job[member] for member in given} == given
    (debug,), (profiler,) = job["DebugRuleEvaluationStatuses"], job["ProfilerRuleEvaluationStatuses"]
    assert (debug["RuleConfigurationName"], debug["RuleEvaluationStatus"]) == (
        "LossNotDecreasing",
        "InProgress",
    )
    assert profiler["RuleConfigurationName"] == "ProfilerReport"
    assert job["ProfilingStatus"] == "Enabled"
    assert accepted(team) >= {f"CreateTrainingJob.{member}" for member in given}


def test_the_profiler_of_a_running_job_can_be_switched_off_and_that_of_an_ended_one_not(team):
    team.does(held=True)
    team.create(ProfilerConfig={"S3OutputPath": f"s3://{BUCKET}/profile"})
    team.until_training()
    off = {"TrainingJobName": "train", "ProfilerConfig": {"DisableProfiler": True}}
    team.sagemaker.update_training_job(**off)
    team.sagemaker.stop_training_job(TrainingJobName="train")
    job = team.job()
    assert job["ProfilingStatus"] == "Disabled"
    assert job["ProfilerConfig"] == {"S3OutputPath": f"s3://{BUCKET}/profile", "DisableProfiler": True}
    with pytest.raises(ClientError, match="because the training job is in status Stopped"):
        team.sagemaker.update_training_job(**off)


def test_what_was_left_out_comes_back_with_the_defaults_of_aws(team):
    team.put(train__a_csv="a")
    job = team.train(StoppingCondition=None, InputDataConfig=[channel("train", "train/")])
    assert job["StoppingCondition"] == {"MaxRuntimeInSeconds": 86400}
    assert job["OutputDataConfig"] == {
        "KmsKeyId": "",
        "S3OutputPath": f"s3://{BUCKET}/out",
        "CompressionType": "GZIP",
    }
    assert (job["InputDataConfig"][0]["CompressionType"], job["InputDataConfig"][0]["RecordWrapperType"]) == (
        "None",
        "None",
    )
    switches = (
        "EnableNetworkIsolation",
        "EnableInterContainerTrafficEncryption",
        "EnableManagedSpotTraining",
    )
    assert [job[member] for member in switches] == [False] * 3
    assert job["AlgorithmSpecification"]["EnableSageMakerMetricsTimeSeries"] is False
