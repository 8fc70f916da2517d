"""Whether a role's trust policy lets in someone whom an identity provider vouches for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from simulator.aws.iam.decision import PolicyType
from simulator.aws.iam.documents import PolicyKind, parse_policy
from simulator.aws.iam.evaluate import AccessRequest, PolicySet, evaluate
from simulator.aws.iam.principals import Caller
from simulator.aws.iam.variables import context


def federated_access(
    trust: Mapping[str, Any],
    provider: str,
    action: str,
    role_arn: str,
    keys: Mapping[str, str | tuple[str, ...]],
) -> bool:
    """True if the trust policy allows `action` to the federated principal `provider` (an ARN) under these keys."""
    document = parse_policy(trust, PolicyKind.TRUST, role_arn)
    account = role_arn.split(":")[4]
    request = AccessRequest(
        Caller(provider, account, federated=True), action, role_arn, account, context(dict(keys))
    )
    policies = PolicySet(resource=document, resource_must_allow=True, resource_type=PolicyType.TRUST)
    return evaluate(request, policies).allowed
