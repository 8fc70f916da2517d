"""Artifacts of other runs: which run is meant, and what comes of it."""

from __future__ import annotations

from typing import Any

import pytest

from simulator.azure_devops.pipelines.tasks.other_runs import Wanted, choose
from tests.azure_devops.tasks.programs import TaskWorld

MAKES = """
  - checkout: none
  - bash: |
      mkdir -p $BUILD_ARTIFACTSTAGINGDIRECTORY/deep
      echo $(Build.BuildId) > $BUILD_ARTIFACTSTAGINGDIRECTORY/number.txt
      echo x > $BUILD_ARTIFACTSTAGINGDIRECTORY/deep/other.log
  - publish: $(Build.ArtifactStagingDirectory)
    artifact: drop
"""
SHOWS = '  - bash: cd $SYSTEM_ARTIFACTSDIRECTORY/../got && grep -r "" .\n'


def row(number: int, **said: Any) -> dict[str, Any]:
    return {
        "id": number,
        "state": "completed",
        "result": "succeeded",
        "sourceBranch": "refs/heads/main",
        "tags": [],
        **said,
    }


@pytest.mark.parametrize(
    ("wanted", "number"),
    [
        (Wanted(), 6),
        (Wanted(branch="refs/heads/topic"), 5),
        (Wanted(branch="topic"), 5),
        (Wanted(tags=frozenset({"good"})), 3),
        (Wanted(number=2), 2),
        (Wanted(results=frozenset({"succeeded", "partiallySucceeded"})), 7),
        (Wanted(results=frozenset({"succeeded", "failed"})), 8),
        (Wanted(branch="refs/heads/none"), None),
    ],
)
def test_the_newest_completed_run_that_is_wanted_is_taken(wanted: Wanted, number: int | None) -> None:
    rows = [
        row(9, state="inProgress", result=None),
        row(8, result="failed"),
        row(7, result="partiallySucceeded"),
        row(6),
        row(5, sourceBranch="refs/heads/topic"),
        row(3, tags=["good", "old"]),
        row(2, result="failed"),
    ]
    found = choose(rows, wanted)
    assert (found["id"] if found else None) == number


def test_artifacts_of_another_run_come_by_latest_tag_number_and_pattern(world: TaskWorld) -> None:
    world.run(MAKES)
    first = world.azure.get("build/builds", params={"$top": "1"}).json()["value"][0]["id"]
    assert world.azure.put(f"build/builds/{first}/tags/good").status_code == 200
    world.run(MAKES)
    other = f"project: ml, buildType: specific, artifactName: drop, targetPath: {'$(Pipeline.Workspace)/got'}"
    for inputs, number in (
        (f"{other}, definition: 1, tags: good", first),
        (f"{other}, pipeline: 1, runVersion: latestFromBranch, runBranch: refs/heads/main", first + 1),
        (f"{other}, pipeline: 1, runVersion: specific, runId: {first}, patterns: '*.txt'", first),
    ):
        steps = f"  - checkout: none\n  - task: DownloadPipelineArtifact@2\n    inputs: {{{inputs}}}\n{SHOWS}"
        result, log = world.run(steps)
        assert result == "succeeded", log
        assert f"./number.txt:{number}" in log
        assert ("other.log" in log) is ("patterns" not in inputs)
        # These runs succeed, too: without an artifact they are not what the next one looks for.
        last = world.azure.get("build/builds", params={"$top": "1"}).json()["value"][0]["id"]
        assert world.azure.delete(f"build/builds/{last}").status_code == 204

    inputs = (
        "project: ml, buildType: specific, pipeline: 1, artifactName: drop, buildVersionToDownload: specific,"
        f" buildId: {first}, downloadPath: $(Pipeline.Workspace)/got"
    )
    task = "  - checkout: none\n  - task: DownloadBuildArtifacts@1\n    name: fetched\n    inputs: {%s}\n"
    result, log = world.run((task % f"{inputs}, itemPattern: '**/*.txt'") + SHOWS)
    assert result == "succeeded", log
    assert f"./drop/number.txt:{first}" in log
    assert "other.log" not in log
    for wrong, told in (
        (inputs.replace("artifactName: drop", "artifactName: none"), "Artifact none was not found for build"),
        (inputs.replace(f"buildId: {first}", "buildId: 99999"), "is not a run of pipeline"),
        (inputs.replace("pipeline: 1", "pipeline: none"), "The pipeline none was not found"),
    ):
        result, log = world.run(task % wrong)
        assert result == "failed"
        assert told in log
