"""Coverage that tasks publish, and files that steps attach, by the official client."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.azure_devops import sdk
from tests.azure_devops.tasks.programs import TaskWorld

COBERTURA = '<coverage lines-covered="30" lines-valid="40" branches-covered="1" branches-valid="4"/>'
JACOCO = """
<report name="r">
  <counter type="LINE" missed="5" covered="15"/>
  <counter type="CLASS" missed="0" covered="2"/>
</report>
"""
STEPS = """
  - bash: |
      echo noted > $AGENT_TEMPDIRECTORY/note.txt
      echo "##vso[task.addattachment type=notes;name=note]$(Agent.TempDirectory)/note.txt"
  - task: PublishCodeCoverageResults@2
    inputs: {summaryFileLocation: coverage.xml}
  - task: PublishCodeCoverageResults@1
    inputs: {codeCoverageTool: JaCoCo, summaryFileLocation: jacoco.xml}
"""


@pytest.fixture
def client(world: TaskWorld, tmp_path: Path) -> Iterator[Any]:
    """The SDK's clients of the newer set."""
    with sdk.connections(tmp_path) as connect:
        yield connect(world.simulator.azure_devops_url, world.simulator.token("operator")).clients_v7_1


def test_published_coverage_is_the_builds_summary_and_attachments_are_its_files(
    world: TaskWorld, client: Any
) -> None:
    files = {"coverage.xml": COBERTURA, "jacoco.xml": JACOCO}
    for _ in range(2):
        result, log = world.run(STEPS, files)
        assert result == "succeeded", log
        files["coverage.xml"] = COBERTURA.replace('"30"', '"40"')
    tests = client.get_test_client()
    newest = world.azure.get("build/builds", params={"$top": "1"}).json()["value"][0]["id"]
    query = {"buildId": newest, "deltaBuildId": newest - 1}
    summary = world.azure.get("test/codecoverage", params=query).json()
    assert (summary["build"]["id"], summary["deltaBuild"]["id"]) == (str(newest), str(newest - 1))
    (data,) = summary["coverageData"]
    counted = {
        one["label"]: (one["covered"], one["total"], one["isDeltaAvailable"]) for one in data["coverageStats"]
    }
    assert counted == {"Lines": (55, 60, True), "Branches": (1, 4, True), "Classes": (2, 2, True)}
    lines = next(one for one in data["coverageStats"] if one["label"] == "Lines")
    assert (lines["position"], lines["delta"]) == (4, 16.67)
    (modules,) = tests.get_build_code_coverage("ml", newest, flags=7)
    assert modules.modules[0].statistics.lines_not_covered == 5

    only = {"buildId": newest}
    more = {"coverageStats": [{"label": "Lines", "covered": 0, "total": 40}]}
    assert world.azure.post("test/codecoverage", params=only, json=more).status_code == 200
    (again,) = world.azure.get("test/codecoverage", params=only).json()["coverageData"]
    assert [(one["covered"], one["total"]) for one in again["coverageStats"] if one["label"] == "Lines"] == [
        (55, 100)
    ]
    wrong = {"coverageStats": [{"covered": 2, "total": 1}]}
    assert world.azure.post("test/codecoverage", params=only, json=wrong).status_code == 400

    (note,) = client.get_build_client().get_attachments("ml", newest, "notes")
    found = world.azure.get(note._links.additional_properties["self"]["href"])
    assert found.text == "noted\n"
