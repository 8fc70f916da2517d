"""The operations of hyperparameter tuning jobs: create, describe, list, stop, delete, and the list of their trials."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from simulator.aws.behaviour import Answer, Call, behaviour
from simulator.aws.sagemaker import resources
from simulator.aws.sagemaker.images import definitions
from simulator.aws.sagemaker.jobs import accept, assume
from simulator.aws.sagemaker.kinds.tuning import HYPER_PARAMETER_TUNING_JOB
from simulator.aws.sagemaker.order import descends
from simulator.aws.sagemaker.training.checks import check
from simulator.aws.sagemaker.tuning import executor
from simulator.aws.sagemaker.tuning.search import METRIC_HYPERPARAMETER, Definition, Search, search
from simulator.aws.sagemaker.tuning.training_request import check_resources, request
from simulator.aws.sagemaker.tuning.training_request import resources as used
from simulator.aws.sagemaker.tuning.trials import Trial, counters
from simulator.aws.sagemaker.tuning.tuning_job import TuningJob
from simulator.aws.sagemaker.tuning.warm_start import inherit
from simulator.kernel.errors import CallerError

MOST_METRICS = 40
"""So many metric definitions a request or an answer may have (botocore: MetricDefinitionList)."""


@behaviour("sagemaker", "CreateHyperParameterTuningJob")
async def create_hyper_parameter_tuning_job(call: Call) -> Answer:
    """Accept the search and let it run; AWS answers before the first training job starts."""
    params, key = dict(call.params), call.key(call.params["HyperParameterTuningJobName"])
    wanted = search(params)
    executor.admit(call.kernel, f"{call.account}/{call.region}", wanted)
    for definition in wanted.definitions:
        check_resources(definition.given)
        check(request(definition, "check", {}))
        assume(call.cloud, definition.given["RoleArn"])
    notes = inherit(call, params, wanted)
    tags = params.pop("Tags", [])
    config = params["HyperParameterTuningJobConfig"]
    seed = config.get("RandomSeed", call.kernel.ids.hex(16))
    members = {
        **_with_metric(params, wanted),
        **notes,
        **counters(()),
        "Strategy": config["Strategy"],
        "ResourceLimits": config["ResourceLimits"],
        "_seed": str(seed),
        "_tags": tags,
        "_began": call.kernel.clock.wall(),
    }
    row = resources.insert(call.kernel, HYPER_PARAMETER_TUNING_JOB, key, members, tags)
    accept(call.kernel, "CreateHyperParameterTuningJob", params, ("Autotune",))
    executor.launch(TuningJob(call.cloud, key))
    return {"HyperParameterTuningJobArn": row["HyperParameterTuningJobArn"]}


def _with_metric(params: dict[str, Any], wanted: Search) -> dict[str, Any]:
    """The request as AWS describes it: the objective among the static hyperparameters, always ResourceConfig."""

    def filled(given: Mapping[str, Any], metric: str) -> dict[str, Any]:
        static = {**given.get("StaticHyperParameters", {}), METRIC_HYPERPARAMETER: metric}
        return {**given, "StaticHyperParameters": static, "ResourceConfig": used(given)}

    made = [filled(each.given, each.objective.metric) for each in wanted.definitions]
    if wanted.several:
        return {**params, "TrainingJobDefinitions": made}
    return {**params, "TrainingJobDefinition": made[0]}


@behaviour("sagemaker", "ListTrainingJobsForHyperParameterTuningJob")
async def list_training_jobs_for_hyper_parameter_tuning_job(call: Call) -> Answer:
    """One page of the search's training jobs; sorted by the objective only those that have one are listed."""
    params, key = call.params, resources.key_of(call, call.params["HyperParameterTuningJobName"])
    resources.fetch(call.kernel, HYPER_PARAMETER_TUNING_JOB, key)
    job = TuningJob(call.cloud, key)
    trials = [each for each in job.trials() if job.training(each.name) is not None or each.ended]
    if wanted := params.get("StatusEquals"):
        trials = [each for each in trials if each.status == wanted]
    sort = params.get("SortBy", "Name")
    if sort == "FinalObjectiveMetricValue":
        trials = [each for each in trials if each.objective_status == "Succeeded"]
    trials.sort(key=lambda each: _sorted_by(sort, each), reverse=descends(params, falling=False))
    start, size = resources.offset(params.get("NextToken")), int(params.get("MaxResults", 10))
    answer: Answer = {"TrainingJobSummaries": [job.shown(each) for each in trials[start : start + size]]}
    if start + size < len(trials):
        answer["NextToken"] = resources.token(start + size)
    return answer


def _sorted_by(sort: str, each: Trial) -> tuple[Any, int]:
    keys: dict[str, Any] = {
        "Name": each.name,
        "Status": each.status,
        "CreationTime": each.summary.get("CreationTime", 0.0),
        "FinalObjectiveMetricValue": each.value,
    }
    return keys[sort], each.index


@behaviour("sagemaker", "StopHyperParameterTuningJob")
async def stop_hyper_parameter_tuning_job(call: Call) -> Answer:
    """Start no more training jobs and stop those that run; the executor does both."""
    job = TuningJob(call.cloud, call.key(call.params["HyperParameterTuningJobName"]))
    status = job.row["HyperParameterTuningJobStatus"]
    if status == "InProgress":
        job.change({"HyperParameterTuningJobStatus": "Stopping"})
    elif status != "Stopping":
        text = f"The request was rejected because the hyper parameter tuning job is in status {status}."
        raise CallerError("ValidationException", text)
    return {}


@behaviour("sagemaker", "DeleteHyperParameterTuningJob")
async def delete_hyper_parameter_tuning_job(call: Call) -> Answer:
    """Delete the entry of a search that has ended; its training jobs stay."""
    job = TuningJob(call.cloud, call.key(call.params["HyperParameterTuningJobName"]))
    status = job.row["HyperParameterTuningJobStatus"]
    if status in HYPER_PARAMETER_TUNING_JOB.in_progress:
        text = f"The hyper parameter tuning job cannot be deleted while it is in status {status}."
        raise CallerError("ValidationException", text)
    with call.kernel.store.transaction():
        job.forget()
        resources.remove(call.kernel, HYPER_PARAMETER_TUNING_JOB, job.key)
    return {}


@behaviour("sagemaker", "DescribeHyperParameterTuningJob")
async def describe_hyper_parameter_tuning_job(call: Call) -> Answer:
    """One search, held while it runs; what Autotune was given is not among its ranges, as the SDK's tests expect."""
    key = resources.key_of(call, call.params["HyperParameterTuningJobName"])
    row = resources.visible(call, await resources.settled(call, HYPER_PARAMETER_TUNING_JOB, key))
    config = _without_hints(row["HyperParameterTuningJobConfig"], "ParameterRanges")
    found = {**row, "HyperParameterTuningJobConfig": config}
    job = TuningJob(call.cloud, key)
    shown = [_described(each) for each in job.search.definitions]
    if job.search.several:
        return {**found, "TrainingJobDefinitions": shown}
    return {**found, "TrainingJobDefinition": shown[0]}


def _described(definition: Definition) -> dict[str, Any]:
    """A definition as AWS shows it: with the metrics of its algorithm, those of them that the answer can hold."""
    found = _without_hints(definition.given, "HyperParameterRanges")
    algorithm = dict(definition.given["AlgorithmSpecification"])
    known = definitions(algorithm.get("TrainingImage", ""), algorithm.get("MetricDefinitions", ()))
    first = sorted(known, key=lambda each: each["Name"] != definition.objective.metric)
    if first:
        algorithm["MetricDefinitions"] = [dict(each) for each in first[:MOST_METRICS]]
    return {**found, "AlgorithmSpecification": algorithm}


def _without_hints(given: Mapping[str, Any], member: str) -> dict[str, Any]:
    ranges = given.get(member)
    if ranges is None:
        return dict(given)
    return {**given, member: {name: each for name, each in ranges.items() if name != "AutoParameters"}}


resources.lists(HYPER_PARAMETER_TUNING_JOB)
