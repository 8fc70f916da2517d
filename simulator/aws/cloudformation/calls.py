"""How a resource is made: calls to other services as the stack's role, and what their refusals mean."""

from __future__ import annotations

import asyncio
import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from simulator.aws.behaviour import Answer, Cloud
from simulator.aws.principal import Principal
from simulator.kernel.errors import CallerError

# A service whose Describe does not hold is asked again when a fact was recorded, or after this long.
_ASK_AGAIN_SECONDS = 1.0

_ABSENT = re.compile(r"NotFound|NoSuch|NonExistent|DoesNotExist|^404$|ResourceNotFound|InvalidKeyId")
_ABSENT_TEXT = re.compile(r"could not find|does not exist|not found|cannot find", re.IGNORECASE)
_EXISTING = re.compile(r"AlreadyExist|ResourceInUse|AlreadyOwned|ResourceExists|QueueNameExists")
_EXISTING_TEXT = re.compile(r"already exist", re.IGNORECASE)
_DENIED = re.compile(r"AccessDenied|Unauthorized|NotAuthorized|AuthorizationError")


class ResourceFailed(Exception):
    """A resource could not be made, changed or removed; the text becomes its status reason."""


class GivenUp(Exception):
    """Another resource failed, so this one is not waited for any longer."""


def absent(error: CallerError) -> bool:
    """Whether a service says that what was asked about is not there."""
    return bool(
        _ABSENT.search(error.code)
        or (error.code.startswith("Validation") and _ABSENT_TEXT.search(error.message))
    )


def denied(error: CallerError) -> bool:
    """Whether a service says that the caller lacks the right."""
    return bool(_DENIED.search(error.code))


def existing(error: CallerError) -> bool:
    """Whether a service says that what was to be created is already there."""
    return bool(
        _EXISTING.search(error.code)
        or (error.code.startswith("Validation") and _EXISTING_TEXT.search(error.message))
    )


def handler_error_code(error: CallerError) -> str:
    """The registry's code for a service's error (User Guide, "Handler error codes")."""
    if existing(error):
        return "AlreadyExists"
    if absent(error):
        return "NotFound"
    if denied(error):
        return "AccessDenied"
    if error.status >= 500:
        return "ServiceInternalError"
    return (
        "InvalidRequest"
        if "Validation" in error.code or "Invalid" in error.code
        else "GeneralServiceException"
    )


@dataclass(frozen=True)
class Calls:
    """The calls of one resource. `token` is the same when the same step is tried again after a restart."""

    cloud: Cloud
    account: str
    region: str
    principal: Principal | None
    stack: str
    logical: str
    token: str = ""
    stack_id: str = ""
    resuming: bool = False
    given_up: asyncio.Event = field(default_factory=asyncio.Event)
    locks: defaultdict[str, asyncio.Lock] = field(default_factory=lambda: defaultdict(asyncio.Lock))

    async def call(self, service: str, operation: str, params: Mapping[str, Any]) -> Answer:
        """One call; the service's refusal is raised as CallerError."""
        return await self.cloud.call(
            service, operation, params, account=self.account, region=self.region, principal=self.principal
        )

    async def watch(self, service: str, operation: str, params: Mapping[str, Any]) -> Answer:
        """A call that only reads and may be held: left alone, with GivenUp, when the stack has failed elsewhere."""
        asked = asyncio.ensure_future(self.call(service, operation, params))
        told = asyncio.ensure_future(self.given_up.wait())
        try:
            await asyncio.wait({asked, told}, return_when=asyncio.FIRST_COMPLETED)
            if not asked.done():
                raise GivenUp
            return asked.result()
        finally:
            asked.cancel()
            told.cancel()
            await asyncio.gather(asked, told, return_exceptions=True)

    async def pause(self, since: int) -> None:
        """Wait for a fact newer than `since`, a second, or the stack's giving up."""
        news = asyncio.ensure_future(self.cloud.kernel.log.wait(since, _ASK_AGAIN_SECONDS))
        told = asyncio.ensure_future(self.given_up.wait())
        try:
            await asyncio.wait({news, told}, return_when=asyncio.FIRST_COMPLETED)
            if told.done():
                raise GivenUp
        finally:
            news.cancel()
            told.cancel()
            await asyncio.gather(news, told, return_exceptions=True)

    async def try_to(self, service: str, operation: str, params: Mapping[str, Any]) -> Answer | None:
        """A call that may find nothing: None where the service says that it is not there."""
        try:
            return await self.call(service, operation, params)
        except CallerError as error:
            if absent(error):
                return None
            raise

    def reason(self, service_name: str, error: CallerError) -> str:
        """A service's refusal as the status reason that a registry handler gives."""
        ids = self.cloud.kernel.ids
        return (
            f'Resource handler returned message: "{error.message} (Service: {service_name}, '
            f'Status Code: {error.status}, Request ID: {ids.uuid()})" '
            f"(RequestToken: {ids.uuid()}, HandlerErrorCode: {handler_error_code(error)})"
        )
