"""The ways into the sandbox of an idle work: descriptors of its namespaces that its supervisor holds open.

`doors` in the directory of the work names them: kind, process, descriptor and the kernel's name of the namespace, one a
line. By the name a number that the kernel gave to another process is never taken for the supervisor's. Who is within
holds a lock of the file.
"""

# pathlib would cost every start 8 ms.
# ruff: noqa: PTH104, PTH115, PTH123
from __future__ import annotations

import fcntl
import os

from simulator.runtime.sandbox.kernel_calls import (
    CLONE_NEWIPC,
    CLONE_NEWNET,
    CLONE_NEWNS,
    CLONE_NEWPID,
    CLONE_NEWUSER,
    CLONE_NEWUTS,
)

DOORS = "doors"
KINDS = {
    "user": CLONE_NEWUSER,
    "pid": CLONE_NEWPID,
    "net": CLONE_NEWNET,
    "ipc": CLONE_NEWIPC,
    "uts": CLONE_NEWUTS,
    "mnt": CLONE_NEWNS,
}
"""The namespaces in the order in which they are entered: in the last one nothing of the host is found any more."""


class Closed(Exception):
    """The idle work has ended: nobody holds its doors."""


def open_doors(first: int) -> None:
    """Open the namespaces of pid 1, while it still lets itself be looked at, and write down where they are."""
    lines = []
    for kind in KINDS:
        # Of the user namespace our own: we are in it.
        descriptor = os.open(f"/proc/{'self' if kind == 'user' else first}/ns/{kind}", os.O_RDONLY)
        lines.append(f"{kind} {os.getpid()} {descriptor} {os.readlink(f'/proc/self/fd/{descriptor}')}\n")
    with open("doors.new", "w", encoding="ascii") as file:
        file.write("".join(lines))
    os.rename("doors.new", DOORS)


def find_doors(place: str) -> dict[str, int]:
    """Descriptors of our own of the namespaces of the idle work at `place`, by kind. Raises Closed.

    Whoever asks is within from now on.
    """
    found: dict[str, int] = {}
    try:
        within = os.open(f"{place}/{DOORS}", os.O_RDONLY)  # held for the life of this process
        fcntl.flock(within, fcntl.LOCK_SH)
        with open(f"{place}/{DOORS}", encoding="ascii") as file:
            for line in file:
                kind, process, descriptor, name = line.split()
                door = f"/proc/{process}/fd/{descriptor}"
                found[kind] = os.open(door, os.O_RDONLY)
                if os.readlink(f"/proc/self/fd/{found[kind]}") != name:
                    raise Closed
    except OSError as gone:
        raise Closed from gone
    return found
