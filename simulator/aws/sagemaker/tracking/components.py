"""The trial component of a job: made when the job is, in the trial that its ExperimentConfig names.

With a RunName the job is one of the sources of that run's component too, as the SDK's `load_run` looks for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from simulator.aws.sagemaker import resources
from simulator.aws.sagemaker.experiments import members
from simulator.aws.sagemaker.kinds.experiments import EXPERIMENT, TRIAL, TRIAL_COMPONENT
from simulator.aws.sagemaker.kinds.kind import Kind
from simulator.aws.sagemaker.tracking import writing
from simulator.aws.sagemaker.tracking.jobs import TELLING, Told, message
from simulator.kernel.world import Kernel

_STATUS = {"InProgress": "InProgress", "Completed": "Completed", "Failed": "Failed", "Stopping": "Stopping",
           "Stopped": "Stopped"}  # fmt: skip


_SEARCHES = {"TuningJobArn": "aws-tuning-job", "AutoMLJobArn": "aws-auto-ml-job"}
_SOURCES = {"TuningJobArn": "SageMakerHyperParameterTuningJob", "AutoMLJobArn": "SageMakerAutoMLJob"}


def tell(kernel: Kernel, kind: Kind, key: str) -> None:
    """Write what the job's row says now into its component and into lineage."""
    row = kernel.store.get(kind.row, key)
    if row is None:
        return  # deleted since: what was told of it stays
    account, region, name = resources.place(key)
    scope, told = f"{account}/{region}", TELLING[kind.name](row)
    config = row.get("ExperimentConfig") or _experiment_of_search(kernel, scope, row)
    component = f"{name}-aws-{kind.arn}"
    source = {"SourceArn": row[kind.arn_member], "SourceType": f"SageMaker{kind.name}"}
    written = writing.keep(
        kernel,
        TRIAL_COMPONENT,
        f"{scope}/{component}".lower(),
        {
            "TrialComponentName": component,
            "DisplayName": config.get("TrialComponentDisplayName", component),
            "Source": source,
            **_members(row, kind, told),
        },
    )
    members.tell_of(kernel, scope, row[kind.arn_member], component)
    _enter_trial(kernel, scope, name, component, config)
    if run := config.get("RunName"):
        _enter_run(kernel, scope, str(config.get("ExperimentName", "")), str(run), source)
    for used in told.artifacts:
        arn = writing.artifact(kernel, scope, used.uri, used.type)
        component_arn = written["TrialComponentArn"]
        if used.produced:
            writing.associate(kernel, component_arn, arn, "Produced")
        else:
            writing.associate(kernel, arn, component_arn, "ContributedTo")


def _members(row: Mapping[str, Any], kind: Kind, told: Told) -> dict[str, Any]:
    status = str(row[kind.status_member])
    found: dict[str, Any] = {
        "Status": {"PrimaryStatus": _STATUS[status], "Message": message(row, status)},
        "Parameters": dict(told.parameters),
        "InputArtifacts": dict(told.inputs),
        "OutputArtifacts": dict(told.outputs),
        "Metrics": list(told.metrics),
    }
    found |= {"StartTime": told.started} if told.started else {}
    return found | ({"EndTime": told.ended} if told.ended else {})


def _experiment_of_search(kernel: Kernel, scope: str, row: Mapping[str, Any]) -> Mapping[str, Any]:
    """The experiment that a search makes of its jobs, each in a trial of its own.

    Source: API reference, CreateHyperParameterTuningJob ("automatically creates experiments, trials, and trial
    components for each training job"); the names are those by which AWS's Autopilot examples and Studio find them.
    """
    for member, ending in _SEARCHES.items():
        if arn := row.get(member):
            name = f"{arn.rsplit('/', 1)[-1]}-{ending}"
            source = {"SourceArn": arn, "SourceType": _SOURCES[member]}
            told = {"ExperimentName": name, "DisplayName": name, "Source": source}
            writing.keep(kernel, EXPERIMENT, f"{scope}/{name}".lower(), told)
            return {"ExperimentName": name}
    return {}


def _enter_trial(kernel: Kernel, scope: str, job: str, component: str, config: Mapping[str, Any]) -> None:
    """Into the trial that the job names; where it names only an experiment, into a new trial of it."""
    trial = config.get("TrialName")
    held = kernel.store.get(EXPERIMENT.row, f"{scope}/{config.get('ExperimentName', '')}".lower())
    if trial is None and held:
        trial = f"{job}-aws-trial"
        told = {"ExperimentName": held["ExperimentName"], "DisplayName": trial, "TrialName": trial}
        writing.keep(kernel, TRIAL, f"{scope}/{trial}".lower(), told)
    if trial and kernel.store.get(TRIAL.row, f"{scope}/{trial}".lower()):
        members.join(kernel, scope, str(trial), component)


def _enter_run(kernel: Kernel, scope: str, experiment: str, run: str, source: Mapping[str, str]) -> None:
    """The job is a source of the run's component, `<experiment>-<run>` as the SDK names it, if that exists."""
    key = f"{scope}/{f'{experiment}-{run}'.lower()}"
    row = kernel.store.get(TRIAL_COMPONENT.row, key)
    if row is None:
        return
    sources = [each for each in row.get("Sources", []) if each["SourceArn"] != source["SourceArn"]]
    writing.keep(kernel, TRIAL_COMPONENT, key, {"Sources": [*sources, dict(source)]})
    members.tell_of(kernel, scope, source["SourceArn"], resources.place(key)[2])
