"""Associations: which entity contributed to, produced, or belongs to which."""

from __future__ import annotations

import hashlib
from typing import Any

from simulator.aws.behaviour import Answer, Call, behaviour
from simulator.aws.sagemaker import resources
from simulator.aws.sagemaker.kinds.experiments import EXPERIMENT, TRIAL, TRIAL_COMPONENT
from simulator.aws.sagemaker.kinds.kind import Kind, Row
from simulator.aws.sagemaker.kinds.lineage import ACTION, ARTIFACT, ASSOCIATION, CONTEXT
from simulator.aws.sagemaker.lineage.sharing import CROSSING, scope_of
from simulator.kernel.errors import CallerError
from simulator.kernel.indexes import Condition, Search
from simulator.kernel.world import Kernel

_KINDS = {kind.arn: kind for kind in (ARTIFACT, ACTION, CONTEXT, TRIAL_COMPONENT, EXPERIMENT, TRIAL)}
_ALL = 1_000_000


def entity(kernel: Kernel, arn: str) -> tuple[Kind, Row]:
    """Kind and row of a lineage entity; raises ResourceNotFound where there is none."""
    _, _, _, region, account, resource = arn.split(":", 5)
    word, _, name = resource.partition("/")
    kind = _KINDS[word]
    return kind, resources.fetch(kernel, kind, f"{account}/{region}/{name}")


def type_of(kind: Kind, row: Row) -> str:
    """What an association calls the type of an entity."""
    if kind is TRIAL_COMPONENT:
        return str(row.get("Source", {}).get("SourceType", "TrialComponent"))
    return str(row.get(f"{kind.name}Type", kind.name))


def ends(kernel: Kernel, source_arn: str, destination_arn: str) -> dict[str, Any]:
    """What an association says of its two ends; raises ResourceNotFound where one is missing."""
    source_kind, source = entity(kernel, source_arn)
    destination_kind, destination = entity(kernel, destination_arn)
    return {
        "SourceArn": source_arn,
        "DestinationArn": destination_arn,
        "SourceType": type_of(source_kind, source),
        "DestinationType": type_of(destination_kind, destination),
        "SourceName": source.get(source_kind.name_member),
        "DestinationName": destination.get(destination_kind.name_member),
    }


def key_of(source_arn: str, destination_arn: str) -> str:
    """The row key of the association between two entities: in the place of its source."""
    _, _, _, region, account, _ = source_arn.split(":", 5)
    digest = hashlib.sha256(f"{source_arn}>{destination_arn}".encode()).hexdigest()[:40]
    return f"{account}/{region}/{digest}"


def outgoing(kernel: Kernel, arn: str) -> list[Row]:
    """The associations whose source is this entity."""
    return _found(kernel, arn, "SourceArn")


def incoming(kernel: Kernel, arn: str) -> list[Row]:
    """The associations whose destination is this entity."""
    rows = _found(kernel, arn, "DestinationArn")
    for _, crossing in kernel.store.scan(CROSSING, f"{scope_of(arn)}/"):
        if crossing["DestinationArn"] == arn and (row := kernel.store.get(ASSOCIATION.row, crossing["key"])):
            rows.append(row)
    return rows


def touching(kernel: Kernel, arn: str) -> list[Row]:
    """The associations of an entity, both ways."""
    return [*outgoing(kernel, arn), *incoming(kernel, arn)]


def _crossing(source: str, destination: str) -> str:
    """The key by which the destination's account knows an association out of another; empty within one account."""
    if scope_of(source) == scope_of(destination):
        return ""
    return f"{scope_of(destination)}/{key_of(source, destination).rsplit('/', 1)[1]}"


def _found(kernel: Kernel, arn: str, column: str) -> list[Row]:
    _, _, _, region, account, _ = arn.split(":", 5)
    search = Search(f"{account}/{region}", (Condition(column, "=", arn),), limit=_ALL)
    return [row for _, row, _ in kernel.store.search(ASSOCIATION.row, search)]


@behaviour("sagemaker", "AddAssociation")
async def add_association(call: Call) -> Answer:
    """Associate two entities that exist."""
    source, destination = call.params["SourceArn"], call.params["DestinationArn"]
    if source == destination:
        text = "The source and the destination of an association must be different entities."
        raise CallerError("ValidationException", text)
    members = ends(call.kernel, source, destination)
    if kind := call.params.get("AssociationType"):
        members["AssociationType"] = kind
    key = key_of(source, destination)
    with call.kernel.store.transaction():
        row = resources.insert(call.kernel, ASSOCIATION, key, members)
        if crossing := _crossing(source, destination):
            call.kernel.store.put(CROSSING, crossing, {"DestinationArn": destination, "key": key})
    return {"SourceArn": row["SourceArn"], "DestinationArn": row["DestinationArn"]}


@behaviour("sagemaker", "DeleteAssociation")
async def delete_association(call: Call) -> Answer:
    """Take the association between two entities away."""
    source, destination = call.params["SourceArn"], call.params["DestinationArn"]
    with call.kernel.store.transaction():
        resources.remove(call.kernel, ASSOCIATION, key_of(source, destination))
        if crossing := _crossing(source, destination):
            call.kernel.store.delete(CROSSING, crossing)
    return {"SourceArn": source, "DestinationArn": destination}


resources.lists(ASSOCIATION)
