"""What an operation asks for, in IAM's words: the action, the resource's ARN and the account that owns it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from simulator.aws.lambda_.names import named
from simulator.aws.protocol.models import service_model

# S3 operations whose IAM action has another name. Source: "Actions, resources, and condition keys for Amazon S3".
_S3_ACTIONS = {
    "HeadObject": "GetObject",
    "HeadBucket": "ListBucket",
    "ListObjects": "ListBucket",
    "ListObjectsV2": "ListBucket",
    "ListObjectVersions": "ListBucketVersions",
    "ListBuckets": "ListAllMyBuckets",
    "ListMultipartUploads": "ListBucketMultipartUploads",
    "ListParts": "ListMultipartUploadParts",
    "CreateMultipartUpload": "PutObject",
    "UploadPart": "PutObject",
    "UploadPartCopy": "PutObject",
    "CompleteMultipartUpload": "PutObject",
    "CopyObject": "PutObject",
    "PostObject": "PutObject",
    "DeleteObjects": "DeleteObject",
    "GetBucketEncryption": "GetEncryptionConfiguration",
    "PutBucketEncryption": "PutEncryptionConfiguration",
    "GetBucketLifecycleConfiguration": "GetLifecycleConfiguration",
    "PutBucketLifecycleConfiguration": "PutLifecycleConfiguration",
    "GetBucketNotificationConfiguration": "GetBucketNotification",
    "PutBucketNotificationConfiguration": "PutBucketNotification",
    "GetPublicAccessBlock": "GetBucketPublicAccessBlock",
    "PutPublicAccessBlock": "PutBucketPublicAccessBlock",
    "DeletePublicAccessBlock": "PutBucketPublicAccessBlock",
}
# Source: "Actions, resources, and condition keys for AWS Lambda".
_LAMBDA_ACTIONS = {"Invoke": "InvokeFunction", "GetLayerVersionByArn": "GetLayerVersion"}
_ACTION_PREFIX = {
    "sagemaker-runtime": "sagemaker",
    "sagemaker-metrics": "sagemaker",
    "cloudwatch": "cloudwatch",
}
_SAGEMAKER = re.compile(r"^(?:Create|Describe|Update|Delete|Stop|Start|Retry|Send)([A-Z]\w+?)(?:Execution)?$")
_WORDS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


@dataclass(frozen=True)
class Access:
    """`resource` is `*` where the operation names none; `owner` is the account whose policies guard it."""

    action: str
    resource: str
    owner: str


def access(service: str, operation: str, params: Mapping[str, Any], account: str, region: str) -> Access:
    """What `operation` with these parameters asks for, for a caller whose request went to `account`."""
    if service == "s3":
        bucket, key = str(params.get("Bucket", "")), str(params.get("Key", ""))
        action = "s3:" + _S3_ACTIONS.get(operation, operation)
        return Access(action, f"arn:aws:s3:::{bucket}{'/' + key if key else ''}" if bucket else "*", account)
    if service == "lambda":
        operation_action = _LAMBDA_ACTIONS.get(operation, operation)
        resource = _function(params, account, region)
        return Access(
            f"lambda:{operation_action}", resource, resource.split(":")[4] if resource != "*" else account
        )
    action = f"{_ACTION_PREFIX.get(service) or service_model(service).signing_name}:{operation}"
    resource = _resource(service, operation, params, account, region)
    if service == "ram":
        return Access(
            action, resource, account
        )  # an invitation of another account is the receiver's to answer
    owner = resource.split(":")[4] if resource.count(":") >= 5 else account
    # AWS's own policies belong to `aws`, which is no account.
    return Access(action, resource, owner if owner.isdigit() else account)


def _resource(service: str, operation: str, params: Mapping[str, Any], account: str, region: str) -> str:
    if service == "kms":
        key = str(params.get("KeyId", ""))
        return key if key.startswith("arn:") or not key else f"arn:aws:kms:{region}:{account}:key/{key}"
    if service == "iam":
        return _iam(params, account)
    if service == "sqs" and params.get("QueueUrl"):
        return _queue(str(params["QueueUrl"]), account, region)
    if service == "secretsmanager" and str(params.get("SecretId", "")).startswith("arn:"):
        return str(params["SecretId"])
    if service == "scheduler" and params.get("Name"):
        kind, group = (
            ("schedule-group", "")
            if "Group" in operation
            else ("schedule", f"{params.get('GroupName', 'default')}/")
        )
        return f"arn:aws:scheduler:{region}:{account}:{kind}/{group}{params['Name']}"
    if service.startswith("sagemaker"):
        return _sagemaker(operation, params, account, region)
    if service in ("codedeploy", "elasticbeanstalk"):
        return _deployed(service, params, f"arn:aws:{service}:{region}:{account}")
    named = [
        v
        for k, v in params.items()
        if k.lower().endswith("arn") and isinstance(v, str) and v.startswith("arn:")
    ]
    return named[0] if len(named) == 1 else "*"


def _deployed(service: str, params: Mapping[str, Any], prefix: str) -> str:
    """A part of an application, or the application. Source: service authorization reference of both services."""
    if given := params.get("ResourceArn"):
        return str(given)
    separator, kinds = (":", _CODE_DEPLOY) if service == "codedeploy" else ("/", _BEANSTALK)
    application = params.get("applicationName") or params.get("ApplicationName")
    for member, kind in kinds:
        if application and params.get(member):
            return f"{prefix}:{kind}{separator}{application}/{params[member]}"
    return f"{prefix}:application{separator}{application}" if application else "*"


_CODE_DEPLOY = (("deploymentGroupName", "deploymentgroup"), ("currentDeploymentGroupName", "deploymentgroup"))
_BEANSTALK = (("VersionLabel", "applicationversion"), ("EnvironmentName", "environment"))


def _iam(params: Mapping[str, Any], account: str) -> str:
    """What changes is the resource: attaching a policy to a role asks for a right over the role."""
    for member, path in (("RoleName", "role"), ("UserName", "user"), ("GroupName", "group")):
        if params.get(member):
            return f"arn:aws:iam::{account}:{path}/{params[member]}"
    return str(params.get("PolicyArn") or "*")


def _queue(url: str, account: str, region: str) -> str:
    """The queue behind its URL, whose last two parts are the account and the name."""
    *_, owner, name = ["", *url.rstrip("/").split("/")]
    return f"arn:aws:sqs:{region}:{owner if owner.isdigit() else account}:{name}"


def _function(params: Mapping[str, Any], account: str, region: str) -> str:
    """The function with its qualifier, or the layer version; `*` for operations over all of them."""
    text = str(params.get("FunctionName") or params.get("Resource") or params.get("Arn") or "")
    if params.get("LayerName"):
        layer, version = str(params["LayerName"]), params.get("VersionNumber")
        base = layer if layer.startswith("arn:") else f"arn:aws:lambda:{region}:{account}:layer:{layer}"
        return f"{base}:{version}" if version else base
    if ":layer:" in text:
        return text
    function = named(text, account, region, str(params.get("Qualifier", "")))
    return function.qualified_arn if function else "*"


def _sagemaker(operation: str, params: Mapping[str, Any], account: str, region: str) -> str:
    for member in ("ModelPackageName", "ModelPackageArn", "PipelineExecutionArn", "ResourceArn"):
        value = str(params.get(member, ""))
        if value.startswith("arn:"):
            return value
    if "ModelPackageGroupName" in params:
        group = str(params["ModelPackageGroupName"])
        prefix = f"arn:aws:sagemaker:{region}:{account}:model-package-group/"
        return group if group.startswith("arn:") else prefix + group
    if operation.startswith("InvokeEndpoint"):
        return f"arn:aws:sagemaker:{region}:{account}:endpoint/{params.get('EndpointName', '')}".lower()
    found = _SAGEMAKER.match(operation)
    kind = found[1] if found else ""
    name = next((params[m] for m in (f"{kind}Arn", f"{kind}Name") if m in params), None)
    if kind and name:
        text = str(name)
        path = _WORDS.sub("-", kind).lower()
        return (
            text if text.startswith("arn:") else f"arn:aws:sagemaker:{region}:{account}:{path}/{text}".lower()
        )
    return "*"
