"""S3's resource types: a bucket and each of its configurations."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from simulator.aws.cloudformation.calls import Calls
from simulator.aws.cloudformation.handlers.kind import Properties, ResourceKind, tags_of
from simulator.kernel.errors import NotSimulated


def _encryption(value: Mapping[str, Any]) -> dict[str, Any]:
    rules = []
    for entry in value["ServerSideEncryptionConfiguration"]:
        default = entry.get("ServerSideEncryptionByDefault", {})
        rule: dict[str, Any] = {"ApplyServerSideEncryptionByDefault": dict(default)}
        if "BucketKeyEnabled" in entry:
            rule["BucketKeyEnabled"] = entry["BucketKeyEnabled"]
        rules.append(rule)
    return {"ServerSideEncryptionConfiguration": {"Rules": rules}}


def _notification(value: Mapping[str, Any]) -> dict[str, Any]:
    other = [name for name in value if name != "EventBridgeConfiguration"]
    if other:
        raise NotSimulated(
            f"AWS::S3::Bucket NotificationConfiguration.{other[0]}", "EventBridgeConfiguration is."
        )
    bridge = value.get("EventBridgeConfiguration", {})
    on = bridge.get("EventBridgeEnabled", True) if bridge is not None else False
    return {"NotificationConfiguration": {"EventBridgeConfiguration": {}} if on else {}}


_LIFECYCLE = {"Id", "Status", "Prefix", "ExpirationInDays", "NoncurrentVersionExpiration",
              "NoncurrentVersionExpirationInDays", "AbortIncompleteMultipartUpload", "TagFilters"}  # fmt: skip


def _lifecycle(value: Mapping[str, Any]) -> dict[str, Any]:
    return {"LifecycleConfiguration": {"Rules": [_lifecycle_rule(rule) for rule in value["Rules"]]}}


def _lifecycle_rule(rule: Mapping[str, Any]) -> dict[str, Any]:
    for name in rule:
        if name not in _LIFECYCLE:
            raise NotSimulated(
                f"AWS::S3::Bucket LifecycleConfiguration rule member {name}", "See handlers/s3.py."
            )
    found: dict[str, Any] = {"Status": rule["Status"], "Filter": {"Prefix": rule.get("Prefix", "")}}
    if "Id" in rule:
        found["ID"] = rule["Id"]
    if "ExpirationInDays" in rule:
        found["Expiration"] = {"Days": int(rule["ExpirationInDays"])}
    days = rule.get("NoncurrentVersionExpiration", {}).get(
        "NoncurrentDays", rule.get("NoncurrentVersionExpirationInDays")
    )
    if days is not None:
        found["NoncurrentVersionExpiration"] = {"NoncurrentDays": int(days)}
    if "AbortIncompleteMultipartUpload" in rule:
        found["AbortIncompleteMultipartUpload"] = dict(rule["AbortIncompleteMultipartUpload"])
    if rule.get("TagFilters"):
        tags = [dict(tag) for tag in rule["TagFilters"]]
        found["Filter"] = {"And": {"Prefix": rule.get("Prefix", ""), "Tags": tags}}
    return found


Convert = Callable[[Any], dict[str, Any]]

# property -> (operation that puts it, operation that removes it, its parameters)
_CONFIGURATIONS: dict[str, tuple[str, str, Convert]] = {
    "VersioningConfiguration": (
        "PutBucketVersioning", "", lambda value: {"VersioningConfiguration": dict(value)}),
    "BucketEncryption": ("PutBucketEncryption", "DeleteBucketEncryption", _encryption),
    "PublicAccessBlockConfiguration": (
        "PutPublicAccessBlock", "DeletePublicAccessBlock",
        lambda value: {"PublicAccessBlockConfiguration": dict(value)}),
    "OwnershipControls": (
        "PutBucketOwnershipControls", "DeleteBucketOwnershipControls",
        lambda value: {"OwnershipControls": {"Rules": [dict(rule) for rule in value["Rules"]]}}),
    "LifecycleConfiguration": ("PutBucketLifecycleConfiguration", "DeleteBucketLifecycle", _lifecycle),
    "NotificationConfiguration": ("PutBucketNotificationConfiguration", "", _notification),
}  # fmt: skip


async def _bucket(
    calls: Calls, keys: Mapping[str, Any], old: Properties | None, new: Properties | None
) -> None:
    """Put each configuration that differs and remove each that is gone."""
    if new is None:
        return
    before = old or {}
    for name, (put, delete, convert) in _CONFIGURATIONS.items():
        if before.get(name) == new.get(name):
            continue
        if name in new:
            await calls.call("s3", put, {**keys, **convert(new[name])})
        elif delete:
            await calls.call("s3", delete, keys)
        elif name == "VersioningConfiguration":
            await calls.call("s3", put, {**keys, "VersioningConfiguration": {"Status": "Suspended"}})
        else:
            await calls.call("s3", put, {**keys, "NotificationConfiguration": {}})
    tags = [{"Key": key, "Value": value} for key, value in tags_of(new).items()]
    if tags_of(before) != tags_of(new):
        await calls.call("s3", "PutBucketTagging", {**keys, "Tagging": {"TagSet": tags}})


def _place(properties: Properties) -> Properties:
    """Outside us-east-1 the request says where the bucket shall be."""
    region = properties.get("Region", "us-east-1")
    found: dict[str, Any] = {}
    if region != "us-east-1":
        found["CreateBucketConfiguration"] = {"LocationConstraint": region}
    if properties.get("ObjectLockEnabled"):
        found["ObjectLockEnabledForBucket"] = True
    return found


async def _bucket_policy(
    calls: Calls, keys: Mapping[str, Any], old: Properties | None, new: Properties | None
) -> None:
    if new is None:
        await calls.call("s3", "DeleteBucketPolicy", keys)
        return
    policy = new["PolicyDocument"]
    document = policy if isinstance(policy, str) else json.dumps(policy)
    await calls.call("s3", "PutBucketPolicy", {**keys, "Policy": document})


KINDS = (
    ResourceKind(
        "AWS::S3::Bucket", "s3",
        create="CreateBucket", describe="HeadBucket", delete="DeleteBucket",
        name="BucketName", limit=63, lower=True, renames={"BucketName": "Bucket"},
        keys={"Bucket": "BucketName"}, physical="BucketName", claims="*",
        attributes={"Arn": "arn:aws:s3:::{BucketName}",
                    "DomainName": "{BucketName}.s3.amazonaws.com",
                    "RegionalDomainName": "{BucketName}.s3.{Region}.amazonaws.com",
                    "DualStackDomainName": "{BucketName}.s3.dualstack.{Region}.amazonaws.com",
                    "WebsiteURL": "http://{BucketName}.s3-website-{Region}.amazonaws.com"},
        convert=_place, converts=frozenset({"ObjectLockEnabled"}),
        settle=_bucket, settles=frozenset({*_CONFIGURATIONS, "Tags"}),
    ),
    ResourceKind(
        "AWS::S3::BucketPolicy", "s3",
        keys={"Bucket": "Bucket"}, physical="Bucket",
        settle=_bucket_policy, settles=frozenset({"Bucket", "PolicyDocument"}),
    ),
)  # fmt: skip
