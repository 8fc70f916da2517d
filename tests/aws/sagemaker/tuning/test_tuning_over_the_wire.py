"""Tuning jobs as boto3 sees them: searches, counters, stop, early stopping, warm start; the scripted engine trains."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from simulator.app import Simulator
from simulator.runtime.engine_scripted import Script, ScriptedEngine
from simulator.runtime.work import Work
from tests.aws.sagemaker.fake_cloud import ROLE, XGBOOST
from tests.aws.sagemaker.tuning.requests import definition, tuning_request
from tests.wire import RunningSimulator

BUCKET = "data-of-the-team"


def hyperparameters(work: Work) -> dict[str, str]:
    found: dict[str, str] = json.loads(
        (work.mounts[0].source / "input/config/hyperparameters.json").read_text()
    )
    return found


def train(work: Work) -> str:
    """Better the nearer eta is to 0.5; the objective falls with each epoch."""
    given = hyperparameters(work)
    (work.mounts[0].source / "model/xgboost-model").write_text("trees")
    loss = abs(float(given.get("eta", "0.5")) - 0.5) + 0.01 * float(given.get("max_depth", "1"))
    return "\n".join(f"[{n}]#011train-rmse:1.0#011validation-rmse:{loss + 1 / (n + 1):.5f}" for n in range(3))


class World:
    """A simulator with data, its engine, and what tests ask of it."""

    def __init__(self, state: Path | None = None, engine: ScriptedEngine | None = None) -> None:
        self.engine = engine or ScriptedEngine()
        if engine is None:
            self.engine.script("xgboost", Script(effect=train))
        self.running = RunningSimulator(engine=self.engine, state=state)
        self.sagemaker = self.running.client("sagemaker")

    def lay_data(self) -> None:
        s3 = self.running.client("s3")
        s3.create_bucket(Bucket=BUCKET)
        for channel in ("train", "validation"):
            s3.put_object(Bucket=BUCKET, Key=f"{channel}/a.csv", Body=b"1,2")

    def tune(self, name: str, **config: Any) -> dict[str, Any]:
        self.sagemaker.create_hyper_parameter_tuning_job(**tuning_request(name, BUCKET, **config))
        return self.described(name)

    def described(self, name: str) -> dict[str, Any]:
        """As it is when it has ended: Describe is held until then."""
        found: dict[str, Any] = self.sagemaker.describe_hyper_parameter_tuning_job(
            HyperParameterTuningJobName=name
        )
        return found

    def trials(self, name: str, **filters: Any) -> list[dict[str, Any]]:
        """The training jobs of a search, over all pages."""
        pages = self.sagemaker.get_paginator("list_training_jobs_for_hyper_parameter_tuning_job").paginate(
            HyperParameterTuningJobName=name, PaginationConfig={"PageSize": 2}, **filters
        )
        return [each for page in pages for each in page["TrainingJobSummaries"]]


@pytest.fixture(name="world", scope="module")
def _world() -> Iterator[World]:
    world = World()
    world.lay_data()
    yield world
    world.running.stop()


def final(trial: dict[str, Any]) -> float:
    return float(trial["FinalHyperParameterTuningJobObjectiveMetric"]["Value"])


def test_a_random_search_starts_training_jobs_and_names_the_best(world):
    job = world.tune("random-1")
    assert job["HyperParameterTuningJobStatus"] == "Completed"
    assert job["HyperParameterTuningEndTime"] >= job["CreationTime"]
    assert job["TrainingJobStatusCounters"] == {
        "Completed": 4, "InProgress": 0, "RetryableError": 0, "NonRetryableError": 0, "Stopped": 0,
    }  # fmt: skip
    assert job["ObjectiveStatusCounters"] == {"Succeeded": 4, "Pending": 0, "Failed": 0}
    best = job["BestTrainingJob"]
    trials = world.trials("random-1", SortBy="FinalObjectiveMetricValue", SortOrder="Ascending")
    assert [final(each) for each in trials] == sorted(final(each) for each in trials)
    assert trials[0]["TrainingJobName"] == best["TrainingJobName"]
    assert best["ObjectiveStatus"] == "Succeeded"
    assert set(best["TunedHyperParameters"]) == {"eta", "max_depth"}
    prefixes = sorted(each["TrainingJobName"][:13] for each in trials)
    assert prefixes == ["random-1-001-", "random-1-002-", "random-1-003-", "random-1-004-"]
    assert "OverallBestTrainingJob" not in job


def test_a_trial_is_an_ordinary_training_job_that_knows_its_search(world):
    world.sagemaker.create_hyper_parameter_tuning_job(
        **tuning_request("ordinary", BUCKET), Tags=[{"Key": "team", "Value": "ml"}]
    )
    best = world.described("ordinary")["BestTrainingJob"]
    job = world.sagemaker.describe_training_job(TrainingJobName=best["TrainingJobName"])
    assert job["TuningJobArn"].endswith(":hyper-parameter-tuning-job/ordinary")
    assert job["HyperParameters"]["num_round"] == "5"
    assert job["HyperParameters"]["_tuning_objective_metric"] == "validation:rmse"
    assert job["HyperParameters"]["eta"] == best["TunedHyperParameters"]["eta"]
    assert world.sagemaker.list_tags(ResourceArn=job["TrainingJobArn"])["Tags"] == [
        {"Key": "team", "Value": "ml"}
    ]
    assert world.trials("ordinary", StatusEquals="Failed") == []


def test_a_search_makes_an_experiment_of_its_jobs_each_with_a_trial_and_a_component(world):
    world.tune("tracked")
    world.running.rest()
    names = [each["TrainingJobName"] for each in world.trials("tracked")]
    found = world.sagemaker.describe_experiment(ExperimentName="tracked-aws-tuning-job")
    assert found["Source"]["SourceArn"].endswith(":hyper-parameter-tuning-job/tracked")
    trials = world.sagemaker.list_trials(ExperimentName="tracked-aws-tuning-job")["TrialSummaries"]
    assert sorted(each["TrialName"] for each in trials) == sorted(f"{name}-aws-trial" for name in names)
    (component,) = world.sagemaker.list_trial_components(TrialName=trials[0]["TrialName"])[
        "TrialComponentSummaries"
    ]
    assert component["TrialComponentSource"]["SourceType"] == "SageMakerTrainingJob"


def test_the_same_seed_gives_the_same_combinations(world):
    first, second = world.tune("seed-a", RandomSeed=5), world.tune("seed-b", RandomSeed=5)
    assert (
        first["BestTrainingJob"]["TunedHyperParameters"] == second["BestTrainingJob"]["TunedHyperParameters"]
    )
    other = world.tune("seed-c", RandomSeed=6)
    assert (
        other["BestTrainingJob"]["TunedHyperParameters"] != first["BestTrainingJob"]["TunedHyperParameters"]
    )


def test_a_grid_search_trains_every_combination_once(world):
    ranges = {"CategoricalParameterRanges": [{"Name": "max_depth", "Values": ["1", "2", "3"]}]}
    limits = {"MaxParallelTrainingJobs": 2}
    job = world.tune("grid", Strategy="Grid", ParameterRanges=ranges, ResourceLimits=limits)
    assert job["TrainingJobStatusCounters"]["Completed"] == 3
    assert sorted(each["TunedHyperParameters"]["max_depth"] for each in world.trials("grid")) == [
        "1",
        "2",
        "3",
    ]
    assert job["BestTrainingJob"]["TunedHyperParameters"] == {"max_depth": "1"}


def test_a_bayesian_search_finds_the_neighbourhood_of_the_optimum(world):
    limits = {"MaxNumberOfTrainingJobs": 12, "MaxParallelTrainingJobs": 2}
    job = world.tune("bayesian", Strategy="Bayesian", ResourceLimits=limits)
    assert job["TrainingJobStatusCounters"]["Completed"] == 12
    assert abs(float(job["BestTrainingJob"]["TunedHyperParameters"]["eta"]) - 0.5) < 0.15


def test_a_search_over_several_definitions_says_of_which_each_trial_is(world):
    request = tuning_request("several", BUCKET)
    config, single = request["HyperParameterTuningJobConfig"], request.pop("TrainingJobDefinition")
    ranges, objective = config.pop("ParameterRanges"), config.pop("HyperParameterTuningJobObjective")
    request["TrainingJobDefinitions"] = [
        {**single, "DefinitionName": name, "HyperParameterRanges": ranges, "TuningObjective": objective}
        for name in ("one", "two")
    ]
    world.sagemaker.create_hyper_parameter_tuning_job(**request)
    job, trials = world.described("several"), world.trials("several")
    assert [each["TrainingJobDefinitionName"] for each in trials] == ["one", "two", "one", "two"]
    assert job["BestTrainingJob"]["FinalHyperParameterTuningJobObjectiveMetric"]["Type"] == "Minimize"


def test_the_target_ends_a_search_early(world):
    limits = {"MaxNumberOfTrainingJobs": 9, "MaxParallelTrainingJobs": 1}
    job = world.tune(
        "target", ResourceLimits=limits, TuningJobCompletionCriteria={"TargetObjectiveMetricValue": 5.0}
    )
    assert job["HyperParameterTuningJobStatus"] == "Completed"
    assert job["TrainingJobStatusCounters"]["Completed"] == 1
    assert job["TuningJobCompletionDetails"]["NumberOfTrainingJobsObjectiveNotImproving"] == 0


def test_a_search_whose_jobs_print_no_objective_fails_and_says_so(world):
    world.engine.script("xgboost", Script(), when=lambda work: "silent" in work.name)
    job = world.tune("silent")
    assert job["HyperParameterTuningJobStatus"] == "Failed"
    assert job["FailureReason"].startswith("No objective metrics found after running 4 training jobs.")
    assert job["ObjectiveStatusCounters"] == {"Succeeded": 0, "Pending": 0, "Failed": 4}


def test_a_search_whose_jobs_all_fail_gives_up_after_five(world):
    world.engine.script("xgboost", Script(code=1), when=lambda work: "broken" in work.name)
    job = world.tune("broken", ResourceLimits={"MaxNumberOfTrainingJobs": 9, "MaxParallelTrainingJobs": 1})
    assert job["FailureReason"].startswith("No training job succeeded after 5 attempts.")
    assert job["TrainingJobStatusCounters"]["NonRetryableError"] == 5


def test_stopping_a_search_stops_its_training_jobs(world):
    world.engine.script("xgboost", Script(held=True), when=lambda work: "held" in work.name)
    world.sagemaker.create_hyper_parameter_tuning_job(**tuning_request("held", BUCKET))
    world.running.until(
        lambda fact: fact["kind"] == "TrainingJobStateChanged" and fact["detail"].get("secondary_status") == "Training"
        and "held-002" in str(fact["subject"])
    )  # fmt: skip
    world.sagemaker.stop_hyper_parameter_tuning_job(HyperParameterTuningJobName="held")
    job = world.described("held")
    assert job["HyperParameterTuningJobStatus"] == "Stopped"
    assert job["TrainingJobStatusCounters"]["Stopped"] == 2
    with pytest.raises(ClientError, match="is in status Stopped"):
        world.sagemaker.stop_hyper_parameter_tuning_job(HyperParameterTuningJobName="held")


def test_early_stopping_stops_a_job_that_is_worse_than_the_median(world):
    def bad(work: Work) -> bool:
        return "early-003" in work.name

    lines = tuple(f"[{n}]#011validation-rmse:99.0" for n in range(2))
    world.engine.script("xgboost", Script(lines=lines, held=True), when=bad)
    limits = {"MaxNumberOfTrainingJobs": 3, "MaxParallelTrainingJobs": 1}
    job = world.tune("early", TrainingJobEarlyStoppingType="Auto", ResourceLimits=limits)
    assert job["HyperParameterTuningJobStatus"] == "Completed"
    assert job["TrainingJobStatusCounters"]["Stopped"] == 1
    assert job["ObjectiveStatusCounters"] == {"Succeeded": 3, "Pending": 0, "Failed": 0}
    (stopped,) = world.trials("early", StatusEquals="Stopped")
    assert final(stopped) == 99.0


def test_hyperband_stops_what_falls_behind_at_a_rung_and_what_has_had_its_most(world):
    lines = tuple(f"[{n}]#011validation-rmse:{1 / (n + 1):.4f}" for n in range(9))
    world.engine.script("xgboost", Script(lines=lines, held=True), when=lambda work: "band-001" in work.name)
    worse = tuple(f"[{n}]#011validation-rmse:50.0" for n in range(3))
    world.engine.script("xgboost", Script(lines=worse, held=True), when=lambda work: "band-003" in work.name)
    job = world.tune(
        "band",
        Strategy="Hyperband",
        StrategyConfig={"HyperbandStrategyConfig": {"MinResource": 1, "MaxResource": 9}},
        ResourceLimits={"MaxNumberOfTrainingJobs": 3, "MaxParallelTrainingJobs": 1},
    )
    assert job["HyperParameterTuningJobStatus"] == "Completed"
    assert [each["TrainingJobStatus"] for each in world.trials("band")] == ["Stopped", "Completed", "Stopped"]
    assert job["BestTrainingJob"]["TrainingJobName"].startswith("band-001")


def test_a_warm_start_knows_the_best_of_its_parents_and_refuses_another_objective(world):
    parent = world.tune("parent", ResourceLimits={"MaxNumberOfTrainingJobs": 6, "MaxParallelTrainingJobs": 2})
    warm = {
        "ParentHyperParameterTuningJobs": [{"HyperParameterTuningJobName": "parent"}],
        "WarmStartType": "IdenticalDataAndAlgorithm",
    }
    request = tuning_request("child", BUCKET, Strategy="Bayesian")
    world.sagemaker.create_hyper_parameter_tuning_job(**request, WarmStartConfig=warm)
    child = world.described("child")
    overall = child["OverallBestTrainingJob"]
    assert final(overall) == min(final(parent["BestTrainingJob"]), final(child["BestTrainingJob"]))
    assert overall["TuningJobName"] in ("parent", "child")
    assert child["WarmStartConfig"] == warm
    other = tuning_request(
        "other", BUCKET, HyperParameterTuningJobObjective={"Type": "Minimize", "MetricName": "validation:mae"}
    )
    with pytest.raises(ClientError, match="must be the same as those of parent"):
        world.sagemaker.create_hyper_parameter_tuning_job(**other, WarmStartConfig=warm)


def test_searches_are_listed_described_and_deleted_as_other_resources_are(world):
    world.tune("listed")
    client = world.sagemaker
    (entry,) = client.list_hyper_parameter_tuning_jobs(NameContains="listed")[
        "HyperParameterTuningJobSummaries"
    ]
    assert entry["Strategy"] == "Random"
    assert entry["TrainingJobStatusCounters"]["Completed"] == 4
    assert entry["ResourceLimits"]["MaxNumberOfTrainingJobs"] == 4
    with pytest.raises(client.exceptions.ResourceInUse):
        client.create_hyper_parameter_tuning_job(**tuning_request("listed", BUCKET))
    name = world.trials("listed")[0]["TrainingJobName"]
    client.delete_hyper_parameter_tuning_job(HyperParameterTuningJobName="listed")
    with pytest.raises(client.exceptions.ResourceNotFound, match="can't find a tuning job"):
        world.described("listed")
    assert client.describe_training_job(TrainingJobName=name)["TrainingJobStatus"] == "Completed"


def test_a_change_of_state_is_an_event_of_the_shape_of_aws(world):
    world.tune("events")
    found = [
        fact["detail"]["event"]
        for fact in world.running.facts()
        if fact["kind"] == "HyperParameterTuningJobStateChanged" and str(fact["subject"]).endswith("/events")
    ]
    assert [each["detail"]["HyperParameterTuningJobStatus"] for each in found] == ["InProgress", "Completed"]
    assert {each["detail-type"] for each in found} == {"SageMaker HyperParameter Tuning Job State Change"}
    assert found[-1]["detail"]["TrainingJobStatusCounters"]["Completed"] == 4


def test_flexible_instances_and_hints_are_described_as_the_sdk_reads_them(world):
    request = tuning_request("flexible", BUCKET)
    single = request["TrainingJobDefinition"]
    del single["ResourceConfig"]
    instances = [
        {"InstanceType": kind, "InstanceCount": 1, "VolumeSizeInGB": 5}
        for kind in ("ml.m5.xlarge", "ml.m5.large")
    ]
    single["HyperParameterTuningResourceConfig"] = {"InstanceConfigs": instances}
    ranges = request["HyperParameterTuningJobConfig"]["ParameterRanges"]
    ranges["AutoParameters"] = [{"Name": "gamma", "ValueHint": "1"}]
    world.sagemaker.create_hyper_parameter_tuning_job(**request, Autotune={"Mode": "Enabled"})
    job = world.described("flexible")
    assert job["TrainingJobDefinition"]["ResourceConfig"] == instances[0]
    metrics = job["TrainingJobDefinition"]["AlgorithmSpecification"]["MetricDefinitions"]
    assert "validation:rmse" in {each["Name"] for each in metrics}
    assert set(job["HyperParameterTuningJobConfig"]["ParameterRanges"]) == set(ranges) - {"AutoParameters"}
    assert set(job["BestTrainingJob"]["TunedHyperParameters"]) == {"eta", "max_depth", "gamma"}
    both = tuning_request("both", BUCKET)
    both["TrainingJobDefinition"]["HyperParameterTuningResourceConfig"] = {"InstanceConfigs": instances}
    with pytest.raises(ClientError, match="Exactly one of ResourceConfig"):
        world.sagemaker.create_hyper_parameter_tuning_job(**both)


def test_a_pipeline_tunes_and_a_later_step_gets_the_best_model(world):
    arguments = {k: v for k, v in tuning_request("any", BUCKET).items() if k != "HyperParameterTuningJobName"}
    best = {"Get": "Steps.a-step-with-a-long-name.TrainingJobSummaries[0].TrainingJobName"}
    left = {"Std:Join": {"On": "/", "Values": [f"s3://{BUCKET}/out", best, "output/model.tar.gz"]}}
    container = {"Image": XGBOOST, "ModelDataUrl": left}
    steps = [
        {"Name": "a-step-with-a-long-name", "Type": "Tuning", "Arguments": arguments},
        {
            "Name": "m",
            "Type": "Model",
            "Arguments": {"PrimaryContainer": container, "ExecutionRoleArn": ROLE},
        },
    ]
    document = json.dumps({"Version": "2020-12-01", "Metadata": {}, "Parameters": [], "Steps": steps})
    made = {"PipelineName": "tunes", "PipelineDefinition": document, "RoleArn": ROLE}
    world.sagemaker.create_pipeline(**made, ClientRequestToken="t" * 32)
    arn = world.sagemaker.start_pipeline_execution(PipelineName="tunes")["PipelineExecutionArn"]
    ended = world.sagemaker.describe_pipeline_execution(PipelineExecutionArn=arn)
    found = world.sagemaker.list_pipeline_execution_steps(PipelineExecutionArn=arn)["PipelineExecutionSteps"]
    assert ended["PipelineExecutionStatus"] == "Succeeded", found
    tuned = world.described(found[-1]["Metadata"]["TuningJob"]["Arn"].rsplit("/", 1)[-1])
    model = world.sagemaker.describe_model(ModelName=found[0]["Metadata"]["Model"]["Arn"].rsplit("/", 1)[-1])
    assert tuned["BestTrainingJob"]["TrainingJobName"] in model["PrimaryContainer"]["ModelDataUrl"]


def test_a_role_that_sagemaker_cannot_assume_is_refused_at_once(world):
    request = tuning_request("role", BUCKET)
    request["TrainingJobDefinition"] = definition(BUCKET, RoleArn="arn:aws:iam::222222222222:role/Nobody")
    with pytest.raises(ClientError, match="Could not assume role"):
        world.sagemaker.create_hyper_parameter_tuning_job(**request)


def test_a_search_goes_on_after_a_restart(tmp_path):
    first = World(tmp_path)
    first.engine.script("xgboost", Script(held=True), when=lambda work: "again-002" in work.name)
    first.lay_data()
    limits = {"MaxNumberOfTrainingJobs": 4, "MaxParallelTrainingJobs": 1}
    first.sagemaker.create_hyper_parameter_tuning_job(
        **tuning_request("again", BUCKET, ResourceLimits=limits)
    )
    first.running.until(
        lambda fact: fact["kind"] == "TrainingJobStateChanged" and "again-002" in str(fact["subject"])
        and fact["detail"].get("secondary_status") == "Training"
    )  # fmt: skip
    before = [each["TrainingJobName"] for each in first.trials("again")]

    async def killed_before_the_note(simulator: Simulator) -> None:
        store, key = simulator.kernel.store, f"222222222222/us-east-1/{before[1]}"
        row = store.get("sagemaker.training_job", key) or {}
        assert row.pop("TuningJobArn")
        store.put("sagemaker.training_job", key, row)

    first.running.do(killed_before_the_note)
    first.running.stop()
    second = World(tmp_path)
    job = second.described("again")
    assert job["HyperParameterTuningJobStatus"] == "Completed"
    assert job["TrainingJobStatusCounters"]["Completed"] == 4
    assert [each["TrainingJobName"] for each in second.trials("again")][:2] == before
    owner = second.sagemaker.describe_training_job(TrainingJobName=before[1])["TuningJobArn"]
    assert owner == job["HyperParameterTuningJobArn"]
    second.running.stop()
