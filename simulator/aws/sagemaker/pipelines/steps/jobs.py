"""Steps that run a job: Training, Processing, Transform, Tuning, AutoML; created, followed, stopped."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from simulator.aws.sagemaker.acting import as_service
from simulator.aws.sagemaker.kinds.kind import Kind, Row
from simulator.aws.sagemaker.kinds.table import TABLE
from simulator.aws.sagemaker.pipelines.execution import Execution
from simulator.aws.sagemaker.pipelines.experiments import config_of
from simulator.aws.sagemaker.pipelines.steps.step import Attempt, Done, StepFailed, StepStopped, invoke
from simulator.aws.sagemaker.resources import place, shown
from simulator.aws.sagemaker.running import at_rest
from simulator.kernel.errors import CallerError, NotSimulated


@dataclass(frozen=True)
class JobStep:
    """A kind of job as a step: its kind's name, its name in Metadata; whether Describe adds to the row."""

    kind: str
    metadata: str
    described: bool = False
    longest_name: int = 63
    in_experiments: bool = False


TRAINING = JobStep("TrainingJob", "TrainingJob", in_experiments=True)
PROCESSING = JobStep("ProcessingJob", "ProcessingJob", in_experiments=True)
TRANSFORM = JobStep("TransformJob", "TransformJob", in_experiments=True)
TUNING = JobStep("HyperParameterTuningJob", "TuningJob", described=True, longest_name=32)
AUTOML = JobStep("AutoMLJob", "AutoMLJob", described=True, longest_name=32)
_BY_METADATA = {job.metadata: job for job in (TRAINING, PROCESSING, TRANSFORM, TUNING, AUTOML)}


def kind_of(job: JobStep) -> Kind:
    """The kind in the table of kinds; raises StepFailed where there is none."""
    for kind in TABLE:
        if kind.name == job.kind:
            return kind
    raise StepFailed(f"InternalServerError: {NotSimulated(f'a step that runs a {job.kind}')}")


async def run_job(attempt: Attempt, job: JobStep, extra: Mapping[str, Any] | None = None) -> Done:
    """Create the job, unless an earlier process has done so, and wait for its end."""
    kind, execution = kind_of(job), attempt.execution
    account, region, _ = place(execution.key)
    name = attempt.chosen_name(kind.name_member, job.longest_name)
    key = f"{account}/{region}/{name}"
    if execution.kernel.store.get(kind.row, key) is None:
        request = {**attempt.arguments, **(extra or {}), kind.name_member: name}
        if job.in_experiments:
            trial = config_of(execution, attempt.step.name, request.pop("ExperimentConfig", None))
            request |= {"ExperimentConfig": trial} if trial else {}
        await invoke(attempt.actor, f"Create{job.kind}", request)
    metadata = {job.metadata: {"Arn": f"arn:aws:sagemaker:{region}:{account}:{kind.arn}/{name}"}}
    attempt.executing(metadata)
    if execution.stopping and attempt.row["StepStatus"] == "Executing":
        execution.change_step(attempt.step.name, {"StepStatus": "Stopping"})
        await halt_job(execution, attempt.row)
    return Done(await _ended(attempt, job, kind, key), metadata)


async def _ended(attempt: Attempt, job: JobStep, kind: Kind, key: str) -> Mapping[str, Any]:
    """The properties of the job once it has completed; raises StepFailed or StepStopped."""
    kernel = attempt.execution.kernel
    row = await at_rest(kernel, kind, key)
    status = row[kind.status_member]
    if status == "Completed":
        return await _properties(attempt, job, kind, row)
    if status == "Stopped" and row.get("SecondaryStatus") != "MaxRuntimeExceeded":
        raise StepStopped
    reason = str(row.get("FailureReason") or f"{kind.name} {row[kind.name_member]} ended as {status}")
    raise StepFailed(*_failure(reason, retried=not job.described))


async def _properties(attempt: Attempt, job: JobStep, kind: Kind, row: Row) -> Mapping[str, Any]:
    if not job.described:
        return shown(row)
    service = as_service(attempt.execution.cloud, *place(attempt.execution.key)[:2])
    name = {kind.name_member: row[kind.name_member]}
    return await service.call("sagemaker", f"Describe{job.kind}", name)


def _failure(reason: str, *, retried: bool) -> tuple[str, str]:
    """How a step words the failure of its job, and what kind it is for retry policies."""
    if reason.startswith("InternalServerError"):
        return reason, "SageMaker.JOB_INTERNAL_ERROR" if retried else ""
    if reason.startswith("CapacityError"):
        return reason, "SageMaker.CAPACITY_ERROR"
    return f"ClientError: {reason}", ""


async def halt_job(execution: Execution, row: Row) -> None:
    """Ask the job of a running step to stop: SIGTERM and a grace, as Stop<Job> does."""
    for member, entry in row["Metadata"].items():
        if member not in _BY_METADATA:
            continue
        kind = kind_of(_BY_METADATA[member])
        params = {kind.name_member: entry["Arn"].rsplit("/", 1)[-1]}
        try:
            await execution.actor.call("sagemaker", f"Stop{kind.name}", params)
        except CallerError as error:
            if "in status" not in error.message:  # the job may have ended by itself meanwhile
                raise


async def run_training(attempt: Attempt) -> Done:
    """Training, and with it NotebookJob and functions decorated with @step, which compile to it."""
    return await run_job(attempt, TRAINING)


async def run_processing(attempt: Attempt) -> Done:
    """Processing."""
    return await run_job(attempt, PROCESSING)


async def run_transform(attempt: Attempt) -> Done:
    """Transform."""
    return await run_job(attempt, TRANSFORM)


async def run_automl(attempt: Attempt) -> Done:
    """AutoML: properties are the job's own and where the reports on its best candidate are.

    Source: SageMaker Python SDK, AutoMLStep.properties (BestCandidateProperties).
    """
    done = await run_job(attempt, AUTOML)
    found = done.properties.get("BestCandidate", {}).get("CandidateProperties", {})
    places = found.get("CandidateArtifactLocations")
    if places is None:
        return done
    reports = {
        "ModelInsightsJsonReportPath": f"{places['ModelInsights']}/statistics.json",
        "ExplainabilityJsonReportPath": f"{places['Explainability']}/analysis.json",
    }
    return Done({**done.properties, "BestCandidateProperties": reports}, done.metadata)


async def run_tuning(attempt: Attempt) -> Done:
    """Tuning: properties are the job's own and `TrainingJobSummaries`, the best first.

    Source: SageMaker Python SDK, TuningStep.properties and get_top_model_s3_uri.
    """
    done = await run_job(attempt, TUNING)
    service = as_service(attempt.execution.cloud, *place(attempt.execution.key)[:2])
    objective = done.properties["HyperParameterTuningJobConfig"].get("HyperParameterTuningJobObjective", {})
    order = "Ascending" if objective.get("Type") == "Minimize" else "Descending"
    params = {
        "HyperParameterTuningJobName": done.properties["HyperParameterTuningJobName"],
        "SortBy": "FinalObjectiveMetricValue",
        "SortOrder": order,
        "StatusEquals": "Completed",
        "MaxResults": 50,
    }
    best = await service.call("sagemaker", "ListTrainingJobsForHyperParameterTuningJob", params)
    summaries = best.get("TrainingJobSummaries", [])
    return Done({**done.properties, "TrainingJobSummaries": summaries}, done.metadata)
