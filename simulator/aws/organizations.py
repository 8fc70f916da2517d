"""AWS Organizations, read only: the accounts of the topology under one root."""

from __future__ import annotations

from typing import Any

from simulator.aws.behaviour import Answer, Call, behaviour
from simulator.kernel.errors import CallerError

_ORGANIZATION = "o-simulator01"
_ROOT = "r-sim1"


@behaviour("organizations", "DescribeOrganization")
async def describe_organization(call: Call) -> Answer:
    """The organization; its management account is the topology's first."""
    master = next(iter(call.cloud.topology.accounts.values()))
    return {
        "Organization": {
            "Id": _ORGANIZATION,
            "Arn": f"arn:aws:organizations::{master}:organization/{_ORGANIZATION}",
            "FeatureSet": "ALL",
            "MasterAccountId": master,
            "MasterAccountArn": _arn(master, master),
            "MasterAccountEmail": f"{call.cloud.topology.account_name(master)}@example.com",
        }
    }


@behaviour("organizations", "ListAccounts")
async def list_accounts(call: Call) -> Answer:
    """All accounts of the topology."""
    return {
        "Accounts": [_account(call, name, number) for name, number in call.cloud.topology.accounts.items()]
    }


@behaviour("organizations", "DescribeAccount")
async def describe_account(call: Call) -> Answer:
    """One account; raises AccountNotFoundException."""
    for name, number in call.cloud.topology.accounts.items():
        if number == call.params["AccountId"]:
            return {"Account": _account(call, name, number)}
    raise CallerError("AccountNotFoundException", "You specified an account that doesn't exist.")


@behaviour("organizations", "ListRoots")
async def list_roots(call: Call) -> Answer:
    """The one root."""
    master = next(iter(call.cloud.topology.accounts.values()))
    arn = f"arn:aws:organizations::{master}:root/{_ORGANIZATION}/{_ROOT}"
    return {"Roots": [{"Id": _ROOT, "Arn": arn, "Name": "Root", "PolicyTypes": []}]}


def _arn(master: str, number: str) -> str:
    return f"arn:aws:organizations::{master}:account/{_ORGANIZATION}/{number}"


def _account(call: Call, name: str, number: str) -> dict[str, Any]:
    master = next(iter(call.cloud.topology.accounts.values()))
    return {
        "Id": number,
        "Arn": _arn(master, number),
        "Email": f"{name}@example.com",
        "Name": name,
        "Status": "ACTIVE",
        "JoinedMethod": "CREATED",
        "JoinedTimestamp": 1_600_000_000.0,
    }
