"""The company's works as scripts: steps that ask AWS as their programs would, jobs that write what is read of them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import boto3

from simulator.kernel.facts import CAUSE_HEADER
from simulator.runtime.engine_scripted import Request, Script, ScriptedEngine
from simulator.runtime.work import Answer, Work
from simulator.shipped_folders import shipped
from tests.aws.sagemaker.fake_cloud import XGBOOST
from tests.aws.sagemaker.pipelines.test_executions import definition, process

ARTIFACTS = "acme-ml-artifacts-222222222222"
TEMPLATES = shipped("fixtures") / "repos" / "model_deploy" / "templates"
BUILD_YAML = """
trigger: [main]
steps:
  - task: AWSShellScript@1
    inputs: {awsCredentials: aws-automation, regionName: us-east-1, scriptType: inline, inlineScript: build}
"""
_STAGE = """
  - stage: %s
    jobs:
      - deployment: Deploy
        environment: %s
        strategy:
          runOnce:
            deploy:
              steps:
                - task: AWSShellScript@1
                  inputs:
                    awsCredentials: aws-%s
                    regionName: us-east-1
                    scriptType: inline
                    inlineScript: deploy %s ${{ parameters.modelPackageArn }}
"""
DEPLOY_YAML = (
    """
trigger: none
parameters:
  - {name: modelPackageArn, type: string}
stages:"""
    + _STAGE % ("Staging", "staging", "staging", "staging")
    + _STAGE % ("Production", "production", "production", "production")
    + """
  - stage: Monitor
    jobs:
      - job: Watch
        steps:
          - checkout: none
          - task: AWSShellScript@1
            inputs: {awsCredentials: aws-automation, regionName: us-east-1, scriptType: inline, inlineScript: watch}
"""
)


class Company:
    """An engine whose works do what is needed of them; `aws_url` is given once the simulator serves."""

    def __init__(self) -> None:
        self.engine, self.aws_url = ScriptedEngine(), ""
        self.engine.script("agent", Script())
        self.engine.script("agent", Script(effect=self._step), when=_is_aws_step)
        self.engine.script("scikit_learn", Script(effect=process))
        self.engine.script("model_monitor", Script(effect=_monitor))
        self.engine.script("xgboost", Script(effect=_train))
        self.engine.script("xgboost", Script(answer=_predict), when=lambda work: work.serves)

    async def _step(self, work: Work) -> str:
        name, *words = work.environment["INPUT_INLINESCRIPT"].split()
        acts: dict[str, Callable[..., str]] = {"build": _build, "deploy": _deploy, "watch": _watch}
        return await asyncio.to_thread(lambda: acts[name](self._session(work), *words))

    def _session(self, work: Work) -> Session:
        """The session of the step's service connection, which remembers what the step was run for."""
        given = work.environment
        prefix = f"ENDPOINT_AUTH_PARAMETER_{given['INPUT_AWSCREDENTIALS']}_"
        own = Session(self.aws_url, given[f"{prefix}USERNAME"], given[f"{prefix}PASSWORD"])
        sts = own.client("sts")
        because = {CAUSE_HEADER: str(work.cause)}
        sts.meta.events.register(
            "before-call.sts.AssumeRole", lambda params, **_: params["headers"].update(because)
        )
        role = given[f"{prefix}ASSUMEROLEARN"]
        made = sts.assume_role(RoleArn=role, RoleSessionName="step")["Credentials"]
        return Session(self.aws_url, made["AccessKeyId"], made["SecretAccessKey"], made["SessionToken"])


class Session:
    """Clients with one set of keys."""

    def __init__(self, url: str, key: str, secret: str, token: str | None = None) -> None:
        self._url = url
        self._session: Any = boto3.Session(key, secret, token, region_name="us-east-1")

    def client(self, service: str) -> Any:
        """A client of a service."""
        return self._session.client(service, endpoint_url=self._url)


def pipeline() -> str:
    """The definition of the build's pipeline, over the artifact bucket."""
    text = definition().replace("s3://data", f"s3://{ARTIFACTS}").replace("s3://models", f"s3://{ARTIFACTS}")
    whole = json.loads(text.replace('"Image": "i"', f'"Image": "{XGBOOST}"'))
    status = {"Name": "ModelApprovalStatus", "Type": "String", "DefaultValue": "PendingManualApproval"}
    whole["Parameters"].append(status)
    return json.dumps(whole)


def _build(session: Session) -> str:
    sagemaker = session.client("sagemaker")
    role = "arn:aws:iam::222222222222:role/SageMakerExecutionRole"
    sagemaker.create_pipeline(
        PipelineName="abalone", PipelineDefinition=pipeline(), RoleArn=role, ClientRequestToken="t" * 32
    )
    arn = sagemaker.start_pipeline_execution(PipelineName="abalone", ClientRequestToken="s" * 32)
    execution = sagemaker.describe_pipeline_execution(PipelineExecutionArn=arn["PipelineExecutionArn"])
    return f"the execution {execution['PipelineExecutionStatus']}"


def _deploy(session: Session, environment: str, package: str) -> str:
    account = {"staging": "333333333333", "production": "444444444444"}[environment]
    given = {
        "EndpointName": f"abalone-{environment}",
        "ModelPackageName": package,
        "ExecutionRoleArn": f"arn:aws:iam::{account}:role/SageMakerExecutionRole",
        "CaptureS3Uri": f"s3://acme-ml-workload-{account}/capture",
        "CapturePercentage": "100",
        "InstanceType": "ml.t2.medium",
        "InstanceCount": "1",
        "ServerErrorsPerMinute": "5",
    }
    return _stack(session, "abalone-endpoint", TEMPLATES / "endpoint.yaml", given)


def _watch(session: Session) -> str:
    given = {
        "ScheduleName": "abalone-production",
        "ExecutionRoleArn": "arn:aws:iam::222222222222:role/SageMakerExecutionRole",
        "CaptureS3Uri": "s3://acme-ml-workload-444444444444/capture/abalone-production/AllTraffic",
        "PreprocessorS3Uri": f"s3://{ARTIFACTS}/code/x.py",
        "StatisticsS3Uri": f"s3://{ARTIFACTS}/code/x.py",
        "ConstraintsS3Uri": f"s3://{ARTIFACTS}/code/x.py",
        "ReportS3Uri": f"s3://{ARTIFACTS}/reports",
        "TrainingPipelineName": "abalone",
        "EventsRoleArn": "arn:aws:iam::222222222222:role/EventBridgeRole",
    }
    return _stack(session, "abalone-monitoring", TEMPLATES / "monitoring.yaml", given)


def _stack(session: Session, name: str, template: Path, given: dict[str, str]) -> str:
    cloudformation = session.client("cloudformation")
    parameters = [{"ParameterKey": key, "ParameterValue": value} for key, value in given.items()]
    cloudformation.create_stack(
        StackName=name, TemplateBody=template.read_text(), Parameters=parameters, ClientRequestToken=name
    )
    waiting = {"Delay": 0, "MaxAttempts": 1}
    cloudformation.get_waiter("stack_create_complete").wait(StackName=name, WaiterConfig=waiting)
    return f"stack {name} is there"


def _is_aws_step(work: Work) -> bool:
    return "INPUT_INLINESCRIPT" in work.environment


def _train(work: Work) -> None:
    model = work.mounts[0].source / "model"
    (model / "xgboost-model").write_text("trees")


def _predict(request: Request) -> Answer:
    return Answer(200, {"content-type": "text/csv"}, b"" if request.path == "/ping" else b"9.5")


def _monitor(work: Work) -> None:
    """It finds drift where the captured lengths are larger than an abalone's."""
    ml = work.mounts[0].source
    captured = [
        json.loads(line)["captureData"]["endpointInput"]["data"]
        for file in (ml / "processing/input/captured").rglob("*.jsonl")
        for line in file.read_text().splitlines()
    ]
    drifted = any(float(row.split(",")[0]) > 1 for row in captured)
    violations = [{"feature_name": "length", "constraint_check_type": "baseline_drift_check"}] * drifted
    (ml / "processing/output/constraint_violations.json").write_text(json.dumps({"violations": violations}))
    metric = {
        "MetricName": "feature_baseline_drift_length",
        "Value": 0.4 if drifted else 0.01,
        "Dimensions": [{"Name": "MonitoringSchedule", "Value": "abalone-production"}],
        "Unit": "None",
        "Timestamp": work.environment["end_time"],
    }
    (ml / "output/metrics/cloudwatch").mkdir(parents=True)
    (ml / "output/metrics/cloudwatch/metrics.jsonl").write_text(json.dumps(metric) + "\n")
    if drifted:
        (ml / "output/message").write_text("CompletedWithViolations: Job completed with 1 violations.")
