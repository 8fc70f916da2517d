"""What a sandbox holds: the specification that the supervisor carries out, from a work and what the host has."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from simulator.runtime.engine import SERVING_PORT
from simulator.runtime.reach import CERTIFICATES, IMAGE_VENV, PROGRAM, WRITABLE_VENV, Reach
from simulator.runtime.sandbox.kernel_calls import MOUNT_ATTR_NODEV, MOUNT_ATTR_NOSUID, MOUNT_ATTR_RDONLY
from simulator.runtime.work import Mount, Work

READ_ONLY = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV
WRITABLE = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV
DEVICE = MOUNT_ATTR_NOSUID

SYSTEM = ("usr", "bin", "sbin", "lib", "lib32", "lib64", "libx32")
# Of /etc only what programs need to start and to speak: no password file, key, token or mirror credential.
ETC = (
    "alternatives", "ca-certificates", "ca-certificates.conf", "crypto-policies", "debian_version", "fonts", "gai.conf",
    "ld.so.cache", "ld.so.conf", "ld.so.conf.d", "localtime", "magic", "magic.mime", "mime.types", "os-release",
    "pki/tls/certs", "pki/ca-trust/extracted", "protocols", "services", "ssl/certs", "ssl/openssl.cnf", "terminfo",
    "timezone",
)  # fmt: skip
DEVICES = ("null", "zero", "full", "random", "urandom")
PROTECTED = ("sys", "sysrq-trigger", "irq", "bus", "fs")  # parts of /proc that a root of the host could write
HIDDEN = ("kcore", "keys", "timer_list")
BUNDLES = ("/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt")

ABANDONED_AFTER_SECONDS = 600.0
"""How long an idle work stands when no engine is there and nothing runs within it: a restart has so much time."""

DIRECTORIES = (
    ("/tmp", 0o1777), ("/var/tmp", 0o1777), ("/dev/shm", 0o1777), ("/root", 0o700), ("/run", 0o755), ("/etc", 0o755),
    ("/opt", 0o755), ("/home", 0o755),
)  # fmt: skip
LINKS = (
    ("/dev/fd", "/proc/self/fd"), ("/dev/stdin", "/proc/self/fd/0"), ("/dev/stdout", "/proc/self/fd/1"),
    ("/dev/stderr", "/proc/self/fd/2"), ("/etc/mtab", "/proc/mounts"),
)  # fmt: skip


@dataclass(frozen=True)
class Host:
    """What the host has of what a sandbox may show: system directories and links, and parts of /etc and /proc."""

    directories: tuple[str, ...]
    links: tuple[tuple[str, str], ...]
    files: tuple[str, ...]
    bundles: tuple[str, ...]
    protected: tuple[str, ...]
    hidden: tuple[str, ...]


def look_at_host(interpreter: Path) -> Host:
    """Read what this machine has; `interpreter` is the Python below all images, whose prefix is shown too."""
    system = [Path("/", name) for name in SYSTEM]
    prefix = interpreter.parent.parent
    shown = [path for path in system if path.is_dir() and not path.is_symlink()]
    if not any(prefix.is_relative_to(path) for path in shown):
        shown.append(prefix)
    return Host(
        directories=tuple(str(path) for path in shown),
        links=tuple((str(path), str(path.readlink())) for path in system if path.is_symlink()),
        files=tuple(str(path) for name in ETC if (path := Path("/etc", name)).exists()),
        bundles=tuple(name for name in BUNDLES if Path(name).is_file() and not Path(name).is_symlink()),
        protected=tuple(name for name in PROTECTED if Path("/proc", name).exists()),
        hidden=tuple(name for name in HIDDEN if Path("/proc", name).exists()),
    )


def specification(
    work: Work,
    command: tuple[str, ...],
    environment: Mapping[str, str],
    mounts: tuple[Mount, ...],
    host: Host,
    reach: Reach,
) -> dict[str, Any]:
    """The specification of one work; `mounts` are the image's own, which those of the work may cover."""
    binds = [(path, path, READ_ONLY) for path in (*host.directories, *host.files)]
    binds += [(f"/dev/{name}", f"/dev/{name}", DEVICE) for name in DEVICES]
    if reach.certificates is not None:
        binds += [(str(reach.certificates), path, READ_ONLY) for path in (CERTIFICATES, *host.bundles)]
    binds += [_bind(mount) for mount in (*mounts, *work.mounts)]
    return {
        "command": None if work.idle else list(command),
        "abandoned_after": ABANDONED_AFTER_SECONDS,
        "environment": dict(environment),
        "working_directory": work.working_directory,
        "hostname": work.hostname,
        "mounts": binds,
        "directories": list(DIRECTORIES),
        "files": _files(work),
        "links": [*host.links, *LINKS],
        "protected": list(host.protected),
        "hidden": list(host.hidden),
        "relays": [] if work.isolated else sorted({*reach.ends(), *_own_ends(work)}),
        "serves": SERVING_PORT if work.serves else 0,
        "network": _network(work),
        "streams": [
            (str(stream.source), str(on_host(work, stream.target)), stream.seed, stream.shard)
            for stream in work.streams
        ],
    }


def specification_within(
    work: Work, environment: Mapping[str, str], place: str, shared: list[tuple[str, str, int]]
) -> dict[str, Any]:
    """The specification of a work within the idle one at `place`, which has the mounts `shared` already."""
    mounts = [_bind(mount) for mount in work.mounts]
    return {
        "command": list(work.command),
        "environment": dict(environment),
        "working_directory": work.working_directory,
        "within": place,
        "mounts": [mount for mount in mounts if mount not in shared],
        "patience": (work.patience.seconds, work.patience.line),
    }


def _bind(mount: Mount) -> tuple[str, str, int]:
    return str(mount.source), mount.target, READ_ONLY if mount.read_only else WRITABLE


def _own_ends(work: Work) -> list[int]:
    return [int(end.name) for end in work.ends.iterdir()] if work.ends is not None else []


def on_host(work: Work, path: str) -> Path:
    """Where the host has what the work sees at `path`; raises ValueError when no writable mount holds it."""
    for mount in reversed(work.mounts):
        if path.startswith(f"{mount.target.rstrip('/')}/") and not mount.read_only:
            return mount.source / path[len(mount.target.rstrip("/")) + 1 :]
    raise ValueError(f"work {work.name!r} has no writable mount that holds {path}")


def address(number: int) -> str:
    """The address of the host with this number, from 0, in a network of works."""
    return f"10.78.{(number + 1) >> 8}.{(number + 1) & 255}"


def network_place(name: str) -> str:
    """The directory below the engine's that the members of a network share."""
    return f"networks/{hashlib.sha256(name.encode()).hexdigest()[:16]}"


def _network(work: Work) -> tuple[str, int, str] | None:
    """Directory, number and address of the work in its network."""
    if work.network is None:
        return None
    number = work.network.hosts.index(work.hostname)
    return f"../{network_place(work.network.name)}", number, address(number)


def image_mounts(
    venv: Path, program: Path | None, shares: tuple[Path, ...], writable_venv: Path
) -> tuple[Mount, ...]:
    """Where a work sees its image's environment, its program and what it shares, and its own environment over it."""
    mounts = [
        Mount(venv, IMAGE_VENV, read_only=True),
        Mount(venv / "inside", f"{IMAGE_VENV}/bin", read_only=True),
        *(Mount(each, f"/opt/{each.name}", read_only=True) for each in shares),
        Mount(writable_venv, WRITABLE_VENV),
    ]
    if program is not None:
        mounts.append(Mount(program, PROGRAM, read_only=True))
    return tuple(mounts)


def _files(work: Work) -> list[tuple[str, str]]:
    if work.network is None:
        hosts = f"127.0.0.1 localhost {work.hostname}\n"
    else:
        peers = (f"{address(number)} {name}\n" for number, name in enumerate(work.network.hosts))
        hosts = "".join(["127.0.0.1 localhost\n", *peers])
    return [
        ("/etc/hostname", f"{work.hostname}\n"),
        ("/etc/hosts", hosts),
        ("/etc/resolv.conf", "# No name is resolved here: what is reachable is reached through the proxy.\n"),
        ("/etc/nsswitch.conf", "passwd: files\ngroup: files\nhosts: files\n"),
        (
            "/etc/passwd",
            "root:x:0:0:root:/root:/bin/bash\nnobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n",
        ),
        ("/etc/group", "root:x:0:\nnogroup:x:65534:\n"),
    ]
