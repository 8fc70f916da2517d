"""Registry, endpoint, capture and monitoring as boto3 sees them, across two accounts, on the scripted engine."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from simulator.runtime.engine_scripted import Request, Script, ScriptedEngine
from simulator.runtime.work import Answer
from tests.aws.sagemaker.fake_cloud import XGBOOST
from tests.aws.sagemaker.monitoring.test_monitor import HOURLY, definition
from tests.aws.sagemaker.monitoring.test_schedules import analyse
from tests.aws.sagemaker.test_endpoints import CAPTURE, archive
from tests.wire import RunningSimulator

PRODUCTION = "arn:aws:iam::444444444444:role/AzureDevOpsRole"
SERVING_ROLE = "arn:aws:iam::444444444444:role/SageMakerExecutionRole"


def answer(request: Request) -> Answer:
    if request.path == "/ping":
        return Answer(200, {}, b"")
    if request.headers["content-type"] != "text/csv":
        return Answer(415, {}, b"only csv")
    return Answer(200, {"content-type": "text/csv"}, b"9.5")


@pytest.fixture(name="package", scope="module")
def _package(running: RunningSimulator) -> str:
    """A version of the automation account that production serves."""
    arn = register(running)
    deploy(running, arn)
    return arn


@pytest.fixture(name="running", scope="module")
def _running() -> Iterator[RunningSimulator]:
    engine = ScriptedEngine()
    engine.script("xgboost", Script(answer=answer))
    engine.script("model_monitor", Script(effect=analyse))
    running = RunningSimulator(engine=engine)
    running.advance_into_the_hour()
    s3 = running.client("s3")
    s3.create_bucket(Bucket="artifacts")
    s3.put_object(Bucket="artifacts", Key="model.tar.gz", Body=archive("xgboost-model", b"trees"))
    for key in ("statistics.json", "constraints.json", "pre.py"):
        s3.put_object(Bucket="artifacts", Key=key, Body=b"{}")
    yield running
    running.stop()


def production(running: RunningSimulator, service: str) -> Any:
    return running.client(service, person="azure-devops", role=PRODUCTION)


def allow(running: RunningSimulator, owner: Any, bucket: str, account: str) -> None:
    """Let another account read a bucket."""
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{account}:root"},
        "Action": ["s3:GetObject", "s3:ListBucket"],
        "Resource": [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"],
    }
    owner.put_bucket_policy(
        Bucket=bucket, Policy=json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    )


def register(running: RunningSimulator) -> str:
    """A version in the automation account that the production account may read."""
    sagemaker = running.client("sagemaker")
    group = sagemaker.create_model_package_group(ModelPackageGroupName="abalone")["ModelPackageGroupArn"]
    containers = [{"Image": XGBOOST, "ModelDataUrl": "s3://artifacts/model.tar.gz"}]
    arn: str = sagemaker.create_model_package(
        ModelPackageGroupName="abalone",
        InferenceSpecification={
            "Containers": containers,
            "SupportedContentTypes": ["text/csv"],
            "SupportedResponseMIMETypes": ["text/csv"],
        },
    )["ModelPackageArn"]
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": "arn:aws:iam::444444444444:root"},
        "Action": ["sagemaker:DescribeModelPackage", "sagemaker:CreateModel"],
        "Resource": [group.replace("-group", "") + "/*"],
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    sagemaker.put_model_package_group_policy(ModelPackageGroupName="abalone", ResourcePolicy=policy)
    allow(running, running.client("s3"), "artifacts", "444444444444")
    return arn


def deploy(running: RunningSimulator, package: str) -> Any:
    """Serve the package in production, capturing into production's bucket."""
    production(running, "s3").create_bucket(Bucket="workload")
    sagemaker = production(running, "sagemaker")
    sagemaker.create_model(
        ModelName="m", ExecutionRoleArn=SERVING_ROLE, PrimaryContainer={"ModelPackageName": package}
    )
    variant = {
        "VariantName": "AllTraffic",
        "ModelName": "m",
        "InstanceType": "ml.m5.large",
        "InitialInstanceCount": 1,
    }
    capture = {**CAPTURE, "DestinationS3Uri": "s3://workload/capture"}
    sagemaker.create_endpoint_config(
        EndpointConfigName="c", ProductionVariants=[variant], DataCaptureConfig=capture
    )
    sagemaker.create_endpoint(EndpointName="abalone", EndpointConfigName="c")
    sagemaker.get_waiter("endpoint_in_service").wait(EndpointName="abalone")
    return sagemaker


def test_a_package_of_one_account_serves_in_another_and_is_monitored_from_the_first(running, package):
    runtime = production(running, "sagemaker-runtime")
    got = runtime.invoke_endpoint(EndpointName="abalone", ContentType="text/csv", Body="1,2")
    assert (got["Body"].read(), got["InvokedProductionVariant"]) == (b"9.5", "AllTraffic")
    running.rest()

    sagemaker = running.client("sagemaker")
    whole = json.loads(
        json.dumps(definition(batch=True))
        .replace("s3://c/x", "s3://workload/capture/abalone/AllTraffic")
        .replace("s3://b/", "s3://artifacts/")
        .replace("s3://code/", "s3://artifacts/")
        .replace("s3://reports", "s3://artifacts/reports")
    )
    sagemaker.create_data_quality_job_definition(**whole)
    config = {"ScheduleConfig": {"ScheduleExpression": HOURLY}, "MonitoringJobDefinitionName": "quality",
              "MonitoringType": "DataQuality"}  # fmt: skip
    sagemaker.create_monitoring_schedule(MonitoringScheduleName="hourly", MonitoringScheduleConfig=config)

    running.advance_into_the_hour()
    first = sagemaker.list_monitoring_executions(MonitoringScheduleName="hourly")[
        "MonitoringExecutionSummaries"
    ][0]
    assert first["MonitoringExecutionStatus"] == "Failed"
    assert "AccessDenied" in first["FailureReason"]

    allow(running, production(running, "s3"), "workload", "222222222222")
    runtime.invoke_endpoint(EndpointName="abalone", ContentType="text/csv", Body="1,2")
    running.advance_into_the_hour()
    second = sagemaker.describe_monitoring_schedule(MonitoringScheduleName="hourly")[
        "LastMonitoringExecutionSummary"
    ]
    assert second["MonitoringExecutionStatus"] == "CompletedWithViolations", second
    keys = [
        o["Key"]
        for o in running.client("s3").list_objects_v2(Bucket="artifacts", Prefix="reports/hourly")["Contents"]
    ]
    assert [key.rsplit("/", 1)[-1] for key in keys] == ["constraint_violations.json"]
    metrics = running.client("cloudwatch").list_metrics(
        Namespace="aws/sagemaker/ModelMonitoring/data-metrics"
    )
    assert [m["MetricName"] for m in metrics["Metrics"]] == ["feature_baseline_drift_length"]


def test_a_model_error_tells_status_and_text(running, package):
    runtime = production(running, "sagemaker-runtime")
    with pytest.raises(runtime.exceptions.ModelError) as failed:
        runtime.invoke_endpoint(EndpointName="abalone", ContentType="text/plain", Body="1,2")
    assert failed.value.response["OriginalStatusCode"] == 415
    assert failed.value.response["OriginalMessage"] == "only csv"
    with pytest.raises(ClientError, match="Endpoint nobody of account 444444444444 not found"):
        runtime.invoke_endpoint(EndpointName="nobody", Body="1,2")


def test_the_approval_is_a_fact_with_its_event(running, package):
    running.client("sagemaker").update_model_package(ModelPackageArn=package, ModelApprovalStatus="Approved")
    fact = [f for f in running.facts() if f["kind"] == "ModelPackageStateChanged"][-1]
    assert fact["detail"]["event"]["detail"]["UpdatedModelPackageFields"] == ["ModelApprovalStatus"]
    assert fact["account"] == "222222222222"
