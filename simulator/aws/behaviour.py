"""What a behaviour is: a function that gives life to one AWS operation, found by service and operation name."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from simulator.aws.principal import Principal
from simulator.kernel.world import Kernel
from simulator.runtime.engine import Engine
from simulator.topology import Topology

if TYPE_CHECKING:
    from simulator.aws.credentials import Credentials
    from simulator.aws.settings import AwsSettings

Answer = dict[str, Any]


class Cloud(Protocol):
    """What a behaviour may use of the AWS side."""

    @property
    def kernel(self) -> Kernel: ...

    @property
    def engine(self) -> Engine: ...

    @property
    def topology(self) -> Topology: ...

    @property
    def settings(self) -> AwsSettings: ...

    @property
    def credentials(self) -> Credentials: ...

    async def refusal_to_assume(
        self, role_arn: str, principal: Principal, region: str, keys: Mapping[str, str] | None = None
    ) -> str:
        """Why the caller may not assume the role, as AWS words it; empty when it may.

        `keys` are condition keys of the request itself (`sts:ExternalId`).
        """
        ...

    async def call(
        self,
        service: str,
        operation: str,
        params: Mapping[str, Any],
        *,
        account: str,
        region: str,
        principal: Principal | None = None,
    ) -> Answer:
        """One operation, authorized and served as over HTTP; without a principal the simulator itself asks.

        Raises CallerError with AWS's code, or NotSimulated.
        """
        ...

    def session(self, role_arn: str, session_name: str, service: str) -> Mapping[str, str]:
        """Credentials of a role for work that `service` starts: AccessKeyId, SecretAccessKey, SessionToken.

        Raises CallerError(ValidationException) when the role does not exist or does not trust the service.
        """
        ...


@dataclass(frozen=True)
class Call:
    """One request as a behaviour sees it: validated parameters, who asks, and where."""

    service: str
    operation: str
    params: dict[str, Any]
    principal: Principal
    account: str
    region: str
    cloud: Cloud
    request_id: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def kernel(self) -> Kernel:
        """The kernel, for rows, facts and time."""
        return self.cloud.kernel

    def arn(self, resource: str, name: str) -> str:
        """The ARN of a resource of this service here, `arn:aws:sagemaker:region:account:resource/name`."""
        prefix = _ARN_PREFIXES.get(self.service, self.service)
        return f"arn:aws:{prefix}:{self.region}:{self.account}:{resource}/{name}"

    def key(self, name: str) -> str:
        """The row key of a named resource here: `account/region/name`."""
        return f"{self.account}/{self.region}/{name}"


Behaviour = Callable[[Call], Awaitable[Answer]]

_ARN_PREFIXES = {"sagemaker-runtime": "sagemaker", "monitoring": "cloudwatch"}
_TABLE: dict[tuple[str, str], Behaviour] = {}


def behaviour(service: str, operation: str) -> Callable[[Behaviour], Behaviour]:
    """Enter a function in the table as what `operation` of botocore's `service` does."""

    def enter(function: Behaviour) -> Behaviour:
        if (service, operation) in _TABLE:
            raise ValueError(f"{service}:{operation} has two behaviours")
        _TABLE[service, operation] = function
        return function

    return enter


def memory(service: str, operation: str, alive_with: str = "") -> Callable[[Behaviour], Behaviour]:
    """Enter a function as what an operation does where nothing gives it life: it keeps and gives back.

    With `alive_with`, an operation of the same service, it is life none the less where that one has a behaviour: a
    list of jobs that run is no mere memory. A behaviour of the operation itself goes before it, whenever it is entered.
    """

    def enter(function: Behaviour) -> Behaviour:
        if (service, operation) in _MEMORY:
            raise ValueError(f"{service}:{operation} is remembered twice")
        _MEMORY[service, operation] = (function, alive_with)
        return function

    return enter


_MEMORY: dict[tuple[str, str], tuple[Behaviour, str]] = {}


_REFUSED: dict[tuple[str, str], str] = {}


def refuse(service: str, operation: str, why: str) -> None:
    """Say why an operation is refused by name, unless something gives it life."""
    _REFUSED[service, operation] = why


def refusal(service: str, operation: str) -> str:
    """Why the operation is refused; "" where nothing was said."""
    return _REFUSED.get((service, operation), "")


def find(service: str, operation: str) -> Behaviour | None:
    """The behaviour of an operation, or else its memory, once its module is loaded."""
    found = _TABLE.get((service, operation))
    if found is None and (service, operation) in _MEMORY:
        return _MEMORY[service, operation][0]
    return found


def has_memory(service: str, operation: str) -> bool:
    """Whether the operation has a memory, used or not."""
    return (service, operation) in _MEMORY


def remembers(service: str, operation: str) -> bool:
    """Whether the operation only remembers."""
    if (service, operation) in _TABLE or (service, operation) not in _MEMORY:
        return False
    alive_with = _MEMORY[service, operation][1]
    return not alive_with or (service, alive_with) not in _TABLE


def behaves(service: str) -> tuple[str, ...]:
    """The operations of a service that have a behaviour, or live with one, sorted."""
    known = {operation for owner, operation in (*_TABLE, *_MEMORY) if owner == service}
    return tuple(sorted(operation for operation in known if not remembers(service, operation)))
