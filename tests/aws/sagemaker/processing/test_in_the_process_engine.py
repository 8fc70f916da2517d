"""Processing and transform that truly run, in the process engine: two hosts, a bias check, a joined batch."""

import io
import json
import tarfile
from collections.abc import Iterator
from typing import Any

import pytest

from tests.aws.sagemaker.fake_cloud import ROLE, SKLEARN
from tests.reference_models.test_clarify import ROWS, asked
from tests.wire import RunningSimulator

BUCKET = "processing-team-222222222222"
CLARIFY = "205585389593.dkr.ecr.us-east-1.amazonaws.com/sagemaker-clarify-processing:1.0"
COUNT = """
import json, os
told = json.load(open("/opt/ml/config/resourceconfig.json"))
seen = sorted(os.listdir("/opt/ml/processing/data"))
open(f"/opt/ml/processing/out/{told['current_host']}.json", "w").write(json.dumps(seen))
open("/opt/ml/output/message", "w").write(f"{told['current_host']} saw {len(seen)}. ")
"""
INFERENCE = """
def model_fn(directory):
    return 2.0

def input_fn(body, content_type):
    assert content_type == "text/csv", content_type
    return [float(line) for line in (body.decode() if isinstance(body, bytes) else body).split()]

def predict_fn(values, model):
    return [value * model for value in values]

def output_fn(predictions, accept):
    return "\\n".join(str(each) for each in predictions)
"""


class Room:
    """A simulator with the process engine, its clients and one bucket."""

    def __init__(self) -> None:
        self.running = RunningSimulator(engine_name="process", hold_seconds=50.0)
        self.sagemaker = self.running.client("sagemaker")
        self.s3 = self.running.client("s3")
        self.s3.create_bucket(Bucket=BUCKET)

    def put(self, key: str, body: str | bytes) -> None:
        self.s3.put_object(Bucket=BUCKET, Key=key, Body=body)

    def get(self, key: str) -> str:
        return str(self.s3.get_object(Bucket=BUCKET, Key=key)["Body"].read().decode())

    def process(self, name: str, app: dict[str, Any], inputs: dict[str, str], **more: Any) -> dict[str, Any]:
        """One job when it has ended: `inputs` are folder below /opt/ml/processing -> key prefix."""
        cluster = {"InstanceCount": more.pop("hosts", 1), "InstanceType": "ml.m5.large", "VolumeSizeInGB": 1}
        output = {
            "S3Uri": f"s3://{BUCKET}/{name}/out",
            "LocalPath": f"/opt/ml/processing/{more.pop('output', 'out')}",
            "S3UploadMode": "EndOfJob",
        }
        self.sagemaker.create_processing_job(
            ProcessingJobName=name,
            RoleArn=ROLE,
            AppSpecification=app,
            ProcessingInputs=[self._input(folder, prefix) for folder, prefix in inputs.items()],
            ProcessingOutputConfig={"Outputs": [{"OutputName": "out", "S3Output": output}]},
            ProcessingResources={"ClusterConfig": cluster},
            **more,
        )
        described: dict[str, Any] = self.sagemaker.describe_processing_job(ProcessingJobName=name)
        return described

    def _input(self, folder: str, prefix: str) -> dict[str, Any]:
        source = {
            "S3Uri": f"s3://{BUCKET}/{prefix}",
            "LocalPath": f"/opt/ml/processing/{folder}",
            "S3DataType": "S3Prefix",
            "S3InputMode": "File",
            "S3DataDistributionType": "ShardedByS3Key" if folder == "data" else "FullyReplicated",
        }
        return {"InputName": folder.replace("/", "-"), "S3Input": source}


@pytest.fixture(scope="module")
def room() -> Iterator[Room]:
    """One room for all: each test has names of its own."""
    found = Room()
    yield found
    found.running.stop()


def test_two_hosts_get_shards_and_their_outputs_and_messages_come_together(room: Room):
    room.put("code/run.py", COUNT)
    for name in "abc":
        room.put(f"raw/{name}.csv", "1")
    app = {"ImageUri": SKLEARN, "ContainerEntrypoint": ["python3", "/opt/ml/processing/code/run.py"]}
    job = room.process("shards", app, {"code": "code/", "data": "raw/"}, hosts=2)
    assert job["ProcessingJobStatus"] == "Completed", job.get("FailureReason")
    assert job["ExitMessage"] == "algo-1 saw 2. algo-2 saw 1. "
    assert json.loads(room.get("shards/out/algo-1.json")) == ["a.csv", "c.csv"]
    assert json.loads(room.get("shards/out/algo-2.json")) == ["b.csv"]


def test_a_bias_check_compares_with_the_baseline_of_another(room: Room):
    room.put("bias/config/analysis_config.json", json.dumps(asked()))
    room.put("bias/data/rows.csv", ROWS)
    inputs = {"input/config": "bias/config/", "input/data": "bias/data/"}
    made = room.process("baseline", {"ImageUri": CLARIFY}, inputs, output="output")
    assert made["ProcessingJobStatus"] == "Completed", made.get("FailureReason")
    document = json.loads(room.get("baseline/out/analysis.json"))
    for metric in document["pre_training_bias_metrics"]["facets"]["sex"][0]["metrics"]:
        metric["value"] = 0.1 if metric["name"] == "CI" else metric["value"]
    room.put("strict/analysis.json", json.dumps(document))
    checked = room.process(
        "check",
        {"ImageUri": CLARIFY},
        {**inputs, "baseline/constraints": "strict/"},
        output="output",
        Environment={"baseline_constraints": "/opt/ml/processing/baseline/constraints/analysis.json"},
    )
    assert checked["ExitMessage"] == "CompletedWithViolations: Job completed successfully with 1 violations."
    (violation,) = json.loads(room.get("check/out/constraint_violations.json"))["violations"]
    assert (violation["facet"], violation["metric_name"]) == ("sex", "CI")


def test_a_batch_goes_through_the_teams_own_inference_and_is_joined(room: Room):
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w:gz") as tar:
        entry = tarfile.TarInfo("code/inference.py")
        entry.size = len(INFERENCE)
        tar.addfile(entry, io.BytesIO(INFERENCE.encode()))
    room.put("model/model.tar.gz", archive.getvalue())
    container = {
        "Image": SKLEARN,
        "ModelDataUrl": f"s3://{BUCKET}/model/model.tar.gz",
        "Environment": {"SAGEMAKER_PROGRAM": "inference.py"},
    }
    room.sagemaker.create_model(ModelName="twice", ExecutionRoleArn=ROLE, PrimaryContainer=container)
    room.put("batch/a.csv", "id-1,1.5\nid-2,2\n")
    source = {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": f"s3://{BUCKET}/batch/"}}
    room.sagemaker.create_transform_job(
        TransformJobName="joined",
        ModelName="twice",
        MaxConcurrentTransforms=2,
        BatchStrategy="SingleRecord",
        TransformInput={"DataSource": source, "ContentType": "text/csv", "SplitType": "Line"},
        TransformOutput={
            "S3OutputPath": f"s3://{BUCKET}/predicted",
            "Accept": "text/csv",
            "AssembleWith": "Line",
        },
        TransformResources={"InstanceType": "ml.m5.large", "InstanceCount": 1},
        DataProcessing={"InputFilter": "$[1:]", "JoinSource": "Input", "OutputFilter": "$[0,-1]"},
    )
    job = room.sagemaker.describe_transform_job(TransformJobName="joined")
    assert job["TransformJobStatus"] == "Completed", job.get("FailureReason")
    assert room.get("predicted/a.csv.out") == "id-1,3.0\nid-2,4.0\n"
