"""Schedules, windows and the container contract of a monitor."""

import json
from datetime import UTC, datetime

import pytest

from simulator.aws.sagemaker.monitoring.monitor import (
    InvalidSchedule,
    environment,
    hours,
    job_request,
    metric_data,
    next_time,
    of_definition,
    report_uri,
    seconds,
    window,
)

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC).timestamp()
HOURLY = "cron(0 * ? * * *)"


def definition(batch: bool = False, **more):
    local = {"LocalPath": "/opt/ml/processing/input/captured"}
    given = (
        {
            "BatchTransformInput": {
                "DataCapturedDestinationS3Uri": "s3://c/x",
                "DatasetFormat": {"Json": {"Line": True}},
                **local,
            }
        }
        if batch
        else {"EndpointInput": {"EndpointName": "abalone", **local}}
    )
    return {
        "JobDefinitionName": "quality",
        "RoleArn": "arn:aws:iam::222222222222:role/SageMakerExecutionRole",
        "DataQualityAppSpecification": {
            "ImageUri": "156813124566.dkr.ecr.us-east-1.amazonaws.com/sagemaker-model-monitor-analyzer",
            "RecordPreprocessorSourceUri": "s3://code/pre.py",
        },
        "DataQualityBaselineConfig": {
            "StatisticsResource": {"S3Uri": "s3://b/statistics.json"},
            "ConstraintsResource": {"S3Uri": "s3://b/constraints.json"},
        },
        "DataQualityJobInput": given,
        "DataQualityJobOutputConfig": {
            "MonitoringOutputs": [
                {"S3Output": {"S3Uri": "s3://reports", "LocalPath": "/opt/ml/processing/output"}}
            ]
        },
        "JobResources": {
            "ClusterConfig": {"InstanceCount": 1, "InstanceType": "ml.m5.large", "VolumeSizeInGB": 20}
        },
        **more,
    }


@pytest.mark.parametrize(
    ("expression", "hour"), [(HOURLY, 13), ("cron(0 20 ? * * *)", 20), ("cron(0 0/6 ? * * *)", 18)]
)
def test_the_forms_of_aws_give_the_next_time(expression, hour):
    found = next_time(expression, NOON)
    assert found is not None
    assert datetime.fromtimestamp(found, UTC).hour == hour


@pytest.mark.parametrize(
    "expression", ["cron(5 * ? * * *)", "rate(1 hour)", "cron(0 25 ? * * *)", "cron(0 * * * ? *)"]
)
def test_other_expressions_are_refused(expression):
    with pytest.raises(InvalidSchedule):
        next_time(expression, NOON)


def test_a_window_is_the_time_since_the_execution_before():
    assert window(HOURLY, NOON, ("", "")) == (NOON - 3600, NOON)
    assert window("cron(0 0/6 ? * * *)", NOON, ("", "")) == (NOON - 6 * 3600, NOON)
    assert window(HOURLY, NOON, ("-PT2H", "-PT1H")) == (NOON - 7200, NOON - 3600)
    assert hours(NOON - 7200, NOON) == ["2026/03/01/10", "2026/03/01/11"]
    assert seconds("-P1DT1H30M") == -(86400 + 5400)


def test_the_report_lies_under_endpoint_and_schedule_and_hour():
    assert report_uri(of_definition(definition()), "s", NOON) == "s3://reports/abalone/s/2026/03/01/12"
    assert report_uri(of_definition(definition(batch=True)), "s", NOON) == "s3://reports/s/2026/03/01/12"


def test_the_container_is_told_format_window_and_baseline():
    told = environment(of_definition(definition()), "s", NOON - 3600, NOON)
    assert json.loads(told["dataset_format"]) == {
        "sagemakerCaptureJson": {"captureIndexNames": ["endpointInput", "endpointOutput"]}
    }
    assert (told["start_time"], told["end_time"]) == ("2026-03-01T11:00:00Z", "2026-03-01T12:00:00Z")
    assert told["baseline_constraints"] == "/opt/ml/processing/baseline/constraints/constraints.json"
    assert told["record_preprocessor_script"] == "/opt/ml/processing/code/preprocessing/pre.py"
    assert told["sagemaker_endpoint_name"] == "abalone"
    batch = environment(of_definition(definition(batch=True)), "s", NOON - 3600, NOON)
    assert json.loads(batch["dataset_format"]) == {"json": {"line": True}}
    assert "sagemaker_endpoint_name" not in batch


def test_each_hour_is_an_input_beside_the_baseline():
    data = {"abalone/AllTraffic/2026/03/01/11": "s3://c/abalone/AllTraffic/2026/03/01/11"}
    request = job_request(of_definition(definition()), "s", NOON, (NOON - 3600, NOON), data, "job")
    inputs = {each["S3Input"]["LocalPath"]: each["S3Input"]["S3Uri"] for each in request["ProcessingInputs"]}
    assert inputs == {
        "/opt/ml/processing/input/captured/abalone/AllTraffic/2026/03/01/11": next(iter(data.values())),
        "/opt/ml/processing/baseline/constraints": "s3://b/constraints.json",
        "/opt/ml/processing/baseline/stats": "s3://b/statistics.json",
        "/opt/ml/processing/code/preprocessing": "s3://code/pre.py",
    }


def test_metric_times_become_epoch_seconds():
    assert metric_data([{"MetricName": "m", "Timestamp": "2026-03-01T12:00:00Z"}])[0]["Timestamp"] == NOON
