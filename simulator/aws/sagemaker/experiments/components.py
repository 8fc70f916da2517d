"""Trial components: parameters, artifacts, status and metrics of one run or job, in as many trials as wanted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from simulator.aws.behaviour import Answer, Call, behaviour
from simulator.aws.sagemaker import resources
from simulator.aws.sagemaker.acting import who
from simulator.aws.sagemaker.experiments import members, series
from simulator.aws.sagemaker.experiments.experiments import trials_in
from simulator.aws.sagemaker.experiments.naming import key_in, make, scope_of
from simulator.aws.sagemaker.kinds.experiments import EXPERIMENT, TRIAL, TRIAL_COMPONENT
from simulator.aws.sagemaker.lineage.groups import group_arn
from simulator.kernel.errors import CallerError

_MAPS = ("Parameters", "InputArtifacts", "OutputArtifacts")
MOST = {"Parameters": 300, "InputArtifacts": 60, "OutputArtifacts": 60}


@behaviour("sagemaker", "CreateTrialComponent")
async def create_trial_component(call: Call) -> Answer:
    """A component that is in no trial yet."""
    params = dict(call.params)
    tags, name = params.pop("Tags", ()), params["TrialComponentName"]
    stamps = {
        "CreatedBy": who(call),
        "LastModifiedBy": who(call),
        "LineageGroupArn": group_arn(call.account, call.region),
    }
    whole = {"DisplayName": name, **params, **stamps}
    row = make(call, TRIAL_COMPONENT, whole, tags)
    return {"TrialComponentArn": row["TrialComponentArn"]}


@behaviour("sagemaker", "UpdateTrialComponent")
async def update_trial_component(call: Call) -> Answer:
    """Set what is given; parameters and artifacts are added to, and taken from by name."""
    params = dict(call.params)
    key = key_in(call, params.pop("TrialComponentName"))
    row = resources.fetch(call.kernel, TRIAL_COMPONENT, key)
    for member in _MAPS:
        gone = set(params.pop(f"{member}ToRemove", ()))
        if member in params or gone:
            params[member] = _merged(member, row.get(member, {}), params.get(member, {}), gone)
    row = resources.change(call.kernel, TRIAL_COMPONENT, key, {**params, "LastModifiedBy": who(call)})
    return {"TrialComponentArn": row["TrialComponentArn"]}


def _merged(member: str, held: Mapping[str, Any], given: Mapping[str, Any], gone: set[str]) -> dict[str, Any]:
    whole = {name: value for name, value in {**held, **given}.items() if name not in gone}
    if len(whole) > MOST[member]:
        text = f"The number of {member} exceeds the limit of {MOST[member]}."
        raise CallerError("ValidationException", text)
    return whole


@behaviour("sagemaker", "DescribeTrialComponent")
async def describe_trial_component(call: Call) -> Answer:
    """The component with a summary of each of its metrics."""
    key = key_in(call, call.params["TrialComponentName"])
    row = resources.fetch(call.kernel, TRIAL_COMPONENT, key)
    return resources.visible(call, {**row, "Metrics": series.summaries(call.kernel, key, row)})


@behaviour("sagemaker", "DeleteTrialComponent")
async def delete_trial_component(call: Call) -> Answer:
    """Delete a component that is in no trial, and its metrics."""
    key = key_in(call, call.params["TrialComponentName"])
    row, name = resources.fetch(call.kernel, TRIAL_COMPONENT, key), resources.place(key)[2]
    if members.trials_of(call.kernel, scope_of(call), name):
        text = (
            f"Trial component '{name}' cannot be deleted. It must be disassociated from all trials before it can be "
            "deleted."
        )
        raise CallerError("ValidationException", text)
    with call.kernel.store.transaction():
        resources.remove(call.kernel, TRIAL_COMPONENT, key)
        series.forget(call.kernel, key)
    return {"TrialComponentArn": row["TrialComponentArn"]}


def _both(call: Call) -> tuple[str, str, Answer]:
    """Trial and component that the request names, and their ARNs as the answer."""
    trial, component = call.params["TrialName"], call.params["TrialComponentName"]
    arns = {
        "TrialArn": resources.fetch(call.kernel, TRIAL, key_in(call, trial))["TrialArn"],
        "TrialComponentArn": resources.fetch(call.kernel, TRIAL_COMPONENT, key_in(call, component))[
            "TrialComponentArn"
        ],
    }
    return trial, component, arns


@behaviour("sagemaker", "AssociateTrialComponent")
async def associate_trial_component(call: Call) -> Answer:
    """Put a component into a trial."""
    trial, component, arns = _both(call)
    members.join(call.kernel, scope_of(call), trial, component)
    return arns


@behaviour("sagemaker", "DisassociateTrialComponent")
async def disassociate_trial_component(call: Call) -> Answer:
    """Take a component out of a trial; the component stays."""
    trial, component, arns = _both(call)
    if not members.leave(call.kernel, scope_of(call), trial, component):
        text = f"Trial component '{component}' is not associated with trial '{trial}'."
        raise CallerError("ResourceNotFound", text)
    return arns


@behaviour("sagemaker", "ListTrialComponents")
async def list_trial_components(call: Call) -> Answer:
    """Components, of a trial, of an experiment, or those that tell of a job."""
    names = _wanted(call)
    if names is None:
        return _with_sources(call, resources.listed(call, TRIAL_COMPONENT))
    rows = [call.kernel.store.get(TRIAL_COMPONENT.row, key_in(call, name)) for name in dict.fromkeys(names)]
    return _with_sources(
        call, resources.page(call, TRIAL_COMPONENT, [row for row in rows if row is not None])
    )


def _wanted(call: Call) -> list[str] | None:
    """The names of the components that the request asks for, or None for all of them."""
    kernel, scope, params = call.kernel, scope_of(call), call.params
    if sum(each in params for each in ("ExperimentName", "TrialName", "SourceArn")) > 1:
        text = "Only one of ExperimentName, TrialName and SourceArn may be specified."
        raise CallerError("ValidationException", text)
    if source := params.get("SourceArn"):
        return members.telling_of(kernel, scope, source)
    if trial := params.get("TrialName"):
        resources.fetch(kernel, TRIAL, key_in(call, trial))
        return members.components_of(kernel, scope, trial)
    if experiment := params.get("ExperimentName"):
        row = resources.fetch(kernel, EXPERIMENT, key_in(call, experiment))
        return [
            name
            for trial in trials_in(kernel, scope, row["ExperimentName"])
            for name in members.components_of(kernel, scope, trial)
        ]
    return None


def _with_sources(call: Call, answer: Answer) -> Answer:
    """The list, where a component's Source has the name that summaries give it."""
    for each in answer[TRIAL_COMPONENT.list_member]:
        row = call.kernel.store.get(TRIAL_COMPONENT.row, key_in(call, each["TrialComponentName"])) or {}
        if "Source" in row:
            each["TrialComponentSource"] = row["Source"]
    return answer
