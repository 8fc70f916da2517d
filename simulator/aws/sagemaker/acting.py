"""Who acts when SageMaker works for somebody: calls to other services as an execution role or as the service."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from simulator.aws.behaviour import Answer, Call, Cloud
from simulator.aws.principal import Principal
from simulator.kernel.facts import current_cause

SERVICE = "sagemaker.amazonaws.com"


@dataclass(frozen=True)
class Actor:
    """One principal in one account and region, and the cloud that it calls."""

    cloud: Cloud
    account: str
    region: str
    principal: Principal | None = None

    async def call(self, service: str, operation: str, params: Mapping[str, Any]) -> Answer:
        """One operation as this principal; raises CallerError with AWS's code."""
        return await self.cloud.call(
            service, operation, params, account=self.account, region=self.region, principal=self.principal
        )


def as_role(cloud: Cloud, role_arn: str, region: str, session: str = "SageMaker") -> Actor:
    """An actor that is a session of an execution role, in the role's own account."""
    account, name = role_arn.split(":")[4], role_arn.rsplit("/", 1)[-1]
    principal = Principal(
        arn=f"arn:aws:sts::{account}:assumed-role/{name}/{session}",
        account=account,
        user_id=f"{name}:{session}",
        role_arn=role_arn,
        cause=current_cause(),
    )
    return Actor(cloud, account, region, principal)


def as_service(cloud: Cloud, account: str, region: str) -> Actor:
    """An actor that is SageMaker itself."""
    return Actor(cloud, account, region, Principal.of_service(SERVICE, account))


def who(call: Call) -> dict[str, Any]:
    """Who asks, as `CreatedBy` and `LastModifiedBy` say it."""
    return {"IamIdentity": {"Arn": call.principal.arn, "PrincipalId": call.principal.user_id}}
