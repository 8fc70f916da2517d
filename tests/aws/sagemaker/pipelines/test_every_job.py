"""Tuning, AutoML, Transform, Endpoint and Lineage run as steps of one pipeline and feed each other."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from simulator.runtime.engine_scripted import Request, Script, ScriptedEngine
from simulator.runtime.work import Answer
from tests.aws.sagemaker.automl import test_automl_over_the_wire as automl
from tests.aws.sagemaker.fake_cloud import ROLE, XGBOOST
from tests.aws.sagemaker.transform.test_transform import doubles, request
from tests.aws.sagemaker.tuning.requests import tuning_request
from tests.aws.sagemaker.tuning.test_tuning_over_the_wire import train
from tests.wire import RunningSimulator

BUCKET = automl.BUCKET


def engine() -> ScriptedEngine:
    """Trains, serves numbers twice as great, and searches as the tests of the jobs themselves script it."""
    made = automl.scripted()
    made.script("xgboost", Script(effect=train), when=lambda work: not work.serves)
    made.script("xgboost", Script(answer=served), when=lambda work: work.serves)
    return made


def served(asked: Request) -> Answer:
    """A healthy container; without parameters of its own for batches."""
    if asked.path == "/execution-parameters":
        return Answer(404, {}, b"")
    return doubles(asked) if asked.path == "/invocations" else Answer(200, {}, b"")


def get(path: str) -> dict[str, str]:
    return {"Get": f"Steps.{path}"}


def step(name: str, kind: str, arguments: dict[str, Any], *needs: str) -> dict[str, Any]:
    return {
        "Name": name,
        "Type": kind,
        "Arguments": arguments,
        **({"DependsOn": list(needs)} if needs else {}),
    }


def without(member: str, made: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in made.items() if name != member}


def definition() -> str:
    """A search, a model of its best job, a batch through it, an endpoint of it; AutoML and lineage beside."""
    archive = {"Std:Join": {"On": "/", "Values": [
        f"s3://{BUCKET}/out", get("Tune.TrainingJobSummaries[0].TrainingJobName"), "output/model.tar.gz"]}}  # fmt: skip
    batch = without("TransformJobName", request(ModelName=get("Model.ModelName")))
    batch["TransformInput"]["DataSource"]["S3DataSource"]["S3Uri"] = f"s3://{BUCKET}/batch/"
    batch["TransformOutput"]["S3OutputPath"] = f"s3://{BUCKET}/predicted"
    variant = {"VariantName": "all", "ModelName": get("Model.ModelName"), "InstanceType": "ml.m5.large",
               "InitialInstanceCount": 1}  # fmt: skip
    lineage = {
        "Artifacts": [{"ArtifactName": "batch", "ArtifactType": "Predictions", "Source": {
            "SourceUri": {"Std:Join": {"On": "", "Values": [get("Batch.TransformOutput.S3OutputPath"), "/of"]}}}}],
        "Contexts": [{"ContextName": "nightly", "ContextType": "Batch", "Source": {"SourceUri": "team://nightly"}}],
    }  # fmt: skip
    model = {"ExecutionRoleArn": ROLE, "PrimaryContainer": {"Image": XGBOOST, "ModelDataUrl": archive}}
    steps = [
        step("Tune", "Tuning", without("HyperParameterTuningJobName", tuning_request("", BUCKET))),
        step("Search", "AutoML", without("AutoMLJobName", automl.request(""))),
        step("Model", "Model", model),
        step("Batch", "Transform", batch),
        step("Config", "EndpointConfig", {"EndpointConfigName": "abalone", "ProductionVariants": [variant]}),
        step("Serve", "Endpoint",
             {"EndpointName": "abalone", "EndpointConfigName": get("Config.EndpointConfigName")}),
        step("Write", "Lineage", lineage),
    ]  # fmt: skip
    return json.dumps({"Version": "2020-12-01", "Steps": steps})


@pytest.fixture(name="running", scope="module")
def _running() -> Iterator[RunningSimulator]:
    running = RunningSimulator(engine=engine())
    s3 = running.client("s3")
    s3.create_bucket(Bucket=BUCKET)
    for key, body in {"train/a.csv": "1,2", "validation/a.csv": "1,2", "in/a.csv": "a,b\n1,2\n"}.items():
        s3.put_object(Bucket=BUCKET, Key=key, Body=body.encode())
    s3.put_object(Bucket=BUCKET, Key="batch/a.csv", Body=b"1\n2\n")
    sagemaker = running.client("sagemaker")
    sagemaker.create_pipeline(PipelineName="every", PipelineDefinition=definition(), RoleArn=ROLE)
    yield running
    running.stop()


@pytest.fixture(name="found", scope="module")
def _found(running: RunningSimulator) -> dict[str, dict[str, Any]]:
    """The Metadata of each step of one execution that has succeeded."""
    sagemaker = running.client("sagemaker")
    arn = sagemaker.start_pipeline_execution(PipelineName="every")["PipelineExecutionArn"]
    status = sagemaker.describe_pipeline_execution(PipelineExecutionArn=arn)["PipelineExecutionStatus"]
    steps = sagemaker.list_pipeline_execution_steps(PipelineExecutionArn=arn)["PipelineExecutionSteps"]
    assert status == "Succeeded", [(each["StepName"], each.get("FailureReason")) for each in steps]
    return {each["StepName"]: each["Metadata"] for each in steps}


def name_of(arn: str) -> str:
    return arn.rsplit("/", 1)[-1]


def test_the_model_is_that_of_the_best_job_of_the_search(running, found):
    sagemaker = running.client("sagemaker")
    tuned = sagemaker.describe_hyper_parameter_tuning_job(
        HyperParameterTuningJobName=name_of(found["Tune"]["TuningJob"]["Arn"])
    )
    model = sagemaker.describe_model(ModelName=name_of(found["Model"]["Model"]["Arn"]))
    best = tuned["BestTrainingJob"]["TrainingJobName"]
    assert f"/{best}/" in model["PrimaryContainer"]["ModelDataUrl"]


def test_automl_names_its_best_candidate(running, found):
    name = name_of(found["Search"]["AutoMLJob"]["Arn"])
    job = running.client("sagemaker").describe_auto_ml_job(AutoMLJobName=name)
    assert job["AutoMLJobStatus"] == "Completed"
    assert job["BestCandidate"]["FinalAutoMLJobObjectiveMetric"]["Value"] > 0.9


def test_the_batch_goes_through_the_model_of_the_execution(running, found):
    job = running.client("sagemaker").describe_transform_job(
        TransformJobName=name_of(found["Batch"]["TransformJob"]["Arn"])
    )
    assert job["ModelName"] == name_of(found["Model"]["Model"]["Arn"])
    written = running.client("s3").get_object(Bucket=BUCKET, Key="predicted/a.csv.out")["Body"].read()
    assert written == b"2\n4\n"


def test_the_endpoint_is_in_service_when_its_step_has_ended_and_predicts(running, found):
    assert found["Config"]["EndpointConfig"]["Arn"].endswith(":endpoint-config/abalone")
    assert found["Serve"]["Endpoint"]["Arn"].endswith(":endpoint/abalone")
    status = running.client("sagemaker").describe_endpoint(EndpointName="abalone")["EndpointStatus"]
    assert status == "InService"
    answer = running.client("sagemaker-runtime").invoke_endpoint(
        EndpointName="abalone", ContentType="text/csv", Body=b"21"
    )
    assert answer["Body"].read() == b"42"


def test_what_a_lineage_step_writes_is_there(running, found):
    arns = found["Write"]["Lineage"]
    sagemaker = running.client("sagemaker")
    artifact = sagemaker.describe_artifact(ArtifactArn=arns["ArtifactArns"]["batch"])
    assert artifact["Source"]["SourceUri"] == f"s3://{BUCKET}/predicted/of"
    assert sagemaker.describe_context(ContextName="nightly")["ContextArn"] == arns["ContextArns"]["nightly"]


def test_an_endpoint_that_is_there_already_fails_its_step_in_the_words_of_the_operation(running, found):
    sagemaker = running.client("sagemaker")
    variant = {"VariantName": "all", "ModelName": name_of(found["Model"]["Model"]["Arn"]),
               "InstanceType": "ml.m5.large", "InitialInstanceCount": 1}  # fmt: skip
    steps = [
        step("Config", "EndpointConfig", {"EndpointConfigName": "second", "ProductionVariants": [variant]}),
        step("Serve", "Endpoint", {"EndpointName": "abalone", "EndpointConfigName": "second"}, "Config"),
    ]
    body = json.dumps({"Version": "2020-12-01", "Steps": steps})
    sagemaker.create_pipeline(PipelineName="again", PipelineDefinition=body, RoleArn=ROLE)
    arn = sagemaker.start_pipeline_execution(PipelineName="again")["PipelineExecutionArn"]
    ended = sagemaker.describe_pipeline_execution(PipelineExecutionArn=arn)
    assert ended["PipelineExecutionStatus"] == "Failed"
    listed = sagemaker.list_pipeline_execution_steps(PipelineExecutionArn=arn)["PipelineExecutionSteps"]
    reasons = {each["StepName"]: each.get("FailureReason", "") for each in listed}
    assert "already existing endpoint" in reasons["Serve"]
