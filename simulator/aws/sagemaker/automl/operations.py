"""The operations of AutoML jobs: create in both versions, describe, list, stop, and the list of candidates."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from simulator.aws.behaviour import Answer, Call, behaviour
from simulator.aws.sagemaker import resources
from simulator.aws.sagemaker.acting import as_role
from simulator.aws.sagemaker.automl import executor, header, unsearched
from simulator.aws.sagemaker.automl.automl_job import AutoMLJob
from simulator.aws.sagemaker.automl.request import Request, first, second
from simulator.aws.sagemaker.jobs import accept, assume
from simulator.aws.sagemaker.kinds.kind import Row
from simulator.aws.sagemaker.kinds.tuning import AUTO_ML_JOB
from simulator.aws.sagemaker.order import descends
from simulator.kernel.errors import CallerError

_CHANNEL = {"ContentType": "text/csv;header=present", "ChannelType": "training"}
"""What AWS describes of a channel that does not say it, as its SDK's tests have it."""

LEDGER = {
    "what": "AutoML: candidates of scikit-learn and xgboost instead of Autopilot's own; no notebooks are made",
    "differences": (
        "one inference container instead of up to three; permutation importance instead of SHAP; "
        "at most three rounds over the algorithms, five candidates where MaxCandidates is left out"
    ),
}


@behaviour("sagemaker", "CreateAutoMLJob")
async def create_auto_ml_job(call: Call) -> Answer:
    """Accept the search and let it run."""
    wanted = first(call.params)
    config = call.params.get("AutoMLJobConfig", {})
    return await _create(call, wanted, 1, {"AutoMLJobConfig": config} if config else {})


@behaviour("sagemaker", "CreateAutoMLJobV2")
async def create_auto_ml_job_v2(call: Call) -> Answer:
    """Accept the search on a table and let it run; a job on something else is kept, and nothing of it runs."""
    if unsearched.problem(call.params) != "Tabular":
        return unsearched.keep(call)
    wanted = second(call.params)
    return await _create(call, wanted, 2, {})


async def _create(call: Call, wanted: Request, version: int, members: Mapping[str, Any]) -> Answer:
    params = dict(call.params)
    assume(call.cloud, wanted.role)
    await header.check(as_role(call.cloud, wanted.role, call.region), wanted)
    tags = params.pop("Tags", ())
    name = params.pop("AutoMLJobName")
    row = resources.insert(
        call.kernel,
        AUTO_ML_JOB,
        call.key(name),
        {
            **members,
            "AutoMLJobSecondaryStatus": "Starting",
            "_version": version,
            "_request": params,
            "_began": call.kernel.clock.wall(),
        },
        tags,
    )
    operation = "CreateAutoMLJob" if version == 1 else "CreateAutoMLJobV2"
    accept(call.kernel, operation, params, ("SecurityConfig",))
    accept(call.kernel, operation, params.get("AutoMLJobConfig", {}), ("SecurityConfig",))
    call.kernel.log.record("AcceptedNotSimulated", f"{operation}: {LEDGER['what']}", dict(LEDGER))
    executor.launch(AutoMLJob(call.cloud, call.key(name)))
    return {"AutoMLJobArn": row["AutoMLJobArn"]}


def _given(row: Mapping[str, Any], *members: str) -> dict[str, Any]:
    request = row["_request"]
    found = {member: request[member] for member in members if member in request}
    for member in ("InputDataConfig", "AutoMLJobInputDataConfig"):
        if member in found:
            found[member] = [{**_CHANNEL, **each} for each in found[member]]
    return found


@behaviour("sagemaker", "DescribeAutoMLJob")
async def describe_auto_ml_job(call: Call) -> Answer:
    """One job as the first version has it; held while it runs."""
    job, row = await _settled(call)
    if row["_version"] == 2:
        text = f"AutoML job {job.name} was created by CreateAutoMLJobV2. Use DescribeAutoMLJobV2."
        raise CallerError("ValidationException", text)
    members = ("InputDataConfig", "OutputDataConfig", "RoleArn", "AutoMLJobObjective", "ProblemType")
    given = _given(row, *members, "GenerateCandidateDefinitionsOnly")
    return {**resources.visible(call, row), **given, "ResolvedAttributes": executor.resolved(job)}


@behaviour("sagemaker", "DescribeAutoMLJobV2")
async def describe_auto_ml_job_v2(call: Call) -> Answer:
    """One job as the second version has it, whichever version made it; held while it runs."""
    job, row = await _settled(call)
    if row.get("_unsearched"):
        return unsearched.described(call, row)
    found = executor.resolved(job)
    problem = found.pop("ProblemType", None)
    if problem:
        found["AutoMLProblemTypeResolvedAttributes"] = {"TabularResolvedAttributes": {"ProblemType": problem}}
    members = ("AutoMLJobInputDataConfig", "OutputDataConfig", "RoleArn", "AutoMLJobObjective",
               "AutoMLProblemTypeConfig", "DataSplitConfig", "SecurityConfig")  # fmt: skip
    return {
        **resources.visible(call, row),
        **_given(row, *members),
        **(_as_second(row["_request"], job.request) if row["_version"] == 1 else {}),
        "AutoMLProblemTypeConfigName": "Tabular",
        "ResolvedAttributes": found,
    }


def _as_second(given: Mapping[str, Any], request: Request) -> dict[str, Any]:
    """A request of the first version in the second's members."""
    members = ("ChannelType", "ContentType", "CompressionType", "DataSource")
    config = given.get("AutoMLJobConfig", {})
    table: dict[str, Any] = {"TargetAttributeName": request.target}
    table |= {name: config[name] for name in ("CompletionCriteria", "Mode") if name in config}
    if request.problem:
        table["ProblemType"] = request.problem
    return {
        "AutoMLJobInputDataConfig": [
            {name: each[name] for name in members if name in each} for each in given["InputDataConfig"]
        ],
        "AutoMLProblemTypeConfig": {"TabularJobConfig": table},
    }


async def _settled(call: Call) -> tuple[AutoMLJob, Row]:
    key = call.key(call.params["AutoMLJobName"])
    row = resources.fetch(call.kernel, AUTO_ML_JOB, key)
    if not row.get("_unsearched"):
        row = await resources.settled(call, AUTO_ML_JOB, key)
    return AutoMLJob(call.cloud, key), row


@behaviour("sagemaker", "ListCandidatesForAutoMLJob")
async def list_candidates_for_auto_ml_job(call: Call) -> Answer:
    """One page of a job's candidates, the oldest first unless asked otherwise."""
    params, job = call.params, AutoMLJob(call.cloud, call.key(call.params["AutoMLJobName"]))
    resources.fetch(call.kernel, AUTO_ML_JOB, job.key)
    found = [each for each in map(job.shown, job.candidates()) if each is not None]
    if wanted := params.get("StatusEquals"):
        found = [each for each in found if each["CandidateStatus"] == wanted]
    if wanted := params.get("CandidateNameEquals"):
        found = [each for each in found if each["CandidateName"] == wanted]
    sort = params.get("SortBy", "CreationTime")
    if sort == "FinalObjectiveMetricValue":
        found = [each for each in found if "FinalAutoMLJobObjectiveMetric" in each]
    found.sort(key=lambda each: _sorted_by(sort, each), reverse=descends(params, falling=False))
    start, size = resources.offset(params.get("NextToken")), int(params.get("MaxResults", 10))
    answer: Answer = {"Candidates": found[start : start + size]}
    if start + size < len(found):
        answer["NextToken"] = resources.token(start + size)
    return answer


def _sorted_by(sort: str, each: Mapping[str, Any]) -> Any:
    if sort == "FinalObjectiveMetricValue":
        return each["FinalAutoMLJobObjectiveMetric"]["Value"]
    return each["CandidateStatus" if sort == "Status" else "CreationTime"]


@behaviour("sagemaker", "StopAutoMLJob")
async def stop_auto_ml_job(call: Call) -> Answer:
    """Start nothing more and stop what runs; the executor does both. Where nothing runs, the job is stopped."""
    job = AutoMLJob(call.cloud, call.key(call.params["AutoMLJobName"]))
    status = job.row["AutoMLJobStatus"]
    if status == "InProgress":
        job.change({"AutoMLJobStatus": "Stopping", "AutoMLJobSecondaryStatus": "Stopping"})
        if job.row.get("_unsearched"):
            ended = {"EndTime": call.kernel.clock.now()}
            job.change({"AutoMLJobStatus": "Stopped", "AutoMLJobSecondaryStatus": "Stopped", **ended})
    elif status != "Stopping":
        text = f"The request was rejected because the automl job is in status {status}."
        raise CallerError("ValidationException", text)
    return {}


resources.lists(AUTO_ML_JOB)
