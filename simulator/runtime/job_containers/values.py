"""The values of job containers: what is to be there, what runs inside, and what became of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from simulator.runtime.work import Mount

Say = Callable[[str], None]
"""Who hears the lines of a log."""


class ContainerFailed(Exception):
    """A container cannot be had as it was asked for; the text says why."""


@dataclass(frozen=True)
class Login:
    """Who signs in to a registry (`https://index.docker.io/v1/`, `registry.example:5000`)."""

    registry: str
    user: str
    password: str = field(repr=False)


@dataclass(frozen=True)
class Container:
    """One container of a set; `name` is its name in the set and, of a service, its host name in the network.

    A `service` runs its image's own command; the others stay idle for programs. `volumes`, `ports` and `options` are
    as `docker create` takes them; volumes and ports among the options count for nothing. `local` images are not pulled.
    """

    name: str
    image: str
    environment: Mapping[str, str] = field(default_factory=dict)
    mounts: tuple[Mount, ...] = ()
    volumes: tuple[str, ...] = ()
    ports: tuple[str, ...] = ()
    options: str = ""
    local: bool = False
    login: Login | None = None
    service: bool = False


@dataclass(frozen=True)
class ContainerSet:
    """Containers that share a network; `name` is unique among the sets that were not closed."""

    name: str
    containers: tuple[Container, ...] = ()


@dataclass(frozen=True)
class Opened:
    """A set that is there: its network, ids by container, and the published ports with their own by container."""

    network: str
    ids: Mapping[str, str]
    ports: Mapping[str, Mapping[int, int]]


@dataclass(frozen=True)
class Inside:
    """A program to run in a container of a set, as the user of the simulator; `name` as a work's is."""

    name: str
    containers: str
    container: str
    command: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)
    working_directory: str = ""
