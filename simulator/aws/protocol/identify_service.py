"""Which service a request is for: by signature scope, target header, action or host."""

from __future__ import annotations

import re

from simulator.aws.protocol.http import Incoming

# Signing name or host prefix -> botocore service, where they differ.
_ALIASES = {
    "monitoring": "cloudwatch",
    "email": "ses",
    "states": "stepfunctions",
    "tagging": "resourcegroupstaggingapi",
    "elasticloadbalancing": "elbv2",
    "es": "opensearch",
    "api.ecr": "ecr",
    "api.sagemaker": "sagemaker",
    "runtime.sagemaker": "sagemaker-runtime",
    "metrics.sagemaker": "sagemaker-metrics",
    "featurestore-runtime.sagemaker": "sagemaker-featurestore-runtime",
    "execute-api": "apigatewaymanagementapi",
    "aps": "amp",
    "servicequotas": "service-quotas",
}
# X-Amz-Target prefix -> botocore service, for requests that carry no signature.
_TARGETS = {
    "SageMaker": "sagemaker",
    "AWSEvents": "events",
    "GraniteServiceVersion20100801": "cloudwatch",
    "TrentService": "kms",
    "AmazonSQS": "sqs",
    "AWSOrganizationsV20161128": "organizations",
    "AmazonSSM": "ssm",
    "Logs_20140328": "logs",
}
_SCOPE = re.compile(r"(?:Credential=|^)([^/,\s]+)/(\d{8})/([^/,\s]+)/([^/,\s]+)/aws4_request")
_HOST = re.compile(r"(?:(?P<prefix>[a-z0-9.-]+?)\.)?(?P<region>[a-z]{2}(?:-[a-z]+)+-\d)?\.?amazonaws\.com$")
_STS_ACTIONS = ("AssumeRoleWithWebIdentity", "AssumeRoleWithSAML")


def signature_scope(request: Incoming) -> tuple[str, str, str] | None:
    """(access key id, region, signing name) from the Authorization header or a presigned URL, if there."""
    arguments = request.arguments()
    text = request.headers.get("authorization", "") or arguments.get("X-Amz-Credential", "")
    found = _SCOPE.search(text)
    if found is None and "AWSAccessKeyId" in arguments and "Signature" in arguments:
        # Signature version 2, which boto3 still presigns S3's URLs with in the oldest regions.
        return arguments["AWSAccessKeyId"], "aws-global", "s3"
    return (found[1], found[3], found[4]) if found else None


def service_of(request: Incoming) -> str:
    """The botocore service name; plain path-style requests without any mark are S3's."""
    scope = signature_scope(request)
    name = scope[2] if scope else _unsigned(request)
    service = _ALIASES.get(name, name)
    if service == "sagemaker" and "x-amz-target" not in request.headers:
        return _sagemaker_data_plane(request.path)
    return service


def region_of(request: Incoming, default: str) -> str:
    """The region the request was signed for or sent to."""
    scope = signature_scope(request)
    if scope:
        return scope[1] if scope[1] != "aws-global" else default
    found = _HOST.search(request.headers.get("host", "").split(":")[0])
    return (found["region"] if found else None) or default


def _unsigned(request: Incoming) -> str:
    target = request.headers.get("x-amz-target", "").split(".")[0]
    if target:
        return _TARGETS.get(target, target.lower())
    if any(f"Action={action}".encode() in request.body for action in _STS_ACTIONS):
        return "sts"
    host = request.headers.get("host", "").split(":")[0]
    found = _HOST.search(host)
    prefix = (found["prefix"] or "") if found else ""
    if prefix and prefix != "s3" and not prefix.endswith(".s3") and not prefix.startswith("s3."):
        return prefix
    return "s3"


def _sagemaker_data_plane(path: str) -> str:
    if path.startswith("/endpoints/"):
        return "sagemaker-runtime"
    if path.startswith(("/FeatureGroup", "/BatchGetRecord", "/BatchWriteRecord")):
        return "sagemaker-featurestore-runtime"
    if path.startswith(("/BatchPutMetrics", "/BatchGetMetrics")):
        return "sagemaker-metrics"
    return "sagemaker"
