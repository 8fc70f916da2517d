"""Runs AutoML jobs: analysis, candidates, report on the best; picks up after a restart where the rows say."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from simulator.aws.behaviour import Cloud
from simulator.aws.sagemaker import storage
from simulator.aws.sagemaker.automl import job_requests
from simulator.aws.sagemaker.automl.automl_job import AutoMLJob
from simulator.aws.sagemaker.automl.candidates import candidate
from simulator.aws.sagemaker.automl.request import METRICS
from simulator.aws.sagemaker.kinds.jobs import PROCESSING_JOB, TRAINING_JOB
from simulator.aws.sagemaker.kinds.kind import Kind, Row
from simulator.aws.sagemaker.kinds.tuning import AUTO_ML_JOB
from simulator.aws.sagemaker.resources import change
from simulator.aws.sagemaker.running import spawn
from simulator.kernel.errors import CallerError, NotSimulated
from simulator.kernel.facts import cause

PARALLEL = 2
"""So many candidates train at a time; AWS takes more."""


class Over(Exception):
    """The job is over before its end: status, secondary status, reason."""

    def __init__(self, status: str, secondary: str, reason: str = "") -> None:
        super().__init__(reason)
        self.status, self.secondary, self.reason = status, secondary, reason


def launch(job: AutoMLJob) -> None:
    """Let the job run in a task of its own, caused by the fact of its creation."""
    with cause(job.row.get("_fact")):
        spawn(job.kernel, f"automl job {job.key}", run(job))


def resume(cloud: Cloud) -> None:
    """Pick up the jobs that are in progress."""
    for key, row in cloud.kernel.store.scan(AUTO_ML_JOB.row):
        if row["AutoMLJobStatus"] in AUTO_ML_JOB.in_progress and not row.get("_unsearched"):
            launch(AutoMLJob(cloud, key))


async def run(job: AutoMLJob) -> None:
    """From where the rows say that the job stands to its end."""
    try:
        await _analyze(job)
        await _train(job)
        await _report(job)
        end = Over("Completed", "Completed")
    except Over as over:
        end = over
    except (CallerError, NotSimulated) as refused:
        text = refused.message if isinstance(refused, CallerError) else str(refused)
        end = Over("Failed", "Failed", f"ClientError: {text}")
    except Exception:
        text = "InternalServerError: We encountered an internal error. Please try again."
        _end(job, Over("Failed", "Failed", text))
        await _stop_all(job)  # what has ended for clients runs no more
        raise
    await _stop_all(job)
    _end(job, end)


def _end(job: AutoMLJob, over: Over) -> None:
    members: dict[str, Any] = {
        "AutoMLJobStatus": over.status,
        "AutoMLJobSecondaryStatus": over.secondary,
        "EndTime": job.kernel.clock.now(),
    }
    if over.reason:
        members["FailureReason"] = over.reason[:1024]
    if "_problem" in job.row and (best := job.best()):
        members["BestCandidate"] = best
    job.change(members)


def _enter(job: AutoMLJob, secondary: str) -> None:
    row = job.row
    if row["AutoMLJobStatus"] == "InProgress" and row["AutoMLJobSecondaryStatus"] != secondary:
        job.change({"AutoMLJobSecondaryStatus": secondary})


async def _analyze(job: AutoMLJob) -> None:
    """What the table is, by a processing job; sets the type of problem and the objective."""
    if "_problem" in job.row:
        return
    _enter(job, "AnalyzingData")
    name = job.named("_analysis", "pr")
    wanted = job_requests.analysis(job.request, job.name, name, job.region)
    row = await _finished(job, PROCESSING_JOB, name, wanted)
    if row["ProcessingJobStatus"] != "Completed":
        reason = row.get("ExitMessage") or row.get("FailureReason", "The analysis of the data was stopped.")
        raise Over("Failed", "Failed", f"ClientError: {reason}")
    place = job_requests.place(job.request, job.name, "preprocessed-data", "analysis", "description.json")
    problem = str(json.loads(await storage.get(job.role, place))["problem_type"])
    job.change({"_problem": problem, "_analysis_arn": row["ProcessingJobArn"]}, quiet=True)


async def _train(job: AutoMLJob) -> None:
    """The candidates, a few at a time; fails where none has an objective."""
    if job.row.get("_trained"):
        return
    _enter(job, "ModelTuning" if "mlp" in job.request.algorithms else "TrainingModels")

    def step() -> bool:
        ended = [_status(job, name) in ("Completed", "Failed", "Stopped") for name in job.candidates()]
        return len(ended) >= job.request.candidates and all(ended)

    while not step():
        names = job.candidates()
        for index, name in enumerate(names):
            if job.started(TRAINING_JOB, name) is None:
                await _start_candidate(job, index, name)  # a killed process has planned it
        running = sum(_status(job, name) in ("InProgress", "Stopping") for name in names)
        for index in range(len(names), min(job.request.candidates, len(names) + PARALLEL - running)):
            await _start_candidate(job, index, job.plan(index))
        await _until_news(job, _watching(job))
    best = job.best()
    if best is None:
        failures = [
            str((job.started(TRAINING_JOB, n) or {}).get("FailureReason", "")) for n in job.candidates()
        ]
        reason = next(filter(None, failures), "No candidate has an objective metric.")
        raise Over("Failed", "Failed", f"All candidates failed: {reason}")
    job.change({"_trained": True, "_best": best["CandidateName"], "BestCandidate": best}, quiet=True)


def _watching(job: AutoMLJob) -> Callable[[], object]:
    """What changes when there is news of the candidates."""
    return lambda: [_status(job, name) for name in job.candidates()]


async def _start_candidate(job: AutoMLJob, index: int, name: str) -> None:
    chosen = candidate(job.request.algorithms, index)
    wanted = job_requests.training(job.request, job.name, name, job.region, job.row["_problem"], chosen)
    await _create(job, TRAINING_JOB, name, wanted)


async def _create(job: AutoMLJob, kind: Kind, name: str, wanted: Mapping[str, Any]) -> None:
    """Ask for a job of the search and note in its row whose it is; what is done already is not done again."""
    if job.started(kind, name) is None:
        await job.service.call("sagemaker", f"Create{kind.name}", wanted)
    if "AutoMLJobArn" not in (job.started(kind, name) or {}):
        account, region, _ = job.place
        note = {"AutoMLJobArn": job.row["AutoMLJobArn"]}
        change(job.kernel, kind, f"{account}/{region}/{name}", note, quiet=True)


def _status(job: AutoMLJob, name: str) -> str:
    return str((job.started(TRAINING_JOB, name) or {}).get("TrainingJobStatus", "InProgress"))


async def _report(job: AutoMLJob) -> None:
    """The reports on the best candidate; a job whose report fails has its candidate all the same, as on AWS."""
    if job.row.get("_reported"):
        return
    _enter(job, "GeneratingModelInsightsReport")
    best = job.row["_best"]
    model = (job.started(TRAINING_JOB, best) or {})["ModelArtifacts"]["S3ModelArtifacts"]
    name = job.named("_report", "report")
    wanted = job_requests.report(job.request, job.name, name, job.region, best, model)
    row = await _finished(job, PROCESSING_JOB, name, wanted)
    if row["ProcessingJobStatus"] == "Completed":
        job.change({"_reported": best, "_report_arn": row["ProcessingJobArn"]}, quiet=True)
        return
    reason = str(row.get("ExitMessage") or row.get("FailureReason", "stopped"))
    job.change({"PartialFailureReasons": [{"PartialFailureMessage": reason[:1024]}]}, quiet=True)
    raise Over("Completed", "ModelInsightsError")


async def _finished(job: AutoMLJob, kind: Kind, name: str, wanted: Mapping[str, Any]) -> Row:
    """The row of a started job once it is at rest; started here unless an earlier process has done so."""
    await _create(job, kind, name, wanted)

    def status() -> object:
        return (job.started(kind, name) or {}).get(kind.status_member)

    while status() in kind.in_progress:
        await _until_news(job, status)
    return job.started(kind, name) or {kind.status_member: "Failed", "FailureReason": "deleted"}


async def _until_news(job: AutoMLJob, watched: Callable[[], object]) -> None:
    """Wait until what is watched has changed; raises Over when the job is stopped or has had its time."""
    before = watched()
    while watched() == before:
        seen, row = job.kernel.log.last(), job.row
        if row["AutoMLJobStatus"] == "Stopping":
            raise Over("Stopped", "Stopped")
        left = None
        if (limit := job.request.seconds) is not None:
            left = row["_began"] + limit - job.kernel.clock.wall()
            if left <= 0:
                status = "Completed" if "_problem" in row and job.best() else "Stopped"
                raise Over(status, "MaxAutoMLJobRuntimeReached")
        await job.kernel.log.wait(seen, left)


async def _stop_all(job: AutoMLJob) -> None:
    """Stop what still runs and wait until it is at rest."""
    row = job.row
    jobs = [(PROCESSING_JOB, row[note]) for note in ("_analysis", "_report") if note in row]
    jobs += [(TRAINING_JOB, name) for name in job.candidates()]
    for kind, name in jobs:
        await _stop(job, kind, name)
    while True:
        seen = job.kernel.log.last()
        found = [(job.started(kind, name) or {}).get(kind.status_member) for kind, name in jobs]
        if not any(status in PROCESSING_JOB.in_progress for status in found):
            return
        await job.kernel.log.wait(seen)


async def _stop(job: AutoMLJob, kind: Kind, name: str) -> None:
    row = job.started(kind, name)
    if row is None or row[kind.status_member] != "InProgress":
        return
    try:
        await job.service.call("sagemaker", f"Stop{kind.name}", {kind.name_member: name})
    except CallerError:
        if (job.started(kind, name) or row)[kind.status_member] == "InProgress":
            raise  # otherwise it has ended by itself meanwhile


def resolved(job: AutoMLJob) -> dict[str, Any]:
    """What the search settled on: ResolvedAttributes as CreateAutoMLJob's Describe has them."""
    row, request = job.row, job.request
    problem = row.get("_problem") or request.problem
    criteria = {"MaxCandidates": request.candidates}
    if request.seconds_each is not None:
        criteria["MaxRuntimePerTrainingJobInSeconds"] = request.seconds_each
    if request.seconds is not None:
        criteria["MaxAutoMLJobRuntimeInSeconds"] = request.seconds
    found: dict[str, Any] = {"CompletionCriteria": criteria}
    if problem in METRICS:
        found |= {
            "ProblemType": problem,
            "AutoMLJobObjective": {"MetricName": request.objective(problem)},
        }
    return found
