"""The protocol that every engine keeps, and the errors that it may raise."""

from collections.abc import AsyncIterator, Mapping
from typing import Protocol

from simulator.runtime.work import Answer, Exit, Work

SERVING_PORT = 8080
"""The port on which a serving work listens in its own network (the SageMaker container contract)."""


class WorkUnknown(KeyError):
    """No work of that name was started, or it was removed."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name

    def __str__(self) -> str:
        return f"no work is named {self.name!r}"


class WorkUnreachable(Exception):
    """A serving work does not answer on its port: not any more, or (`timed_out`) not in time."""

    def __init__(self, message: str, timed_out: bool = False) -> None:
        super().__init__(message)
        self.timed_out = timed_out


class Engine(Protocol):
    """Starts works, follows them, and tells how they ended; survives a restart of the simulator."""

    async def start(self, work: Work) -> None:
        """Start `work`; returns when it runs. Raises NotSimulated (image, sandbox) or ValueError (name taken).

        WorkUnknown when the idle work that it runs within is not there, or has ended.
        """

    async def wait(self, name: str) -> Exit:
        """The exit of the work, when it has ended; may be asked many times. Raises WorkUnknown."""

    async def stop(self, name: str, grace_seconds: float, interrupt_seconds: float = 0.0) -> None:
        """SIGTERM to the work, and SIGKILL to all of it after the grace; returns when it has ended.

        With `interrupt_seconds` a SIGINT goes before, and has so long.
        """

    def lines(self, name: str) -> AsyncIterator[str]:
        """Every line of stdout and stderr from the first on, without line ends, following until the exit."""

    async def request(
        self,
        name: str,
        method: str,
        path: str,
        headers: Mapping[str, str],
        body: bytes,
        timeout_seconds: float,
    ) -> Answer:
        """One HTTP request to port 8080 of a serving work; a program that still starts is waited for.

        Raises WorkUnreachable when nobody answers in time. Header names of the answer are lower case.
        """

    async def remove(self, name: str) -> None:
        """Forget a work, killing it if it still runs; its lines and exit are gone. Unknown names are no error."""

    async def known(self) -> list[str]:
        """Names of the works that this engine can still speak about, those of an earlier process included."""

    async def close(self) -> None:
        """Let go of this process's own resources; running works go on."""
