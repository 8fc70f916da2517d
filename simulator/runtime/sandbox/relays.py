"""Joins connections across the border of a sandbox: from inside to the simulator, from outside to the work's port."""

# pathlib would cost every start 8 ms.
# ruff: noqa: PTH110, PTH123
from __future__ import annotations

import fcntl
import os
import sys
import time

from simulator.runtime.sandbox.kernel_calls import CLONE_NEWNET, Refused, check, libc

TYPE_CHECKING = False  # the typing module would cost a start 5 ms
if TYPE_CHECKING:
    import socket
    import threading
    from collections.abc import Callable
    from typing import Any


SIOCSIFFLAGS = 0x8914
RESTART_PATIENCE_SECONDS = 15.0  # a simulator that restarts is waited for, so that works do not notice
SERVING_PATIENCE_SECONDS = 30.0


def open_relays(spec: dict[str, Any], first: int) -> None:
    """Listen inside the sandbox for the simulator, and on the socket `serve` for the work's own port.

    A thread can join the sandbox's network but, as an ordinary user, never come back. So one thread joins, makes the
    listeners there and goes on to dial the work; all threads that dial the simulator are started from the host's side.
    """
    import threading

    listeners: list[tuple[int, socket.socket]] = []
    problems: list[str] = []
    opened = threading.Event()

    def inside() -> None:
        try:
            join_network(first)
            listeners.extend((port, listen(port)) for port in spec["relays"])
        except (OSError, Refused) as problem:
            problems.append(f"network namespace: {problem}")
        opened.set()
        if spec["serves"] and not problems:
            accept(serving, lambda: dial_work(spec["serves"]))

    if spec["serves"]:
        serving = listen("serve")
    in_thread(inside)
    opened.wait()
    if problems:
        raise Refused(problems[0])
    for port, listener in listeners:
        in_thread(accept, listener, lambda port=port: dial_simulator(port))


def in_thread(target: Callable[..., None], *arguments: object) -> threading.Thread:
    """Start a thread that does not keep this process alive."""
    import threading

    thread = threading.Thread(target=target, args=arguments, daemon=True)
    thread.start()
    return thread


def join_network(first: int) -> None:
    """Move the calling thread into the network of pid 1 and raise its loopback interface."""
    import socket

    with open(f"/proc/{first}/ns/net", "rb") as namespace:
        check(libc.setns(namespace.fileno(), CLONE_NEWNET), "joining it")
    with socket.socket() as any_socket:
        up_and_running = 0x1 | 0x40
        request = b"lo".ljust(16, b"\0") + up_and_running.to_bytes(2, sys.byteorder) + bytes(14)
        fcntl.ioctl(any_socket, SIOCSIFFLAGS, request)


def listen(where: int | str) -> socket.socket:
    """A listener on a loopback port, or on a socket file of the working directory."""
    import socket

    if isinstance(where, int):
        return socket.create_server(("127.0.0.1", where), backlog=128)
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(where)
    listener.listen(128)
    return listener


def accept(listener: socket.socket, dial: Callable[[], socket.socket | None]) -> None:
    """Join every connection to a connection of `dial`'s, for ever."""
    while True:
        near, _ = listener.accept()
        in_thread(join, near, dial)


def join(near: socket.socket, dial: Callable[[], socket.socket | None]) -> None:
    """Carry bytes both ways until both ends have said all; a far end that cannot be had closes the near one."""
    far = dial()
    if far is None:
        near.close()
        return
    in_thread(carry, far, near)
    carry(near, far)


def carry(source: socket.socket, target: socket.socket) -> None:
    """Carry bytes one way, and the end of them; a broken end is passed on by closing."""
    try:
        while data := source.recv(1 << 18):
            target.sendall(data)
        target.shutdown(1)  # SHUT_WR: the other direction goes on
    except OSError:  # either end has gone: nobody is left to be told but the other
        for end in (source, target):
            try:
                end.shutdown(2)
            except OSError:
                continue  # it was that one


def connect(address: str | tuple[str, int], patience_seconds: float) -> socket.socket | None:
    """A connection to a port or socket file, tried again while nobody listens; None when patience ends."""
    import socket

    give_up = time.monotonic() + patience_seconds
    while True:
        far = socket.socket(socket.AF_UNIX if isinstance(address, str) else socket.AF_INET)
        try:
            far.connect(address)
        except OSError:
            far.close()
            if time.monotonic() > give_up:
                return None
            time.sleep(0.02)
            continue
        if not isinstance(address, str):
            far.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return far


def dial_simulator(port: int) -> socket.socket | None:
    """The simulator's end of `port`: `relays` says where, and is read anew because a restart may have moved it.

    The work's own ends, where it has some, stand in a file beside it.
    """
    ends: dict[str, str] = {}
    for name in ("../relays", "relays"):
        if os.path.exists(name):
            with open(name, encoding="utf-8") as file:
                for line in file.read().splitlines():
                    number, _, where = line.partition(" ")
                    ends[number] = where
    end = ends.get(str(port), "")
    if not end:
        return None
    return connect(("127.0.0.1", int(end)) if end.isdecimal() else end, RESTART_PATIENCE_SECONDS)


def dial_work(port: int) -> socket.socket | None:
    """The work's own port, from inside its network; a program that still starts is waited for."""
    return connect(("127.0.0.1", port), SERVING_PATIENCE_SECONDS)
