"""One attempt to hand an event to a target, and how it can fail."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from simulator.aws.behaviour import Answer, Cloud
from simulator.aws.eventbridge.rows import SERVICE
from simulator.aws.principal import Principal
from simulator.kernel.errors import CallerError


class TargetFailed(Exception):
    """The target did not take the event. `code` is what ERROR_CODE says in a dead letter.

    `not_before` (virtual epoch seconds) is what the target asked for with Retry-After, 0 if it did not.
    """

    def __init__(self, code: str, message: str, *, retryable: bool, not_before: float = 0.0) -> None:
        super().__init__(f"{code}: {message}")
        self.code, self.message, self.retryable, self.not_before = code, message, retryable, not_before


class AuthorizingCloud(Cloud, Protocol):
    """A cloud that can also be asked about an action which is no operation, such as events:InvokeApiDestination."""

    async def authorize(
        self,
        service: str,
        operation: str,
        params: Mapping[str, Any],
        account: str,
        region: str,
        principal: Principal | None,
    ) -> None:
        """Return when the caller may do `service:operation` on the ARN in `params`; else raise CallerError."""
        ...


@dataclass(frozen=True)
class Invocation:
    """What a sender needs: the target as PutTargets has it, the event, and the body made for this target."""

    cloud: AuthorizingCloud
    account: str
    region: str
    rule_arn: str
    target: Mapping[str, Any]
    event: Mapping[str, Any]
    body: str
    delivery: str

    @property
    def arn(self) -> str:
        """The target's ARN."""
        return str(self.target["Arn"])

    @property
    def place(self) -> tuple[str, str, str]:
        """Region, account and resource part of the target's ARN."""
        _, _, _, region, account, resource = self.arn.split(":", 5)
        return region or self.region, account or self.account, resource

    async def call(self, service: str, operation: str, params: Mapping[str, Any]) -> Answer:
        """An operation in the target's account: as the target's role if it has one, else as EventBridge itself."""
        region, account, _ = self.place
        asker = self.assume() if "RoleArn" in self.target else Principal.of_service(SERVICE, self.account)
        try:
            return await self.cloud.call(
                service, operation, params, account=account, region=region, principal=asker
            )
        except CallerError as error:
            raise failure_of(error) from error

    async def require(self, service: str, action: str) -> None:
        """The target's role must be allowed an action on the target; raises TargetFailed NO_PERMISSIONS."""
        region, account, _ = self.place
        asked = {"TargetArn": self.arn}
        try:
            await self.cloud.authorize(service, action, asked, account, region, self.assume())
        except CallerError as error:
            raise failure_of(error) from error

    def assume(self) -> Principal:
        """A session of the target's role, whose trust policy must let EventBridge in."""
        role = str(self.target["RoleArn"])
        try:
            session = self.cloud.session(role, self.delivery.replace("-", ""), SERVICE)
        except CallerError as error:
            raise TargetFailed("NO_PERMISSIONS", error.message, retryable=False) from error
        name = role.rsplit("/", 1)[-1]
        arn = f"arn:aws:sts::{role.split(':')[4]}:assumed-role/{name}/{self.delivery.replace('-', '')}"
        return Principal(
            arn=session.get("Arn", arn),
            account=role.split(":")[4],
            user_id=session.get("UserId", name),
            role_arn=role,
        )


Sender = Callable[[Invocation], Awaitable[None]]


def failure_of(error: CallerError) -> TargetFailed:
    """An AWS error as a failed attempt. Source: EventBridge user guide, "Using dead-letter queues"."""
    code = error.code.rsplit(".", 1)[-1]
    if "Throttl" in code or "TooManyRequests" in code or "LimitExceeded" in code:
        return TargetFailed("THROTTLING", f"{error.code}: {error.message}", retryable=True)
    if error.status >= 500:
        return TargetFailed("ERROR_FROM_TARGET", f"{error.code}: {error.message}", retryable=True)
    if "AccessDenied" in code or "NotAuthorized" in code or error.status == 403:
        return TargetFailed("NO_PERMISSIONS", error.message, retryable=False)
    if "NotFound" in code or "NonExistent" in code or "DoesNotExist" in code:
        return TargetFailed("NO_RESOURCE", error.message, retryable=False)
    return TargetFailed("SDK_CLIENT_ERROR", f"{error.code}: {error.message}", retryable=False)
