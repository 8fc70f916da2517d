"""What every engine does alike, whatever it runs works in."""

import asyncio
import re

import pytest

from simulator.kernel.errors import NotSimulated
from simulator.runtime.engine import WorkUnknown, WorkUnreachable
from simulator.runtime.engine_scripted import Script
from simulator.runtime.work import Answer, Mount, Work
from tests.runtime.rooms import Program

ENDLESS = Program("while true; do sleep 0.05; done", Script(held=True))
SERVER = Program(
    "python3 -m http.server 8080 --bind 127.0.0.1",
    Script(
        answer=lambda request: (
            Answer(200, {"content-type": "text/plain"}, b"pong")
            if request.path == "/ping"
            else Answer(404, {}, b"")
        )
    ),
)


@pytest.mark.parametrize("code", [0, 3, 255])
def test_the_exit_code_is_the_programs(room, code):
    assert room.complete(Program(f"exit {code}", Script(code))) == (code, [])


def test_a_program_that_a_signal_ends_exits_with_128_and_its_number(room):
    assert room.complete(Program("kill -9 $$", Script(137)))[0] == 137


def test_the_exit_says_when_the_program_started_and_ended(room):
    room.start("timed", Program("true"))
    ended, _ = room.finish("timed")
    assert 0 < ended.started <= ended.ended


def test_lines_of_both_streams_come_in_order(room):
    program = Program(
        "echo one; echo two >&2; printf 'three\\r\\nlast'", Script(lines=("one", "two", "three", "last"))
    )
    assert room.complete(program) == (0, ["one", "two", "three", "last"])


def test_lines_come_while_the_program_still_runs(room):
    room.start("talker", Program("echo ready; " + ENDLESS.shell, Script(lines=("ready",), held=True)))

    async def first_line():
        lines = room.engine.lines("talker")
        line = await anext(lines)
        await lines.aclose()
        return line

    assert room.run(first_line()) == "ready"


def test_two_followers_see_the_same_lines(room):
    room.start("seen", Program("seq 1 2000", Script(lines=tuple(str(number) for number in range(1, 2001)))))

    async def all_lines():
        return [line async for line in room.engine.lines("seen")]

    async def both():
        return await asyncio.gather(all_lines(), all_lines())

    expected = [str(number) for number in range(1, 2001)]
    assert room.run(both()) == [expected, expected]


def test_what_a_program_writes_into_a_mount_is_on_the_host(room, tmp_path):
    (tmp_path / "model").mkdir()
    program = Program(
        "echo trained > /opt/ml/model/file",
        Script(effect=lambda work: _write(work.mounts[0].source / "file", "trained\n")),
    )
    assert room.complete(program, mounts=(Mount(tmp_path / "model", "/opt/ml/model"),)) == (0, [])
    assert (tmp_path / "model" / "file").read_text() == "trained\n"


def test_a_mount_that_does_not_exist_is_refused(real_room, tmp_path):
    with pytest.raises(ValueError, match="does not exist"):
        real_room.start("lost", ENDLESS, mounts=(Mount(tmp_path / "nowhere", "/opt/ml"),))


def test_stop_sends_sigterm_and_the_program_may_end_in_its_own_way(real_room):
    real_room.start(
        "polite", Program("trap 'echo bye; exit 7' TERM; echo ready; while true; do sleep 0.01; done")
    )
    _until_first_line(real_room, "polite")
    real_room.run(real_room.engine.stop("polite", 30))
    ended, lines = real_room.finish("polite")
    assert (ended.code, lines) == (7, ["ready", "bye"])


def test_stop_kills_what_does_not_end_within_the_grace(real_room):
    real_room.start("deaf", Program("trap '' TERM; echo ready; while true; do sleep 0.01; done"))
    _until_first_line(real_room, "deaf")
    real_room.run(real_room.engine.stop("deaf", 0.05))
    assert real_room.finish("deaf")[0].code == 137


def test_stop_may_begin_with_an_interrupt(real_room):
    program = "trap 'echo interrupted' INT; trap 'echo bye; exit 7' TERM; echo ready; while true; do sleep 0.01; done"
    real_room.start("interrupted", Program(program))
    _until_first_line(real_room, "interrupted")
    real_room.run(real_room.engine.stop("interrupted", 30, 0.2))
    ended, lines = real_room.finish("interrupted")
    assert (ended.code, lines) == (7, ["ready", "interrupted", "bye"])


def test_an_interrupt_ends_a_work_that_knows_nothing_of_it(real_room):
    real_room.start("plain", Program("echo ready; exec sleep 1000"))
    _until_first_line(real_room, "plain")
    real_room.run(real_room.engine.stop("plain", 30, 30))
    assert real_room.finish("plain")[0].code == 130


def test_stop_ends_a_work(room):
    room.start("stopped", ENDLESS)
    room.run(room.engine.stop("stopped", 30))
    assert room.finish("stopped")[0].code == 143


def test_stopping_what_has_ended_changes_nothing(room):
    room.complete(Program("exit 5", Script(5)))
    room.run(room.engine.stop("a-work", 1))
    assert room.finish("a-work")[0].code == 5


def test_a_serving_work_answers_requests(room, tmp_path):
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "ping").write_text("pong")
    mounts = (Mount(tmp_path / "site", "/site", read_only=True),)
    room.start("server", SERVER, serves=True, mounts=mounts, working_directory="/site")

    async def ask(path):
        return await room.engine.request("server", "GET", path, {"accept": "*/*"}, b"", 30)

    answer = room.run(ask("/ping"))
    assert (answer.status, answer.body) == (200, b"pong")
    assert answer.headers["content-type"].startswith(("text/plain", "application/octet-stream"))
    assert room.run(ask("/other")).status == 404


def test_a_request_to_a_work_that_has_ended_is_unreachable(room):
    room.start("gone", Program("exit 1", Script(1, held=False)), serves=True)
    if room.kind == "scripted":
        room.run(room.engine.finish("gone"))
    room.finish("gone")
    with pytest.raises(WorkUnreachable):
        room.run(room.engine.request("gone", "GET", "/ping", {}, b"", 5))


def test_a_request_that_nobody_answers_in_time_says_so(real_room):
    real_room.start("mute", ENDLESS, serves=True)
    with pytest.raises(WorkUnreachable) as late:
        real_room.run(real_room.engine.request("mute", "GET", "/ping", {}, b"", 0.05))
    assert late.value.timed_out


def test_a_name_is_taken_until_the_work_is_removed(room):
    room.start("twin", ENDLESS)
    with pytest.raises(ValueError, match="twin"):
        room.start("twin", ENDLESS)
    room.run(room.engine.remove("twin"))
    assert room.run(room.engine.known()) == []
    with pytest.raises(WorkUnknown):
        room.run(room.engine.wait("twin"))
    room.start("twin", ENDLESS)


def test_removing_what_is_not_there_is_no_error(room):
    room.run(room.engine.remove("nobody"))


def test_an_image_that_does_not_exist_is_refused_by_name(room):
    with pytest.raises(NotSimulated, match=re.escape("'blazing_text'")):
        room.run(room.engine.start(Work("w", "blazing_text", ("true",), {})))


def test_many_works_start_side_by_side(room):
    works = [room.work(f"work-{number}", Program(f"exit {number}", Script(number))) for number in range(12)]

    async def all_of_them():
        await asyncio.gather(*(room.engine.start(work) for work in works))
        return await asyncio.gather(*(room.engine.wait(work.name) for work in works))

    assert [ended.code for ended in room.run(all_of_them())] == list(range(12))


def test_works_are_known_by_name_however_strange(room):
    names = ["111111111111/us-east-1/abalone-train", "zweites Modell ü"]
    for name in names:
        room.start(name, ENDLESS)
    assert room.run(room.engine.known()) == sorted(names)


def _until_first_line(room, name):
    async def first():
        lines = room.engine.lines(name)
        await anext(lines)
        await lines.aclose()

    room.run(first())


def _write(path, text):
    path.write_text(text)
