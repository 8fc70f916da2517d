"""What a work can see, change and reach: its own things and the simulator, and nothing else of the host."""

import os
import socket

import pytest

from simulator.runtime.images import Images
from simulator.runtime.reach import SEARCH_PATH, Reach, work_variables
from simulator.runtime.work import Mount, Work
from tests.runtime.rooms import BARE_IMAGES, Program

GET = (
    'python3 -c "import sys, urllib.request as r; print(r.urlopen(sys.argv[1], timeout=5).read().decode())" '
)

ATTEMPTS = [
    "mount -o remount,rw,bind /usr",
    "umount /opt/image",
    "echo x > /proc/sys/kernel/core_pattern",
    "echo b > /proc/sysrq-trigger",
    "cat /etc/shadow",
    "ls /proc/1/root/",
    "mknod /tmp/disk b 8 0",
    "touch /opt/image/x",
    "touch /usr/x",
    "kill -9 1; kill -0 1; false",
    "unshare --user --map-root-user --mount mount -o remount,rw,bind /usr",
]
"""Ways out of a sandbox, none of which may succeed."""


def test_a_work_gets_its_variables_over_its_images_over_the_defaults(real_room, monkeypatch):
    monkeypatch.setenv("SECRET_OF_THE_HOST", "hunter2")
    code, lines = real_room.complete(Program("env"), environment={"MINE": "1", "OMP_NUM_THREADS": "2"})
    variables = dict(line.split("=", 1) for line in lines)
    assert code == 0
    assert "hunter2" not in variables.values()
    assert (variables["MINE"], variables["OMP_NUM_THREADS"], variables["FROM_IMAGE"]) == ("1", "2", "yes")
    assert variables["AWS_ENDPOINT_URL"] == "http://localhost:4566"
    assert variables["PATH"] == SEARCH_PATH


def test_no_variable_of_the_host_comes_in(process_room):
    _, lines = process_room.complete(Program("env"), environment={"MINE": "1"})
    given = work_variables(Reach(1, 2), "algo-1", {"FROM_IMAGE": "yes"}, {"MINE": "1"})
    assert dict(line.split("=", 1) for line in lines) == {**given, "PWD": "/"}


def test_the_entrypoint_of_the_image_runs_when_there_is_no_command(real_room):
    real_room.run(real_room.engine.start(Work("plain", "bare", ())))
    assert real_room.finish("plain")[1] == ["from the entrypoint"]


def test_a_command_that_does_not_exist_exits_with_127_and_says_so(real_room):
    real_room.run(real_room.engine.start(Work("lost", "bare", ("no-such-program",))))
    ended, lines = real_room.finish("lost")
    assert ended.code == 127
    assert "no-such-program" in lines[0]


def test_the_simulator_is_at_its_usual_ports_wherever_it_listens(real_room):
    program = Program(GET + "http://localhost:4566/; " + GET + "http://127.0.0.1:4567/")
    assert real_room.complete(program) == (0, ["this is aws", "this is azure devops"])


def test_a_port_of_the_host_cannot_be_reached(real_room):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        code, lines = real_room.complete(Program(GET + f"http://127.0.0.1:{port}/ 2>&1 | tail -1"))
    assert code == 0
    assert "Connection refused" in lines[-1]


def test_an_address_elsewhere_cannot_be_reached(real_room):
    connect = "import socket; socket.create_connection(('192.0.2.1', 443), 5)"
    _, lines = real_room.complete(Program(f'python3 -c "{connect}"'))
    assert "Network is unreachable" in lines[-1]


def test_the_state_of_the_simulator_and_of_other_works_is_not_there(real_room, tmp_path):
    (tmp_path / "state.sqlite").write_text("secret")
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "model").write_text("secret")
    (tmp_path / "mine").mkdir()
    places = (
        f"{tmp_path}/state.sqlite {tmp_path}/other/model {real_room.directory} /opt/ml/../../{tmp_path}/other"
    )
    program = Program(f"for each in {places}; do test -e $each && echo $each is there; done; ls /opt/ml")
    code, lines = real_room.complete(program, mounts=(Mount(tmp_path / "mine", "/opt/ml"),))
    assert (code, lines) == (0, [])


def test_another_work_is_not_there(real_room, tmp_path):
    real_room.start("neighbour", Program("echo x > /tmp/left; while true; do sleep 0.05; done"))
    _, lines = real_room.complete(Program("ls /tmp; ps ax 2>/dev/null | grep -c '[w]hile true'"))
    assert lines == ["0"]


def test_a_read_only_mount_cannot_be_written(real_room, tmp_path):
    (tmp_path / "data").mkdir()
    mounts = (Mount(tmp_path / "data", "/opt/ml/input", read_only=True),)
    code, _ = real_room.complete(Program("touch /opt/ml/input/x"), mounts=mounts)
    assert code != 0
    assert list((tmp_path / "data").iterdir()) == []


def test_a_link_in_a_mount_leads_to_the_works_own_files(real_room, tmp_path):
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret" / "file").write_text("secret")
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "link").symlink_to(tmp_path / "secret")
    program = Program("cat /mine/link/file 2>/dev/null")
    assert real_room.complete(program, mounts=(Mount(tmp_path / "mine", "/mine"),)) == (1, [])


def test_a_mount_below_a_link_never_touches_where_it_leads_on_the_host(process_room, tmp_path):
    (tmp_path / "secret").mkdir()
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "link").symlink_to(tmp_path / "secret")
    (tmp_path / "inner").mkdir()
    mounts = (Mount(tmp_path / "mine", "/mine"), Mount(tmp_path / "inner", "/mine/link/below"))
    with pytest.raises(ValueError, match="/mine/link/below"):
        process_room.complete(Program("true"), mounts=mounts)
    assert list((tmp_path / "secret").iterdir()) == []


def test_a_work_is_known_to_itself_by_its_host_name(real_room):
    program = Program("hostname; python3 -c \"import socket; print(socket.gethostbyname('algo-1'))\"")
    assert real_room.complete(program, hostname="algo-1") == (0, ["algo-1", "127.0.0.1"])


@pytest.mark.parametrize("attempt", ATTEMPTS)
def test_a_work_cannot_get_out_of_its_room(process_room, attempt):
    assert process_room.complete(Program(attempt))[0] != 0


def test_writing_to_the_error_device_does_not_cut_the_log(real_room):
    program = Program("echo one; echo two > /dev/stderr; echo three > /dev/stdout")
    assert real_room.complete(program) == (0, ["one", "two", "three"])


def test_processes_left_behind_end_with_the_work(process_room, tmp_path):
    (tmp_path / "pipe").mkdir()
    os.mkfifo(tmp_path / "pipe" / "held")
    program = Program(
        "(trap '' TERM; exec 9>/pipe/held; echo held; sleep 1000) & read line < /pipe/held & sleep 0.1"
    )
    code, _ = process_room.complete(program, mounts=(Mount(tmp_path / "pipe", "/pipe"),))
    assert code == 0
    reader = os.open(tmp_path / "pipe" / "held", os.O_RDONLY | os.O_NONBLOCK)
    assert os.read(reader, 1) == b"", "no writer is left"
    os.close(reader)


def test_a_writable_environment_keeps_what_a_work_puts_into_it(real_room, tmp_path):
    (tmp_path / "environment").mkdir()
    where = '$(python3 -c "import site; print(site.getsitepackages()[0])")'
    put = Program(f"command -v python3; echo 'print(42)' > {where}/answer.py")
    real_room.start("put", put, writable_venv=tmp_path / "environment")
    assert real_room.finish("put")[1] == ["/opt/venv/bin/python3"]
    code, lines = real_room.complete(Program("python3 -m answer"), writable_venv=tmp_path / "environment")
    assert (code, lines) == (0, ["42"])


def test_scripts_of_the_image_are_repeated_for_the_writable_environment(process_room, tmp_path, image_cache):
    """`pytest` of the image must see what a step installed."""
    (tmp_path / "environment").mkdir()
    images = Images(BARE_IMAGES, image_cache)
    inside = images.environment(images.describe("bare")) / "inside"
    (inside / "say").write_text("#!/opt/image/bin/python\nimport sys\nprint(sys.prefix)\n")
    (inside / "say").chmod(0o755)
    assert process_room.complete(Program("say"), writable_venv=tmp_path / "environment") == (0, ["/opt/venv"])
