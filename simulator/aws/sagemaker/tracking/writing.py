"""Rows of experiments and lineage that SageMaker itself makes: written once, added to, without a fact."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from simulator.aws.sagemaker import resources
from simulator.aws.sagemaker.kinds.kind import Kind, Row
from simulator.aws.sagemaker.kinds.lineage import ACTION, ARTIFACT, ASSOCIATION, CONTEXT
from simulator.aws.sagemaker.lineage.associations import ends, key_of
from simulator.aws.sagemaker.lineage.entities import artifact_key
from simulator.aws.sagemaker.lineage.groups import group_arn
from simulator.kernel.world import Kernel


def keep(kernel: Kernel, kind: Kind, key: str, members: Mapping[str, Any]) -> Row:
    """Write a row, or add to the one that is there: SageMaker reuses entities (developer guide, "Lineage")."""
    now, (account, region, name) = kernel.clock.now(), resources.place(key)
    fresh: Row = {
        kind.arn_member: resources.arn_of(kind, key),
        "CreationTime": now,
        "LineageGroupArn": group_arn(account, region),
    }
    if kind is not ARTIFACT:
        fresh[kind.name_member] = name
    row = kernel.store.get(kind.row, key) or fresh
    row |= {**resources.to_json(members), "LastModifiedTime": now}
    kernel.store.put(kind.row, key, row)
    return row


def artifact(kernel: Kernel, scope: str, uri: str, kind: str) -> str:
    """The ARN of the artifact of a source; it keeps the type under which it was first seen."""
    key = artifact_key(scope, uri)
    held = kernel.store.get(ARTIFACT.row, key)
    if held is not None:
        return str(held["ArtifactArn"])
    row = keep(kernel, ARTIFACT, key, {"Source": {"SourceUri": uri}, "ArtifactType": kind})
    return str(row["ArtifactArn"])


def action(kernel: Kernel, scope: str, name: str, uri: str, kind: str, **members: Any) -> str:
    """The ARN of an action that is over when it is written."""
    whole = {"Source": {"SourceUri": uri}, "ActionType": kind, "Status": "Completed", **members}
    return str(keep(kernel, ACTION, f"{scope}/{name}", whole)["ActionArn"])


def context(kernel: Kernel, scope: str, name: str, uri: str, kind: str) -> str:
    """The ARN of a context."""
    members = {"Source": {"SourceUri": uri}, "ContextType": kind}
    return str(keep(kernel, CONTEXT, f"{scope}/{name}", members)["ContextArn"])


def associate(kernel: Kernel, source_arn: str, destination_arn: str, kind: str) -> None:
    """Associate two entities, unless they are."""
    key = key_of(source_arn, destination_arn)
    if kernel.store.get(ASSOCIATION.row, key) is None:
        members = {**ends(kernel, source_arn, destination_arn), "AssociationType": kind}
        keep(kernel, ASSOCIATION, key, members)
