"""Experiments and trials: create, describe, update, list, delete; one that still holds something stays."""

from __future__ import annotations

from typing import Any

from simulator.aws.behaviour import Answer, Call, behaviour
from simulator.aws.sagemaker import resources
from simulator.aws.sagemaker.acting import who
from simulator.aws.sagemaker.experiments import members
from simulator.aws.sagemaker.kinds.experiments import EXPERIMENT, TRIAL
from simulator.aws.sagemaker.kinds.kind import Kind
from simulator.kernel.errors import CallerError
from simulator.kernel.indexes import Condition, Search
from simulator.kernel.world import Kernel

_ALL = 1_000_000


def scope_of(call: Call) -> str:
    """account/region of a request."""
    return f"{call.account}/{call.region}"


def trials_in(kernel: Kernel, scope: str, experiment: str) -> list[str]:
    """The names of an experiment's trials."""
    search = Search(scope, (Condition("ExperimentName", "=", experiment),), limit=_ALL)
    return [row["TrialName"] for _, row, _ in kernel.store.search(TRIAL.row, search)]


def _create(call: Call, kind: Kind) -> Answer:
    params = dict(call.params)
    tags, name = params.pop("Tags", ()), params[kind.name_member]
    stamps = {"CreatedBy": who(call), "LastModifiedBy": who(call)}
    row = resources.insert(call.kernel, kind, call.key(name), {"DisplayName": name, **params, **stamps}, tags)
    return {kind.arn_member: row[kind.arn_member]}


@behaviour("sagemaker", "CreateExperiment")
async def create_experiment(call: Call) -> Answer:
    """An empty experiment."""
    return _create(call, EXPERIMENT)


@behaviour("sagemaker", "CreateTrial")
async def create_trial(call: Call) -> Answer:
    """A trial of an experiment that exists."""
    resources.fetch(call.kernel, EXPERIMENT, call.key(call.params["ExperimentName"]))
    return _create(call, TRIAL)


def _enter(kind: Kind) -> None:
    async def update(call: Call) -> Answer:
        params: dict[str, Any] = dict(call.params)
        key = call.key(params.pop(kind.name_member))
        row = resources.change(call.kernel, kind, key, {**params, "LastModifiedBy": who(call)})
        return {kind.arn_member: row[kind.arn_member]}

    behaviour("sagemaker", f"Update{kind.name}")(update)
    resources.describes(kind)


@behaviour("sagemaker", "DeleteExperiment")
async def delete_experiment(call: Call) -> Answer:
    """Delete an experiment whose trials are gone."""
    name = call.params["ExperimentName"]
    row = resources.fetch(call.kernel, EXPERIMENT, call.key(name))
    if trials_in(call.kernel, scope_of(call), name):
        text = f"Experiment '{name}' cannot be deleted. All trials in the experiment must be deleted first."
        raise CallerError("ValidationException", text)
    resources.remove(call.kernel, EXPERIMENT, call.key(name))
    return {"ExperimentArn": row["ExperimentArn"]}


@behaviour("sagemaker", "DeleteTrial")
async def delete_trial(call: Call) -> Answer:
    """Delete a trial whose components are disassociated."""
    name = call.params["TrialName"]
    row = resources.fetch(call.kernel, TRIAL, call.key(name))
    if members.components_of(call.kernel, scope_of(call), name):
        text = f"Trial '{name}' cannot be deleted. All trial components must be disassociated from the trial first."
        raise CallerError("ValidationException", text)
    resources.remove(call.kernel, TRIAL, call.key(name))
    return {"TrialArn": row["TrialArn"]}


@behaviour("sagemaker", "ListTrials")
async def list_trials(call: Call) -> Answer:
    """Trials, of an experiment or of a component where the request names one."""
    if experiment := call.params.get("ExperimentName"):
        resources.fetch(call.kernel, EXPERIMENT, call.key(experiment))
    component = call.params.get("TrialComponentName")
    if component is None:
        return resources.listed(call, TRIAL)
    names = members.trials_of(call.kernel, scope_of(call), component)
    rows = [resources.fetch(call.kernel, TRIAL, call.key(name)) for name in names]
    wanted = [row for row in rows if experiment in (None, row["ExperimentName"])]
    return resources.page(call, TRIAL, wanted)


for _kind in (EXPERIMENT, TRIAL):
    _enter(_kind)
resources.lists(EXPERIMENT)
