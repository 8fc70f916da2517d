"""Works within an idle one share its files, its network and its processes; what they leave goes on until it ends."""

from __future__ import annotations

import os
import shlex
import signal

import pytest

from simulator.runtime.engine import WorkUnknown
from simulator.runtime.work import Mount, Patience, Work
from tests.runtime.test_isolation import ATTEMPTS

_ASK = "python3 -c \"import urllib.request as r; print(r.urlopen('http://127.0.0.1:8123/').read().decode())\""
_SERVE = (
    "mkdir /tmp/site; cd /tmp/site; echo pong > index.html;"
    " setsid python3 -m http.server 8123 --bind 127.0.0.1 >/tmp/site/log 2>&1 &"
    " until grep -qs Serving /tmp/site/log; do read -t 0.02 < /dev/zero; done; echo served"
)


@pytest.fixture
def idle(real_room):
    """A room of each engine that runs programs, with an idle work `machine`."""
    real_room.run(real_room.engine.start(Work("machine", "bare", (), idle=True)))
    return real_room


@pytest.fixture
def process_idle(process_room):
    """The same of the process engine alone."""
    process_room.run(process_room.engine.start(Work("machine", "bare", (), idle=True)))
    return process_room


def complete(room, name, shell, **fields):
    """Run a program within the idle work; its exit code and all lines."""
    work = Work(name, "bare", ("bash", "-c", shell), within="machine", **fields)
    room.run(room.engine.start(work))
    ended, lines = room.finish(name)
    return ended.code, lines


def ended(room):
    """End the idle work; what it says was left."""
    room.run(room.engine.stop("machine", 30))
    return room.finish("machine")[1]


def test_a_server_that_a_work_leaves_answers_the_next_and_is_told_at_the_end(idle):
    assert complete(idle, "one", f"PYTHONUNBUFFERED=1; {_SERVE}; echo $! > /tmp/number") == (0, ["served"])
    code, lines = complete(idle, "two", f"{_ASK}; cat /tmp/number; kill -0 $(cat /tmp/number)")
    assert (code, lines[0]) == (0, "pong")
    assert ended(idle) == [f"{lines[-1]} python3"]


def test_works_within_share_files_and_keep_their_own_variables(idle):
    assert complete(idle, "one", "echo left > /tmp/file", environment={"SECRET": "hunter2"}) == (0, [])
    code, lines = complete(
        idle, "two", "cat /tmp/file; env", environment={"OWN": "1"}, working_directory="/tmp"
    )
    assert (code, lines[0]) == (0, "left")
    assert {"OWN=1", "PWD=/tmp", "FROM_IMAGE=yes"} <= set(lines)
    assert not [line for line in lines if "hunter2" in line]


def test_an_idle_work_has_no_variable_of_any_work(process_idle):
    """What one was given is gone with it: nothing of it stays where the next could read it."""
    complete(process_idle, "one", "true", environment={"SECRET": "hunter2"})
    _, lines = complete(
        process_idle,
        "two",
        # All is read before grep begins, whose own command line would be found.
        "all=$(cat /proc/[0-9]*/environ /proc/[0-9]*/cmdline 2>&- | tr '\\0' '\\n'); echo \"$all\" | grep -x SECRET=.*",
    )
    assert lines == []


def test_the_exit_code_and_what_it_said_are_the_commands(idle):
    assert complete(idle, "one", "echo out; echo err >&2; exit 7") == (7, ["out", "err"])
    assert complete(idle, "two", "kill -9 $$")[0] == 137
    idle.run(idle.engine.start(Work("three", "bare", ("no-such-program",), within="machine")))
    assert idle.finish("three")[0].code == 127


def test_what_the_background_says_is_heard_for_a_while_and_no_longer(process_idle):
    held = "(echo from the background; while :; do read -t 0.02 < /dev/zero; done) & exit 3"
    code, lines = complete(process_idle, "one", held, patience=Patience(0.3, "it did not close"))
    assert (code, lines) == (3, ["from the background", "it did not close"])
    assert [line.split()[1] for line in ended(process_idle)] == ["bash"]


def test_stop_kills_all_that_comes_from_a_work_and_nothing_that_another_left(process_idle):
    assert complete(process_idle, "one", "(exec -a keeper sleep 1000) >/dev/null 2>&1 &")[0] == 0
    tree = (
        "trap '' TERM INT; (trap '' TERM; sleep 1000) & setsid bash -c 'sleep 1000' & sleep 1000 & "
        "until [ $(grep -ls '^sleep' /proc/[0-9]*/cmdline | wc -l) = 3 ]; do read -t 0.02 < /dev/zero; done;"
        " echo ready; while :; do read -t 0.02 < /dev/zero; done"
    )
    process_idle.run(process_idle.engine.start(Work("two", "bare", ("bash", "-c", tree), within="machine")))

    async def stopped():
        lines = process_idle.engine.lines("two")
        assert await anext(lines) == "ready"
        await lines.aclose()
        await process_idle.engine.stop("two", 0.05)
        return await process_idle.engine.wait("two")

    assert process_idle.run(stopped()).code == 137
    assert len(ended(process_idle)) == 1, "the keeper alone was left"


def test_a_mount_that_the_idle_work_does_not_have_is_seen_by_its_work_alone(process_idle, tmp_path):
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "file").write_text("more\n")
    mounts = (Mount(tmp_path / "more", "/opt/more", read_only=True),)
    shell = "cat /opt/more/file; echo x > /opt/more/file; echo left > /tmp/file"
    code, lines = complete(process_idle, "one", shell, mounts=mounts)
    assert (code, lines[0]) == (0, "more")
    assert "Read-only" in lines[1]
    assert complete(process_idle, "two", "cat /tmp/file; ls /opt/more") == (0, ["left"])


def test_what_has_ended_takes_no_work_any_more(idle):
    complete(idle, "one", "true")
    assert ended(idle) == []
    for name in ("machine", "nobody"):
        with pytest.raises(WorkUnknown, match=name):
            idle.run(idle.engine.start(Work("two", "bare", ("true",), within=name)))
    assert idle.run(idle.engine.known()) == ["machine", "one"]


def test_two_idle_works_reach_neither_the_ports_nor_the_processes_of_each_other(idle):
    idle.run(idle.engine.start(Work("other", "bare", (), idle=True)))
    complete(idle, "one", _SERVE)
    look = f"{_ASK} 2>&1 | tail -1; grep -ls '[h]ttp.server' /proc/[0-9]*/cmdline; ls /tmp"
    idle.run(idle.engine.start(Work("elsewhere", "bare", ("bash", "-c", look), within="other")))
    lines = idle.finish("elsewhere")[1]
    assert len(lines) == 1
    assert "Connection refused" in lines[0]


def test_a_work_within_cannot_get_out(process_idle):
    more = ["cat /proc/1/environ", "readlink /proc/1/fd/0", "nsenter -t 1 -a true"]
    tries = [f"({each}) >/dev/null 2>&1 && echo {shlex.quote(each)}" for each in (*ATTEMPTS, *more)]
    assert complete(process_idle, "one", "; ".join([*tries, "true"])) == (0, [])


def test_a_work_within_has_no_descriptor_of_the_host(process_idle):
    assert complete(process_idle, "one", "ls /proc/self/fd | grep -v -x -e 0 -e 1 -e 2 -e 3; true") == (0, [])


def test_the_next_engine_finds_the_idle_work_and_what_runs_within(idle):
    complete(idle, "one", _SERVE)
    idle.run(idle.engine.close())
    idle.engine = idle.open()
    assert complete(idle, "two", _ASK)[1][0] == "pong"
    assert [line.split()[1] for line in ended(idle)] == ["python3"]


@pytest.mark.parametrize("killed", ["machine", "one"])
def test_a_work_ends_with_its_supervisor_and_with_that_of_the_idle_one(process_idle, tmp_path, killed):
    os.mkfifo(tmp_path / "held")
    mounts = (Mount(tmp_path / "held", "/held"),)
    work = Work("one", "bare", ("sh", "-c", "exec sleep 1000 > /held"), mounts=mounts, within="machine")
    process_idle.run(process_idle.engine.start(work))
    reader = os.open(tmp_path / "held", os.O_RDONLY)  # opens when the work has opened its end
    place = next(path.parent for path in process_idle.directory.glob("*/name") if path.read_text() == killed)
    os.kill(int((place / "lock").read_text()), signal.SIGKILL)
    assert os.read(reader, 1) == b"", "the work has gone too"
    os.close(reader)
    assert process_idle.finish("one")[0].code == 137


def test_an_idle_work_that_nobody_comes_back_to_ends_by_itself(process_room, tmp_path, monkeypatch):
    monkeypatch.setattr("simulator.runtime.sandbox.layout.ABANDONED_AFTER_SECONDS", 0.05)
    os.mkfifo(tmp_path / "held")
    machine = Work("machine", "bare", (), mounts=(Mount(tmp_path / "held", "/held"),), idle=True)
    process_room.run(process_room.engine.start(machine))
    complete(process_room, "one", "exec 9>&1 >/dev/null 2>&1; sleep 1000 > /held & echo up >&9")
    reader = os.open(tmp_path / "held", os.O_RDONLY)  # opens when the work has opened its end
    process_room.run(process_room.engine.close())
    assert os.read(reader, 1) == b"", "what it left has gone too"
    os.close(reader)
    process_room.engine = process_room.open()
    assert [line.split()[1] for line in process_room.finish("machine")[1]] == ["sleep"]
