"""AutoML jobs as boto3 sees them: stages, candidates, stop, refusals, restart; the scripted engine does the work."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from simulator.runtime.engine_scripted import Script, ScriptedEngine
from simulator.runtime.work import Work
from tests.aws.sagemaker.fake_cloud import ROLE
from tests.wire import RunningSimulator

BUCKET = "data-of-the-team"
ENTRY = ("python3", "/opt/program/entry.py")
ACCURACY = {"xgboost": 0.91, "linear-learner": 0.95, "randomforest": 0.93, "extra-trees": 0.9, "mlp": 0.8}


def opt_ml(work: Work) -> Path:
    return work.mounts[0].source


def analyze(work: Work) -> None:
    out = opt_ml(work) / "processing/output"
    problem = work.environment.get("AUTOML_PROBLEM_TYPE") or "MulticlassClassification"
    for channel in ("train", "validation"):
        (out / channel).mkdir(parents=True, exist_ok=True)
        (out / channel / f"{channel}.csv").write_text("a,b\n1,2\n")
    (out / "analysis").mkdir(parents=True, exist_ok=True)
    (out / "analysis/description.json").write_text(json.dumps({"problem_type": problem}))


def train(work: Work) -> str:
    given = json.loads((opt_ml(work) / "input/config/hyperparameters.json").read_text())
    (opt_ml(work) / "model/candidate.joblib").write_text("a candidate")
    value = ACCURACY[given["algorithm"]]
    return f"Train-Accuracy=1\nValidation-Accuracy={value}\nValidation-F1macro=0.5\nValidation-MSE={value}"


def report(work: Work) -> None:
    for name, file in (("insights", "statistics.json"), ("explainability", "analysis.json")):
        place = opt_ml(work) / "processing/output" / name
        place.mkdir(parents=True, exist_ok=True)
        (place / file).write_text("{}")


def scripted() -> ScriptedEngine:
    engine = ScriptedEngine()
    for action, effect in (("analyze", analyze), ("train", train), ("report", report)):
        engine.script("automl", Script(effect=effect), command=(*ENTRY, action))
    return engine


class World:
    """A simulator with a table in S3."""

    def __init__(self, state: Path | None = None) -> None:
        self.engine = scripted()
        self.running = RunningSimulator(engine=self.engine, state=state)
        self.sagemaker = self.running.client("sagemaker")

    def lay_data(self) -> None:
        s3 = self.running.client("s3")
        s3.create_bucket(Bucket=BUCKET)
        s3.put_object(Bucket=BUCKET, Key="in/a.csv", Body=b"a,b\n1,2\n")

    def job(self, name: str, **members: Any) -> dict[str, Any]:
        self.sagemaker.create_auto_ml_job(**request(name, **members))
        return self.described(name)

    def described(self, name: str) -> dict[str, Any]:
        """As it is when it has ended: Describe is held until then."""
        found: dict[str, Any] = self.sagemaker.describe_auto_ml_job(AutoMLJobName=name)
        return found


def request(name: str, **members: Any) -> dict[str, Any]:
    return {
        "AutoMLJobName": name,
        "InputDataConfig": [{"DataSource": source(), "TargetAttributeName": "b"}],
        "OutputDataConfig": {"S3OutputPath": f"s3://{BUCKET}/out"},
        "RoleArn": ROLE,
        "AutoMLJobConfig": {"CompletionCriteria": {"MaxCandidates": 3}},
        **members,
    }


def request_v2(name: str, **table: Any) -> dict[str, Any]:
    return {
        "AutoMLJobName": name,
        "AutoMLJobInputDataConfig": [{"ChannelType": "training", "DataSource": source()}],
        "OutputDataConfig": {"S3OutputPath": f"s3://{BUCKET}/out"},
        "RoleArn": ROLE,
        "AutoMLProblemTypeConfig": {"TabularJobConfig": {"TargetAttributeName": "b", **table}},
    }


def source() -> dict[str, Any]:
    return {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": f"s3://{BUCKET}/in"}}


@pytest.fixture(name="world", scope="module")
def _world() -> Iterator[World]:
    world = World()
    world.lay_data()
    yield world
    world.running.stop()


def test_a_job_analyses_trains_its_candidates_and_names_the_best(world):
    job = world.job("first")
    assert (job["AutoMLJobStatus"], job["AutoMLJobSecondaryStatus"]) == ("Completed", "Completed")
    best = job["BestCandidate"]
    assert best["FinalAutoMLJobObjectiveMetric"] == {
        "MetricName": "Accuracy", "Value": 0.95, "StandardMetricName": "Accuracy",
    }  # fmt: skip
    assert job["ResolvedAttributes"]["ProblemType"] == "MulticlassClassification"
    assert job["ResolvedAttributes"]["AutoMLJobObjective"] == {"MetricName": "Accuracy"}
    kinds = [each["CandidateStepType"].rsplit("::")[-1] for each in best["CandidateSteps"]]
    assert kinds == ["ProcessingJob", "TrainingJob", "ProcessingJob"]
    (container,) = best["InferenceContainers"]
    assert container["ModelDataUrl"].endswith(
        f"/out/first/tuning/{best['CandidateName']}/output/model.tar.gz"
    )
    places = best["CandidateProperties"]["CandidateArtifactLocations"]
    s3 = world.running.client("s3")
    for place, file in (
        (places["ModelInsights"], "statistics.json"),
        (places["Explainability"], "analysis.json"),
    ):
        s3.head_object(Bucket=BUCKET, Key=f"{place.removeprefix(f's3://{BUCKET}/')}/{file}")
    channel = job["InputDataConfig"][0]
    assert (channel["ChannelType"], channel["ContentType"]) == ("training", "text/csv;header=present")
    assert "AutoMLJobArtifacts" not in job, "no notebooks are made"
    metrics = {
        (m["Set"], m["MetricName"]): m["Value"] for m in best["CandidateProperties"]["CandidateMetrics"]
    }
    assert metrics["Train", "Accuracy"] == 1.0


def test_candidates_are_listed_by_their_objective_page_by_page(world):
    world.job("listed")
    pages = world.sagemaker.get_paginator("list_candidates_for_auto_ml_job").paginate(
        AutoMLJobName="listed",
        SortBy="FinalObjectiveMetricValue",
        SortOrder="Descending",
        PaginationConfig={"PageSize": 2},
    )
    found = [each for page in pages for each in page["Candidates"]]
    assert [each["FinalAutoMLJobObjectiveMetric"]["Value"] for each in found] == [0.95, 0.93, 0.91]
    name = found[0]["CandidateName"]
    (only,) = world.sagemaker.list_candidates_for_auto_ml_job(
        AutoMLJobName="listed", CandidateNameEquals=name
    )["Candidates"]
    assert only == found[0]
    trained = world.sagemaker.describe_training_job(TrainingJobName=name)
    assert trained["HyperParameters"]["algorithm"] == "linear-learner"


def test_a_search_makes_an_experiment_of_its_jobs(world):
    job = world.job("tracked")
    world.running.rest()
    name = job["BestCandidate"]["CandidateName"]
    trained = world.sagemaker.describe_training_job(TrainingJobName=name)
    assert trained["AutoMLJobArn"] == job["AutoMLJobArn"]
    components = world.sagemaker.list_trial_components(ExperimentName="tracked-aws-auto-ml-job")
    found = [each["TrialComponentName"] for each in components["TrialComponentSummaries"]]
    assert f"{name}-aws-training-job" in found
    assert any(each.endswith("-aws-processing-job") for each in found), "the analysis and the report too"


def test_an_objective_of_the_caller_decides_and_smaller_may_be_better(world):
    job = world.job("mse", ProblemType="Regression", AutoMLJobObjective={"MetricName": "MSE"})
    assert job["BestCandidate"]["FinalAutoMLJobObjectiveMetric"]["Value"] == 0.91


def test_the_second_version_describes_both(world):
    criteria = {"MaxCandidates": 2}
    world.sagemaker.create_auto_ml_job_v2(**request_v2("second", CompletionCriteria=criteria))
    job = world.sagemaker.describe_auto_ml_job_v2(AutoMLJobName="second")
    assert job["AutoMLJobStatus"] == "Completed"
    assert job["AutoMLProblemTypeConfigName"] == "Tabular"
    attributes = job["ResolvedAttributes"]["AutoMLProblemTypeResolvedAttributes"]
    assert attributes["TabularResolvedAttributes"]["ProblemType"] == "MulticlassClassification"
    world.job("older")
    older = world.sagemaker.describe_auto_ml_job_v2(AutoMLJobName="older")
    assert older["AutoMLProblemTypeConfig"]["TabularJobConfig"]["TargetAttributeName"] == "b"


def test_a_search_on_what_is_no_table_is_kept_and_stays_as_it_is_until_it_is_stopped(world):
    wanted = request_v2("images") | {"ModelDeployConfig": {"AutoGenerateEndpointName": True}}
    wanted["AutoMLProblemTypeConfig"] = {"ImageClassificationJobConfig": {}}
    world.sagemaker.create_auto_ml_job_v2(**wanted)
    job = world.sagemaker.describe_auto_ml_job_v2(AutoMLJobName="images")
    assert (job["AutoMLJobStatus"], job["AutoMLJobSecondaryStatus"]) == ("InProgress", "Starting")
    assert job["AutoMLProblemTypeConfigName"] == "ImageClassification"
    assert job["ModelDeployConfig"] == {"AutoGenerateEndpointName": True}
    told = [f["subject"] for f in world.running.facts() if f["kind"] == "AcceptedNotSimulated"]
    assert any("ImageClassification is kept; nothing searches" in each for each in told)
    world.sagemaker.stop_auto_ml_job(AutoMLJobName="images")
    job = world.sagemaker.describe_auto_ml_job_v2(AutoMLJobName="images")
    assert (job["AutoMLJobStatus"], "EndTime" in job) == ("Stopped", True)


def test_a_pipeline_searches_and_a_later_step_gets_the_best_candidate_and_its_reports(world):
    arguments = {k: v for k, v in request("any").items() if k != "AutoMLJobName"}
    step = "Steps.search"
    inference = f"{step}.BestCandidate.InferenceContainers[0]"
    container = {"Image": {"Get": f"{inference}.Image"}, "ModelDataUrl": {"Get": f"{inference}.ModelDataUrl"}}
    tags = [
        {"Key": "report", "Value": {"Get": f"{step}.BestCandidateProperties.ModelInsightsJsonReportPath"}}
    ]
    model = {"PrimaryContainer": container, "ExecutionRoleArn": ROLE, "Tags": tags}
    steps = [
        {"Name": "search", "Type": "AutoML", "Arguments": arguments},
        {"Name": "m", "Type": "Model", "Arguments": model},
    ]
    document = json.dumps({"Version": "2020-12-01", "Metadata": {}, "Parameters": [], "Steps": steps})
    made = {"PipelineName": "searches", "PipelineDefinition": document, "RoleArn": ROLE}
    world.sagemaker.create_pipeline(**made, ClientRequestToken="s" * 32)
    arn = world.sagemaker.start_pipeline_execution(PipelineName="searches")["PipelineExecutionArn"]
    ended = world.sagemaker.describe_pipeline_execution(PipelineExecutionArn=arn)
    found = world.sagemaker.list_pipeline_execution_steps(PipelineExecutionArn=arn)["PipelineExecutionSteps"]
    assert ended["PipelineExecutionStatus"] == "Succeeded", found
    job = world.described(found[-1]["Metadata"]["AutoMLJob"]["Arn"].rsplit("/", 1)[-1])
    (best,) = job["BestCandidate"]["InferenceContainers"]
    made = world.sagemaker.describe_model(ModelName=found[0]["Metadata"]["Model"]["Arn"].rsplit("/", 1)[-1])
    assert made["PrimaryContainer"]["ModelDataUrl"] == best["ModelDataUrl"]
    (tag,) = [
        t for t in world.sagemaker.list_tags(ResourceArn=made["ModelArn"])["Tags"] if t["Key"] == "report"
    ]
    assert tag["Value"].endswith(f"{job['BestCandidate']['CandidateName']}/statistics.json")


def test_stopping_a_job_stops_the_candidates_that_train(world):
    world.engine.script(
        "automl", Script(held=True), when=lambda work: "halted-t" in work.name, command=(*ENTRY, "train")
    )
    world.sagemaker.create_auto_ml_job(**request("halted"))
    world.running.until(
        lambda fact: fact["kind"] == "TrainingJobStateChanged" and "halted-t2" in str(fact["subject"])
        and fact["detail"].get("secondary_status") == "Training"
    )  # fmt: skip
    world.sagemaker.stop_auto_ml_job(AutoMLJobName="halted")
    job = world.described("halted")
    assert (job["AutoMLJobStatus"], job["AutoMLJobSecondaryStatus"]) == ("Stopped", "Stopped")
    found = world.sagemaker.list_candidates_for_auto_ml_job(AutoMLJobName="halted")["Candidates"]
    assert {each["CandidateStatus"] for each in found} == {"Stopped"}
    with pytest.raises(ClientError, match="in status Stopped"):
        world.sagemaker.stop_auto_ml_job(AutoMLJobName="halted")


def test_data_that_cannot_be_analysed_fails_the_job_with_the_reason(world):
    def refuse(work: Work) -> None:
        (opt_ml(work) / "output").mkdir(parents=True, exist_ok=True)
        (opt_ml(work) / "output/message").write_text(
            "The target attribute b is not in the header of the dataset"
        )

    script = Script(code=1, effect=refuse)
    world.engine.script("automl", script, when=lambda work: "unread-pr" in work.name)
    job = world.job("unread")
    assert job["AutoMLJobStatus"] == "Failed"
    assert "The target attribute b is not in the header" in job["FailureReason"]


@pytest.mark.parametrize(
    "members, text",
    [
        ({"ProblemType": "Regression"}, "either specify both"),
        (
            {"ProblemType": "Regression", "AutoMLJobObjective": {"MetricName": "F1"}},
            "no objective of Regression",
        ),
        ({"GenerateCandidateDefinitionsOnly": True}, "GenerateCandidateDefinitionsOnly .* is not simulated"),
        (
            {"InputDataConfig": [{"DataSource": source(), "TargetAttributeName": "y"}]},
            "Target attribute name y does not exist in header.",
        ),
        ({"ModelDeployConfig": {"AutoGenerateEndpointName": True}}, "ModelDeployConfig .* is not simulated"),
        ({"RoleArn": "arn:aws:iam::222222222222:role/Nobody"}, "Could not assume role"),
    ],
)
def test_what_cannot_be_is_refused_at_once(world, members, text):
    with pytest.raises(ClientError, match=text):
        world.sagemaker.create_auto_ml_job(**request("refused", **members))


def test_jobs_are_listed_and_their_names_are_taken_once(world):
    world.job("once")
    with pytest.raises(world.sagemaker.exceptions.ResourceInUse):
        world.sagemaker.create_auto_ml_job(**request("once"))
    (entry,) = world.sagemaker.list_auto_ml_jobs(NameContains="once")["AutoMLJobSummaries"]
    assert entry["AutoMLJobSecondaryStatus"] == "Completed"
    with pytest.raises(world.sagemaker.exceptions.ResourceNotFound):
        world.described("nobody")


def test_the_ledger_says_how_the_search_differs_from_autopilot(world):
    world.job("ledger")
    told = [f["subject"] for f in world.running.facts() if f["kind"] == "AcceptedNotSimulated"]
    assert any("no notebooks are made" in str(each) for each in told)


def test_a_job_goes_on_after_a_restart(tmp_path):
    first = World(tmp_path)
    first.engine.script("automl", Script(held=True), when=lambda work: "again-t2" in work.name)
    first.lay_data()
    first.sagemaker.create_auto_ml_job(**request("again"))
    first.running.until(
        lambda fact: fact["kind"] == "TrainingJobStateChanged" and "again-t2" in str(fact["subject"])
        and fact["detail"].get("secondary_status") == "Training"
    )  # fmt: skip
    first.running.stop()
    second = World(tmp_path)
    job = second.described("again")
    assert job["AutoMLJobStatus"] == "Completed"
    found = second.sagemaker.list_candidates_for_auto_ml_job(AutoMLJobName="again")["Candidates"]
    assert len(found) == 3
    second.running.stop()
