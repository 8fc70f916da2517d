"""The model_deploy repository over the wire: staging serves, moves to version 2, and survives a bad version 3."""

from __future__ import annotations

import asyncio
import io
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from simulator.runtime.engine_scripted import Request, Script, ScriptedEngine
from simulator.runtime.work import Answer, Work
from tests.wire import RunningSimulator

FIXTURES = Path(__file__).parents[3] / "fixtures" / "repos"
IMAGE = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.7-1"
STAGING, AUTOMATION = "333333333333", "222222222222"
ROLE = f"arn:aws:iam::{STAGING}:role/SageMakerExecutionRole"


def archive(content: bytes) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as tar:
        info = tarfile.TarInfo("xgboost-model")
        info.size = len(content)
        tar.addfile(info, io.BytesIO(content))
    return buffer.getvalue()


def serves(engine: ScriptedEngine, version: str, healthy: bool = True) -> None:
    """A work whose model archive holds `version` answers with it, or ends when it is asked whether it is healthy."""
    ends: list[asyncio.Task[None]] = []

    def answer(request: Request) -> Answer:
        if not healthy:
            ends.append(asyncio.ensure_future(engine.finish(engine.started[-1].name, 1)))
            return Answer(500, {}, b"")
        return Answer(200, {"content-type": "text/csv"}, version.encode())

    def is_it(work: Work) -> bool:
        model = work.mounts[0].source / "model" / "xgboost-model"
        return work.serves and model.is_file() and model.read_text() == version

    engine.script("xgboost", Script(answer=answer, held=True), when=is_it)


@pytest.fixture
def engine() -> ScriptedEngine:
    return ScriptedEngine()


@pytest.fixture
def simulator(engine: ScriptedEngine) -> Iterator[RunningSimulator]:
    running = RunningSimulator(engine=engine)
    yield running
    running.stop()


def parameters(**values):
    return [{"ParameterKey": name, "ParameterValue": str(value)} for name, value in values.items()]


def automation(simulator: RunningSimulator) -> None:
    """The registry and the artefact bucket, open to staging."""
    client = simulator.client("cloudformation")
    accounts = simulator.simulator.topology.accounts
    client.create_stack(
        StackName="ml-automation",
        TemplateBody=(FIXTURES / "infrastructure" / "templates" / "automation.yaml").read_text(),
        Parameters=parameters(
            ArtifactBucketName="artifacts",
            DevelopmentAccount=accounts["dev"],
            StagingAccount=accounts["staging"],
            ProductionAccount=accounts["production"],
        ),
    )
    client.get_waiter("stack_create_complete").wait(StackName="ml-automation")


def register(simulator: RunningSimulator, version: str) -> str:
    key = f"{version}/model.tar.gz"
    simulator.client("s3").put_object(Bucket="artifacts", Key=key, Body=archive(version.encode()))
    container = {"Image": IMAGE, "ModelDataUrl": f"s3://artifacts/{key}"}
    made = simulator.client("sagemaker").create_model_package(
        ModelPackageGroupName="abalone",
        ModelApprovalStatus="Approved",
        InferenceSpecification={
            "Containers": [container],
            "SupportedContentTypes": ["text/csv"],
            "SupportedResponseMIMETypes": ["text/csv"],
        },
    )
    return str(made["ModelPackageArn"])


def stack_arguments(package: str):
    given = parameters(
        EndpointName="abalone-staging",
        CapturePercentage=100,
        InstanceType="ml.t2.medium",
        InstanceCount=1,
        ServerErrorsPerMinute=5,
        ModelPackageName=package,
        ExecutionRoleArn=ROLE,
        CaptureS3Uri=f"s3://acme-ml-workload-{STAGING}/capture",
    )
    body = (FIXTURES / "model_deploy" / "templates" / "endpoint.yaml").read_text()
    return {"StackName": "abalone", "TemplateBody": body, "Parameters": given}


def client_of(simulator: RunningSimulator, service: str):
    return simulator.client(service, "azure-devops", f"arn:aws:iam::{STAGING}:role/AzureDevOpsRole")


def answer_of(simulator: RunningSimulator) -> str:
    runtime = client_of(simulator, "sagemaker-runtime")
    body = runtime.invoke_endpoint(EndpointName="abalone-staging", ContentType="text/csv", Body=b"1")["Body"]
    return str(body.read().decode())


def test_a_new_version_takes_over_and_a_bad_one_is_rolled_back(simulator, engine):
    for version in ("one", "two"):
        serves(engine, version)
    serves(engine, "bad", healthy=False)
    automation(simulator)
    simulator.client("s3", "azure-devops", f"arn:aws:iam::{STAGING}:role/AzureDevOpsRole").create_bucket(
        Bucket=f"acme-ml-workload-{STAGING}"
    )
    client = client_of(simulator, "cloudformation")
    client.create_stack(**stack_arguments(register(simulator, "one")))
    client.get_waiter("stack_create_complete").wait(StackName="abalone")
    assert answer_of(simulator) == "one"

    client.update_stack(**stack_arguments(register(simulator, "two")))
    client.get_waiter("stack_update_complete").wait(StackName="abalone")
    assert answer_of(simulator) == "two"
    sagemaker = client_of(simulator, "sagemaker")
    assert len(sagemaker.list_models()["Models"]) == 1
    assert len(sagemaker.list_endpoint_configs()["EndpointConfigs"]) == 1

    client.update_stack(**stack_arguments(register(simulator, "bad")))
    (stack,) = client.describe_stacks(StackName="abalone")["Stacks"]
    assert stack["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    assert answer_of(simulator) == "two"
    events = client.describe_stack_events(StackName="abalone")["StackEvents"]
    (reason,) = [e["ResourceStatusReason"] for e in events if e["ResourceStatus"] == "UPDATE_FAILED"]
    assert "HandlerErrorCode: NotStabilized" in reason
    assert len(sagemaker.list_models()["Models"]) == 1

    client.delete_stack(StackName="abalone")
    client.get_waiter("stack_delete_complete").wait(StackName=stack["StackId"])
    assert sagemaker.list_endpoints()["Endpoints"] == []
    assert client_of(simulator, "cloudwatch").describe_alarms()["MetricAlarms"] == []


def test_the_monitoring_stack_makes_schedule_alarm_and_rules(simulator):
    automation(simulator)
    client = simulator.client("cloudformation")
    role = f"arn:aws:iam::{AUTOMATION}:role/SageMakerExecutionRole"
    for key in ("preprocessor.py", "statistics.json", "constraints.json"):
        simulator.client("s3").put_object(Bucket="artifacts", Key=key, Body=b"{}")
    client.create_stack(
        StackName="monitoring",
        TemplateBody=(FIXTURES / "model_deploy" / "templates" / "monitoring.yaml").read_text(),
        Parameters=parameters(
            ScheduleName="abalone-data-quality",
            ExecutionRoleArn=role,
            CaptureS3Uri="s3://artifacts/capture/abalone/AllTraffic",
            PreprocessorS3Uri="s3://artifacts/preprocessor.py",
            StatisticsS3Uri="s3://artifacts/statistics.json",
            ConstraintsS3Uri="s3://artifacts/constraints.json",
            ReportS3Uri="s3://artifacts/reports",
            TrainingPipelineName="abalone",
            EventsRoleArn=f"arn:aws:iam::{AUTOMATION}:role/EventBridgeRole",
        ),
    )
    (stack,) = client.describe_stacks(StackName="monitoring")["Stacks"]
    assert stack["StackStatus"] == "CREATE_COMPLETE", [
        event.get("ResourceStatusReason")
        for event in client.describe_stack_events(StackName="monitoring")["StackEvents"]
    ]
    schedule = simulator.client("sagemaker").describe_monitoring_schedule(
        MonitoringScheduleName="abalone-data-quality"
    )
    assert schedule["MonitoringScheduleStatus"] == "Scheduled"
    rules = simulator.client("events").list_rules()["Rules"]
    assert sorted(rule["State"] for rule in rules) == ["DISABLED", "ENABLED"]
