"""The one list of resource types that CloudFormation can make here."""

from __future__ import annotations

from simulator.aws.cloudformation.handlers import cloudwatch, events, iam, messaging, s3, sagemaker, secrets
from simulator.aws.cloudformation.handlers.kind import ResourceKind

# Accepted and nothing to do: the CDK's note about itself.
_METADATA = ResourceKind(
    "AWS::CDK::Metadata",
    "cloudformation",
    name="Id",
    limit=128,
    physical="Id",
    attributes={"Id": "Id"},
    settles=frozenset({"Analytics"}),
)

KINDS: dict[str, ResourceKind] = {
    kind.type: kind
    for kind in (
        *sagemaker.KINDS,
        *cloudwatch.KINDS,
        *events.KINDS,
        *messaging.KINDS,
        *s3.KINDS,
        *iam.KINDS,
        *secrets.KINDS,
        _METADATA,
    )
}
