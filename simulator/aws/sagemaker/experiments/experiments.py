"""Experiments and trials: create, describe, update, list, delete; one that still holds something stays."""

from __future__ import annotations

from typing import Any

from simulator.aws.behaviour import Answer, Call, behaviour
from simulator.aws.sagemaker import resources
from simulator.aws.sagemaker.acting import who
from simulator.aws.sagemaker.experiments import members
from simulator.aws.sagemaker.experiments.naming import key_in, make, scope_of
from simulator.aws.sagemaker.kinds.experiments import EXPERIMENT, TRIAL
from simulator.aws.sagemaker.kinds.kind import Kind
from simulator.kernel.errors import CallerError
from simulator.kernel.indexes import Condition, Search
from simulator.kernel.world import Kernel

_ALL = 1_000_000


def trials_in(kernel: Kernel, scope: str, experiment: str) -> list[str]:
    """The names of an experiment's trials."""
    search = Search(scope, (Condition("ExperimentName", "=", experiment),), limit=_ALL)
    return [row["TrialName"] for _, row, _ in kernel.store.search(TRIAL.row, search)]


def _create(call: Call, kind: Kind, **more: Any) -> Answer:
    params = {**call.params, **more}
    tags, name = params.pop("Tags", ()), params[kind.name_member]
    stamps = {"CreatedBy": who(call), "LastModifiedBy": who(call)}
    row = make(call, kind, {"DisplayName": name, **params, **stamps}, tags)
    return {kind.arn_member: row[kind.arn_member]}


@behaviour("sagemaker", "CreateExperiment")
async def create_experiment(call: Call) -> Answer:
    """An empty experiment."""
    return _create(call, EXPERIMENT)


@behaviour("sagemaker", "CreateTrial")
async def create_trial(call: Call) -> Answer:
    """A trial of an experiment that exists."""
    row = resources.fetch(call.kernel, EXPERIMENT, key_in(call, call.params["ExperimentName"]))
    return _create(call, TRIAL, ExperimentName=row["ExperimentName"])


def _enter(kind: Kind) -> None:
    async def update(call: Call) -> Answer:
        params: dict[str, Any] = dict(call.params)
        key = key_in(call, params.pop(kind.name_member))
        row = resources.change(call.kernel, kind, key, {**params, "LastModifiedBy": who(call)})
        return {kind.arn_member: row[kind.arn_member]}

    async def describe(call: Call) -> Answer:
        key = key_in(call, call.params[kind.name_member])
        return resources.visible(call, resources.fetch(call.kernel, kind, key))

    behaviour("sagemaker", f"Update{kind.name}")(update)
    behaviour("sagemaker", f"Describe{kind.name}")(describe)


@behaviour("sagemaker", "DeleteExperiment")
async def delete_experiment(call: Call) -> Answer:
    """Delete an experiment whose trials are gone."""
    name = call.params["ExperimentName"]
    row = resources.fetch(call.kernel, EXPERIMENT, key_in(call, name))
    if trials_in(call.kernel, scope_of(call), row["ExperimentName"]):
        text = f"Experiment '{name}' cannot be deleted. All trials in the experiment must be deleted first."
        raise CallerError("ValidationException", text)
    resources.remove(call.kernel, EXPERIMENT, key_in(call, name))
    return {"ExperimentArn": row["ExperimentArn"]}


@behaviour("sagemaker", "DeleteTrial")
async def delete_trial(call: Call) -> Answer:
    """Delete a trial whose components are disassociated."""
    name = call.params["TrialName"]
    row = resources.fetch(call.kernel, TRIAL, key_in(call, name))
    if members.components_of(call.kernel, scope_of(call), name):
        text = f"Trial '{name}' cannot be deleted. All trial components must be disassociated from the trial first."
        raise CallerError("ValidationException", text)
    resources.remove(call.kernel, TRIAL, key_in(call, name))
    return {"TrialArn": row["TrialArn"]}


@behaviour("sagemaker", "ListTrials")
async def list_trials(call: Call) -> Answer:
    """Trials, of an experiment or of a component where the request names one."""
    if experiment := call.params.get("ExperimentName"):
        experiment = resources.fetch(call.kernel, EXPERIMENT, key_in(call, experiment))["ExperimentName"]
        call.params["ExperimentName"] = experiment
    component = call.params.get("TrialComponentName")
    if component is None:
        return resources.listed(call, TRIAL)
    names = members.trials_of(call.kernel, scope_of(call), component)
    rows = [resources.fetch(call.kernel, TRIAL, key_in(call, name)) for name in names]
    wanted = [row for row in rows if experiment in (None, row["ExperimentName"])]
    return resources.page(call, TRIAL, wanted)


for _kind in (EXPERIMENT, TRIAL):
    _enter(_kind)
resources.lists(EXPERIMENT)
