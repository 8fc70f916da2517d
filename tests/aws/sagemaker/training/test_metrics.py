"""Metrics: what a regular expression finds in the log is the job's last value and CloudWatch's series."""

import datetime as dt
from typing import Any

from simulator.runtime.engine_scripted import Script
from tests.aws.sagemaker.training.team import cluster, ordinary

LOSS = {"Name": "loss", "Regex": r"loss=([0-9.]+)"}
LONG_AGO, LATER = dt.datetime(2000, 1, 1, tzinfo=dt.UTC), dt.datetime(2100, 1, 1, tzinfo=dt.UTC)


def measured(**more: Any) -> dict[str, Any]:
    """A request whose metric is the loss."""
    specification = {**ordinary("any")["AlgorithmSpecification"], "MetricDefinitions": [LOSS], **more}
    return {"AlgorithmSpecification": specification}


def series(team, job):
    """Count, minimum, maximum and sum that CloudWatch has of the job's loss."""
    (point,) = team.running.client("cloudwatch").get_metric_statistics(
        Namespace="/aws/sagemaker/TrainingJobs",
        MetricName="loss",
        Dimensions=[{"Name": "TrainingJobName", "Value": job}],
        StartTime=LONG_AGO,
        EndTime=LATER,
        Period=86400 * 365,
        Statistics=["SampleCount", "Minimum", "Maximum", "Sum"],
    )["Datapoints"]
    return point["SampleCount"], point["Minimum"], point["Maximum"], point["Sum"]


def test_the_last_value_is_final_and_every_value_reaches_cloudwatch(team):
    team.does(lines=("loss=3.5", "nothing", "loss=1.25", "loss=2.0"))
    job = team.train(**measured())
    (final,) = job["FinalMetricDataList"]
    assert (final["MetricName"], final["Value"]) == ("loss", 2.0)
    assert job["TrainingStartTime"] <= final["Timestamp"] <= job["TrainingEndTime"]
    assert series(team, "train") == (3, 1.25, 3.5, 6.75)


def test_all_hosts_report_to_the_metrics_of_the_job(team):
    team.does(lines=("loss=1",))
    team.engine.script("xgboost", Script(lines=("loss=5",)), when=lambda work: work.hostname == "algo-2")
    team.train(ResourceConfig=cluster(2), **measured())
    assert series(team, "train") == (2, 1, 5, 6)


def test_a_job_that_fails_has_the_metrics_that_it_reached(team):
    team.does(lines=("loss=4",), code=1)
    job = team.train(**measured())
    assert job["TrainingJobStatus"] == "Failed"
    assert job["FinalMetricDataList"][0]["Value"] == 4
    assert series(team, "train")[0] == 1


def test_a_built_in_algorithm_brings_its_own_definitions(team):
    team.does(lines=("[7]#011train-rmse:2.5#011validation-rmse:3.5",))
    job = team.train()
    assert {each["MetricName"]: each["Value"] for each in job["FinalMetricDataList"]} == {
        "train:rmse": 2.5,
        "validation:rmse": 3.5,
    }
    names = {each["Name"] for each in job["AlgorithmSpecification"]["MetricDefinitions"]}
    assert "validation:auc" in names


def test_an_algorithm_resource_brings_image_and_metrics(team):
    team.sagemaker.create_algorithm(
        AlgorithmName="own",
        TrainingSpecification={
            "TrainingImage": ordinary("any")["AlgorithmSpecification"]["TrainingImage"],
            "SupportedTrainingInstanceTypes": ["ml.m5.large"],
            "TrainingChannels": [
                {"Name": "train", "SupportedContentTypes": ["text/csv"], "SupportedInputModes": ["File"]}
            ],
            "MetricDefinitions": [LOSS],
        },
    )
    team.does(lines=("loss=1.5",))
    job = team.train(AlgorithmSpecification={"AlgorithmName": "own", "TrainingInputMode": "File"})
    assert job["FinalMetricDataList"][0]["Value"] == 1.5
    assert job["AlgorithmSpecification"]["AlgorithmName"] == "own"
    assert "TrainingImage" not in job["AlgorithmSpecification"]
