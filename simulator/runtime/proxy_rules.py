"""Where the proxy sends a host name: to one of the simulator's clouds, to an allowed registry, or nowhere."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from simulator.runtime.registries import registries

AWS = re.compile(r"(.+\.)?amazonaws\.com")
AZURE_DEVOPS = re.compile(r"(.+\.)?dev\.azure\.com|.+\.visualstudio\.com")
# The usage reports of the SageMaker SDK (sagemaker.telemetry.telemetry_logging): refused, and not worth a word.
TELEMETRY = re.compile(r"sm-pysdk-t-[a-z0-9-]+\.s3\.[a-z0-9-]+\.amazonaws\.com")
LOOPBACK = frozenset({"localhost", "127.0.0.1"})


@dataclass(frozen=True)
class Rules:
    """The ports of the two clouds on this machine, and the hosts let through; `registries` is asked when needed."""

    aws: int
    azure_devops: int
    allowed: tuple[str, ...] = ()
    registries: Callable[[], tuple[str, ...]] = registries


@dataclass(frozen=True)
class Answered:
    """A cloud of the simulator answers for the host: at this port of loopback."""

    port: int


@dataclass(frozen=True)
class Passed:
    """The host is outside and allowed."""


@dataclass(frozen=True)
class Refused:
    """The host is outside and not allowed; `quiet` when nobody needs to hear of it."""

    message: str
    quiet: bool = False


def decide(host: str, port: int, rules: Rules) -> Answered | Passed | Refused:
    """What becomes of a request for `host`:`port`."""
    host = host.lower().rstrip(".")
    if TELEMETRY.fullmatch(host):
        return Refused(f"{host}: usage reports stay here", quiet=True)
    if AWS.fullmatch(host):
        return Answered(rules.aws)
    if AZURE_DEVOPS.fullmatch(host):
        return Answered(rules.azure_devops)
    if host in LOOPBACK:  # from a client that does not know NO_PROXY
        usual = {4566: rules.aws, 4567: rules.azure_devops, rules.aws: rules.aws}
        usual[rules.azure_devops] = rules.azure_devops
        if port in usual:
            return Answered(usual[port])
    if any(_fits(host, allowed.lower()) for allowed in (*rules.allowed, *rules.registries())):
        return Passed()
    remedy = f"If the code that asked may reach it, add it: SIMULATOR_ALLOWED_HOSTS={host}"
    return Refused(f"{host} is outside the simulation, whose network is closed. {remedy}")


def _fits(host: str, allowed: str) -> bool:
    return host == allowed or (allowed.startswith("*.") and host.endswith(allowed[1:]))
