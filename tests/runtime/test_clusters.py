"""Works that belong together: peers that reach each other by name, isolation, and pipes that are fed epoch by epoch."""

import asyncio

import pytest

from simulator.runtime.engine_scripted import Script
from simulator.runtime.sandbox.pipes import order
from simulator.runtime.work import Mount, Network, Stream
from tests.runtime.rooms import Program

SERVE = (
    'python3 -c "import socket\n'
    "server = socket.create_server(('0.0.0.0', 7000))\n"
    "print('ready', flush=True)\n"
    "client, _ = server.accept()\n"
    "number = int(client.recv(100))\n"
    "client.sendall(str(number * 2).encode())\n"
    'print(number)"'
)
ASK = (
    'python3 -c "import socket, time\n'
    "for attempt in range(200):\n"
    "    try:\n"
    "        server = socket.create_connection(('algo-1', 7000), 10); break\n"
    "    except OSError: time.sleep(0.05)\n"
    "server.sendall(b'21')\n"
    'print(int(server.recv(100)))"'
)


def pair(room, name, first, second, **fields):
    """Two works of one network; their (code, lines)."""
    network = Network(name, ("algo-1", "algo-2"))
    programs = {"algo-1": first, "algo-2": second}
    for host, program in programs.items():
        room.start(f"{name}/{host}", program, network=network, hostname=host, **fields)
    return [room.finish(f"{name}/{host}") for host in programs]


def test_two_hosts_find_each_other_by_name_and_exchange_a_number_over_tcp(room):
    told = pair(
        room,
        "cluster",
        Program(SERVE, Script(lines=("ready", "21"))),
        Program(ASK, Script(lines=("42",))),
    )
    assert [(ended.code, lines) for ended, lines in told] == [(0, ["ready", "21"]), (0, ["42"])]


def test_an_isolated_cluster_still_reaches_its_peers(room):
    served, asked = Program(SERVE, Script(lines=("ready", "21"))), Program(ASK, Script(lines=("42",)))
    assert pair(room, "closed", served, asked, isolated=True)[1][1] == ["42"]


def test_two_clusters_have_the_same_names_and_do_not_meet(real_room):
    alone = Program(ASK.replace("range(200)", "range(1)") + " 2>&1 | tail -1")
    room = real_room
    room.start("one/algo-1", Program(SERVE), network=Network("one", ("algo-1",)), hostname="algo-1")
    room.start("two/algo-2", alone, network=Network("two", ("algo-1", "algo-2")), hostname="algo-2")
    assert "42" not in room.finish("two/algo-2")[1]
    room.run(room.engine.remove("one/algo-1"))


def test_a_cluster_can_be_started_again_under_its_name(real_room):
    for _ in range(2):
        assert pair(real_room, "again", Program(SERVE), Program(ASK))[1][1] == ["42"]
        for host in ("algo-1", "algo-2"):
            real_room.run(real_room.engine.remove(f"again/{host}"))


def test_hosts_of_a_cluster_may_start_at_the_same_moment(real_room):
    network = Network("rush", tuple(f"algo-{number}" for number in range(1, 6)))
    ping = Program("getent hosts $HOSTNAME | grep -v 127.0.0.1")
    works = [real_room.work(f"rush/{host}", ping, network=network, hostname=host) for host in network.hosts]

    async def all_of_them():
        await asyncio.gather(*(real_room.engine.start(work) for work in works))
        return await asyncio.gather(*(real_room.engine.wait(work.name) for work in works))

    assert [ended.code for ended in real_room.run(all_of_them())] == [0] * 5


def test_an_isolated_work_reaches_nothing_and_is_pointed_nowhere(real_room):
    look = (
        "env | grep -ci -e proxy -e AWS_ENDPOINT; "
        "python3 -c \"import socket; socket.create_connection(('127.0.0.1', 4566), 2)\" 2>&1 | tail -1"
    )
    _, lines = real_room.complete(Program(look), isolated=True)
    assert lines[0] == "0"
    assert "refused" in lines[1]


@pytest.fixture
def channel(tmp_path):
    """A mount with a channel directory, and a stream of two files to pipes in it."""
    for folder in ("ml/data", "parts"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "parts" / "0").write_text("one\n")
    (tmp_path / "parts" / "1").write_text("two\n")
    return Mount(tmp_path / "ml", "/opt/ml"), Stream(tmp_path / "parts", "/opt/ml/data/train")


def test_a_stream_is_a_named_pipe_an_epoch(real_room, channel):
    mount, stream = channel
    program = Program("cd /opt/ml/data; test -p train_0 && cat train_0 && cat train_1 && cat train_2")
    code, lines = real_room.complete(program, mounts=(mount,), streams=(stream,))
    assert (code, lines) == (0, ["one", "two"] * 3)


def test_a_reader_that_closes_early_begins_the_next_epoch(real_room, channel):
    mount, stream = channel
    (stream.source / "1").write_bytes(b"x" * 3_000_000)
    program = Program("cd /opt/ml/data; head -c 3 train_0; echo; wc -c < train_1")
    code, lines = real_room.complete(program, mounts=(mount,), streams=(stream,))
    assert (code, lines) == (0, ["one", "3000004"])


def test_a_seed_shuffles_each_epoch_anew_and_shards_share_out_what_there_is():
    names = [f"{number:02}" for number in range(20)]
    first, second = order(names, 7, 0, (0, 1)), order(names, 7, 1, (0, 1))
    assert first == order(names, 7, 0, (0, 1))
    assert sorted(first) == sorted(second) == names
    assert first != second != names
    shards = [order(names, 7, 1, (number, 3)) for number in range(3)]
    assert sorted(name for shard in shards for name in shard) == names
    assert order(names, None, 4, (1, 2)) == names[1::2]
