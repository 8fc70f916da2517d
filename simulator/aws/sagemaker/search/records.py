"""Rows as Search shows them: the members of the record's shape, tags, and what hangs together with them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from botocore.model import Shape

from simulator.aws.behaviour import Call
from simulator.aws.protocol.models import operation_model
from simulator.aws.sagemaker import resources
from simulator.aws.sagemaker.experiments import members, series
from simulator.aws.sagemaker.kinds.experiments import TRIAL, TRIAL_COMPONENT
from simulator.aws.sagemaker.kinds.jobs import PROCESSING_JOB, TRAINING_JOB, TRANSFORM_JOB
from simulator.aws.sagemaker.kinds.kind import Kind, Row
from simulator.aws.sagemaker.kinds.table import BY_NAME
from simulator.kernel.errors import NotSimulated
from simulator.kernel.world import Kernel

_MEMBERS = {"ExperimentTrial": "Trial", "ExperimentTrialComponent": "TrialComponent"}
_JOBS = {"TrainingJob": TRAINING_JOB, "ProcessingJob": PROCESSING_JOB, "TransformJob": TRANSFORM_JOB}


def member_of(resource: str) -> str:
    """The member of a search result that holds this resource."""
    return _MEMBERS.get(resource, resource)


def kind_of(resource: str) -> Kind:
    """The kind of a searchable resource; raises NotSimulated where we keep no such rows."""
    kind = BY_NAME.get(member_of(resource))
    if kind is None or member_of(resource) not in shape().members:
        raise NotSimulated(f"sagemaker:Search over {resource}")
    return kind


def shape() -> Any:
    """The shape of one search result."""
    output: Any = operation_model("sagemaker", "Search").output_shape
    return output.members["Results"].member


def records(call: Call, resource: str) -> list[Row]:
    """Every record of a resource here."""
    kind = kind_of(resource)
    found = call.kernel.store.scan(kind.row, call.key(""))
    return [_record(call.kernel, kind, key, row) for key, row in found]


def _record(kernel: Kernel, kind: Kind, key: str, row: Row) -> Row:
    tags = (kernel.store.get("sagemaker.tags", row.get(kind.arn_member, "")) or {"tags": {}})["tags"]
    whole = {**row, "Tags": [{"Key": name, "Value": value} for name, value in tags.items()]}
    return {**whole, **_MORE.get(kind.name, _nothing)(kernel, key, row)}


def _nothing(_kernel: Kernel, _key: str, _row: Row) -> dict[str, Any]:
    return {}


def _trial(kernel: Kernel, key: str, row: Row) -> dict[str, Any]:
    scope = key.rsplit("/", 1)[0]
    names = members.components_of(kernel, scope, row["TrialName"])
    found = [kernel.store.get(TRIAL_COMPONENT.row, f"{scope}/{name}") or {} for name in names]
    summary = ("TrialComponentName", "TrialComponentArn", "CreationTime")
    return {"TrialComponentSummaries": [{m: each[m] for m in summary if m in each} for each in found]}


def _component(kernel: Kernel, key: str, row: Row) -> dict[str, Any]:
    scope, name = key.rsplit("/", 1)
    trials = [kernel.store.get(TRIAL.row, f"{scope}/{t}") for t in members.trials_of(kernel, scope, name)]
    parents = [
        {"TrialName": each["TrialName"], "ExperimentName": each["ExperimentName"]} for each in trials if each
    ]
    more: dict[str, Any] = {"Parents": parents, "Metrics": series.summaries(kernel, key, row)}
    if source := row.get("Source", {}).get("SourceArn"):
        more["SourceDetail"] = {"SourceArn": source, **_source(kernel, source)}
    return more


def _source(kernel: Kernel, arn: str) -> dict[str, Any]:
    _, _, _, region, account, resource = arn.split(":", 5)
    for member, kind in _JOBS.items():
        if resource.startswith(f"{kind.arn}/"):
            row = kernel.store.get(kind.row, f"{account}/{region}/{resource.split('/', 1)[1]}")
            return {member: row} if row else {}
    return {}


def _card(_kernel: Kernel, _key: str, row: Row) -> dict[str, Any]:
    content = json.loads(row.get("Content") or "{}")
    package = content.get("model_package_details", {})
    found = {
        "ModelId": content.get("model_overview", {}).get("model_id") or package.get("model_package_arn"),
        "RiskRating": content.get("intended_uses", {}).get("risk_rating"),
        "ModelPackageGroupName": package.get("model_package_group_name"),
    }
    return {name: value for name, value in found.items() if value}


def _package(_kernel: Kernel, _key: str, row: Row) -> dict[str, Any]:
    """A version has no name in Search, as in lists: only its ARN."""
    return {"ModelPackageName": None} if "ModelPackageVersion" in row else {}


_MORE: Mapping[str, Callable[[Kernel, str, Row], dict[str, Any]]] = {
    "Trial": _trial,
    "TrialComponent": _component,
    "ModelCard": _card,
    "ModelPackage": _package,
}


def shown(resource: str, record: Row) -> dict[str, Any]:
    """The search result of a record: only what its shape has."""
    member = member_of(resource)
    whole = {"Model": record} if member == "Model" else record
    return {member: fitted(shape().members[member], whole)}


def fitted(model: Shape, value: Any) -> Any:
    """The value without what the shape does not have."""
    if model.type_name == "structure" and isinstance(value, Mapping):
        inner: Any = model
        return {
            name: fitted(each, value[name])
            for name, each in inner.members.items()
            if value.get(name) is not None
        }
    if model.type_name == "list" and isinstance(value, list):
        listed: Any = model
        return [fitted(listed.member, each) for each in value]
    return resources.to_json(value)
