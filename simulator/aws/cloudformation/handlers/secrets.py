"""The resource types of KMS, Systems Manager and Secrets Manager."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from simulator.aws.cloudformation.calls import Calls
from simulator.aws.cloudformation.handlers.kind import Properties, ResourceKind, Tagging

_ONE_REMOVES_AFTER_DAYS = 30


async def _key(calls: Calls, keys: Mapping[str, Any], old: Properties | None, new: Properties | None) -> None:
    """A key's switches and documents are operations of their own."""
    if new is None:
        days = int((old or {}).get("PendingWindowInDays", _ONE_REMOVES_AFTER_DAYS))
        await calls.call("kms", "ScheduleKeyDeletion", {**keys, "PendingWindowInDays": days})
        return
    before = old or {}
    if bool(new.get("EnableKeyRotation")) != bool(before.get("EnableKeyRotation")):
        await calls.call(
            "kms", "EnableKeyRotation" if new.get("EnableKeyRotation") else "DisableKeyRotation", keys
        )
    if new.get("Enabled", True) != before.get("Enabled", True):
        await calls.call("kms", "EnableKey" if new.get("Enabled", True) else "DisableKey", keys)
    if old is not None and new.get("KeyPolicy") != old.get("KeyPolicy"):
        policy = new.get("KeyPolicy")
        document = policy if isinstance(policy, str) else json.dumps(policy)
        await calls.call("kms", "PutKeyPolicy", {**keys, "PolicyName": "default", "Policy": document})
    if old is not None and new.get("Description", "") != old.get("Description", ""):
        await calls.call("kms", "UpdateKeyDescription", {**keys, "Description": new.get("Description", "")})


async def _parameter(
    calls: Calls, keys: Mapping[str, Any], old: Properties | None, new: Properties | None
) -> None:
    """A parameter's value is put again over the old one; its tags are not part of that call."""
    if old is None or new is None:
        return
    members = ("Type", "Value", "Description", "Tier", "AllowedPattern", "Policies", "DataType")
    if any(old.get(name) != new.get(name) for name in members):
        given = {name: new[name] for name in members if name in new}
        await calls.call("ssm", "PutParameter", {**keys, **given, "Overwrite": True})


async def _secret(
    calls: Calls, keys: Mapping[str, Any], old: Properties | None, new: Properties | None
) -> None:
    """GenerateSecretString is made here: the service has an operation for random passwords only."""
    wanted = (new or {}).get("GenerateSecretString")
    if wanted is None or wanted == (old or {}).get("GenerateSecretString"):
        return
    options = {k: v for k, v in wanted.items() if k not in ("SecretStringTemplate", "GenerateStringKey")}
    made = (await calls.call("secretsmanager", "GetRandomPassword", options))["RandomPassword"]
    if "SecretStringTemplate" in wanted:
        made = json.dumps({**json.loads(wanted["SecretStringTemplate"]), wanted["GenerateStringKey"]: made})
    await calls.call("secretsmanager", "PutSecretValue", {**keys, "SecretString": made})


async def _secret_policy(
    calls: Calls, keys: Mapping[str, Any], old: Properties | None, new: Properties | None
) -> None:
    if new is None:
        await calls.call("secretsmanager", "DeleteResourcePolicy", keys)
        return
    policy = new["ResourcePolicy"]
    params = {**keys, "ResourcePolicy": policy if isinstance(policy, str) else json.dumps(policy)}
    if "BlockPublicPolicy" in new:
        params["BlockPublicPolicy"] = new["BlockPublicPolicy"]
    await calls.call("secretsmanager", "PutResourcePolicy", params)


KINDS = (
    ResourceKind(
        "AWS::KMS::Key", "kms",
        create="CreateKey", renames={"KeyPolicy": "Policy"},
        keys={"KeyId": "KeyMetadata.KeyId"}, physical="KeyMetadata.KeyId",
        attributes={"KeyId": "KeyMetadata.KeyId", "Arn": "KeyMetadata.Arn"},
        settle=_key, settles=frozenset({"EnableKeyRotation", "Enabled", "PendingWindowInDays"}),
        tagging=Tagging("TagResource", "UntagResource", "KeyId", "KeyId"),
    ),
    ResourceKind(
        "AWS::KMS::Alias", "kms",
        create="CreateAlias", update="UpdateAlias", delete="DeleteAlias",
        keys={"AliasName": "AliasName"}, physical="AliasName",
    ),
    ResourceKind(
        "AWS::SSM::Parameter", "ssm",
        create="PutParameter", delete="DeleteParameter",
        name="Name", limit=512, keys={"Name": "Name"}, physical="Name",
        attributes={"Type": "Type", "Value": "Value",
                    "Arn": "arn:aws:ssm:{Region}:{Account}:parameter/{NameInArn}"},
        compute={"NameInArn": lambda properties: str(properties["Name"]).removeprefix("/")},
        settle=_parameter,
        tagging=Tagging("AddTagsToResource", "RemoveTagsFromResource", "ResourceId", "Name",
                        fixed={"ResourceType": "Parameter"}),
    ),
    ResourceKind(
        "AWS::SecretsManager::Secret", "secretsmanager",
        create="CreateSecret", describe="DescribeSecret", update="UpdateSecret", delete="DeleteSecret",
        name="Name", limit=255, keys={"SecretId": "ARN"}, physical="ARN", attributes={"Id": "ARN"},
        describe_keys={"SecretId": "Name"},
        delete_keys={"SecretId": "SecretId", "ForceDeleteWithoutRecovery": "Always"},
        compute={"Always": lambda properties: True},
        settle=_secret, settles=frozenset({"GenerateSecretString"}),
        tagging=Tagging("TagResource", "UntagResource", "SecretId", "SecretId"),
    ),
    ResourceKind(
        "AWS::SecretsManager::ResourcePolicy", "secretsmanager",
        keys={"SecretId": "SecretId"}, physical="SecretId", attributes={"Id": "SecretId"},
        settle=_secret_policy, settles=frozenset({"SecretId", "ResourcePolicy", "BlockPublicPolicy"}),
    ),
)  # fmt: skip
