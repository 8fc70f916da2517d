"""Who acts when Lambda works: calls to other services as a function's role, or as Lambda itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from simulator.aws.behaviour import Answer, Cloud
from simulator.aws.lambda_.configuration import SERVICE
from simulator.aws.lambda_.names import Named
from simulator.aws.principal import Principal


@dataclass(frozen=True)
class Actor:
    """A principal in one account and region."""

    cloud: Cloud
    account: str
    region: str
    principal: Principal

    async def call(self, service: str, operation: str, params: Mapping[str, Any]) -> Answer:
        """One operation; raises CallerError with AWS's code."""
        return await self.cloud.call(
            service, operation, params, account=self.account, region=self.region, principal=self.principal
        )


def as_role(cloud: Cloud, role: str, function: Named) -> Actor:
    """The session of a function's role, named as the function."""
    account, name = role.split(":")[4], role.rsplit("/", 1)[-1]
    arn = f"arn:aws:sts::{account}:assumed-role/{name}/{function.name}"
    asker = Principal(arn=arn, account=account, user_id=f"{name}:{function.name}", role_arn=role)
    return Actor(cloud, function.account, function.region, asker)


def as_lambda(cloud: Cloud, function: Named) -> Actor:
    """Lambda itself, which no identity policy holds."""
    return Actor(cloud, function.account, function.region, Principal.of_service(SERVICE, function.account))
