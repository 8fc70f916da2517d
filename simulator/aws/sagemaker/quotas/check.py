"""Holds an account to its quotas: ResourceLimitExceeded in AWS's words."""

from __future__ import annotations

from simulator.aws.sagemaker.kinds.kind import Kind
from simulator.aws.sagemaker.naming import place
from simulator.aws.sagemaker.quotas.table import BY_KIND, Quota
from simulator.kernel.errors import CallerError
from simulator.kernel.world import Kernel

RAISED = "service_quotas.value"
"""Rows of what Service Quotas has raised: account/region/service/code -> {"value"}."""


def value(kernel: Kernel, scope: str, quota: Quota) -> int:
    """What the account has of a quota here; `scope` is account/region."""
    raised = kernel.store.get(RAISED, f"{scope}/sagemaker/{quota.code}") if quota.code else None
    return int(raised["value"]) if raised else quota.default


def admit(kernel: Kernel, kind: Kind, key: str) -> None:
    """Raises ResourceLimitExceeded where the account has as many of a kind as it may; `key` is account/region/name."""
    if quota := BY_KIND.get(kind.name):
        account, region, _ = place(key)
        scope = f"{account}/{region}"
        hold(kernel, scope, quota, kernel.store.count(kind.row, f"{scope}/"))


def hold(kernel: Kernel, scope: str, quota: Quota, used: int, asked: int = 1, name: str = "") -> None:
    """Raises ResourceLimitExceeded where `used` and what is asked for are more than the account may have.

    `name` is the quota's where AWS's text says more than the table's name.
    """
    most = value(kernel, scope, quota)
    if used + asked <= most:
        return
    unit = f" {quota.unit}" if quota.unit else ""
    raise CallerError(
        "ResourceLimitExceeded",
        f"The account-level service limit '{name or quota.name}' is {most}{unit}, with current utilization of"
        f" {used}{unit} and a request delta of {asked}{unit}. Please use AWS Service Quotas to request an increase for"
        " this quota. If AWS Service Quotas is not available, contact AWS support to request an increase for this"
        " quota.",
    )
