"""How a demonstration ends: report.json in its form, and a table that claims no more than the links have shown."""

from __future__ import annotations

from typing import Any

import pytest

from simulator.harness.demo.__main__ import _conclude, run, summary
from simulator.harness.demo.components import COMPONENTS
from simulator.harness.demo.links import LINKS, Link


def demo(fails: str = "") -> Any:
    """The demonstration's links without their acts; the one that is named breaks. Its world is not looked at."""

    def act(name: str) -> Any:
        def done(_: Any) -> str:
            """What this link does."""
            if name == fails:
                raise AssertionError("no such luck")
            return f"{name} is fine"

        return done

    links = tuple(Link(link.name, link.component, act(link.name), "look there") for link in LINKS)
    results = run(None, links)  # type: ignore[arg-type]
    return results, summary(results, [], "process", 12.34, None)  # type: ignore[arg-type]


def test_the_document_has_every_member_that_was_asked_for() -> None:
    _, document = demo()
    members = {"engine", "seconds", "passed", "failed", "skipped", "components", "ledger", "scenarios"}

    assert members <= set(document)
    assert (document["engine"], document["seconds"], document["passed"]) == ("process", 12.3, len(LINKS))
    assert (document["failed"], document["skipped"]) == (0, 0)
    for scenario in document["scenarios"]:
        assert {"name", "tags", "status", "seconds", "story"} <= set(scenario)
    assert document["scenarios"][0]["story"] == ["What this link does.", f"{LINKS[0].name} is fine"]


def test_the_table_names_nine_components_and_claims_only_what_was_shown(
    capsys: pytest.CaptureFixture[str], tmp_path: Any
) -> None:
    results, document = demo(fails="integration tests")
    capsys.readouterr()
    _conclude(results, document, tmp_path)
    captured = capsys.readouterr()
    rows = {c.key: next(line for line in captured.out.splitlines() if c.title in line) for c in COMPONENTS}

    assert len(rows) == 9
    assert rows["build"].split(" proved ")[1].strip() == COMPONENTS[2].proof
    assert "partly" in rows["accounts"]
    assert "not yet: Studio domains" in rows["accounts"]
    assert "failed" in rows["staging"]
    assert "not yet" in rows["gate"]
    assert "not yet" in rows["monitoring"]
    assert "the link that broke: integration tests" in captured.err
    assert "remedy: look there" in captured.err


def test_a_component_of_which_a_link_was_left_out_is_not_proved() -> None:
    results, _ = demo()
    kept = [result for result in results if result.link.name != "trial in dev"]

    document = summary(kept, [], "process", 12.34, None)  # type: ignore[arg-type]

    status = {
        component["name"]: (component["status"], component["remark"]) for component in document["components"]
    }
    assert status["Experiment and source control"] == ("partly", "a link of it did not run")
    assert status["Model Build pipeline"][0] == "proved"
