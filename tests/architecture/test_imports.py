"""Who may import what, where import-linter's layers cannot say it: by file, by purity, by the way out."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatch

import pytest

from tests.architecture.sources import imports, python_files, relative, tree, within


@dataclass(frozen=True)
class Reserved:
    """Packages that only the named files may import, and why."""

    why: str
    packages: tuple[str, ...]
    allowed: tuple[str, ...]


RESERVED = (
    Reserved("moto is a leaf behind its named files", ("moto",), ("simulator/aws/moto_*.py",)),
    Reserved(
        "everything that leaves goes through the one outbound door",
        ("httpx", "requests", "urllib3", "http.client", "urllib.request", "aiohttp"),
        (
            "simulator/kernel/outbound.py",
            "simulator/aws/endpoint_backing*.py",
            "simulator/runtime/*",
            "simulator/harness/*",
            "simulator/console/*",
            "simulator/cli/*",
        ),
    ),
    Reserved(
        "inside, one service reaches another through the gateway, not through an SDK",
        ("boto3",),
        ("simulator/harness/*", "simulator/cli/*"),
    ),
    Reserved("containers are the runtime's", ("docker",), ("simulator/runtime/*",)),
    Reserved("state is the store's", ("sqlite3",), ("simulator/kernel/*",)),
)

# Programs that the agent starts inside a work: clients like any other, with a real clock and a network of their own.
RUNS_IN_A_WORK = "simulator/*/programs/*"
OVER_THE_WIRE = ("simulator/harness/", "simulator/console/", "simulator/cli/")
MAY_BE_SHARED = (
    "simulator.formats",
    "simulator.kernel.errors",
    "simulator.reality",
    "simulator.settings",
    "simulator.shipped_folders",
    "simulator.topology",
)
# What a command does on the user's own machine: start the server, or their program as a job would see it.
ONLY_FOR_COMMANDS = (
    *("simulator.app", "simulator.locked", "simulator.serving"),
    *("simulator.runtime.images", "simulator.runtime.reach"),
)
IMPURE = (
    "asyncio",
    "http",
    "os",
    "random",
    "secrets",
    "socket",
    "sqlite3",
    "subprocess",
    "threading",
    "time",
    "urllib",
)
WALL_CLOCK = {
    "time.time",
    "datetime.now",
    "datetime.utcnow",
    "datetime.datetime.now",
    "datetime.datetime.utcnow",
}


@pytest.mark.parametrize("rule", RESERVED, ids=lambda rule: rule.why)
def test_reserved_packages_are_imported_only_where_they_belong(rule: Reserved):
    strays = [
        f"{relative(path)}:{line} imports {name}"
        for path in python_files("simulator")
        if not any(fnmatch(relative(path), pattern) for pattern in (*rule.allowed, RUNS_IN_A_WORK))
        for line, name in imports(path)
        if any(within(name, package) for package in rule.packages)
    ]
    assert strays == []


def test_console_harness_and_cli_speak_over_the_wire_only():
    """The command line also starts things here, which is all that it does not do over the wire."""
    strays = [
        f"{relative(path)}:{line} imports {name}"
        for path in python_files("simulator")
        for room in OVER_THE_WIRE
        if relative(path).startswith(room)
        for line, name in imports(path)
        if within(name, "simulator")
        and not any(within(name, shared) for shared in (*MAY_BE_SHARED, room.strip("/").replace("/", ".")))
        and not (room == "simulator/cli/" and any(within(name, own) for own in ONLY_FOR_COMMANDS))
    ]
    assert strays == []


def test_formats_are_pure():
    strays = [
        f"{relative(path)}:{line} imports {name}"
        for path in python_files("simulator")
        if relative(path).startswith("simulator/formats/")
        for line, name in imports(path)
        if any(within(name, package) for package in IMPURE) and not within(name, "urllib.parse")
    ]
    assert strays == []


def test_the_clouds_read_the_clock_and_not_the_wall():
    strays = [
        f"{relative(path)}:{line} calls {name}"
        for path in python_files("simulator")
        if relative(path).startswith(("simulator/aws/", "simulator/azure_devops/"))
        and not any(fnmatch(relative(path), own) for own in ("simulator/aws/moto_*.py", RUNS_IN_A_WORK))
        for line, name in _calls(tree(path))
        if name in WALL_CLOCK
    ]
    assert strays == []


def _calls(module: ast.Module) -> Iterator[tuple[int, str]]:
    for node in ast.walk(module):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            yield node.lineno, ast.unparse(node.func)
