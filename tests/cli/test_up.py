"""`simulator up` as a person starts it: where it listens, what it keeps, and what it prints."""

from __future__ import annotations

import socket
import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from simulator.cli.__main__ import main, parser
from simulator.kernel.store import FORMAT
from tests.cli.started import Started

Start = Callable[..., Started]
LISTENING = "0A"


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Start with these options; whatever a test leaves running is stopped."""
    running: list[Started] = []

    def make(*options: str) -> Started:
        running.append(Started(tmp_path / "home", *options))
        return running[-1]

    yield make
    for each in running:
        each.stop()


def listeners(port: int) -> list[str]:
    """The addresses on which this machine listens at a port, as the kernel writes them."""
    rows = [
        line.split()
        for file in ("tcp", "tcp6")
        for line in Path(f"/proc/net/{file}").read_text().splitlines()
    ]
    return [row[1].split(":")[0] for row in rows if row[1].endswith(f":{port:04X}") and row[3] == LISTENING]


def test_the_ports_are_4566_4567_and_4568_on_loopback_unless_others_are_asked_for() -> None:
    options = parser().parse_args(["up"])

    assert (options.aws_port, options.azure_devops_port, options.console_port) == (4566, 4567, 4568)
    assert options.host == "127.0.0.1"


def test_it_listens_on_loopback_only_at_the_ports_that_were_asked_for(start: Start) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = int(free.getsockname()[1])
    running = start("--ephemeral", "--engine", "scripted", "--aws-port", str(port))

    assert running.url("AWS") == f"http://localhost:{port}"
    for name in ("AWS", "Azure DevOps", "console"):
        number = int(running.url(name).split(":")[2].split("/")[0])
        assert listeners(number) == ["0100007F"]
    root = running.url("Azure DevOps")
    assert root.endswith("/acme")
    assert httpx.get(f"{root.removesuffix('/acme')}/_simulator/health").json()["organization"] == "acme"


def test_it_says_where_everything_is_and_what_to_export_and_no_secret(start: Start) -> None:
    running = start("--ephemeral", "--engine", "scripted")
    said = "\n".join(running.said)
    operator = running.status()["people"]["operator"]

    assert f"export AWS_ENDPOINT_URL={running.url('AWS')}" in said
    assert f"export AWS_ACCESS_KEY_ID={operator['access_key_id']}" in said
    assert f"export AZURE_DEVOPS_ORG={running.url('Azure DevOps')}" in said
    called, where = f"{sys.executable} -m simulator.cli", f"--console-url {running.url('console')}"
    assert f'eval "$({called} status --shell {where})"' in said
    assert f"{called} run {where} -- python train.py" in said
    assert operator["secret_access_key"] not in said
    assert operator["personal_access_token"] not in said


def test_state_lasts_in_the_directory_that_was_named_and_in_no_other(start: Start, tmp_path: Path) -> None:
    options = ("--engine", "scripted", "--state", str(tmp_path / "state"))
    first = start(*options)
    first.client("s3").create_bucket(Bucket="remembered")
    refused = start(*options).stop()
    first.stop()
    names = [bucket["Name"] for bucket in start(*options).client("s3").list_buckets()["Buckets"]]

    assert "is in use by another simulator" in refused
    assert names == ["remembered"]
    assert not (tmp_path / "home").exists()


def test_without_a_name_state_lasts_in_the_users_directory_and_ephemeral_keeps_none(
    start: Start, tmp_path: Path
) -> None:
    fleeting = start("--engine", "scripted", "--ephemeral")
    fleeting.client("s3").create_bucket(Bucket="forgotten")
    fleeting.stop()
    assert not (tmp_path / "home").exists()

    lasting = start("--engine", "scripted")
    assert lasting.client("s3").list_buckets()["Buckets"] == []
    assert list((tmp_path / "home").glob("sagemaker-azure-devops-simulator/*"))


@pytest.mark.parametrize("engine", ["process", "scripted", pytest.param("docker", marks=pytest.mark.docker)])
def test_the_engine_is_the_one_that_was_asked_for(start: Start, engine: str) -> None:
    assert start("--ephemeral", "--engine", engine).status()["engine"] == engine


def test_a_seed_makes_ids_repeat(start: Start) -> None:
    def identifier(seed: str) -> str:
        running = start("--ephemeral", "--engine", "scripted", "--seed", seed)
        made = str(running.client("sts").get_caller_identity()["ResponseMetadata"]["RequestId"])
        running.stop()
        return made

    first, again, other = identifier("7"), identifier("7"), identifier("8")

    assert first == again
    assert first != other


def test_it_stops_in_good_order_when_whoever_started_it_has_gone(start: Start) -> None:
    left = start("--ephemeral", "--engine", "scripted").process
    assert left.stdout is not None
    assert left.stderr is not None
    left.stdout.close()
    left.terminate()

    assert (left.wait(), left.stderr.read()) == (0, "")


def test_reset_forgets_everything_but_not_under_a_simulator_that_runs(
    start: Start, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    state = str(tmp_path / "state")
    running = start("--engine", "scripted", "--state", state)
    running.client("s3").create_bucket(Bucket="remembered")

    assert main(["reset", "--state", state]) == 1
    assert "is in use by another simulator" in capsys.readouterr().err
    assert len(running.client("s3").list_buckets()["Buckets"]) == 1
    running.stop()
    assert main(["reset", "--state", state]) == 0
    assert start("--engine", "scripted", "--state", state).client("s3").list_buckets()["Buckets"] == []


def test_a_directory_of_other_things_becomes_no_state_and_is_not_forgotten(
    start: Start, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """`--state .` in a checkout, and then a reset, would otherwise take the checkout away."""
    (tmp_path / "thesis.txt").write_text("three years\n")

    assert (
        "holds no state of a simulator but other things (thesis.txt)"
        in start("--state", str(tmp_path)).stop()
    )
    assert main(["reset", "--state", str(tmp_path)]) == 1
    assert "choose --state DIR" in capsys.readouterr().err
    assert (tmp_path / "thesis.txt").read_text() == "three years\n"


def test_a_state_that_this_simulator_cannot_read_is_refused_with_what_to_do(
    start: Start, tmp_path: Path
) -> None:
    file = tmp_path / "state.sqlite"
    with closing(sqlite3.connect(file)) as newer:
        newer.execute(f"PRAGMA user_version={FORMAT + 1}")
    options = ("--engine", "scripted", "--state", str(tmp_path))

    assert (
        f"format {FORMAT + 1} of a newer simulator; this one reads up to {FORMAT}" in start(*options).stop()
    )
    file.write_text("a letter to my sister, longer than SQLite's header of a hundred bytes" * 3)
    assert "state.sqlite is no state of a simulator" in start(*options).stop()


def test_without_a_docker_engine_the_refusal_says_what_to_do(
    start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/none")
    said = start("--ephemeral", "--engine", "docker").stop()

    assert said.startswith("simulator: the Docker engine (")
    assert "does not answer. Start a Docker engine that this user may use (docker info)" in said


def test_a_port_that_is_none_says_what_was_expected(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        parser().parse_args(["up", "--aws-port", "99999"])

    assert "'99999' is no port; expected 1 to 65535, or 0" in capsys.readouterr().err


def test_a_topology_that_says_too_little_is_refused_with_the_place(start: Start, tmp_path: Path) -> None:
    file = tmp_path / "topology.yaml"
    file.write_text("region: us-east-1\naccounts: {}\n")

    refused = start("--ephemeral", "--topology", str(file))

    assert "topology.yaml: people is missing" in refused.stop()
    assert refused.process.returncode == 1


@pytest.mark.parametrize(("text", "said"), [(None, "No such file"), ("- a list\n", "topology.yaml: ")])
def test_a_topology_that_is_no_such_file_is_refused_in_a_line(
    start: Start, tmp_path: Path, text: str | None, said: str
) -> None:
    file = tmp_path / "topology.yaml"
    if text is not None:
        file.write_text(text)

    refused = start("--ephemeral", "--topology", str(file))

    assert said in refused.stop()
    assert refused.process.returncode == 1


def test_a_port_that_is_taken_is_refused_in_a_line_with_the_options_that_choose_another(start: Start) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        refused = start("--ephemeral", "--aws-port", port)

        assert f"cannot listen on 127.0.0.1:{port}" in (said := refused.stop())
        assert "--aws-port" in said
    assert refused.process.returncode == 1
