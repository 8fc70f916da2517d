"""`simulator approve` and `simulator log` over a run that waits at its gate."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from simulator.cli.__main__ import main
from tests.console import loop
from tests.wire import RunningSimulator


@pytest.fixture
def running(monkeypatch: pytest.MonkeyPatch) -> Iterator[RunningSimulator]:
    simulator = RunningSimulator(engine=loop.engine())
    monkeypatch.setenv("SIMULATOR_CONSOLE_URL", simulator.console_url)
    yield simulator
    simulator.stop()


def result(running: RunningSimulator, run: int) -> str:
    running.rest()
    return str(loop.azure(running, "grace", "GET", f"build/builds/{run}")["result"])


def test_approve_opens_what_waits_as_the_person_that_is_named(
    running: RunningSimulator, capsys: pytest.CaptureFixture[str]
) -> None:
    run = loop.start_run(running)

    assert main(["approve", "--as", "ada"]) == 1
    said = capsys.readouterr().err
    assert said.startswith("simulator: Azure DevOps answered 403: User Ada Lovelace is not authorized")
    assert "innerException" not in said
    assert main(["approve", "--as", "edsger", "--comment", "Tests are green"]) == 0
    gate = loop.gate_of(running, run)
    (step,) = [step for step in gate["steps"] if step["status"] == "approved"]
    assert (step["actualApprover"]["displayName"], step["comment"]) == ("Edsger Dijkstra", "Tests are green")
    assert result(running, run) == "succeeded"
    assert main(["approve"]) == 1
    assert "nothing waits for an approval" in capsys.readouterr().err


def test_approve_can_say_no(running: RunningSimulator) -> None:
    run = loop.start_run(running)

    assert main(["approve", "--reject"]) == 0
    assert loop.gate_of(running, run)["status"] == "rejected"
    assert result(running, run) == "failed"


def test_the_log_tells_each_fact_once_with_what_caused_it(
    running: RunningSimulator, capsys: pytest.CaptureFixture[str]
) -> None:
    loop.start_run(running)

    assert main(["log", "--json"]) == 0
    facts = {fact["sequence"]: fact for fact in map(json.loads, capsys.readouterr().out.splitlines())}
    assert main(["log"]) == 0
    lines = capsys.readouterr().out.splitlines()

    assert list(facts) == list(range(1, len(facts) + 1))
    queued = next(fact for fact in facts.values() if fact["kind"] == "RunQueued")
    pending = next(fact for fact in facts.values() if fact["kind"] == "ApprovalPending")
    while pending["cause"] != queued["sequence"]:
        pending = facts[pending["cause"]]
    assert len(lines) == len(facts)
    assert lines[queued["sequence"] - 1].split()[0] == str(queued["sequence"])
    assert "RunQueued" in lines[queued["sequence"] - 1]
