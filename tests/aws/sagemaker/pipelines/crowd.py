"""A crowd of executions of one six-step pipeline: what it needs, how one is started, followed and judged."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from simulator.runtime.engine_scripted import Script, ScriptedEngine
from tests.aws.sagemaker.fake_cloud import SKLEARN
from tests.aws.sagemaker.pipelines.test_executions import definition, process

BUCKETS = ("data", "models")
STEPS = ("Process", "Train", "Evaluate", "Check", "Register", "Model")
ROLE = "arn:aws:iam::222222222222:role/SageMakerExecutionRole"


def engine() -> ScriptedEngine:
    """An engine that does the steps' work at once."""
    made = ScriptedEngine()
    made.script("xgboost", Script(lines=("[0]#011train-rmse:2.5",)))
    made.script("scikit_learn", Script(effect=process))
    return made


def six_steps(prefix: str) -> str:
    """Process, train, evaluate, decide, and where it is good register and make a model."""
    made = json.loads(definition())
    check = next(step for step in made["Steps"] if step["Name"] == "Check")
    url = {"Get": "Steps.Train.ModelArtifacts.S3ModelArtifacts"}
    model = {"PrimaryContainer": {"Image": SKLEARN, "ModelDataUrl": url}, "ExecutionRoleArn": ROLE}
    check["Arguments"]["IfSteps"].append(
        {"Name": "Model", "Type": "Model", "Arguments": model, "DependsOn": ["Register"]}
    )
    text = json.dumps(made)
    for bucket in BUCKETS:
        text = text.replace(f"s3://{bucket}", f"s3://{prefix}-{bucket}")
    return text


def prepare(s3: Any, sagemaker: Any, prefix: str = "crowd") -> None:
    """Buckets, data and the pipeline."""
    for bucket in BUCKETS:
        s3.create_bucket(Bucket=f"{prefix}-{bucket}")
    s3.put_object(Bucket=f"{prefix}-data", Key="code/x.py", Body=b"print()")
    sagemaker.create_pipeline(PipelineName="crowd", PipelineDefinition=six_steps(prefix), RoleArn=ROLE)


def run(sagemaker: Any, number: int) -> list[str]:
    """Start one execution, wait for its end; what is wrong with it."""
    started = sagemaker.start_pipeline_execution(
        PipelineName="crowd", PipelineParameters=[{"Name": "CommitId", "Value": f"commit-{number}"}]
    )
    arn = started["PipelineExecutionArn"]
    while True:
        found = sagemaker.describe_pipeline_execution(PipelineExecutionArn=arn)
        if found["PipelineExecutionStatus"] not in ("Executing", "Stopping"):
            break
    steps = sagemaker.list_pipeline_execution_steps(PipelineExecutionArn=arn)["PipelineExecutionSteps"]
    return list(_wrong(sagemaker, arn, found["PipelineExecutionStatus"], steps, number))


def _wrong(sagemaker: Any, arn: str, status: str, steps: list[Any], number: int) -> Iterator[str]:
    names = tuple(step["StepName"] for step in reversed(steps))
    if status != "Succeeded" or names != STEPS:
        yield f"{arn} is {status} after {names}: {[step.get('FailureReason') for step in steps]}"
        return
    package = next(
        step["Metadata"]["RegisterModel"]["Arn"] for step in steps if step["StepName"] == "Register"
    )
    made_by = sagemaker.describe_model_package(ModelPackageName=package)["MetadataProperties"]
    if made_by != {"CommitId": f"commit-{number}", "GeneratedBy": arn}:
        yield f"{package} says that it was made by {made_by}"


def run_all(sagemaker: Any, executions: int, at_once: int) -> list[str]:
    """Run so many executions, so many at a time; everything that is wrong."""
    with ThreadPoolExecutor(at_once) as pool:
        return [each for wrong in pool.map(lambda n: run(sagemaker, n), range(executions)) for each in wrong]
