"""Joins the sandboxes of one cluster: a bridge in a network namespace that their supervisors hold open together.

The members share one user namespace, because only who has rights over both ends may join two networks. There is no
process of its own for it: the first supervisor makes the namespaces, each next one finds them through a supervisor that
still lives, and they are gone with the last. `members` in the network's directory says who holds them: process number,
descriptor and the kernel's name of the network, one member a line.
"""

# pathlib would cost every start 8 ms.
# ruff: noqa: PTH115, PTH123
from __future__ import annotations

import fcntl
import os
import sys

from simulator.runtime.sandbox.kernel_calls import CLONE_NEWNET, CLONE_NEWUSER, Refused, check, libc

TYPE_CHECKING = False  # the typing module would cost a start 5 ms
if TYPE_CHECKING:
    from collections.abc import Callable

BRIDGE, INTERFACE = "cluster", "eth0"
SIOCSIFADDR, SIOCSIFNETMASK = 0x8916, 0x891C
NEW_LINK, REQUEST_NEW_WITH_ANSWER = 16, 0x1 | 0x4 | 0x200 | 0x400
IFLA_IFNAME, IFLA_MASTER, IFLA_LINKINFO, IFLA_NET_NS_FD = 3, 10, 18, 28
INFO_KIND, INFO_DATA, VETH_PEER = 1, 2, 1


def enter_network(place: str, enter_user_namespace: Callable[[], None]) -> int:
    """Enter the user namespace of the network at `place`, making it where nobody holds it; a descriptor of its hub."""
    with open(f"{place}/lock", "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        found = _find(place)
        if found is None:
            enter_user_namespace()
            hub = _make_hub()
        else:
            users, hub = found
            check(libc.setns(users, CLONE_NEWUSER), "joining the cluster's user namespace")
            os.close(users)
        with open(f"{place}/members", "a", encoding="ascii") as members:
            members.write(f"{os.getpid()} {hub} {os.readlink(f'/proc/self/fd/{hub}')}\n")
    return hub


def connect(hub: int, first: int, number: int, address: str) -> None:
    """Lay a cable from the network of process `first` to the hub, and give its end there `address`."""

    def lay() -> None:
        inside = os.open(f"/proc/{first}/ns/net", os.O_RDONLY)
        check(libc.setns(hub, CLONE_NEWNET), "joining the cluster's network")
        end = _attribute(IFLA_IFNAME, INTERFACE.encode() + b"\0")
        peer = bytes(16) + end + _attribute(IFLA_NET_NS_FD, _number(inside))
        kind = _attribute(INFO_KIND, b"veth") + _attribute(INFO_DATA, _attribute(VETH_PEER, peer))
        _new_link(f"host{number}", kind, _attribute(IFLA_MASTER, _number(_index(BRIDGE))))
        check(libc.setns(inside, CLONE_NEWNET), "joining the work's network")
        _raise(INTERFACE, address)

    _in_child(lay, "cluster network")


def _find(place: str) -> tuple[int, int] | None:
    try:
        with open(f"{place}/members", encoding="ascii") as file:
            members = [line.split() for line in file]
    except FileNotFoundError:
        return None
    for process, descriptor, name in members:
        hub = f"/proc/{process}/fd/{descriptor}"
        try:
            if os.readlink(hub) == name:
                return os.open(f"/proc/{process}/ns/user", os.O_RDONLY), os.open(hub, os.O_RDONLY)
        except OSError:  # it has gone
            continue
    return None


def _make_hub() -> int:
    """A network namespace with a bridge in it. A child makes it: whoever enters one may not be able to come back."""
    ready_read, ready_write = os.pipe()
    done_read, done_write = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(done_write)
        try:
            check(libc.unshare(CLONE_NEWNET), "cluster network")
            _new_link(BRIDGE, _attribute(INFO_KIND, b"bridge"), b"")
            os.write(ready_write, b"ready")
        except (Refused, OSError) as problem:
            os.write(ready_write, str(problem).encode())
        os.read(done_read, 1)
        os._exit(0)
    os.close(ready_write)
    os.close(done_read)
    try:
        said = os.read(ready_read, 4096).decode()
        if said != "ready":
            raise Refused(said or "cluster network: the child that makes it ended")
        return os.open(f"/proc/{child}/ns/net", os.O_RDONLY)
    finally:
        os.close(ready_read)
        os.close(done_write)
        os.waitpid(child, 0)


def _in_child(run: Callable[[], None], what: str) -> None:
    said, saying = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            run()
        except (Refused, OSError) as problem:
            os.write(saying, str(problem).encode())
        os._exit(0)
    os.close(saying)
    reason = os.read(said, 4096).decode()
    os.close(said)
    failed = os.waitpid(child, 0)[1]
    if reason or failed:
        raise Refused(f"{what}: {reason or 'the child that makes it ended'}")


def _number(value: int, size: int = 4) -> bytes:
    return value.to_bytes(size, sys.byteorder)


def _attribute(kind: int, value: bytes) -> bytes:
    """A netlink attribute: length, kind and value, filled up to four bytes."""
    return _number(len(value) + 4, 2) + _number(kind, 2) + value + bytes(-len(value) % 4)


def _new_link(name: str, kind: bytes, more: bytes) -> None:
    """Make a network interface that is up, by rtnetlink; raises OSError when the kernel refuses."""
    import socket

    up = bytes(8) + _number(1) + _number(1)  # struct ifinfomsg: family, type, index; flags and their mask
    named = _attribute(IFLA_IFNAME, name.encode() + b"\0")
    body = up + named + more + _attribute(IFLA_LINKINFO, kind)
    head = _number(len(body) + 16) + _number(NEW_LINK, 2) + _number(REQUEST_NEW_WITH_ANSWER, 2) + bytes(8)
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0) as kernel:
        kernel.bind((0, 0))
        kernel.send(head + body)
        answer = kernel.recv(65536)
    failure = -int.from_bytes(answer[16:20], sys.byteorder, signed=True)
    if failure:
        raise OSError(failure, f"{name}: {os.strerror(failure)}")


def _index(name: str) -> int:
    import socket

    return socket.if_nametoindex(name)


def _raise(name: str, address: str) -> None:
    """Give an interface its address in 10.78.0.0/16, and raise it."""
    import socket

    from simulator.runtime.sandbox.relays import SIOCSIFFLAGS

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        for call, text in ((SIOCSIFADDR, address), (SIOCSIFNETMASK, "255.255.0.0")):
            end = _number(socket.AF_INET, 2) + bytes(2) + socket.inet_aton(text) + bytes(8)
            fcntl.ioctl(any_socket, call, name.encode().ljust(16, b"\0") + end)
        up_and_running = 0x1 | 0x40
        flags = name.encode().ljust(16, b"\0") + _number(up_and_running, 2) + bytes(14)
        fcntl.ioctl(any_socket, SIOCSIFFLAGS, flags)
