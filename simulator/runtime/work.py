"""The values of the runtime: what is to run, how it ended and what it answered."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Mount:
    """A file or directory of the host, `source`, that the work sees at the absolute path `target`."""

    source: Path
    target: str
    read_only: bool = False


@dataclass(frozen=True)
class Network:
    """A private network that the works of one cluster share: they reach each other by the names in `hosts`.

    Works that name the same network must name the same hosts; each of them is the host that its `hostname` says.
    """

    name: str
    hosts: tuple[str, ...]


@dataclass(frozen=True)
class Stream:
    """Bytes that a work reads from named pipes, one an epoch: `<target>_0`, `<target>_1` and so on.

    `source` is a directory of the host; an epoch is the bytes of its files, in the order of their names or, with a
    `seed`, in an order of that epoch's own. `shard` (this host's number from 0, and how many there are) leaves each
    host its part of that order. `target` lies below one of the work's mounts.
    """

    source: Path
    target: str
    seed: int | None = None
    shard: tuple[int, int] = (0, 1)


@dataclass(frozen=True)
class Patience:
    """How long a work's output is read on when its command has ended and what it left behind still holds it.

    `line` is what the output then ends with. Who writes afterwards writes to a closed pipe.
    """

    seconds: float = 0.0
    line: str = ""


@dataclass(frozen=True)
class Work:
    """One program to run in one image, with exactly these variables and files and nothing else.

    `name` is unique among the works that were not removed. `serves` says that the program listens on port 8080 of
    its own network, where `Engine.request` reaches it. `cause` is the sequence of the fact that asked for the work.
    A work can `pip install`: into a thin virtual environment over the image's (its `bin` comes first on PATH), or in a
    container of its own. `writable_venv` is a directory of the host that keeps it for the caller's next work.
    A work of a `network` reaches its peers there. One that is `isolated` reaches nothing but them: not even the
    simulator.
    `ends` is a directory of socket files, each named by the port of its loopback at which the work reaches it.

    An `idle` work has no command: it stands until it is stopped, for others to run `within` it (its name). These share
    its files, its network and its processes, and what they leave in the background goes on. Stopped, it ends all that
    is left and has a line of output for each process of it: number and name. Of a work within another only command,
    environment, working directory, patience and further mounts are its own.
    """

    name: str
    image: str
    command: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)
    mounts: tuple[Mount, ...] = ()
    working_directory: str = "/"
    serves: bool = False
    cause: int | None = None
    hostname: str = "algo-1"
    writable_venv: Path | None = None
    network: Network | None = None
    isolated: bool = False
    streams: tuple[Stream, ...] = ()
    ends: Path | None = None
    idle: bool = False
    within: str = ""
    patience: Patience = Patience()


@dataclass(frozen=True)
class Exit:
    """How a work ended: its exit code (128 + signal when a signal ended it) and real epoch seconds.

    `reason` is empty for an ordinary end; otherwise one sentence on what the engine knows about it.
    """

    code: int
    started: float
    ended: float
    reason: str = ""


@dataclass(frozen=True)
class Answer:
    """What a serving work answered to one HTTP request; header names are lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes
