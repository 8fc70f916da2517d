"""Keeps one work: enters the namespaces, follows the work to its end and records its exit.

Started by engine_process, it outlives the simulator. It is given two open descriptors, STATUS and DIRECTORY, and no
argument, because the work can read its command line. What the directory holds is said in records.py.

Two processes: this one stays in the host's network, relays connections and records the exit, out of the work's reach;
its child is pid 1 of the sandbox. SIGINT and SIGTERM ask the work to end, SIGQUIT kills it. Of an idle work they end
what others have left in its sandbox (joining.py), and `output` says what that was.
"""

# pathlib would cost every start 8 ms.
# ruff: noqa: PTH110, PTH123
from __future__ import annotations

import _signal as signal  # type: ignore[import-not-found]  # the `signal` module would import enum: 5 ms
import os
import time

from simulator.runtime.sandbox.doors import DOORS, open_doors
from simulator.runtime.sandbox.first_process import be_first
from simulator.runtime.sandbox.kernel_calls import (
    CLONE_NEWPID,
    CLONE_NEWUSER,
    PR_SET_CHILD_SUBREAPER,
    Refused,
    Unfit,
    check,
    libc,
)
from simulator.runtime.sandbox.networks import connect, enter_network
from simulator.runtime.sandbox.pipes import feed, lay_pipes
from simulator.runtime.sandbox.processes import tell_left
from simulator.runtime.sandbox.records import (
    ALIVE,
    FORGOTTEN_AFTER_SECONDS,
    STATUS,
    begin,
    is_held,
    record,
    say_started,
)
from simulator.runtime.sandbox.relays import in_thread, open_relays

TYPE_CHECKING = False  # the typing module would cost a start 5 ms
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, NoReturn


def supervise() -> None:
    """Build the sandbox, tell STATUS how that went, follow the work to its end and write `exit`."""
    spec, lock, output = begin()
    said, saying = os.pipe()
    try:
        first = start(spec, saying, (lock, STATUS, output, said))
    except (Refused, Unfit, OSError) as refusal:
        told = "unfit" if isinstance(refusal, Unfit) else "refused"
        os.write(STATUS, f"{told} {refusal}".encode())
        return
    os.close(saying)
    keeper = in_thread(keep, said, output)
    killed = False

    def kill(*_: object) -> None:
        nonlocal killed
        killed = True
        os.kill(first, signal.SIGKILL)

    def ask(number: int, _: object) -> None:
        if spec["command"] is None:
            end_idle(first, output)
        else:
            os.kill(first, number)

    for asking in (signal.SIGINT, signal.SIGTERM):
        signal.signal(asking, ask)
    signal.signal(signal.SIGQUIT, kill)
    started = say_started()
    in_thread(end_when_forgotten, first)
    if spec["command"] is None:
        in_thread(end_when_abandoned, first, output, spec["abandoned_after"])
    for stream in spec["streams"]:
        in_thread(feed, *stream)
    code = os.waitstatus_to_exitcode(os.waitpid(first, 0)[1])
    ended = time.time()
    keeper.join()
    if os.path.exists("spec"):
        record(code if code >= 0 else 128 - code, started, ended, "killed by the engine" if killed else "")


def end_when_forgotten(first: int) -> None:
    """Kill the work when its directory has been removed (nothing was to be kept): nobody can find it any more."""
    while os.path.exists("spec"):
        time.sleep(FORGOTTEN_AFTER_SECONDS)
    os.kill(first, signal.SIGKILL)


def end_when_abandoned(first: int, output: int, seconds: float) -> None:
    """End an idle work when for so long no engine was there and nobody within: it would stand for ever."""
    alone = 0.0
    while alone < seconds:
        pause = min(seconds, FORGOTTEN_AFTER_SECONDS)
        time.sleep(pause)
        alone = 0.0 if is_held(f"../{ALIVE}") or is_held(DOORS) else alone + pause
    end_idle(first, output)


def end_idle(first: int, output: int) -> None:
    """End all that is left in the sandbox of an idle work, and say what that was."""
    tell_left(first, output)
    os.kill(first, signal.SIGKILL)


def keep(said: int, output: int) -> None:
    """Write what the work says to `output`. A pipe, because `> /dev/stderr` in the work would truncate a file."""
    while data := os.read(said, 1 << 16):
        os.write(output, data)


def start(spec: dict[str, Any], saying: int, outer: tuple[int, ...]) -> int:
    """Enter the user namespace, fork pid 1, open the relays; the host's number of pid 1.

    pid 1 says what the work says to `saying`, and lets go of the descriptors `outer`, which are not for it.
    """
    hub = None
    if spec["network"] is None:
        enter_user_namespace()
    else:
        hub = enter_network(spec["network"][0], enter_user_namespace)
    built_read, built_write = os.pipe()
    go_read, go_write = os.pipe()

    def first_process() -> NoReturn:
        for descriptor in (*outer, built_read, go_write):
            os.close(descriptor)
        os.dup2(saying, 1)
        os.dup2(saying, 2)
        be_first(spec, built_write, go_read)

    first = fork_into_process_namespace(first_process)
    os.close(built_write)
    os.close(go_read)
    import socket  # noqa: F401 - while the child builds: the relays need it, and so it costs the start nothing
    import threading  # noqa: F401

    try:
        from_sandbox = os.read(built_read, 4096).decode()
        if from_sandbox.startswith("unfit "):
            raise Unfit(from_sandbox.removeprefix("unfit "))
        if from_sandbox != "built":
            raise Refused(from_sandbox or "the sandbox ended before it was built")
        if hub is not None:
            connect(hub, first, *spec["network"][1:])
        if spec["command"] is None:
            open_doors(first)
        lay_pipes(spec["streams"])
        open_relays(spec, first)
    except (Refused, Unfit, OSError):
        os.kill(first, signal.SIGKILL)
        os.waitpid(first, 0)
        raise
    os.write(go_write, b"go")
    return first


def fork_into_process_namespace(run: Callable[[], NoReturn]) -> int:
    """Fork pid 1 of a new process namespace; its number here. It is our child.

    Whoever unshares the process namespace can start no thread any more, so a process in between does it and goes.
    """
    check(libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0), "becoming the parent of orphans")
    number_read, number_write = os.pipe()
    between = os.fork()
    if between == 0:
        try:
            check(libc.unshare(CLONE_NEWPID), "process namespace")
        except Refused as refusal:
            os.write(number_write, str(refusal).encode())
            os._exit(1)
        first = os.fork()
        if first == 0:
            os.close(number_read)
            os.close(number_write)
            run()
        os.write(number_write, str(first).encode())
        os._exit(0)
    os.close(number_write)
    failed = os.waitpid(between, 0)[1]
    said = os.read(number_read, 4096).decode()
    os.close(number_read)
    if failed:
        raise Refused(said)
    return int(said)


def enter_user_namespace() -> None:
    """Become root of a new user namespace: over all ids when we are root, else over our own alone."""
    user, group = os.geteuid(), os.getegid()
    helper = None
    if user == 0:  # whoever maps more than its own id must stand outside: a helper that is forked before
        ready_read, ready_write = os.pipe()
        helper = os.fork()
        if helper == 0:
            os.close(ready_write)
            if os.read(ready_read, 1):
                for kind in ("uid_map", "gid_map"):
                    with open(f"/proc/{os.getppid()}/{kind}", "w", encoding="ascii") as file:
                        file.write("0 0 65536")
            os._exit(0)
    try:
        check(libc.unshare(CLONE_NEWUSER), "user namespace")
    except Refused:
        if helper is not None:
            os.close(ready_write)
            os.waitpid(helper, 0)
        raise
    if helper is not None:
        os.write(ready_write, b"x")
        if os.waitpid(helper, 0)[1] != 0:
            raise Refused("user namespace: the ids could not be mapped")
        return
    for name, text in (("setgroups", "deny"), ("uid_map", f"0 {user} 1"), ("gid_map", f"0 {group} 1")):
        with open(f"/proc/self/{name}", "w", encoding="ascii") as file:
            file.write(text)
