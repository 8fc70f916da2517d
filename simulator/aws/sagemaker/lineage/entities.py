"""The entities of lineage: create, describe, update, list and delete, alike for actions, contexts and artifacts."""

from __future__ import annotations

import hashlib
from typing import Any

from simulator.aws.behaviour import Answer, Call, behaviour
from simulator.aws.sagemaker import resources
from simulator.aws.sagemaker.acting import who
from simulator.aws.sagemaker.kinds.kind import Kind, Row
from simulator.aws.sagemaker.kinds.lineage import ACTION, ARTIFACT, CONTEXT
from simulator.aws.sagemaker.lineage.associations import touching
from simulator.aws.sagemaker.lineage.groups import group_arn
from simulator.kernel.errors import CallerError
from simulator.kernel.world import Kernel

MOST_PROPERTIES = 30


def artifact_key(scope: str, source_uri: str) -> str:
    """The row key of the one artifact that a source has; `scope` is account/region."""
    return f"{scope}/{hashlib.sha256(source_uri.encode()).hexdigest()[:32]}"


def put_artifact(
    kernel: Kernel, key: str, members: dict[str, Any], tags: tuple[Any, ...] | list[Any] = ()
) -> Row:
    """Make an artifact; its ArtifactName is what the maker gave, or none."""
    with kernel.store.transaction():
        row = resources.insert(kernel, ARTIFACT, key, members, tags)
        row.pop(ARTIFACT.name_member)
        row |= {name: members[name] for name in (ARTIFACT.name_member,) if name in members}
        kernel.store.put(ARTIFACT.row, key, row)
    return row


def _stamps(call: Call) -> dict[str, Any]:
    return {
        "CreatedBy": who(call),
        "LastModifiedBy": who(call),
        "LineageGroupArn": group_arn(call.account, call.region),
    }


def creates(kind: Kind) -> None:
    """Enter the Create of a kind whose rows are named by their makers."""

    async def create(call: Call) -> Answer:
        params = dict(call.params)
        tags, name = params.pop("Tags", ()), params[kind.name_member]
        row = resources.insert(call.kernel, kind, call.key(name), {**params, **_stamps(call)}, tags)
        return {kind.arn_member: row[kind.arn_member]}

    behaviour("sagemaker", f"Create{kind.name}")(create)


@behaviour("sagemaker", "CreateArtifact")
async def create_artifact(call: Call) -> Answer:
    """An artifact of a source that has none yet."""
    params = dict(call.params)
    tags = params.pop("Tags", ())
    key = artifact_key(call.key("").rstrip("/"), params["Source"]["SourceUri"])
    return {"ArtifactArn": put_artifact(call.kernel, key, {**params, **_stamps(call)}, tags)["ArtifactArn"]}


def updates(kind: Kind, identifier: str) -> None:
    """Enter the Update of a kind: properties are added and removed, the rest is set."""

    async def update(call: Call) -> Answer:
        params, key = dict(call.params), resources.key_of(call, call.params[identifier])
        row = resources.fetch(call.kernel, kind, key)
        params.pop(identifier)
        gone = set(params.pop("PropertiesToRemove", ()))
        if "Properties" in params or gone:
            kept = {**row.get("Properties", {}), **params.get("Properties", {})}
            params["Properties"] = {name: value for name, value in kept.items() if name not in gone}
            if len(params["Properties"]) > MOST_PROPERTIES:
                text = f"The number of properties exceeds the limit of {MOST_PROPERTIES}."
                raise CallerError("ValidationException", text)
        resources.change(call.kernel, kind, key, {**params, "LastModifiedBy": who(call)})
        return {kind.arn_member: row[kind.arn_member]}

    behaviour("sagemaker", f"Update{kind.name}")(update)


def describes(kind: Kind, identifier: str) -> None:
    """Enter the Describe of a kind, by name or ARN."""

    async def describe(call: Call) -> Answer:
        key = resources.key_of(call, call.params[identifier])
        return resources.visible(call, resources.fetch(call.kernel, kind, key))

    behaviour("sagemaker", f"Describe{kind.name}")(describe)


def deletes(kind: Kind, identifier: str) -> None:
    """Enter the Delete of a kind: what is associated with something stays."""

    async def delete(call: Call) -> Answer:
        return _delete(call, kind, resources.key_of(call, call.params[identifier]))

    behaviour("sagemaker", f"Delete{kind.name}")(delete)


@behaviour("sagemaker", "DeleteArtifact")
async def delete_artifact(call: Call) -> Answer:
    """Delete by ARN or by source."""
    if arn := call.params.get("ArtifactArn"):
        return _delete(call, ARTIFACT, resources.key_of(call, arn))
    if "Source" not in call.params:
        raise CallerError("ValidationException", "Either ArtifactArn or Source must be specified.")
    key = artifact_key(call.key("").rstrip("/"), call.params["Source"]["SourceUri"])
    return _delete(call, ARTIFACT, key)


def _delete(call: Call, kind: Kind, key: str) -> Answer:
    arn = resources.fetch(call.kernel, kind, key)[kind.arn_member]
    if touching(call.kernel, arn):
        text = (
            f"{kind.name} '{arn}' cannot be deleted while it has associations. Delete its associations first."
        )
        raise CallerError("ValidationException", text)
    resources.remove(call.kernel, kind, key)
    return {kind.arn_member: arn}


for _kind in (ACTION, CONTEXT):
    creates(_kind)
    updates(_kind, _kind.name_member)
    describes(_kind, _kind.name_member)
    deletes(_kind, _kind.name_member)
    resources.lists(_kind)
updates(ARTIFACT, "ArtifactArn")
describes(ARTIFACT, "ArtifactArn")
resources.lists(ARTIFACT)
