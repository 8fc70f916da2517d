"""Small pipelines for tests: one step each of a kind, and how to run them to their end."""

from __future__ import annotations

import json
from typing import Any

from simulator.runtime.engine_scripted import Script
from tests.aws.sagemaker.fake_cloud import ROLE, FakeCloud, training_request


def training(**more: Any) -> dict[str, Any]:
    """Arguments of a Training step."""
    request = training_request(**more)
    del request["TrainingJobName"]
    return request


def step(name: str, kind: str = "Training", **more: Any) -> dict[str, Any]:
    """One step; a Training step unless said otherwise."""
    return {"Name": name, "Type": kind, "Arguments": training() if kind == "Training" else {}, **more}


def text(*steps: dict[str, Any], **more: Any) -> str:
    """A definition."""
    return json.dumps({"Version": "2020-12-01", "Steps": list(steps), **more})


async def create(cloud: FakeCloud, *steps: dict[str, Any], name: str = "p", **more: Any) -> None:
    """Make the pipeline; training ends at once unless the test has said otherwise."""
    if not cloud.engine._scripts:
        cloud.engine.script("xgboost", Script())
    cloud.objects["s3://data/train/t.csv"] = b"1,2"
    await cloud.ask(
        "CreatePipeline", PipelineName=name, PipelineDefinition=text(*steps, **more), RoleArn=ROLE
    )


async def start(cloud: FakeCloud, name: str = "p", **more: Any) -> str:
    """Start an execution; its ARN."""
    return str((await cloud.ask("StartPipelineExecution", PipelineName=name, **more))["PipelineExecutionArn"])


async def ended(cloud: FakeCloud, arn: str) -> tuple[str, dict[str, dict[str, Any]]]:
    """Wait for the end; status, and the steps by name."""
    found = await cloud.ask("DescribePipelineExecution", PipelineExecutionArn=arn)
    return found["PipelineExecutionStatus"], await steps(cloud, arn)


async def steps(cloud: FakeCloud, arn: str) -> dict[str, dict[str, Any]]:
    """The steps by name, the first first."""
    listed = await cloud.ask("ListPipelineExecutionSteps", PipelineExecutionArn=arn, SortOrder="Ascending")
    return {each["StepName"]: each for each in listed["PipelineExecutionSteps"]}


async def run(cloud: FakeCloud, name: str = "p", **more: Any) -> tuple[str, dict[str, dict[str, Any]]]:
    """Start and wait for the end."""
    return await ended(cloud, await start(cloud, name, **more))
