"""The command line against a running simulator: what people and shells see."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from simulator.cli.__main__ import main
from simulator.cli.log import line
from tests.wire import RunningSimulator


@pytest.fixture(scope="module")
def running() -> Iterator[RunningSimulator]:
    simulator = RunningSimulator()
    yield simulator
    simulator.stop()


def cli(running: RunningSimulator, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "simulator.cli", *words],
        env={**os.environ, "SIMULATOR_CONSOLE_URL": running.console_url},
        capture_output=True,
        text=True,
        check=False,
    )


def test_every_port_says_that_it_is_ready(running: RunningSimulator) -> None:
    root = running.azure_devops_url.rsplit("/", 1)[0]
    for url in (running.aws_url, root, running.console_url):
        assert httpx.get(f"{url}/_simulator/health").json()["status"] == "ready"


def test_status_for_a_shell_points_clients_at_both_clouds(running: RunningSimulator) -> None:
    done = cli(running, "status", "--shell", "--as", "ada")
    names = {line.split("=")[0] for line in done.stdout.splitlines()}

    port = running.simulator.listeners.port("console")

    assert {"export AZURE_DEVOPS_ORG", "export AZURE_DEVOPS_PAT", "export AWS_ENDPOINT_URL"} <= names
    assert f"export SIMULATOR_CONSOLE_URL=http://localhost:{port}" in done.stdout
    assert running.token("ada") in done.stdout


def test_a_person_who_is_not_there_is_refused_with_the_names_that_are(running: RunningSimulator) -> None:
    done = cli(running, "status", "--shell", "--as", "nobody")

    assert done.returncode == 1
    assert "expected one of ada, grace" in done.stderr


def test_advance_moves_virtual_time(running: RunningSimulator) -> None:
    before = running.simulator.kernel.clock.now()
    done = cli(running, "advance", "24h")

    assert done.returncode == 0
    assert running.simulator.kernel.clock.now() - before >= 24 * 3600


def test_a_duration_that_is_none_says_what_was_expected(running: RunningSimulator) -> None:
    done = cli(running, "advance", "tomorrow")

    assert done.returncode == 1
    assert "such as 30s, 90m, 24h or 7d" in done.stderr


def test_the_log_is_one_json_object_a_fact(running: RunningSimulator) -> None:
    httpx.get(
        f"{running.aws_url}/nothing",
        headers={"authorization": "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/nope/aws4_request"},
    )
    done = cli(running, "log", "--json")

    facts = [json.loads(line) for line in done.stdout.splitlines()]
    assert facts
    assert all({"sequence", "kind", "cause"} <= set(fact) for fact in facts)


@pytest.mark.parametrize(
    ("detail", "said"),
    [
        ({"status": "InService", "name": "x"}, "abalone  InService"),
        ({"error": "Line 1:\nno such task"}, "abalone  Line 1: no such task"),
        ({"result": None, "state": "inProgress"}, "abalone  inProgress"),
        ({}, "abalone"),
    ],
)
def test_a_line_of_the_log_says_which_state_came_and_what_went_wrong(
    detail: dict[str, object], said: str
) -> None:
    fact = {"sequence": 1, "time": 0, "cause": None, "kind": "Seen", "subject": "abalone", "detail": detail}

    assert line(fact).endswith(said)


def test_any_program_runs_with_its_clients_pointed_at_the_simulator(running: RunningSimulator) -> None:
    program = (
        "import boto3; print(boto3.client('sts').get_caller_identity()['Arn']);"
        "print(boto3.client('sts', endpoint_url='https://sts.us-east-1.amazonaws.com').get_caller_identity()['Account'])"
    )
    done = cli(running, "run", "--as", "ada", "--", sys.executable, "-c", program)

    assert done.stdout.split() == ["arn:aws:iam::111111111111:user/ada", "111111111111"], done.stderr


def test_a_program_that_is_killed_leaves_nothing_behind(running: RunningSimulator, tmp_path: Path) -> None:
    """SIGKILL too: what a client keeps under `simulator run` belongs to the simulator that runs."""
    program = (
        "import os, signal; from azure.devops._file_cache import OPTIONS_CACHE as cache; cache['at'] = {'here': 1};"
        "print(cache.file_name, flush=True); os.kill(os.getpid(), signal.SIGKILL)"
    )
    command = [sys.executable, "-m", "simulator.cli", "run", "--", sys.executable, "-c", program]
    environment = {**os.environ, "SIMULATOR_CONSOLE_URL": running.console_url, "TMPDIR": str(tmp_path)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)

    assert done.returncode == -signal.SIGKILL, done.stderr
    assert list(tmp_path.iterdir()) == []
    assert Path(done.stdout.strip()).is_relative_to(running.simulator.kernel.store.directory)


def test_git_needs_no_password_at_azure_repos_and_no_url_holds_one(
    running: RunningSimulator, tmp_path: Path
) -> None:
    target = tmp_path / "model_build"
    words = ("run", "--as", "ada", "--", "git", "clone", "https://dev.azure.com/acme/ml/_git/model_build")

    cloned = cli(running, *words, str(target))
    stranger = cli(running, *words[:2], "eventbridge", *words[3:], str(tmp_path / "other"))

    assert cloned.returncode == 0, cloned.stderr
    assert running.token("ada") not in (target / ".git" / "config").read_text()
    assert stranger.returncode != 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--image", "nosuch"), "image 'nosuch' is not simulated"),
        (("--account", "nosuch", "--role", "ReadOnly"), "there is no account 'nosuch'; expected one of dev"),
        (("--account", "staging"), "--account needs --role"),
    ],
)
def test_run_says_in_a_line_what_it_does_not_know(
    running: RunningSimulator, words: tuple[str, ...], said: str
) -> None:
    done = cli(running, "run", *words, "--", "true")

    assert done.returncode == 1
    assert done.stderr.startswith("simulator: ")
    assert said in done.stderr


def test_a_program_runs_as_a_role_of_another_account(running: RunningSimulator) -> None:
    program = "import boto3; print(boto3.client('sts').get_caller_identity()['Arn'])"
    words = ("--as", "ada", "--account", "staging", "--role", "ReadOnly")
    done = cli(running, "run", *words, "--", sys.executable, "-c", program)

    assert done.stdout.strip() == "arn:aws:sts::333333333333:assumed-role/ReadOnly/ada", done.stderr


def test_without_a_simulator_a_command_says_how_to_start_one() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "simulator.cli", "status", "--console-url", "http://127.0.0.1:9"],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1
    assert "simulator up" in done.stderr


def test_a_port_that_is_not_the_consoles_is_said_to_be_none(running: RunningSimulator) -> None:
    for url in (running.aws_url, running.azure_devops_url):
        done = cli(running, "log", "--console-url", url)

        assert done.returncode == 1
        assert f"{url} is not the console of a simulator" in done.stderr


def test_pages_of_other_hosts_may_not_move_time(running: RunningSimulator) -> None:
    answer = httpx.post(
        f"{running.console_url}/_simulator/advance",
        json={"seconds": 1},
        headers={"origin": "https://evil.example"},
    )

    assert answer.status_code == 403


def test_a_snapshot_of_a_stopped_simulator_comes_back(tmp_path: Path) -> None:
    state, kept = tmp_path / "state", tmp_path / "kept.tar.gz"
    first = RunningSimulator(state=state)
    first.client("s3").create_bucket(Bucket="remembered")
    first.stop()

    def run(*words: str) -> None:
        subprocess.run([sys.executable, "-m", "simulator.cli", *words, "--state", str(state)], check=True)

    run("snapshot", str(kept))
    run("reset")
    run("restore", str(kept))
    again = RunningSimulator(state=state)
    names = [bucket["Name"] for bucket in again.client("s3").list_buckets()["Buckets"]]
    again.stop()

    assert names == ["remembered"]
    assert kept.stat().st_mode & 0o077 == 0


def test_what_is_no_snapshot_leaves_the_state_as_it_was(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    state = tmp_path / "state"
    state.mkdir()
    (state / "state.sqlite").write_text("rows")
    whole, foreign, half = (tmp_path / name for name in ("whole.tar.gz", "foreign.tar.gz", "half.tar.gz"))
    (tmp_path / "noise").write_bytes(os.urandom(100_000))
    with tarfile.open(foreign, "w:gz") as archive:
        archive.add(tmp_path / "noise", "noise")
    (state / "noise").write_bytes(os.urandom(100_000))

    assert main(["snapshot", "--state", str(state), str(whole)]) == 0
    half.write_bytes(whole.read_bytes()[:50_000])
    for file in (foreign, half, tmp_path / "noise"):
        assert main(["restore", "--state", str(state), str(file)]) == 1
        assert f"{file} is no whole snapshot" in capsys.readouterr().err
    assert main(["restore", "--state", str(state), str(tmp_path / "none")]) == 1
    assert "No such file" in capsys.readouterr().err
    assert sorted(entry.name for entry in state.iterdir()) == ["lock", "noise", "state.sqlite"]
    assert main(["snapshot", "--state", str(tmp_path / "nowhere"), str(whole)]) == 1
    assert not (tmp_path / "nowhere").exists()
