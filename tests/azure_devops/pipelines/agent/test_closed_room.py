"""A step tries to read what is not its own: the server, the user, other jobs, the Docker engine. Each try fails."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from simulator.runtime.images import PYTHON
from simulator.runtime.reach import Reach, work_variables

_TRIES = {
    "the state directory": "ls {state}",
    "the database of the service": "cat {state}/*.sqlite* {state}/*/*.sqlite*",
    "another job's files": "cat {other}",
    "another job's files through its processes": "cat /proc/[0-9]*/root{other}",
    "the file next to the state": "cat {beside}",
    "the user's home": "find {home} -type f -not -path '{python}/*' | grep .",
    "the user's keys": "cat ~/.ssh/* ~/.aws/credentials ~/.docker/config.json {home}/.ssh/*",
    "the passwords of the machine": "cat /etc/shadow",
    "the server's environment": "cat /proc/{server}/environ",
    "the server's memory": "cat /proc/{server}/mem",
    "the server's life": "kill -0 {server}",
    "the environment of the first process": "cat /proc/1/environ",
    "the root of the first process": "ls /proc/1/root/",
    "the descriptors of the first process": "readlink /proc/1/fd/1",
    "the namespaces of the first process": "nsenter -t 1 -a true",
    "the Docker engine": "test -S /var/run/docker.sock || test -S /run/docker.sock",
    "the Docker engine by its client": "docker ps",
    "any socket of the machine": "find / -path /proc -prune -o -type s -print | grep .",
    "any disk of the machine": "find /dev -type b | grep .",
    "a file of its own on the machine": "find / -path /proc -prune -o -name 'planted-*' -print | grep .",
    "a mount of the machine's disk": "mount -t proc none /mnt || mount --bind / /mnt",
    "a descriptor that was left open": "ls /proc/self/fd | grep -v -x -e 0 -e 1 -e 2 -e 3",
    "a change of the programs that tasks run": "echo x >> /opt/agent/checkout.py",
}


@pytest.fixture(scope="module")
def tried(jobs, tmp_path_factory):
    """What each try came to, by its name; and every variable that the step could find in any process."""
    beside = tmp_path_factory.mktemp("beside") / "planted-beside"
    other = jobs.served.directory / "azure_devops" / "work" / "9999" / "other" / "home" / "planted-other"
    other.parent.mkdir(parents=True)
    for each in (beside, other):
        each.write_text("a secret of the machine")
    places = {
        "state": jobs.served.directory,
        "other": other,
        "beside": beside,
        # Where the interpreter itself lies in the user's home, a step has it and nothing beside.
        "home": Path.home(),
        "server": os.getpid(),
        "python": PYTHON.parent.parent,
    }
    lines = [
        f'if {{ {text.format(**places)} ; }} >>"$out" 2>&1; then echo "open: {name}"; else echo "closed: {name}"; fi'
        for name, text in _TRIES.items()
    ]
    script = "\n".join(["out=$(Agent.TempDirectory)/out", *lines, "cat $out"])
    look = "cat /proc/[0-9]*/environ 2>/dev/null | tr '\\0' '\\n' | sed 's/^/found: /'; true"
    yaml = "\n".join(
        [
            "steps:",
            "  - checkout: none",
            "  - bash: |",
            *(f"      {line}" for line in script.splitlines()),
            f"  - bash: |\n      {look}",
        ]
    )
    _, log = jobs.run(yaml)
    return log


@pytest.mark.parametrize("name", _TRIES)
def test_a_step_cannot_have(tried, name):
    assert f"Z closed: {name}\n" in tried
    assert f"Z open: {name}\n" not in tried


def test_nothing_secret_was_read(tried):
    assert "a secret of the machine" not in tried


def test_no_variable_of_the_server_is_found_in_any_process(tried):
    found = {line.partition("found: ")[2] for line in tried.splitlines() if "found: " in line}
    assert any(line.startswith("BUILD_BUILDID=") for line in found)
    own = Path("/proc/self/environ").read_bytes().decode(errors="replace").split("\0")
    given = {*work_variables(Reach(1, 2), "simulator", {}, {}), "SHLVL", "_"}
    assert not [line for line in own if line and line in found and line.partition("=")[0] not in given]
