"""Which processes of this machine come from one: those it has started, and what these have started."""

# pathlib would cost every start 8 ms.
# ruff: noqa: PTH123, PTH208
from __future__ import annotations

import os

TYPE_CHECKING = False  # the typing module would cost a start 5 ms
if TYPE_CHECKING:
    from collections.abc import Iterator


def tell_left(first: int, output: int) -> None:
    """Write a line to `output` for each process that lives in the sandbox of `first`: its number there, its name."""
    left = []
    for process in come_from(first) - {first}:
        try:
            with open(f"/proc/{process}/status", encoding="utf-8", errors="replace") as file:
                said = dict(line.rstrip("\n").partition(":\t")[::2] for line in file)
        except OSError:
            continue  # it has just ended
        if not said["State"].startswith("Z"):
            left.append((int(said["NSpid"].split()[-1]), said["Name"]))
    for number, name in sorted(left):
        os.write(output, f"{number} {name}\n".encode())


def come_from(first: int) -> set[int]:
    """`first` and all that was started by it and by what it started, as far as the kernel still knows the parents.

    Whose parent has ended is known by the session: the sessions of those that are found are followed too, but our own.
    """
    running = list(_running())
    found, sessions = {first}, set[int]()
    while True:
        sessions |= {session for process, _, session in running if process in found} - {os.getsid(0)}
        more = {process for process, parent, session in running if parent in found or session in sessions}
        if more <= found:
            return found
        found |= more


def _running() -> Iterator[tuple[int, int, int]]:
    """Number, parent and session of every process of this machine; those that have ended and wait to be reaped, too."""
    for name in os.listdir("/proc"):
        if name.isdecimal():
            try:
                with open(f"/proc/{name}/stat", encoding="utf-8", errors="replace") as file:
                    # The name of the program stands in brackets and may hold anything.
                    fields = file.read().rpartition(")")[2].split()
            except OSError:
                continue  # it has just ended
            yield int(name), int(fields[1]), int(fields[3])
