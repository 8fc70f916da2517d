"""The Linux calls that Python 3.11 has no function for, with their numbers and failures as exceptions."""

from __future__ import annotations

import ctypes
import os
import sys

CLONE_NEWNS, CLONE_NEWUTS, CLONE_NEWIPC = 0x00020000, 0x04000000, 0x08000000
CLONE_NEWUSER, CLONE_NEWPID, CLONE_NEWNET = 0x10000000, 0x20000000, 0x40000000
MOUNT_ATTR_RDONLY, MOUNT_ATTR_NOSUID, MOUNT_ATTR_NODEV = 0x1, 0x2, 0x4
MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_REC, MS_PRIVATE, MNT_DETACH = 0x2, 0x4, 0x8, 0x4000, 0x40000, 0x2
PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_CAPBSET_DROP, PR_SET_CHILD_SUBREAPER, PR_SET_NO_NEW_PRIVS = (
    1,
    4,
    24,
    36,
    38,
)

SYS_PIVOT_ROOT = {"x86_64": 155, "aarch64": 41, "riscv64": 41, "s390x": 217, "ppc64le": 203}
SYS_OPEN_TREE, SYS_MOVE_MOUNT, SYS_MOUNT_SETATTR = 428, 429, 442  # the same number on every architecture
OPEN_TREE_CLONE, AT_RECURSIVE, AT_EMPTY_PATH, MOVE_MOUNT_F_EMPTY_PATH = 0x1, 0x8000, 0x1000, 0x4
AT_FDCWD = -100

libc = ctypes.CDLL(None, use_errno=True)
libc.syscall.restype = ctypes.c_long


class Refused(Exception):
    """The kernel did not allow a part of the sandbox; the text names the part."""


class Unfit(Exception):
    """A mount of the work cannot be hung where it shall be; the text names the place."""


def check(result: int, what: str) -> int:
    """`result` of a C call, or Refused when it says failure."""
    if result < 0:
        number = ctypes.get_errno()
        raise Refused(f"{what}: {os.strerror(number)}")
    return result


def call(number: int, *arguments: object) -> int:
    """A system call that the C library has no function for; -1 is failure."""
    return int(libc.syscall(ctypes.c_long(number), *arguments))


def pivot_root() -> None:
    """Make the working directory the root directory, with the old root hanging above it until it is unmounted."""
    check(call(SYS_PIVOT_ROOT[os.uname().machine], b".", b"."), "changing the root directory")


def detached_mount(source: str, flags: int) -> int:
    """A copy of the mount tree at `source` that hangs nowhere yet, with MOUNT_ATTR_* `flags` set on all of it."""
    descriptor = check(call(SYS_OPEN_TREE, AT_FDCWD, source.encode(), OPEN_TREE_CLONE | AT_RECURSIVE), source)
    attributes = flags.to_bytes(8, sys.byteorder) + bytes(
        24
    )  # struct mount_attr: set, clear, propagation, user ns
    where = AT_EMPTY_PATH | AT_RECURSIVE
    check(
        call(SYS_MOUNT_SETATTR, descriptor, b"", where, attributes, len(attributes)), f"protecting {source}"
    )
    return descriptor


def hang_mount(descriptor: int, target: str) -> None:
    """Hang a detached mount at the existing `target` and close its descriptor."""
    moved = call(SYS_MOVE_MOUNT, descriptor, b"", AT_FDCWD, target.encode(), MOVE_MOUNT_F_EMPTY_PATH)
    check(moved, f"mounting at {target}")
    os.close(descriptor)
