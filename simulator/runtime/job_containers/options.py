"""The options of `docker create` as a pipeline writes them -> arguments of the Docker SDK: pure.

Source: the reference of `docker container create`. What would leave the job's closed room is refused by name.
"""

import re
import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import docker.types

from simulator.kernel.errors import NotSimulated

_SHORT = {
    "-u": "--user",
    "-w": "--workdir",
    "-e": "--env",
    "-l": "--label",
    "-m": "--memory",
    "-h": "--hostname",
    "-c": "--cpu-shares",
    "-v": "--volume",
    "-p": "--publish",
}
_FLAGS = {
    "--init": ("init", True),
    "--read-only": ("read_only", True),
    "--interactive": ("stdin_open", True),
    "-i": ("stdin_open", True),
    "--tty": ("tty", True),
    "-t": ("tty", True),
    "--oom-kill-disable": ("oom_kill_disable", True),
    "--no-healthcheck": ("healthcheck", {"test": ["NONE"]}),
    "--rm": None,
    "--detach": None,
    "-d": None,
}
_PLAIN = {
    "--user": "user",
    "--workdir": "working_dir",
    "--memory": "mem_limit",
    "--memory-swap": "memswap_limit",
    "--shm-size": "shm_size",
    "--cpuset-cpus": "cpuset_cpus",
    "--stop-signal": "stop_signal",
    "--platform": "platform",
    "--domainname": "domainname",
    "--memory-reservation": "mem_reservation",
    "--cpuset-mems": "cpuset_mems",
    "--name": "name",
}
_NUMBERS = {
    "--cpu-shares": "cpu_shares",
    "--pids-limit": "pids_limit",
    "--cpu-period": "cpu_period",
    "--cpu-quota": "cpu_quota",
    "--memory-swappiness": "mem_swappiness",
    "--oom-score-adj": "oom_score_adj",
}
_LISTS = {"--group-add": "group_add", "--cap-drop": "cap_drop"}
_PAIRS = {"--env": "environment", "--label": "labels", "--tmpfs": "tmpfs", "--sysctl": "sysctls"}
_OF_NETWORK = {
    "--hostname": "hostname",
    "--dns": "dns",
    "--dns-search": "dns_search",
    "--add-host": "extra_hosts",
}
_HARMLESS = frozenset({"SYS_PTRACE", "SYS_NICE", "IPC_LOCK", "NET_BIND_SERVICE"})
_UNITS = {"ns": 1, "us": 10**3, "ms": 10**6, "s": 10**9, "m": 60 * 10**9, "h": 3600 * 10**9}


@dataclass
class Options:
    """`create` are arguments for the container, `network` those that its network's owner takes, `health` its check.

    `volumes` and `ports` are as they are written: whoever asks for the container says which it may have.
    """

    create: dict[str, Any] = field(default_factory=dict)
    network: dict[str, Any] = field(default_factory=dict)
    health: dict[str, Any] = field(default_factory=dict)
    aliases: list[str] = field(default_factory=list)
    volumes: list[str] = field(default_factory=list)
    ports: list[str] = field(default_factory=list)


def read_options(text: str) -> Options:
    """The options of one container. Raises NotSimulated for one that is unknown here or would open the job's room."""
    found = Options()
    words = shlex.split(text)
    while words:
        word = words.pop(0)
        if re.fullmatch(r"-[itd]{2,}", word):
            words = [*(f"-{letter}" for letter in word[1:]), *words]
            continue
        name, equals, value = word.partition("=")
        name = _SHORT.get(name, name)
        if not name.startswith("--") and (short := _SHORT.get(name[:2])) is not None:
            name, equals, value = short, "=", word[2:]
        if name in _FLAGS:
            _flag(found, name, value)
            continue
        if not equals:
            value = words.pop(0) if words else ""
        _valued(found, name, value)
    if found.health:
        found.create["healthcheck"] = docker.types.Healthcheck(**found.health)
    return found


def _flag(found: Options, name: str, value: str) -> None:
    said = _FLAGS[name]
    if said is not None and value.lower() != "false":
        found.create[said[0]] = said[1]


def _valued(found: Options, name: str, value: str) -> None:
    create = found.create
    if name in _PLAIN:
        create[_PLAIN[name]] = value
    elif name in _NUMBERS:
        create[_NUMBERS[name]] = int(value)
    elif name in _LISTS:
        create.setdefault(_LISTS[name], []).append(value)
    elif name in _PAIRS:
        key, _, text = value.partition(":" if name == "--tmpfs" else "=")
        create.setdefault(_PAIRS[name], {})[key] = text
    elif name in _OF_NETWORK:
        _of_network(found.network, _OF_NETWORK[name], value)
    elif name == "--network-alias":
        found.aliases.append(value)
    elif name == "--volume":
        found.volumes.append(value)
    elif name == "--publish":
        found.ports.append(value)
    elif name.startswith("--health-"):
        _health(found.health, name.removeprefix("--health-"), value)
    elif name in _OTHERS:
        _OTHERS[name](create, value)
    else:
        raise NotSimulated(
            f"the option {name} of a container", "Leave it out: it would change the job's closed room."
        )


def _of_network(network: dict[str, Any], key: str, value: str) -> None:
    if key == "hostname":
        network[key] = value
    elif key == "extra_hosts":
        host, _, address = value.partition(":")
        network.setdefault(key, {})[host] = address
    else:
        network.setdefault(key, []).append(value)


def _health(health: dict[str, Any], key: str, value: str) -> None:
    if key == "cmd":
        health["test"] = ["CMD-SHELL", value]
    elif key == "retries":
        health[key] = int(value)
    else:
        health[key.replace("-", "_")] = nanoseconds(value)


def nanoseconds(text: str) -> int:
    """A duration as Docker writes it (`1m30s`, `500ms`). Raises NotSimulated for what is none."""
    parts = re.findall(r"(\d+(?:\.\d+)?)(ns|us|ms|s|m|h)", text)
    if not parts or "".join(number + unit for number, unit in parts) != text:
        raise NotSimulated(
            f"the duration {text!r} of a container's option", "Write it as Docker does: 30s, 1m30s."
        )
    return int(sum(float(number) * _UNITS[unit] for number, unit in parts))


def _cpus(create: dict[str, Any], value: str) -> None:
    create["nano_cpus"] = int(float(value) * 10**9)


def _entrypoint(create: dict[str, Any], value: str) -> None:
    # One word, as the command line takes it; an empty one takes away the image's own.
    create["entrypoint"] = [value]


def _exposed(create: dict[str, Any], value: str) -> None:
    """Containers of a network reach each other's ports without it."""


def _ulimit(create: dict[str, Any], value: str) -> None:
    name, _, limits = value.partition("=")
    soft, _, hard = limits.partition(":")
    create.setdefault("ulimits", []).append(
        docker.types.Ulimit(name=name, soft=int(soft), hard=int(hard or soft))
    )


def _capability(create: dict[str, Any], value: str) -> None:
    if value.upper().removeprefix("CAP_") not in _HARMLESS:
        raise NotSimulated(
            f"the option --cap-add {value} of a container", "It would open the job's closed room."
        )
    create.setdefault("cap_add", []).append(value)


def _security(create: dict[str, Any], value: str) -> None:
    if not value.startswith("no-new-privileges"):
        raise NotSimulated(
            f"the option --security-opt {value} of a container", "It would open the job's closed room."
        )
    create.setdefault("security_opt", []).append(value)


def _restart(create: dict[str, Any], value: str) -> None:
    name, _, count = value.partition(":")
    create["restart_policy"] = {"Name": name, **({"MaximumRetryCount": int(count)} if count else {})}


_OTHERS: Mapping[str, Callable[[dict[str, Any], str], None]] = {
    "--cpus": _cpus,
    "--entrypoint": _entrypoint,
    "--expose": _exposed,
    "--ulimit": _ulimit,
    "--cap-add": _capability,
    "--security-opt": _security,
    "--restart": _restart,
}
