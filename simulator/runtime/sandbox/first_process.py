"""pid 1 of a sandbox: builds the private root directory, starts the command if any, passes signals on and reaps."""

# pathlib would cost every start 8 ms.
# ruff: noqa: PTH101, PTH102, PTH103, PTH110, PTH112, PTH120, PTH123, PTH211
from __future__ import annotations

import _signal as signal  # type: ignore[import-not-found]  # the `signal` module would import enum: 5 ms
import os

from simulator.runtime.sandbox.kernel_calls import (
    CLONE_NEWIPC,
    CLONE_NEWNET,
    CLONE_NEWNS,
    CLONE_NEWUTS,
    MNT_DETACH,
    MOUNT_ATTR_RDONLY,
    MS_NODEV,
    MS_NOEXEC,
    MS_NOSUID,
    MS_PRIVATE,
    MS_REC,
    PR_CAPBSET_DROP,
    PR_SET_DUMPABLE,
    PR_SET_NO_NEW_PRIVS,
    PR_SET_PDEATHSIG,
    Refused,
    Unfit,
    check,
    detached_mount,
    hang_mount,
    libc,
    pivot_root,
)

TYPE_CHECKING = False  # the typing module would cost a start 5 ms
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, NoReturn


# What Docker leaves to a container, less what makes devices, audit records and raw packets. Without CAP_SYS_ADMIN
# the work can neither remount what is read-only nor make the mounts below it visible.
KEPT_CAPABILITIES = {
    0,
    1,
    3,
    4,
    5,
    6,
    7,
    10,
    18,
}  # chown dac_override fowner fsetid kill setgid setuid bind chroot
LAST_CAPABILITY = 63
ASKING = {signal.SIGINT, signal.SIGTERM}
"""The signals that ask a command to end, and may be caught."""


def be_first(spec: dict[str, Any], built: int, go: int) -> NoReturn:
    """Build the root directory, wait for the relays, run the command and end with its exit code."""
    # Kept until there is somebody to pass it on to.
    signal.pthread_sigmask(signal.SIG_BLOCK, ASKING)
    try:
        build(spec)
    except (Refused, Unfit, OSError) as refusal:
        os.write(built, f"{'unfit ' if isinstance(refusal, Unfit) else ''}{refusal}".encode())
        os._exit(125)
    os.write(built, b"built")
    os.close(built)
    if os.read(go, 2) != b"go":
        os._exit(125)
    # Only now: until then the parent may be the process in between, whose death is no reason to go. The supervisor
    # keeps its end of the pipe; when that is closed already, it died before it could be watched.
    libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    os.set_blocking(go, False)
    try:
        os.read(go, 1)
        os._exit(125)
    except BlockingIOError:
        pass  # it lives
    os.closerange(3, 1 << 20)  # whatever the simulator's process or ours had open
    libc.prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)  # the work cannot look into this process
    drop_capabilities()
    if spec["command"] is None:
        rest()
    watch_over(spec)


def rest() -> NoReturn:
    """Run nothing, and reap whatever is left behind here, until killed."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the kernel reaps
    while True:
        signal.pause()


def watch_over(spec: dict[str, Any], meanwhile: Callable[[], None] = lambda: None) -> NoReturn:
    """Run the command as a child, pass SIGINT and SIGTERM on to it, reap, and end with its exit code.

    ASKING is blocked when this is called. `meanwhile` runs when the command has been forked.
    """
    command = os.fork()
    if command == 0:
        run(spec)
    for asking in ASKING:
        signal.signal(asking, lambda number, _: os.kill(command, number))
    signal.pthread_sigmask(signal.SIG_UNBLOCK, ASKING)
    meanwhile()
    while True:
        process, status = os.wait()
        if process == command:
            code = os.waitstatus_to_exitcode(status)
            os._exit(code if code >= 0 else 128 - code)


def build(spec: dict[str, Any]) -> None:
    """Make a root directory of nothing but the mounts of `spec`, and turn it into this process's root."""
    check(
        libc.unshare(CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS), "mount and network namespaces"
    )
    check(libc.mount(None, b"/", None, MS_REC | MS_PRIVATE, None), "private mounts")
    sources = [detach(source, flags) for source, _, flags in spec["mounts"]]
    check(libc.mount(b"tmpfs", b"root", b"tmpfs", MS_NOSUID | MS_NODEV, b"mode=755"), "root directory")
    os.mkdir("root/proc")
    proc = MS_NOSUID | MS_NODEV | MS_NOEXEC
    check(libc.mount(b"proc", b"root/proc", b"proc", proc, None), "process directory")
    protected = [detach(f"root/proc/{name}", MOUNT_ATTR_RDONLY) for name in spec["protected"]]
    hidden = [(detach("/dev/null", MOUNT_ATTR_RDONLY), name) for name in spec["hidden"]]
    os.chdir("root")
    pivot_root()
    check(libc.umount2(b".", MNT_DETACH), "leaving the host's root directory")
    os.chdir("/")
    populate(spec)
    # Only now, so that links inside a mount lead to the sandbox's own files and never to the host's.
    for (_, target, _), (descriptor, is_directory) in zip(spec["mounts"], sources, strict=True):
        attach(descriptor, is_directory, target)
    for name, (descriptor, is_directory) in zip(spec["protected"], protected, strict=True):
        attach(descriptor, is_directory, f"/proc/{name}")
    for (descriptor, is_directory), name in hidden:
        attach(descriptor, is_directory, f"/proc/{name}")
    check(libc.sethostname(spec["hostname"].encode(), len(spec["hostname"].encode())), "host name")


def detach(source: str, flags: int) -> tuple[int, bool]:
    """A detached mount of `source`, and whether it is a directory."""
    return detached_mount(source, flags), os.path.isdir(source)


def attach(descriptor: int, is_directory: bool, target: str) -> None:
    """Hang a detached mount at `target`, which is made when it is not there."""
    try:
        if is_directory:
            os.makedirs(target, exist_ok=True)
        elif not os.path.exists(target):
            os.makedirs(os.path.dirname(target), exist_ok=True)
            os.close(os.open(target, os.O_CREAT | os.O_WRONLY, 0o644))
        hang_mount(descriptor, target)
    except (OSError, Refused) as problem:
        raise Unfit(f"{target}: {problem}") from problem


def populate(spec: dict[str, Any]) -> None:
    """Make the directories, small files and links of the private root."""
    os.umask(0)
    for path, mode in spec["directories"]:
        os.makedirs(path, exist_ok=True)
        os.chmod(path, mode)
    os.umask(0o022)
    for path, text in spec["files"]:
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
    for path, destination in spec["links"]:
        os.symlink(destination, path)


def drop_capabilities() -> None:
    """Leave the command only KEPT_CAPABILITIES; exec as root takes what the bounding set still has."""
    for capability in range(LAST_CAPABILITY + 1):
        if capability not in KEPT_CAPABILITIES:
            libc.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0)  # fails beyond the kernel's last one, as it may
    check(libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no new privileges")


def run(spec: dict[str, Any]) -> NoReturn:
    """Become the command; 126 or 127 as a shell would, when that cannot be."""
    command, environment = spec["command"], spec["environment"]
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # Python ignores it, and that would be inherited
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # ignored where the simulator was started in the background
    signal.pthread_sigmask(signal.SIG_UNBLOCK, ASKING)
    os.setsid()
    place = spec["working_directory"]
    try:
        os.chdir(place)
        place = command[0]
        os.execvpe(command[0], command, environment)
    except OSError as problem:
        os.write(2, f"{place}: {problem.strerror}\n".encode())
        os._exit(127 if isinstance(problem, FileNotFoundError) else 126)
