"""Steps whose container is the point, in the process engine: bias checks, functions with @step, a notebook."""

import io
import json
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.aws.sagemaker.fake_cloud import ROLE, SKLEARN
from tests.aws.sagemaker.processing.test_in_the_process_engine import BUCKET, CLARIFY, Room
from tests.reference_models.test_clarify import AFTER, BEFORE, HEADERS, ROWS, asked, metrics_of

PROGRAM = Path(__file__).parent / "programs" / "functions_and_notebook.py"
WITH_PREDICTION = [line.split(",") for line in ROWS.splitlines()]
INFERENCE = f"""
ANSWERS = {{tuple(row[1:5]): row[5] for row in {WITH_PREDICTION!r}}}

def model_fn(directory):
    return ANSWERS

def input_fn(body, content_type):
    text = body.decode() if isinstance(body, bytes) else body
    return [tuple(line.split(",")) for line in text.split()]

def predict_fn(rows, model):
    return [model[row] for row in rows]

def output_fn(predictions, accept):
    return "\\n".join(predictions)
"""
"""A model that says of each record what the test's data says that a model said."""


@pytest.fixture(name="room", scope="module")
def _room() -> Iterator[Room]:
    room = Room()
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as tar:
        entry = tarfile.TarInfo("code/inference.py")
        entry.size = len(INFERENCE)
        tar.addfile(entry, io.BytesIO(INFERENCE.encode()))
    room.put("model/model.tar.gz", buffer.getvalue())
    room.put("data/rows.csv", "".join(",".join(row[:5]) + "\n" for row in WITH_PREDICTION))
    yield room
    room.running.stop()


def bias(check: str, config: dict[str, Any], room: Room, **more: Any) -> dict[str, Any]:
    """A ClarifyCheck step as the SDK compiles one."""
    room.put(f"{check}/analysis_config.json", json.dumps(config))
    inputs = {"analysis_config": (f"{check}/analysis_config.json", "config"), "dataset": ("data/", "data")}
    arguments = {
        "RoleArn": ROLE,
        "AppSpecification": {"ImageUri": CLARIFY},
        "ProcessingInputs": [
            {"InputName": name, "S3Input": {
                "S3Uri": f"s3://{BUCKET}/{key}", "LocalPath": f"/opt/ml/processing/input/{folder}",
                "S3DataType": "S3Prefix", "S3InputMode": "File"}}
            for name, (key, folder) in inputs.items()
        ],
        "ProcessingOutputConfig": {"Outputs": [{"OutputName": "analysis_result", "S3Output": {
            "S3Uri": f"s3://{BUCKET}/{check}/out", "LocalPath": "/opt/ml/processing/output",
            "S3UploadMode": "EndOfJob"}}]},
        "ProcessingResources": {
            "ClusterConfig": {"InstanceCount": 1, "InstanceType": "ml.m5.large", "VolumeSizeInGB": 1}},
    }  # fmt: skip
    return {"Name": check, "Type": "ClarifyCheck", "CheckType": check, "Arguments": arguments, **more}


@pytest.fixture(name="checked", scope="module")
def _checked(room: Room) -> dict[str, Any]:
    """The steps of one execution: bias of the data against a baseline, and of a model that the pipeline makes."""
    before = {"pre_training_bias": {"methods": "all"}}
    plain = asked(headers=HEADERS[:5], predicted_label=None, methods=before)
    facets = {"sex": [{"value_or_threshold": "f", "metrics": [{"name": "CI", "value": 0.1}]}]}
    baseline = {"version": "1.0", "pre_training_bias_metrics": {"label": "t", "facets": facets}}
    room.put("baseline/analysis.json", json.dumps(baseline))
    predictor = {"instance_type": "ml.m5.large", "initial_instance_count": 1, "accept_type": "text/csv"}
    modelled = {**plain, "methods": {"post_training_bias": {"methods": "all"}}, "predictor": predictor}
    container = {
        "Image": SKLEARN,
        "ModelDataUrl": f"s3://{BUCKET}/model/model.tar.gz",
        "Environment": {"SAGEMAKER_PROGRAM": "inference.py"},
    }
    steps = [
        bias("DATA_BIAS", plain, room, FailOnViolation=False, ModelPackageGroupName="biased",
             SuppliedBaselineConstraints=f"s3://{BUCKET}/baseline/analysis.json"),
        {"Name": "Model", "Type": "Model",
         "Arguments": {"ExecutionRoleArn": ROLE, "PrimaryContainer": container}},
        bias("MODEL_BIAS", modelled, room, ModelName={"Get": "Steps.Model.ModelName"},
             SkipCheck=True, RegisterNewBaseline=True),
    ]  # fmt: skip
    body = json.dumps({"Version": "2020-12-01", "Steps": steps})
    room.sagemaker.create_pipeline(PipelineName="bias", PipelineDefinition=body, RoleArn=ROLE)
    arn = room.sagemaker.start_pipeline_execution(PipelineName="bias")["PipelineExecutionArn"]
    status = room.sagemaker.describe_pipeline_execution(PipelineExecutionArn=arn)["PipelineExecutionStatus"]
    found = room.sagemaker.list_pipeline_execution_steps(PipelineExecutionArn=arn)["PipelineExecutionSteps"]
    assert status == "Succeeded", [(each["StepName"], each.get("FailureReason")) for each in found]
    return {each["StepName"]: each["Metadata"] for each in found}


def test_a_bias_check_finds_what_is_worse_than_the_baseline(room: Room, checked):
    told = checked["DATA_BIAS"]["ClarifyCheck"]
    assert told["ViolationReport"] == f"s3://{BUCKET}/DATA_BIAS/out/constraint_violations.json"
    (violation,) = json.loads(room.get("DATA_BIAS/out/constraint_violations.json"))["violations"]
    assert (violation["facet"], violation["metric_name"]) == ("sex", "CI")
    document = json.loads(room.get("DATA_BIAS/out/analysis.json"))
    assert metrics_of(document, "pre_training_bias_metrics", "sex") == pytest.approx(BEFORE["sex"])


def test_a_models_bias_is_measured_on_the_model_of_the_execution(room: Room, checked):
    told = checked["MODEL_BIAS"]["ClarifyCheck"]
    assert told["BaselineUsedForDriftCheckConstraints"] == f"s3://{BUCKET}/MODEL_BIAS/out/analysis.json"
    document = json.loads(room.get("MODEL_BIAS/out/analysis.json"))
    found = metrics_of(document, "post_training_bias_metrics", "sex")
    assert found == pytest.approx(AFTER["sex"])
    shadows = room.sagemaker.list_endpoints()["Endpoints"]
    assert {each["EndpointStatus"] for each in shadows} <= {"Deleting"}, "the shadow endpoint goes"


def test_functions_run_as_steps_and_a_notebook_is_executed(room: Room, tmp_path: Path):
    command = [
        *(sys.executable, "-m", "simulator.cli", "run", "--console-url", room.running.console_url, "--"),
        *(sys.executable, "-W", "ignore", str(PROGRAM), str(tmp_path)),
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=400, check=False)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    found = json.loads(next(line for line in done.stdout.splitlines() if line.startswith("TOLD "))[5:])
    assert {status for status, _ in found["steps"].values()} == {"Succeeded"}, found["steps"]
    assert sorted(found["steps"]) == ["Add", "Double", "Notebook"]
    assert found["sum"] == 42
    bucket, key = next(uri for uri in found["outputs"] if uri.endswith("output.tar.gz"))[5:].split("/", 1)
    body = room.s3.get_object(Bucket=bucket, Key=key)["Body"].read()
    with tarfile.open(fileobj=io.BytesIO(body)) as tar:
        executed = next(name for name in tar.getnames() if name.endswith(".ipynb"))
        content = tar.extractfile(executed)
        assert content
        assert b"the notebook says 42" in content.read()
