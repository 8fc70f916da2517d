"""Lineage of another account: who was let in to an account's lineage group, and what may be seen by it.

Source: SageMaker developer guide, "Cross-Account Lineage Tracking": one default group an account, shared whole or not
at all, by AWS RAM, with one kind of policy, which allows these seven operations. The document's other words are ours.
"""

from __future__ import annotations

from typing import Any

from simulator.aws.sagemaker.kinds.experiments import TRIAL_COMPONENT
from simulator.aws.sagemaker.kinds.lineage import ACTION, ARTIFACT, CONTEXT
from simulator.aws.sagemaker.naming import arn_of
from simulator.kernel.world import Kernel

POLICY = "sagemaker.lineage_group_policy"
"""Rows by account/region, which authorization reads: `policy` is the document."""
GRANT = "sagemaker.lineage_grant"
"""Rows by owner/region/receiver/share."""
CROSSING = "sagemaker.crossing_association"
"""Rows by the account/region of the destination and the association's key, of associations out of another account."""
ACTIONS = (
    "sagemaker:DescribeAction", "sagemaker:DescribeArtifact", "sagemaker:DescribeContext",
    "sagemaker:DescribeTrialComponent", "sagemaker:AddAssociation", "sagemaker:DeleteAssociation",
    "sagemaker:QueryLineage",
)  # fmt: skip


def grant(kernel: Kernel, group_arn: str, receiver: str, share: str) -> None:
    """Let an account in to a lineage group, as a share that it has accepted says."""
    scope = scope_of(group_arn)
    kernel.store.put(GRANT, f"{scope}/{receiver}/{share}", {})
    _write(kernel, scope)


def revoke(kernel: Kernel, group_arn: str, share: str) -> None:
    """Take back what a share has granted."""
    scope = scope_of(group_arn)
    for key, _ in kernel.store.scan(GRANT, f"{scope}/"):
        if key.endswith(f"/{share}"):
            kernel.store.delete(GRANT, key)
    _write(kernel, scope)


def may_see(kernel: Kernel, account: str, arn: str) -> bool:
    """Whether an account's walks through lineage go on to this entity."""
    scope = scope_of(arn)
    return scope.startswith(f"{account}/") or bool(kernel.store.count(GRANT, f"{scope}/{account}/"))


def policy(kernel: Kernel, scope: str) -> dict[str, Any] | None:
    """The group's policy; None where nobody was let in."""
    row = kernel.store.get(POLICY, scope)
    return dict(row["policy"]) if row else None


def scope_of(arn: str) -> str:
    """The account/region of an ARN."""
    _, _, _, region, account, _ = arn.split(":", 5)
    return f"{account}/{region}"


def _write(kernel: Kernel, scope: str) -> None:
    receivers = sorted({key.split("/")[2] for key, _ in kernel.store.scan(GRANT, f"{scope}/")})
    if not receivers:
        kernel.store.delete(POLICY, scope)
        return
    statement = {
        "Sid": "FullLineageAccess",
        "Effect": "Allow",
        "Principal": {"AWS": [f"arn:aws:iam::{each}:root" for each in receivers]},
        "Action": list(ACTIONS),
        "Resource": [arn_of(kind, f"{scope}/*") for kind in (ACTION, ARTIFACT, CONTEXT, TRIAL_COMPONENT)],
    }
    kernel.store.put(POLICY, scope, {"policy": {"Version": "2012-10-17", "Statement": [statement]}})
