"""The first process in a container: relays as in a sandbox, then the command.

The container has no network, or its cluster's alone. The simulator's ends are socket files in /run/simulator/ends,
named by the port that the work sees; /run/simulator/work is the work's own directory, where `serve` leads to its port,
the pipe `started` says that the command runs, and `streams` lists what is fed to named pipes: source, target, seed or
`-`, and shard, one a line.
"""

# pathlib would cost every start 8 ms.
# ruff: noqa: PTH101, PTH109, PTH110, PTH112, PTH113, PTH119, PTH120, PTH123, PTH208

from __future__ import annotations

import _signal as signal  # type: ignore[import-not-found]
import os
import subprocess
import sys

from simulator.runtime.sandbox.first_process import ASKING, watch_over
from simulator.runtime.sandbox.pipes import feed, lay_pipes
from simulator.runtime.sandbox.processes import tell_left
from simulator.runtime.sandbox.relays import (
    RESTART_PATIENCE_SECONDS,
    accept,
    connect,
    dial_work,
    in_thread,
    listen,
)

ENDS, MORE, OWN = "/run/simulator/ends", "/run/simulator/more", "/run/simulator/work"
WRITABLE_VENV = "/opt/venv"

TYPE_CHECKING = False  # the typing module would cost a start 5 ms
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import NoReturn


def launch(command: list[str], serving_port: int) -> None:
    """Run `command` with the environment and working directory of the container; ends with its exit code.

    Without a command nothing runs, until SIGTERM: what others have left in the container is told then.
    """
    signal.pthread_sigmask(signal.SIG_BLOCK, ASKING)
    os.dup2(1, 2)  # one stream, so that lines keep their order
    if os.path.isdir(WRITABLE_VENV):
        lay_thin_venv()
    ends = [f"{place}/{port}" for place in (ENDS, MORE) if os.path.isdir(place) for port in os.listdir(place)]
    listeners = [(end, listen(int(os.path.basename(end)))) for end in sorted(ends)]
    streams = read_streams()
    lay_pipes(streams)
    serving = listen(f"{OWN}/serve") if serving_port else None
    if serving is not None:
        os.chmod(f"{OWN}/serve", 0o777)  # the simulator may be another user than the container's root

    def relay() -> None:
        for end, listener in listeners:
            in_thread(accept, listener, lambda end=end: connect(end, RESTART_PATIENCE_SECONDS))
        if serving is not None:
            in_thread(accept, serving, lambda: dial_work(serving_port))
        for stream in streams:
            in_thread(feed, *stream)
        with open(f"{OWN}/started", "w", encoding="ascii") as pipe:
            pipe.write("started")

    if not command:
        rest(relay)
    environment, place = dict(os.environ), os.getcwd()
    watch_over({"command": command, "environment": environment, "working_directory": place}, relay)


def rest(meanwhile: Callable[[], None]) -> NoReturn:
    """Run nothing and reap what is left behind, until asked to end."""

    def end(*_: object) -> None:
        tell_left(os.getpid(), 1)
        os._exit(0)

    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the kernel reaps
    for asking in ASKING:
        signal.signal(asking, end)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, ASKING)
    meanwhile()
    while True:
        signal.pause()


def read_streams() -> list[tuple[str, str, int | None, tuple[int, int]]]:
    """The streams that the engine wrote down."""
    with open(f"{OWN}/streams", encoding="utf-8") as file:
        lines = [line.split("\t") for line in file.read().splitlines()]
    return [
        (source, target, None if seed == "-" else int(seed), (int(number), int(count)))
        for source, target, seed, number, count in lines
    ]


def lay_thin_venv() -> None:
    """A virtual environment over the container's own Python; its scripts are repeated for it. Once."""
    if os.path.exists(f"{WRITABLE_VENV}/pyvenv.cfg"):
        return
    make = [sys.executable, "-m", "venv", "--system-site-packages", "--without-pip", WRITABLE_VENV]
    subprocess.run(make, check=True)
    for directory in ("/usr/local/bin", os.path.dirname(sys.executable)):
        for name in os.listdir(directory):
            target = f"{WRITABLE_VENV}/bin/{name}"
            if os.path.isfile(f"{directory}/{name}") and not os.path.exists(target):
                repeat_script(f"{directory}/{name}", target)


def repeat_script(source: str, target: str) -> None:
    """Write a Python script anew, for the Python of the writable environment; other files are left where they are."""
    with open(source, "rb") as file:
        head = file.readline()
        if not (head.startswith(b"#!") and b"python" in head):
            return
        rest = file.read()
    with open(target, "wb") as file:
        file.write(f"#!{WRITABLE_VENV}/bin/python\n".encode() + rest)
    os.chmod(target, 0o755)
