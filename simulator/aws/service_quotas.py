"""Service Quotas for the quotas of SageMaker that are kept here: read, and raised at once.

AWS decides about a request, sometimes by a person; here it is granted, which the reality ledger says.
"""

from __future__ import annotations

from typing import Any

from simulator.aws.behaviour import Answer, Call, behaviour
from simulator.aws.sagemaker.quotas.check import RAISED, value
from simulator.aws.sagemaker.quotas.table import BY_CODE, Quota
from simulator.kernel.errors import CallerError

SERVICE = "sagemaker"
_CHANGE = "service_quotas.change"


def _quota(call: Call) -> Quota:
    """The quota that is named; raises NoSuchResourceException (the text is ours)."""
    quota = BY_CODE.get(call.params["QuotaCode"]) if call.params["ServiceCode"] == SERVICE else None
    if quota is None:
        raise CallerError("NoSuchResourceException", "The request failed because the quota does not exist.")
    return quota


def _shown(call: Call, quota: Quota, amount: int) -> dict[str, Any]:
    return {
        **_named(call, quota),
        "Value": float(amount),
        "Adjustable": quota.adjustable,
        "GlobalQuota": False,
        "QuotaAppliedAtLevel": "ACCOUNT",
    }


def _named(call: Call, quota: Quota) -> dict[str, Any]:
    return {
        "ServiceCode": SERVICE,
        "ServiceName": "Amazon SageMaker",
        "QuotaArn": f"arn:aws:servicequotas:{call.region}:{call.account}:{SERVICE}/{quota.code}",
        "QuotaCode": quota.code,
        "QuotaName": quota.name,
        "Unit": "None",
    }


def _scope(call: Call) -> str:
    return f"{call.account}/{call.region}"


@behaviour("service-quotas", "GetServiceQuota")
async def get_service_quota(call: Call) -> Answer:
    """What the account has of a quota."""
    quota = _quota(call)
    return {"Quota": _shown(call, quota, value(call.kernel, _scope(call), quota))}


@behaviour("service-quotas", "GetAWSDefaultServiceQuota")
async def get_default_service_quota(call: Call) -> Answer:
    """What a new account has of a quota."""
    quota = _quota(call)
    return {"Quota": _shown(call, quota, quota.default)}


@behaviour("service-quotas", "ListServiceQuotas")
async def list_service_quotas(call: Call) -> Answer:
    """All that is kept, in one page."""
    return {"Quotas": [_shown(call, each, value(call.kernel, _scope(call), each)) for each in _all(call)]}


@behaviour("service-quotas", "ListAWSDefaultServiceQuotas")
async def list_default_service_quotas(call: Call) -> Answer:
    """The defaults of all that is kept, in one page."""
    return {"Quotas": [_shown(call, each, each.default) for each in _all(call)]}


def _all(call: Call) -> list[Quota]:
    return list(BY_CODE.values()) if call.params["ServiceCode"] == SERVICE else []


@behaviour("service-quotas", "RequestServiceQuotaIncrease")
async def request_service_quota_increase(call: Call) -> Answer:
    """Raise a quota, at once; a value that is not higher is refused (the text is ours)."""
    quota, wanted = _quota(call), int(call.params["DesiredValue"])
    if wanted <= value(call.kernel, _scope(call), quota):
        raise CallerError(
            "IllegalArgumentException", "The requested value must be greater than the current one."
        )
    now, ident = call.kernel.clock.now(), call.kernel.ids.hex(32)
    change = {
        "Id": ident,
        **_named(call, quota),
        "DesiredValue": float(wanted),
        "Status": "APPROVED",
        "Created": now,
        "LastUpdated": now,
        "GlobalQuota": False,
    }
    with call.kernel.store.transaction():
        call.kernel.store.put(RAISED, f"{_scope(call)}/{SERVICE}/{quota.code}", {"value": wanted})
        call.kernel.store.put(_CHANGE, f"{_scope(call)}/{ident}", change)
        call.kernel.log.record("AcceptedNotSimulated", "RequestServiceQuotaIncrease: AWS's own decision", {})
    return {"RequestedQuota": change}


@behaviour("service-quotas", "GetRequestedServiceQuotaChange")
async def get_requested_service_quota_change(call: Call) -> Answer:
    """What came of a request; raises NoSuchResourceException."""
    found = call.kernel.store.get(_CHANGE, f"{_scope(call)}/{call.params['RequestId']}")
    if found is None:
        raise CallerError("NoSuchResourceException", "The request failed because the request does not exist.")
    return {"RequestedQuota": found}
