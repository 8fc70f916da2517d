"""Callers, and whether a statement's Principal names them: directly, through their role, or through their account."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntEnum

from simulator.aws.iam.statements import PrincipalSet


@dataclass(frozen=True)
class Caller:
    """Who asks: an account's root, a user, a role session (with its role's ARN), or an AWS service.

    For a service `arn` is its host name (`events.amazonaws.com`), and `account` the one it works for. A `federated`
    caller is nobody of AWS: `arn` is that of the identity provider that vouches for it.
    """

    arn: str
    account: str
    role_arn: str = ""
    federated: bool = False

    @property
    def is_service(self) -> bool:
        """True for a service principal."""
        return not self.arn.startswith("arn:")

    @property
    def is_root(self) -> bool:
        """True for the root of an account."""
        return self.arn.endswith(":root")

    @property
    def is_session(self) -> bool:
        """True for a role session."""
        return ":assumed-role/" in self.arn

    @property
    def role(self) -> str:
        """The ARN of a session's role; without its path if the caller did not say (a session's ARN has none)."""
        if self.role_arn or not self.is_session:
            return self.role_arn
        name = self.arn.split("/")[1]
        return f"arn:{self.arn.split(':')[1]}:iam::{self.account}:role/{name}"


class Grant(IntEnum):
    """How a resource's policy names the caller, the weakest first."""

    NONE = 0
    ACCOUNT = 1  # the account is named: its own policies decide who in it
    ROLE = 2  # the role, or everyone: limits of the session still apply
    DIRECT = 3  # the user, the session or the service itself


def named_by(principals: PrincipalSet, caller: Caller) -> Grant:
    """How the set names the caller. Source: IAM user guide, "AWS JSON policy elements: Principal"."""
    if caller.federated:
        return Grant.DIRECT if caller.arn in principals.federated else Grant.NONE
    if caller.is_service:
        return Grant.DIRECT if caller.arn in principals.service or principals.everyone else Grant.NONE
    if caller.arn in principals.aws:
        return Grant.DIRECT
    if principals.everyone or (caller.role and caller.role in principals.aws):
        return Grant.ROLE
    return Grant.ACCOUNT if any(_account(name) == caller.account for name in principals.aws) else Grant.NONE


def _account(principal: str) -> str:
    match = re.fullmatch(r"(\d{12})|arn:aws[\w-]*:iam::(\d{12}):root", principal)
    return (match[1] or match[2]) if match else ""
