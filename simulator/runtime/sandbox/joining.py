"""Keeps one work that runs within an idle one: enters its sandbox, follows the command and records its exit.

Started and spoken to as a supervisor is (supervisor.py), it stays outside, in the host's network. The command is its
child and belongs to the process namespace of the idle work: what the command leaves in the background becomes a child
of pid 1 there, and lives as long as the idle work does. SIGQUIT kills the command and what comes from it.
"""

# pathlib would cost every start 8 ms.
# ruff: noqa: PTH110
from __future__ import annotations

import _signal as signal  # type: ignore[import-not-found]  # the `signal` module would import enum: 5 ms
import os
import select
import time

from simulator.runtime.sandbox.doors import KINDS, Closed, find_doors
from simulator.runtime.sandbox.first_process import ASKING, attach, detach, drop_capabilities, run
from simulator.runtime.sandbox.kernel_calls import (
    CLONE_NEWNS,
    CLONE_NEWPID,
    CLONE_NEWUSER,
    MS_PRIVATE,
    MS_REC,
    PR_SET_DUMPABLE,
    PR_SET_PDEATHSIG,
    Refused,
    Unfit,
    check,
    libc,
)
from simulator.runtime.sandbox.processes import come_from
from simulator.runtime.sandbox.records import FORGOTTEN_AFTER_SECONDS, STATUS, begin, record, say_started

TYPE_CHECKING = False  # the typing module would cost a start 5 ms
if TYPE_CHECKING:
    from typing import Any, NoReturn


def supervise_within() -> None:
    """Start the command within, tell STATUS how that went, follow it to its end and write `exit`."""
    spec, lock, output = begin()
    said, saying = os.pipe()
    try:
        command = start_within(spec, saying, (lock, STATUS, output, said))
    except (Refused, Unfit, Closed, OSError) as refusal:
        told = {Unfit: "unfit", Closed: "closed"}.get(type(refusal), "refused")
        os.write(STATUS, f"{told} {refusal}".encode())
        return
    os.close(saying)
    following = Following(command, said, output)
    started = say_started()
    following.until_end()
    ended = time.time()
    following.read_on(*spec["patience"])
    if os.path.exists("spec"):
        reason = "killed by the engine" if following.killed else ""
        record(following.reap(), started, ended, reason)


class Following:
    """The command and its output, from now on; `killed` by the engine."""

    def __init__(self, command: int, said: int, output: int) -> None:
        self._command, self._said, self._output = command, said, output
        self._process = os.pidfd_open(command)
        self._asked_read, self._asked = os.pipe()
        self._asked_to_end = self.killed = False
        self._last, self._open = b"\n", True
        os.set_blocking(said, False)
        self._poll = select.poll()
        for descriptor in (said, self._process, self._asked_read):
            self._poll.register(descriptor, select.POLLIN)
        for asking in ASKING:
            signal.signal(asking, self._ask)
        signal.signal(signal.SIGQUIT, self._kill)

    def until_end(self) -> None:
        """Keep what the command says until it has ended; it is not reaped, so that its number stays its own."""
        while True:
            ready = [descriptor for descriptor, _ in self._poll.poll(FORGOTTEN_AFTER_SECONDS * 1000)]
            if self._said in ready:
                self._pour()
            if self._asked_read in ready:
                os.read(self._asked_read, 16)
            if self._process in ready:
                self._poll.unregister(self._process)
                return
            if not os.path.exists("spec"):  # the directory was removed: nobody can find the work any more
                self._kill()

    def read_on(self, seconds: float, line: str) -> None:
        """Keep what others say to the same pipe until they close it or have had their time; not when stopped."""
        give_up = time.monotonic() + seconds
        while self._pour():
            left = give_up - time.monotonic()
            if self._asked_to_end:
                return
            if left <= 0:
                told = f"{line}\n" if self._last == b"\n" else f"\n{line}\n"
                os.write(self._output, told.encode() if line else b"")
                return
            self._poll.poll(left * 1000)

    def reap(self) -> int:
        """The exit code of the command."""
        code = os.waitstatus_to_exitcode(os.waitpid(self._command, 0)[1])
        return code if code >= 0 else 128 - code

    def _pour(self) -> bool:
        """Keep what was said; whether more may come. A pipe, because `> /dev/stderr` would truncate a file."""
        try:
            while data := os.read(self._said, 1 << 16):
                os.write(self._output, data)
                self._last = data[-1:]
        except BlockingIOError:
            return True
        if self._open:
            self._open = False
            self._poll.unregister(self._said)
        return False

    def _ask(self, number: int, _: object) -> None:
        self._asked_to_end = True
        os.write(self._asked, b"x")
        os.kill(self._command, number)

    def _kill(self, *_: object) -> None:
        """End the command and all that comes from it: what was in between when it was looked at is found again."""
        self._asked_to_end = self.killed = True
        os.write(self._asked, b"x")
        ended: set[int] = set()
        while found := come_from(self._command) - ended:
            for process in found:
                try:
                    os.kill(process, signal.SIGKILL)
                except ProcessLookupError:
                    continue  # it has just ended
            ended |= found


def start_within(spec: dict[str, Any], saying: int, outer: tuple[int, ...]) -> int:
    """Fork the command into the sandbox of the idle work; its number here. It says what it says to `saying`.

    Raises Closed when the idle work has ended, Unfit, or Refused.
    """
    doors = find_doors(spec["within"])
    check(libc.prctl(PR_SET_DUMPABLE, 0, 0, 0, 0), "hiding from the sandbox")
    for kind, flag in (("user", CLONE_NEWUSER), ("pid", CLONE_NEWPID)):
        check(libc.setns(doors.pop(kind), flag), f"joining the {kind} namespace")
    built_read, built_write = os.pipe()
    alive_read, alive_write = os.pipe()
    try:
        command = os.fork()
    except OSError as refusal:  # no process can be started where pid 1 has ended
        raise Closed from refusal
    if command == 0:
        for descriptor in (*outer, built_read, alive_write):
            os.close(descriptor)
        become_command(spec, doors, saying, built_write, alive_read)
    for descriptor in (built_write, alive_read, *doors.values()):
        os.close(descriptor)
    told = os.read(built_read, 4096).decode()
    os.close(built_read)
    if told == "built":
        return command
    os.waitpid(command, 0)
    if told.startswith("unfit "):
        raise Unfit(told.removeprefix("unfit "))
    raise Refused(told or "the command ended before it began")


def become_command(
    spec: dict[str, Any], doors: dict[str, int], saying: int, built: int, alive: int
) -> NoReturn:
    """Enter the rest of the sandbox, hang the work's own mounts there, and run the command."""
    signal.pthread_sigmask(signal.SIG_BLOCK, ASKING)
    os.dup2(saying, 1)
    os.dup2(saying, 2)
    try:
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        sources = detach_own(spec["mounts"])
        for kind, door in doors.items():
            check(libc.setns(door, KINDS[kind]), f"joining the {kind} namespace")
        if sources:  # seen by this work alone
            check(libc.unshare(CLONE_NEWNS), "mounts of its own")
        os.umask(0o022)
        for (_, target, _), (descriptor, is_directory) in zip(spec["mounts"], sources, strict=True):
            attach(descriptor, is_directory, target)
        drop_capabilities()
        os.set_blocking(alive, False)
        end_unless_watched(alive)
    except (Refused, Unfit, OSError) as refusal:
        os.write(built, f"{'unfit ' if isinstance(refusal, Unfit) else ''}{refusal}".encode())
        os._exit(125)
    os.write(built, b"built")
    os.closerange(3, 1 << 20)  # whatever the simulator's process or ours had open
    run(spec)


def end_unless_watched(alive: int) -> None:
    """End where the supervisor has ended before its death could be noticed: it holds the other end of a pipe."""
    try:
        os.read(alive, 1)
    except BlockingIOError:
        return
    os._exit(125)


def detach_own(mounts: list[tuple[str, str, int]]) -> list[tuple[int, bool]]:
    """Detached mounts of what the work has besides, taken while the host's files are still there."""
    if not mounts:
        return []
    check(libc.unshare(CLONE_NEWNS), "mounts of the host")
    check(libc.mount(None, b"/", None, MS_REC | MS_PRIVATE, None), "private mounts")
    return [detach(source, flags) for source, _, flags in mounts]
