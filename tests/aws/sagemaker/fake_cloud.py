"""A cloud for SageMaker's own tests: objects, logs and metrics in memory, scripted engine, real behaviours."""

from __future__ import annotations

import asyncio
import importlib
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

from simulator import topology
from simulator.aws.behaviour import Answer, Call, find
from simulator.aws.credentials import Credentials
from simulator.aws.principal import Principal
from simulator.aws.protocol.answer import answer as json_answer
from simulator.aws.protocol.check_answer import check_answer
from simulator.aws.protocol.models import operation_model
from simulator.aws.protocol.validate import validate
from simulator.aws.settings import AwsSettings
from simulator.kernel.errors import CallerError, NotSimulated
from simulator.kernel.world import Kernel
from simulator.runtime.engine_scripted import ScriptedEngine

ACCOUNT, REGION = "222222222222", "us-east-1"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/SageMakerExecutionRole"
XGBOOST = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.7-1"
SKLEARN = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn:1.2-1"
MONITOR = "156813124566.dkr.ecr.us-east-1.amazonaws.com/sagemaker-model-monitor-analyzer"
SOMEONE = Principal(arn=f"arn:aws:iam::{ACCOUNT}:user/grace", account=ACCOUNT, user_id="AIDAGRACE")


class FakeCloud:
    """Answers for S3, Logs, CloudWatch and SNS from memory; `denied` holds (operation, bucket)."""

    def __init__(self, directory: Path | None = None, engine: ScriptedEngine | None = None) -> None:
        self.kernel = Kernel.open(directory, seed=7)
        self.credentials = Credentials(self.kernel, topology.load())
        self.engine = engine or ScriptedEngine()
        self.topology = topology.load()
        self.settings = AwsSettings(hold_seconds=20.0)
        self.objects: dict[str, bytes] = {}
        self.logs: dict[tuple[str, str], list[str]] = {}
        self.metrics: dict[str, list[dict[str, Any]]] = {}
        self.published: list[dict[str, Any]] = []
        self.denied: set[tuple[str, str]] = set()
        self.principals: list[tuple[str, str]] = []
        importlib.import_module("simulator.aws.sagemaker.behaviours")

    async def ask(self, operation: str, service: str = "sagemaker", **params: Any) -> Answer:
        """One operation as a person of the automation account; tokens are filled in as boto3 does."""
        for member in operation_model(service, operation).idempotent_members:
            params.setdefault(member, self.kernel.ids.uuid())
        return await self.call(service, operation, params, account=ACCOUNT, region=REGION, principal=SOMEONE)

    async def call(
        self,
        service: str,
        operation: str,
        params: Mapping[str, Any],
        *,
        account: str,
        region: str,
        principal: Principal | None = None,
    ) -> Answer:
        """As the gateway does, without authorization but for `denied`."""
        if principal is not None:
            self.principals.append((operation, principal.arn))
        if service in ("s3", "logs", "cloudwatch", "sns"):
            return dict(getattr(self, f"_{operation}")(dict(params)) or {})
        behaviour = find(service, operation)
        if behaviour is None:
            raise NotSimulated(f"{service}:{operation}")
        who = principal or Principal.of_service("simulator", account)
        model, asked = operation_model(service, operation), dict(params)
        validate(model, asked)
        found = await behaviour(Call(service, operation, asked, who, account, region, self))
        check_answer(model, found)
        json_answer(model, str(model.service_model.protocol), found, "request")
        return found

    async def refusal_to_assume(
        self, role_arn: str, principal: Principal, region: str, keys: Any = None
    ) -> str:
        """Nobody is refused."""
        return ""

    def session(self, role_arn: str, session_name: str, service: str) -> Mapping[str, str]:
        """Credentials of a role that the topology has."""
        if role_arn not in {role.arn for role in self.topology.roles}:
            raise CallerError("ValidationException", f"Could not assume role {role_arn}.")
        return {"AccessKeyId": "ASIA", "SecretAccessKey": "secret", "SessionToken": "token"}

    def _check(self, operation: str, bucket: str) -> None:
        if (operation, bucket) in self.denied:
            raise CallerError("AccessDenied", "Access Denied", 403)

    def _ListObjectsV2(self, p: dict[str, Any]) -> Answer:
        self._check("ListObjectsV2", p["Bucket"])
        prefix = f"s3://{p['Bucket']}/"
        keys = sorted(
            uri[len(prefix) :] for uri in self.objects if uri.startswith(prefix + p.get("Prefix", ""))
        )
        return {"Contents": [{"Key": key} for key in keys], "IsTruncated": False}

    def _GetObject(self, p: dict[str, Any]) -> Answer:
        self._check("GetObject", p["Bucket"])
        uri = f"s3://{p['Bucket']}/{p['Key']}"
        if uri not in self.objects:
            raise CallerError("NoSuchKey", "The specified key does not exist.", 404)
        return {"Body": self.objects[uri]}

    def _HeadObject(self, p: dict[str, Any]) -> Answer:
        return {"ContentLength": len(self._GetObject(p)["Body"])}

    def _PutObject(self, p: dict[str, Any]) -> None:
        self._check("PutObject", p["Bucket"])
        self.objects[f"s3://{p['Bucket']}/{p['Key']}"] = bytes(p["Body"])

    def _DeleteObject(self, p: dict[str, Any]) -> None:
        self.objects.pop(f"s3://{p['Bucket']}/{p['Key']}", None)

    def _CreateLogGroup(self, p: dict[str, Any]) -> None:
        if any(group == p["logGroupName"] for group, _ in self.logs):
            raise CallerError("ResourceAlreadyExistsException", "The specified log group already exists")

    def _CreateLogStream(self, p: dict[str, Any]) -> None:
        if (p["logGroupName"], p["logStreamName"]) in self.logs:
            raise CallerError("ResourceAlreadyExistsException", "The specified log stream already exists")
        self.logs[p["logGroupName"], p["logStreamName"]] = []

    def _GetLogEvents(self, p: dict[str, Any]) -> Answer:
        lines, start = self.logs[p["logGroupName"], p["logStreamName"]], int(p.get("nextToken", 0))
        page = lines[start : start + 2]
        return {"events": [{"message": line} for line in page], "nextForwardToken": str(start + len(page))}

    def _PutLogEvents(self, p: dict[str, Any]) -> None:
        lines = self.logs[p["logGroupName"], p["logStreamName"]]
        lines += [event["message"] for event in p["logEvents"]]

    def _PutMetricData(self, p: dict[str, Any]) -> None:
        self.metrics.setdefault(p["Namespace"], []).extend(p["MetricData"])

    def _Publish(self, p: dict[str, Any]) -> Answer:
        self.published.append(p)
        return {"MessageId": "1"}

    def events(self, detail_type: str) -> list[dict[str, Any]]:
        """The events of a type that facts carry, oldest first."""
        found = [fact.detail["event"] for fact in self.kernel.log.read(0, 100000) if "event" in fact.detail]
        return [event for event in found if event["detail-type"] == detail_type]

    def facts(self, kind: str) -> list[dict[str, Any]]:
        """The details of the facts of a kind."""
        return [dict(fact.detail) for fact in self.kernel.log.read(0, 100000) if fact.kind == kind]


def play(story: Callable[[FakeCloud], Awaitable[None]], directory: Path | None = None) -> None:
    """Run a test's story in a fresh world; background work that fails unexpectedly fails the test."""

    async def whole() -> None:
        from simulator.aws.sagemaker import life

        cloud = FakeCloud(directory)
        cloud.kernel.start()
        life.resume(cloud)
        try:
            async with asyncio.timeout(60):
                await story(cloud)
            assert not cloud.facts("TaskFailed")
            assert not cloud.facts("TimerFailed")
        finally:
            await life.stop(cloud)
            await cloud.engine.close()
            await cloud.kernel.close()

    asyncio.run(whole())


async def until(cloud: FakeCloud, condition: Callable[[], bool]) -> None:
    """Wait until something has come about; every change is a fact, or nearly so."""
    while not condition():
        await cloud.kernel.log.wait(cloud.kernel.log.last(), 0.01)


def training_request(name: str = "train-1", **more: Any) -> dict[str, Any]:
    """A CreateTrainingJob request with one channel."""
    source = {
        "S3DataType": "S3Prefix",
        "S3Uri": "s3://data/train",
        "S3DataDistributionType": "FullyReplicated",
    }
    return {
        "TrainingJobName": name,
        "AlgorithmSpecification": {"TrainingImage": XGBOOST, "TrainingInputMode": "File"},
        "RoleArn": ROLE,
        "HyperParameters": {"num_round": "2"},
        "InputDataConfig": [
            {"ChannelName": "train", "ContentType": "text/csv", "DataSource": {"S3DataSource": source}}
        ],
        "OutputDataConfig": {"S3OutputPath": "s3://models/out"},
        "ResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 10},
        "StoppingCondition": {"MaxRuntimeInSeconds": 3600},
        **more,
    }


def processing_request(name: str = "process-1", **more: Any) -> dict[str, Any]:
    """A CreateProcessingJob request with one input and one output."""
    return {
        "ProcessingJobName": name,
        "RoleArn": ROLE,
        "AppSpecification": {"ImageUri": SKLEARN, "ContainerEntrypoint": ["python3", "/opt/ml/processing/input/x.py"]},
        "ProcessingInputs": [
            {"InputName": "in", "S3Input": {"S3Uri": "s3://data/code/x.py", "LocalPath": "/opt/ml/processing/input",
             "S3DataType": "S3Prefix", "S3InputMode": "File"}}
        ],
        "ProcessingOutputConfig": {"Outputs": [
            {"OutputName": "train", "S3Output": {"S3Uri": "s3://data/out/train",
             "LocalPath": "/opt/ml/processing/train", "S3UploadMode": "EndOfJob"}}
        ]},
        "ProcessingResources": {
            "ClusterConfig": {"InstanceCount": 1, "InstanceType": "ml.m5.large", "VolumeSizeInGB": 10}
        },
        **more,
    }  # fmt: skip
