"""What every call about job containers needs: the Docker engine, labels, directories, and who may be reached."""

import hashlib
import os
import shutil
import socket
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import docker
import docker.errors

from simulator.kernel.errors import NotSimulated
from simulator.runtime.proxy_rules import Rules
from simulator.runtime.reach import Reach

SANDBOX = Path(__file__).parents[1] / "sandbox"
REMEDY = "Start a Docker engine that this user may use (docker info): container jobs need one."
_LOCAL = "unix:///var/run/docker.sock"
_PATIENCE_SECONDS, _LASTS_SECONDS = 5, 30 * 86400
ENGINE, SET, NAME, ROLE = (
    "simulator.containers",
    "simulator.containers.set",
    "simulator.containers.name",
    "simulator.containers.role",
)
_Filters = dict[str, str | list[str] | bool]


@dataclass
class DockerRoom:
    """The Docker engine as this simulator's job containers use it; `directory` has the same path for both."""

    directory: Path
    reach: Reach
    rules: Rules
    _connected: docker.DockerClient | None = None
    _laid: bool = False

    @property
    def label(self) -> str:
        """What marks everything in the Docker engine as this state directory's."""
        return hashlib.sha256(str(self.directory).encode()).hexdigest()[:12]

    def client(self) -> docker.DockerClient:
        """The connection. Raises NotSimulated where no Docker engine answers."""
        if self._connected is None:
            self.look()
            # Programs, builds and pulls last as long as they last: no time of ours cuts them off.
            self._connected = docker.from_env(timeout=_LASTS_SECONDS)
        return self._connected

    def look(self) -> None:
        """See that a Docker engine answers now. Raises NotSimulated."""
        try:
            _knock()
            client = docker.from_env(timeout=_PATIENCE_SECONDS)
            try:
                client.ping()
            finally:
                client.close()
        except (docker.errors.DockerException, OSError) as failure:
            raise NotSimulated(f"containers without a Docker engine ({failure})", REMEDY) from failure

    def close(self) -> None:
        """Let go of the connection."""
        if self._connected is not None:
            self._connected.close()
            self._connected = None

    def place(self, name: str) -> Path:
        """The directory of a set or of a program inside one."""
        return self.directory / hashlib.sha256(name.encode()).hexdigest()[:16]

    def launcher(self) -> Path:
        """The files that an outlet runs, made on first use."""
        launcher = self.directory / "launcher"
        if not self._laid:
            self._laid = True
            target = launcher / "simulator" / "runtime" / "sandbox"
            shutil.copytree(SANDBOX, target, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
        return launcher

    def labels(self, containers: str, name: str, role: str) -> dict[str, str]:
        """The labels of a container, network or volume of a set."""
        return {ENGINE: self.label, SET: containers, NAME: name, ROLE: role}

    def listed(self, containers: str = "", name: str = "", role: str = "") -> list[Any]:
        """The containers of a set, or of all: running or not."""
        wanted = {ENGINE: self.label, SET: containers, NAME: name, ROLE: role}
        filters: _Filters = {"label": [f"{key}={value}" for key, value in wanted.items() if value]}
        return list(self.client().containers.list(all=True, filters=filters, ignore_removed=True))

    def container(self, containers: str, name: str) -> Any | None:
        """The container of that name in a set, None when it is not there."""
        found = [each for each in self.listed(containers, name) if each.labels[ROLE] != "outlet"]
        return found[0] if found else None

    def network(self, containers: str) -> str:
        """How the network of a set is called."""
        return f"vsts_network_{hashlib.sha256(f'{self.label}/{containers}'.encode()).hexdigest()[:32]}"

    def uid(self) -> int:
        """The user that owns the files of jobs."""
        return os.getuid()


def _knock() -> None:
    """Raise OSError where the engine's local socket does not answer: Docker's client would leave its own end open."""
    scheme, _, path = (os.environ.get("DOCKER_HOST") or _LOCAL).partition("://")
    if scheme == "unix":
        with socket.socket(socket.AF_UNIX) as end:
            end.settimeout(_PATIENCE_SECONDS)
            end.connect(path)
