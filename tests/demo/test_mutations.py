"""Each mutation breaks one link on purpose: the demonstration ends with status 1 and names link, cause and remedy."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from simulator.harness.demo.mutations import MUTATIONS

AT_ONCE = 2


@dataclass(frozen=True)
class Ended:
    """How a demonstration ended: its status, what it said, and the report it left."""

    status: int
    errors: str
    report: dict[str, Any]

    @property
    def chain(self) -> list[str]:
        """The lines of the cause chain."""
        return self.errors.split("what led there:\n", 1)[1].splitlines()


def demonstrate(mutation: str, out: Path) -> Ended:
    """The demonstration as a person starts it, without the trial, which no later link needs."""
    command = [sys.executable, "-m", "simulator.harness.demo", "--mutate", mutation, "--without", "trial"]
    done = subprocess.run(
        [*command, "--out", str(out)],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=False,
    )
    return Ended(done.returncode, done.stderr, json.loads((out / "report.json").read_text()))


@pytest.fixture(scope="module")
def demonstrations(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Future[Ended]]]:
    """The demonstrations that the chosen tests ask for, two at a time: much of each is waiting."""
    asked = [getattr(item, "callspec", None) for item in request.session.items]
    names = {spec.params.get("ended") for spec in asked if spec}
    folder = tmp_path_factory.mktemp("mutations")
    with ThreadPoolExecutor(AT_ONCE) as pool:
        yield {name: pool.submit(demonstrate, name, folder / name) for name in MUTATIONS if name in names}


@pytest.fixture
def ended(request: pytest.FixtureRequest, demonstrations: dict[str, Future[Ended]]) -> Ended:
    """The demonstration with the mutation that the test is about, at its end."""
    return demonstrations[request.param].result()


def expect(ended: Ended, mutation: str) -> None:
    """Status 1; the link that was broken is named with its remedy, those before it passed; nobody drowns in logs."""
    scenarios = {scenario["name"]: scenario["status"] for scenario in ended.report["scenarios"]}
    link = MUTATIONS[mutation].breaks

    assert ended.status == 1, ended.errors
    assert f"the link that broke: {link}\n" in ended.errors
    assert "\nremedy: " in ended.errors
    assert [name for name, status in scenarios.items() if status == "failed"] == [link], ended.errors
    assert ended.report["failed"] == 1
    assert ended.report["passed"] == len(scenarios) - 1
    assert ended.report["skipped"] > 0
    assert len(ended.errors.splitlines()) < 80
    assert "Traceback" not in ended.errors


@pytest.mark.parametrize("ended", ["training-raises"], indirect=True)
def test_a_training_that_raises_breaks_model_build_with_the_text_it_raised(ended: Ended) -> None:
    expect(ended, "training-raises")
    assert "could not parse value" in ended.errors
    kinds = [line.split()[1] for line in ended.chain]
    assert kinds[:2] == [
        "PullRequestUpdated",
        "RefUpdated",
    ]  # the completion that was ordered moves the branch
    assert kinds.index("PipelineExecutionStateChanged") < kinds.index("TrainingJobStateChanged")
    assert kinds[-1] == "RunCompleted"


@pytest.mark.parametrize("ended", ["impossible-threshold"], indirect=True)
def test_an_impossible_threshold_breaks_model_build_with_the_error_and_the_limit(ended: Ended) -> None:
    expect(ended, "impossible-threshold")
    assert "The mean squared error is" in ended.errors
    assert "and the limit is 0.0001" in ended.errors


@pytest.mark.parametrize("ended", ["wrong-token"], indirect=True)
def test_a_wrong_token_breaks_the_approval_after_its_retries(ended: Ended) -> None:
    expect(ended, "wrong-token")
    refused = [line for line in ended.chain if "DeliveryFailed" in line and "HTTP status 401" in line]
    assert len(refused) == 6  # the first attempt, and the five retries that the rule's target allows
    assert "ModelPackageStateChanged" in ended.chain[0]
    assert "DeadLettered" in ended.chain[-1]


@pytest.mark.parametrize("ended", ["swapped-artefact"], indirect=True)
def test_a_swapped_artefact_breaks_model_quality_before_anything_is_deployed(ended: Ended) -> None:
    expect(ended, "swapped-artefact")
    assert "has changed since it was registered" in ended.errors
    assert not any("StackEvent" in line for line in ended.chain)


@pytest.mark.parametrize("ended", ["unknown-type"], indirect=True)
def test_an_unknown_resource_type_breaks_staging_and_is_named(ended: Ended) -> None:
    expect(ended, "unknown-type")
    assert "AWS::SageMaker::CrystalBall" in ended.errors
