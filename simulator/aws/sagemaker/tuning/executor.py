"""Runs tuning jobs: starts training jobs, watches them, learns, until the search is over; picks up after a restart."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from simulator.aws.behaviour import Cloud
from simulator.aws.sagemaker.kinds.jobs import TRAINING_JOB
from simulator.aws.sagemaker.kinds.tuning import HYPER_PARAMETER_TUNING_JOB
from simulator.aws.sagemaker.quotas.check import hold
from simulator.aws.sagemaker.quotas.table import PARALLEL_TRAINING_JOBS, TRAINING_JOBS, TUNING_JOBS
from simulator.aws.sagemaker.resources import change
from simulator.aws.sagemaker.running import running, spawn
from simulator.aws.sagemaker.tuning import bayesian_search, grid_search, random_search
from simulator.aws.sagemaker.tuning.bayesian_search import Observation
from simulator.aws.sagemaker.tuning.early_stopping import worse_than_median
from simulator.aws.sagemaker.tuning.progress import Ending, ending, room
from simulator.aws.sagemaker.tuning.search import Search
from simulator.aws.sagemaker.tuning.training_request import request
from simulator.aws.sagemaker.tuning.trials import Trial
from simulator.aws.sagemaker.tuning.tuning_job import TuningJob
from simulator.aws.sagemaker.watched import watch
from simulator.kernel.errors import CallerError, NotSimulated
from simulator.kernel.facts import cause
from simulator.kernel.world import Kernel

_STATUS = "HyperParameterTuningJobStatus"
_TASK = "tuning job"


def launch(job: TuningJob) -> None:
    """Let the tuning job run in a task of its own, caused by the fact of its creation."""
    with cause(job.row.get("_fact")):
        spawn(job.kernel, f"{_TASK} {job.key}", run(job))


def admit(kernel: Kernel, scope: str, wanted: Search) -> None:
    """Raises ResourceLimitExceeded where a search is too large, or one too many for the account; `scope` is
    account/region."""
    hold(kernel, scope, TRAINING_JOBS, 0, wanted.jobs)
    hold(kernel, scope, PARALLEL_TRAINING_JOBS, 0, wanted.parallel)
    hold(kernel, scope, TUNING_JOBS, running(kernel, f"{_TASK} {scope}/"))


def resume(cloud: Cloud) -> None:
    """Pick up the tuning jobs that are in progress."""
    for key, row in cloud.kernel.store.scan(HYPER_PARAMETER_TUNING_JOB.row):
        if row[_STATUS] in HYPER_PARAMETER_TUNING_JOB.in_progress:
            launch(TuningJob(cloud, key))


async def run(job: TuningJob) -> None:
    """From where the rows say that the search stands to its end."""
    try:
        end = await _drive(job)
    except (CallerError, NotSimulated) as refused:
        text = refused.message if isinstance(refused, CallerError) else str(refused)
        end = Ending("Failed", f"ClientError: {text}")
    except Exception:
        _end(
            job, Ending("Failed", "InternalServerError: We encountered an internal error. Please try again.")
        )
        raise
    await _rest(job)
    _end(job, end)


def _end(job: TuningJob, end: Ending) -> None:
    now, row = job.kernel.clock.now(), job.row
    stopped = row[_STATUS] == "Stopping" and end.status == "Completed"
    members: dict[str, Any] = {
        _STATUS: "Stopped" if stopped else end.status,
        "HyperParameterTuningEndTime": now,
        "ConsumedResources": {"RuntimeInSeconds": round(_seconds(job))},
    }
    if end.reason:
        members["FailureReason"] = end.reason[:1024]
    if end.converged:
        details = row.get("TuningJobCompletionDetails", {})
        members["TuningJobCompletionDetails"] = {**details, "ConvergenceDetectedTime": now}
    job.change(members)


def _seconds(job: TuningJob) -> float:
    """How long the search has run, in real time: what it does is work."""
    return float(job.kernel.clock.wall() - job.row["_began"])


async def _drive(job: TuningJob) -> Ending:
    """Start and watch until nothing more shall start; what then still runs `_rest` stops."""
    search, trials = job.search, job.trials()
    while True:
        seen, stopping = job.kernel.log.last(), job.row[_STATUS] == "Stopping"
        trials = [job.again(each) for each in trials]
        job.note(trials)
        end = Ending("Completed") if stopping else ending(search, trials, _seconds(job))
        if end is not None:
            return end
        for each in trials:
            if not each.ended:
                await _start(job, each)  # what a killed process has only planned, or only asked for
        for _ in range(room(search, trials)):
            trials.append(job.plan(len(trials), await _propose(job, trials)))
            await _start(job, trials[-1])
        await _stop_early(job, trials)
        job.note([job.again(each) for each in trials])
        left = None if search.seconds is None else max(0.0, search.seconds - _seconds(job))
        await job.kernel.log.wait(seen, left)


async def _propose(job: TuningJob, trials: list[Trial]) -> dict[str, str]:
    search, index, row = job.search, len(trials), job.row
    definition, seed = search.definition(index), str(row["_seed"])
    own = [each for each in trials if each.definition == definition.name]
    if search.strategy == "Grid":
        return grid_search.propose(definition.ranges, index)
    if search.strategy != "Bayesian":
        return random_search.propose(definition.ranges, [each.tuned for each in own], seed, index)
    told = [Observation(each["tuned"], each["loss"]) for each in row.get("_observed", ())]
    for each in own:
        if each.objective_status != "Failed":
            value = None if each.value is None or not each.ended else definition.objective.loss(each.value)
            told.append(Observation(each.tuned, value))
    return await asyncio.to_thread(bayesian_search.propose, definition.ranges, told, seed, index)


async def _start(job: TuningJob, each: Trial) -> None:
    """Ask for the trial's training job and note in its row whose it is; what is done already is not done again."""
    definition, search, training = job.definition(each), job.search, job.training(each.name)
    if training is not None and "TuningJobArn" in training:
        return
    if training is None:
        wanted = request(definition, each.name, each.tuned, job.row.get("_tags", ()))
        await job.actor.call("sagemaker", "CreateTrainingJob", wanted)
    notes: dict[str, Any] = {"TuningJobArn": job.row["HyperParameterTuningJobArn"]}
    if search.stops_early or search.hyperband:
        notes |= watch(definition.objective.metric)
    change(job.kernel, TRAINING_JOB, job.training_key(each.name), notes, quiet=True)


async def _stop_early(job: TuningJob, trials: list[Trial]) -> None:
    """Stop the running trials that the median rule or Hyperband gives up."""
    search = job.search
    if not (search.stops_early or search.hyperband):
        return
    known: Mapping[int, tuple[float, ...]] = {each.index: each.series for each in trials if each.series}
    for each in trials:
        if each.ended or not each.series:
            continue
        objective = job.definition(each).objective
        same = [one for one in trials if one.definition == each.definition]
        if search.hyperband:
            hopeless = search.hyperband.ends(each.index, each.series, known, objective)
        else:
            done = [one.series for one in same if one.status == "Completed"]
            hopeless = worse_than_median(each.series, done, objective)
        if hopeless:
            await _stop(job, each)


async def _stop(job: TuningJob, each: Trial) -> None:
    """Ask a trial's training job to end, if it still runs."""
    row = job.training(each.name)
    if row is None or row["TrainingJobStatus"] != "InProgress":
        return
    try:
        await job.actor.call("sagemaker", "StopTrainingJob", {"TrainingJobName": each.name})
    except CallerError:
        if (job.training(each.name) or row)["TrainingJobStatus"] == "InProgress":
            raise  # otherwise it has ended by itself meanwhile


async def _rest(job: TuningJob) -> None:
    """Stop what still runs and wait until all is at rest."""
    trials = job.trials()
    while True:
        seen = job.kernel.log.last()
        trials = [job.again(each) for each in trials if each.ended or job.training(each.name) is not None]
        job.note(trials)
        running = [each for each in trials if not each.ended]
        if not running:
            return
        for each in running:
            await _stop(job, each)
        await job.kernel.log.wait(seen)
