"""Searches with real work: the xgboost image tuned on a little data, AutoML's best candidate behind an endpoint."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

import pytest

from tests.aws.sagemaker.automl.test_automl_over_the_wire import BUCKET, request
from tests.aws.sagemaker.fake_cloud import ROLE
from tests.aws.sagemaker.tuning.requests import tuning_request
from tests.wire import RunningSimulator


@pytest.fixture(name="running", scope="module")
def _running() -> Iterator[RunningSimulator]:
    running = RunningSimulator(engine_name="process", hold_seconds=50.0)
    running.client("s3").create_bucket(Bucket=BUCKET)
    yield running
    running.stop()


def rows(seed: int, count: int) -> list[tuple[float, float]]:
    """The target is the square of the only feature."""
    source = random.Random(seed)
    found = [source.uniform(-3, 3) for _ in range(count)]
    return [(value * value, value) for value in found]


def settled(describe: Any, status: str, **named: str) -> dict[str, Any]:
    """The description when it is at rest; each Describe is held, nothing sleeps."""
    for _ in range(10):
        found: dict[str, Any] = describe(**named)
        if found[status] not in ("InProgress", "Stopping", "Creating"):
            return found
    raise AssertionError(f"{named} is still {found[status]}")


def test_the_xgboost_image_is_tuned_by_its_own_log_lines(running):
    s3, sagemaker = running.client("s3"), running.client("sagemaker")
    for seed, channel in enumerate(("train", "validation")):
        text = "".join(f"{target},{value}\n" for target, value in rows(seed, 120))
        s3.put_object(Bucket=BUCKET, Key=f"{channel}/a.csv", Body=text.encode())
    limits = {"MaxNumberOfTrainingJobs": 3, "MaxParallelTrainingJobs": 2}
    ranges = {"CategoricalParameterRanges": [{"Name": "max_depth", "Values": ["1", "2", "5"]}]}
    wanted = tuning_request("real", BUCKET, Strategy="Grid", ResourceLimits=limits, ParameterRanges=ranges)
    sagemaker.create_hyper_parameter_tuning_job(**wanted)
    name = {"HyperParameterTuningJobName": "real"}
    job = settled(sagemaker.describe_hyper_parameter_tuning_job, "HyperParameterTuningJobStatus", **name)
    assert job["HyperParameterTuningJobStatus"] == "Completed", job.get("FailureReason")
    assert job["TrainingJobStatusCounters"]["Completed"] == 3
    assert job["BestTrainingJob"]["TunedHyperParameters"] == {"max_depth": "5"}
    trained = sagemaker.describe_training_job(TrainingJobName=job["BestTrainingJob"]["TrainingJobName"])
    values = {each["MetricName"]: each["Value"] for each in trained["FinalMetricDataList"]}
    final = job["BestTrainingJob"]["FinalHyperParameterTuningJobObjectiveMetric"]["Value"]
    assert values["validation:rmse"] == pytest.approx(final)


def test_the_best_candidate_of_automl_serves(running):
    s3, sagemaker = running.client("s3"), running.client("sagemaker")
    text = "value,colour,big\n" + "".join(
        f"{value},{'red' if value > 0 else 'blue'},{'yes' if target > 4 else 'no'}\n"
        for target, value in rows(7, 150)
    )
    s3.put_object(Bucket=BUCKET, Key="table/a.csv", Body=text.encode())
    wanted = request("real", AutoMLJobConfig={"CompletionCriteria": {"MaxCandidates": 2}})
    wanted["InputDataConfig"] = [
        {
            "DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": f"s3://{BUCKET}/table"}},
            "TargetAttributeName": "big",
        }
    ]
    sagemaker.create_auto_ml_job(**wanted)
    job = settled(sagemaker.describe_auto_ml_job, "AutoMLJobStatus", AutoMLJobName="real")
    assert job["AutoMLJobStatus"] == "Completed", job.get("FailureReason")
    assert job["ResolvedAttributes"]["ProblemType"] == "BinaryClassification"
    best = job["BestCandidate"]
    assert best["FinalAutoMLJobObjectiveMetric"]["MetricName"] == "F1"
    assert best["FinalAutoMLJobObjectiveMetric"]["Value"] > 0.9
    (container,) = best["InferenceContainers"]
    container["Environment"]["SAGEMAKER_INFERENCE_OUTPUT"] = "predicted_label,probability"
    sagemaker.create_model(ModelName="best", ExecutionRoleArn=ROLE, Containers=[container])
    variant = {
        "VariantName": "all",
        "ModelName": "best",
        "InitialInstanceCount": 1,
        "InstanceType": "ml.m5.large",
    }
    sagemaker.create_endpoint_config(EndpointConfigName="best", ProductionVariants=[variant])
    sagemaker.create_endpoint(EndpointName="best", EndpointConfigName="best")
    assert (
        settled(sagemaker.describe_endpoint, "EndpointStatus", EndpointName="best")["EndpointStatus"]
        == "InService"
    )
    runtime = running.client("sagemaker-runtime")
    body = runtime.invoke_endpoint(EndpointName="best", ContentType="text/csv", Body="2.9,red\n0.1,red\n")[
        "Body"
    ]
    labels = [line.split(",")[0] for line in body.read().decode().splitlines()]
    assert labels == ["yes", "no"]
