"""What the demonstration claims: proofs that exist, verdicts as good as the links, a ledger of what was not real."""

from __future__ import annotations

import json
import re
from pathlib import Path

from simulator.harness.demo import report
from simulator.harness.demo.components import COMPONENTS, verdicts
from simulator.reality import ledger

FEATURES = Path(__file__).resolve().parents[2] / "features"


def fact(
    number: int, kind: str, subject: str, cause: int | None = None, **detail: object
) -> dict[str, object]:
    return {
        "sequence": number,
        "time": 0.0,
        "kind": kind,
        "subject": subject,
        "detail": detail,
        "cause": cause,
        "account": "",
        "region": "",
    }


def test_every_proof_is_a_scenario_that_exists() -> None:
    titles = [
        title
        for file in FEATURES.rglob("*.feature")
        for title in re.findall(r"Scenario: (.+)", file.read_text())
    ]
    names = {"test_" + re.sub(r"\W+", "_", title.strip().replace("'", "")).lower() for title in titles}

    assert {component.proof.split("::")[1] for component in COMPONENTS} <= names


def test_a_component_is_never_better_than_its_links() -> None:
    found = {
        verdict.component.key: verdict.status
        for verdict in verdicts({"build": True, "events": False, "gate": True})
    }

    assert found["build"] == "proved"
    assert found["events"] == "failed"
    assert found["gate"] == "partly"
    assert found["registry"] == "not yet"


def test_the_ledger_counts_what_was_substituted_and_refused() -> None:
    facts = [
        fact(1, "ImageSubstituted", "account/sagemaker-xgboost:1.7-1", image="xgboost"),
        fact(2, "ImageSubstituted", "account/sagemaker-xgboost:1.7-1", image="xgboost"),
        fact(3, "HostRefused", "example.com", remedy="SIMULATOR_ALLOWED_HOSTS=example.com"),
    ]
    entries = {entry["what"]: entry for entry in ledger(facts, "docker")}

    substituted = entries["account/sagemaker-xgboost:1.7-1"]
    assert (substituted["times"], substituted["kind"]) == (2, "image")
    assert "reference image xgboost" in substituted["instead"]
    assert "SIMULATOR_ALLOWED_HOSTS=example.com" in entries["example.com"]["instead"]


def test_the_page_shows_everything_and_asks_for_nothing_from_outside(tmp_path: Path) -> None:
    document = {"engine": "process", "seconds": 1.0, "passed": 1, "failed": 0, "skipped": 0}
    lists: dict[str, list[object]] = {"components": [], "ledger": [], "scenarios": [], "chain": []}
    facts = [fact(1, "RefUpdated", "<script>alert(1)</script>"), fact(2, "RunQueued", "run", cause=1)]
    report.write(tmp_path, {**document, **lists}, facts, {"healthy": [0.1, 0.2], "drifted": [0.5, 0.9]})
    page = (tmp_path / "report.html").read_text()

    assert "<script>alert" not in page
    assert "because of #1" in page
    assert not re.search(r"""(src|href)=["']?(https?:)?//""", page)
    assert [json.loads(line)["kind"] for line in (tmp_path / "facts.jsonl").read_text().splitlines()] == [
        "RefUpdated",
        "RunQueued",
    ]
