"""PublishTestResults@2 and PublishCodeCoverageResults@1 and @2: files of the job become rows of the run."""

from __future__ import annotations

import asyncio
from pathlib import Path

from simulator.azure_devops.pipelines.agent.published_results import Wanted, publish_coverage, publish_tests
from simulator.azure_devops.pipelines.tasks.call import TaskCall, TaskEffect, TaskFailed
from simulator.azure_devops.pipelines.tasks.found_files import find_files


async def publish(call: TaskCall) -> None:
    """Read the files that match, write one test run a file (or one in all), and fail on failures where it is asked."""
    files = await asyncio.to_thread(_files, call, "testResultsFiles", call.input("searchFolder"))
    if not files:
        told = f"No test result files matching {call.input('testResultsFiles')} were found."
        if call.flag("failTaskOnMissingResultsFile"):
            raise TaskFailed(told)
        call.attempt.warning(told)
        return
    wanted = Wanted(
        call.input("testRunner").lower(), call.flag("mergeTestResults"), call.input("testRunTitle")
    )
    failed, unread = publish_tests(call.attempt, files, wanted)
    if unread and call.flag("failTaskOnFailureToPublishResults"):
        raise TaskFailed("Failed to publish test results: one or more files could not be read.")
    if failed and call.flag("failTaskOnFailedTests"):
        raise TaskFailed(
            "There are one or more test failures detected in result files. Detailed summary of published"
            " test results can be viewed in the Tests tab."
        )


async def publish_code_coverage(call: TaskCall) -> None:
    """Add what Cobertura and JaCoCo files count to the run's coverage."""
    files = await asyncio.to_thread(_files, call, "summaryFileLocation", "")
    read = publish_coverage(call.attempt, files)
    if read:
        return
    if call.flag("failIfCoverageEmpty"):
        raise TaskFailed("No code coverage results were found to publish.")
    call.attempt.warning("No code coverage results were found to publish.")


def _files(call: TaskCall, name: str, folder: str) -> list[Path]:
    return [each.path for each in find_files(call, call.input(name), folder) if each.path.is_file()]


EFFECTS: dict[tuple[str, int], TaskEffect] = {
    ("PublishTestResults", 2): publish,
    ("PublishCodeCoverageResults", 1): publish_code_coverage,
    ("PublishCodeCoverageResults", 2): publish_code_coverage,
}
