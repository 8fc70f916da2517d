"""Works go on when the simulator is killed, and the one that starts next picks them up."""

import asyncio
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from simulator.runtime.reach import Reach
from simulator.runtime.work import Mount, Work
from tests.runtime.rooms import BARE_IMAGES, Program, Room, web_server

STARTER = """
import asyncio, sys
from pathlib import Path
from simulator.runtime.engine_process import ProcessEngine
from simulator.runtime.images import Images
from simulator.runtime.reach import Reach
from simulator.runtime.reach import Reach
from simulator.runtime.work import Mount, Work

directory, images, cache, shared, command = sys.argv[1:]

async def main():
    engine = ProcessEngine(Path(directory), Reach(1, 2), Images(Path(images), Path(cache)))
    await engine.start(Work("survivor", "bare", ("sh", "-c", command), {}, (Mount(Path(shared), "/shared"),)))
    print("started", flush=True)
    await asyncio.sleep(1000)

asyncio.run(main())
"""


def start_and_kill_simulator(directory: Path, cache: Path, shared: Path, command: str) -> None:
    """Start a work from a process of its own, and kill that process and its group."""
    shared.mkdir()
    arguments = [
        sys.executable,
        "-c",
        STARTER,
        str(directory),
        str(BARE_IMAGES),
        str(cache),
        str(shared),
        command,
    ]
    starter = subprocess.Popen(
        arguments, stdout=subprocess.PIPE, start_new_session=True, cwd=Path(__file__).parents[2]
    )
    assert starter.stdout is not None
    assert starter.stdout.readline() == b"started\n"
    os.killpg(starter.pid, signal.SIGKILL)
    starter.wait()
    starter.stdout.close()


@pytest.fixture
def survivor_room(tmp_path, image_cache):
    """A room whose engine is opened by the test, over a directory where somebody else started works."""
    rooms = []

    def opened(aws: int = 1) -> Room:
        rooms.append(Room("process", tmp_path / "works", image_cache, Reach(aws, 2)))
        return rooms[-1]

    yield opened
    for room in rooms:
        room.close()


def test_a_work_that_outlived_the_simulator_is_known_followed_and_ended(survivor_room, tmp_path, image_cache):
    command = "echo before; while [ ! -e /shared/go ]; do sleep 0.01; done; echo after; exit 6"
    start_and_kill_simulator(tmp_path / "works", image_cache, tmp_path / "shared", command)
    room = survivor_room()
    assert room.run(room.engine.known()) == ["survivor"]
    (tmp_path / "shared" / "go").touch()
    ended, lines = room.finish("survivor")
    assert (ended.code, lines) == (6, ["before", "after"])


def test_a_work_that_ended_while_nobody_looked_is_still_told(survivor_room, tmp_path, image_cache):
    os.mkfifo(tmp_path / "held")
    start_and_kill_simulator(tmp_path / "works", image_cache, tmp_path / "shared", "echo all; exit 4")
    room = survivor_room()
    ended, lines = room.finish("survivor")
    assert (ended.code, lines) == (4, ["all"])
    assert 0 < ended.started <= ended.ended


def test_a_work_reaches_the_simulator_that_starts_next_though_its_port_is_another(
    survivor_room, tmp_path, image_cache
):
    fetch = (
        "import urllib.request as r; print(r.urlopen('http://localhost:4566/', timeout=20).read().decode())"
    )
    command = f'while [ ! -e /shared/go ]; do sleep 0.01; done; python3 -c "{fetch}"'
    start_and_kill_simulator(tmp_path / "works", image_cache, tmp_path / "shared", command)
    with web_server("the next simulator") as port:
        room = survivor_room(port)
        (tmp_path / "shared" / "go").touch()
        ended, lines = room.finish("survivor")
    assert (ended.code, lines) == (0, ["the next simulator"])


def test_a_work_that_outlived_the_simulator_can_be_stopped(survivor_room, tmp_path, image_cache):
    command = "while true; do sleep 0.05; done"
    start_and_kill_simulator(tmp_path / "works", image_cache, tmp_path / "shared", command)
    room = survivor_room()
    room.run(room.engine.stop("survivor", 30))
    assert room.finish("survivor")[0].code == 143


def test_two_engines_over_one_directory_both_see_the_end(real_room):
    real_room.start("shared", Program("exit 9"))
    second = real_room.open()

    async def both():
        return await asyncio.gather(real_room.engine.wait("shared"), second.wait("shared"))

    one, other = real_room.run(both())
    real_room.run(second.close())
    assert one == other
    assert one.code == 9


def test_a_work_whose_supervisor_was_killed_ends_with_it(process_room, tmp_path):
    os.mkfifo(tmp_path / "held")
    process_room.start(
        "orphan", Program("echo up; exec sleep 1000 > /held"), mounts=(Mount(tmp_path / "held", "/held"),)
    )
    reader = os.open(tmp_path / "held", os.O_RDONLY)  # opens when the work has opened its end
    (lock,) = process_room.directory.glob("*/lock")
    os.kill(int(lock.read_text()), signal.SIGKILL)
    assert os.read(reader, 1) == b"", "the work has gone too"
    os.close(reader)
    ended, _ = process_room.finish("orphan")
    assert (ended.code, ended.reason) == (137, "the supervisor of the work was killed")


def test_a_work_whose_directory_is_removed_ends(process_room, tmp_path):
    """A simulator that keeps no state removes its directory; what it served must not run for ever."""
    os.mkfifo(tmp_path / "held")
    mounts = (Mount(tmp_path / "held", "/held"),)
    process_room.start("forgotten", Program("exec sleep 1000 > /held"), mounts=mounts)
    reader = os.open(tmp_path / "held", os.O_RDONLY)  # opens when the work has opened its end
    shutil.rmtree(next(process_room.directory.glob("*/spec")).parent)
    assert os.read(reader, 1) == b"", "the work has gone too"
    os.close(reader)


def test_a_work_whose_start_was_cut_off_is_not_known_and_may_be_started(survivor_room, tmp_path, image_cache):
    room = survivor_room()
    room.run(room.engine.start(Work("cut off", "bare", ("sh", "-c", "echo now"), {})))
    (place,) = (path.parent for path in (tmp_path / "works").glob("*/name"))
    room.run(room.engine.wait("cut off"))
    room.run(room.engine.close())
    for path in place.iterdir():  # as it is before the supervisor has begun
        if path.name not in ("name", "root"):
            shutil.rmtree(path) if path.is_dir() else path.unlink()

    room = survivor_room()

    assert room.run(room.engine.known()) == []
    room.run(room.engine.start(Work("cut off", "bare", ("sh", "-c", "echo now"), {})))
    assert room.run(room.engine.wait("cut off")).code == 0
