"""IAM's resource types."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from simulator.aws.cloudformation.calls import Calls
from simulator.aws.cloudformation.handlers.kind import Properties, ResourceKind, Tagging

_HOLDERS = (("Roles", "Role"), ("Users", "User"), ("Groups", "Group"))
_VERSIONS_KEPT = 5


def _document(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


async def _role(
    calls: Calls, keys: Mapping[str, Any], old: Properties | None, new: Properties | None
) -> None:
    """Trust, limits, inline and managed policies of a role; a role that is deleted must have none."""
    if old is not None and new is not None:
        await _role_itself(calls, keys, old, new)
    before = {
        entry["PolicyName"]: _document(entry["PolicyDocument"]) for entry in (old or {}).get("Policies") or ()
    }
    after = {
        entry["PolicyName"]: _document(entry["PolicyDocument"]) for entry in (new or {}).get("Policies") or ()
    }
    for name in sorted(set(before) - set(after)):
        await calls.try_to("iam", "DeleteRolePolicy", {**keys, "PolicyName": name})
    for name, document in after.items():
        if before.get(name) != document:
            await calls.call("iam", "PutRolePolicy", {**keys, "PolicyName": name, "PolicyDocument": document})
    attached = (old or {}).get("ManagedPolicyArns") or []
    wanted = (new or {}).get("ManagedPolicyArns") or []
    for arn in attached:
        if arn not in wanted:
            await calls.try_to("iam", "DetachRolePolicy", {**keys, "PolicyArn": arn})
    for arn in wanted:
        if arn not in attached:
            await calls.call("iam", "AttachRolePolicy", {**keys, "PolicyArn": arn})


async def _role_itself(calls: Calls, keys: Mapping[str, Any], old: Properties, new: Properties) -> None:
    trust = new.get("AssumeRolePolicyDocument")
    if trust != old.get("AssumeRolePolicyDocument"):
        await calls.call("iam", "UpdateAssumeRolePolicy", {**keys, "PolicyDocument": _document(trust)})
    described = {name: new[name] for name in ("Description", "MaxSessionDuration") if name in new}
    if described != {name: old[name] for name in ("Description", "MaxSessionDuration") if name in old}:
        await calls.call("iam", "UpdateRole", {**keys, **described})
    boundary = new.get("PermissionsBoundary")
    if boundary != old.get("PermissionsBoundary"):
        if boundary:
            await calls.call("iam", "PutRolePermissionsBoundary", {**keys, "PermissionsBoundary": boundary})
        else:
            await calls.call("iam", "DeleteRolePermissionsBoundary", keys)


def _held(properties: Properties | None) -> set[tuple[str, str]]:
    """(kind of holder, its name) for all that a policy is attached to."""
    given = properties or {}
    return {(kind, name) for member, kind in _HOLDERS for name in given.get(member) or ()}


async def _inline(
    calls: Calls, keys: Mapping[str, Any], old: Properties | None, new: Properties | None
) -> None:
    """An inline policy stands in each of its holders, under PolicyName."""
    before, after = _held(old), _held(new)
    renamed = bool(old and new and old["PolicyName"] != new["PolicyName"])
    for kind, name in sorted(before if renamed else before - after):
        params = {f"{kind}Name": name, "PolicyName": (old or {})["PolicyName"]}
        await calls.try_to("iam", f"Delete{kind}Policy", params)
    if new is not None:
        document = _document(new["PolicyDocument"])
        for kind, name in sorted(after):
            params = {f"{kind}Name": name, "PolicyName": new["PolicyName"], "PolicyDocument": document}
            await calls.call("iam", f"Put{kind}Policy", params)


async def _managed(
    calls: Calls, keys: Mapping[str, Any], old: Properties | None, new: Properties | None
) -> None:
    """A managed policy's default version, and what it is attached to; one that is deleted has one version only."""
    before, after = _held(old), _held(new)
    for kind, name in sorted(before - after):
        await calls.try_to("iam", f"Detach{kind}Policy", {**keys, f"{kind}Name": name})
    for kind, name in sorted(after - before):
        await calls.call("iam", f"Attach{kind}Policy", {**keys, f"{kind}Name": name})
    if old is not None and new is not None and old["PolicyDocument"] != new["PolicyDocument"]:
        await _drop_versions(calls, keys, keep=_VERSIONS_KEPT - 1)
        params = {**keys, "PolicyDocument": _document(new["PolicyDocument"]), "SetAsDefault": True}
        await calls.call("iam", "CreatePolicyVersion", params)
    if new is None:
        await _drop_versions(calls, keys, keep=1)


async def _drop_versions(calls: Calls, keys: Mapping[str, Any], keep: int) -> None:
    """Delete the oldest versions that are not the default until `keep` are left (IAM's limit is five)."""
    found = await calls.try_to("iam", "ListPolicyVersions", keys)
    versions = (found or {}).get("Versions", [])
    spare = sorted(
        (v["VersionId"] for v in versions if not v["IsDefaultVersion"]), key=lambda name: int(name[1:])
    )
    for version in spare[: max(0, len(versions) - keep)]:
        await calls.try_to("iam", "DeletePolicyVersion", {**keys, "VersionId": version})


KINDS = (
    ResourceKind(
        "AWS::IAM::Role", "iam",
        create="CreateRole", describe="GetRole", delete="DeleteRole",
        name="RoleName", limit=64, keys={"RoleName": "RoleName"}, physical="RoleName",
        attributes={"Arn": "Role.Arn", "RoleId": "Role.RoleId"},
        settle=_role, settles=frozenset({"Policies", "ManagedPolicyArns"}),
        tagging=Tagging("TagRole", "UntagRole", "RoleName", "RoleName"),
    ),
    ResourceKind(
        "AWS::IAM::Policy", "iam",
        name="Id", limit=128, keys={"Id": "Id"}, physical="Id", attributes={"Id": "Id"},
        settle=_inline, settles=frozenset({"PolicyName", "PolicyDocument", "Roles", "Users", "Groups"}),
    ),
    ResourceKind(
        "AWS::IAM::ManagedPolicy", "iam",
        create="CreatePolicy", describe="GetPolicy", delete="DeletePolicy",
        name="ManagedPolicyName", limit=128, renames={"ManagedPolicyName": "PolicyName"},
        keys={"PolicyArn": "Policy.Arn"},
        describe_keys={"PolicyArn": "arn:aws:iam::{Account}:policy/{ManagedPolicyName}"},
        physical="Policy.Arn",
        attributes={"PolicyArn": "Policy.Arn", "PolicyId": "Policy.PolicyId",
                    "DefaultVersionId": "Policy.DefaultVersionId"},
        settle=_managed, settles=frozenset({"Roles", "Users", "Groups"}),
        tagging=Tagging("TagPolicy", "UntagPolicy", "PolicyArn", "PolicyArn"),
    ),
)  # fmt: skip
