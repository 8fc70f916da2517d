"""PublishTestResults@2: JUnit files of the job become test runs of the build."""

from __future__ import annotations

import asyncio
from pathlib import Path

from simulator.azure_devops.pipelines.agent import predefined
from simulator.azure_devops.pipelines.agent.job_files import OutsideOfJob
from simulator.azure_devops.pipelines.file_trees import files_below
from simulator.azure_devops.pipelines.junit import JUnitInvalid, TestCase, read_junit
from simulator.azure_devops.pipelines.tasks.artifacts import matcher
from simulator.azure_devops.pipelines.tasks.call import TaskCall, TaskFailed
from simulator.azure_devops.pipelines.test_runs import TestRuns
from simulator.kernel.errors import NotSimulated

_LARGEST_BYTES = 64 * 1024 * 1024


async def publish(call: TaskCall) -> None:
    """Read the files that match, write one test run a file (or one in all), and fail on failures where it is asked."""
    if call.input("testRunner").lower() != "junit":
        raise NotSimulated(f"test results of format {call.input('testRunner')}", "Use JUnit.")
    files = await asyncio.to_thread(_files, call)
    if not files:
        told = f"No test result files matching {call.input('testResultsFiles')} were found."
        if call.flag("failTaskOnMissingResultsFile"):
            raise TaskFailed(told)
        call.attempt.warning(told)
        return
    suites = [(path.name, _read(call, path)) for path in files]
    title = call.input("testRunTitle")
    if call.flag("mergeTestResults"):
        suites = [(title or suites[0][0], [case for _, cases in suites for case in cases])]
    runs = TestRuns(call.job.kernel, call.job.context.room.organization)
    for place, (name, cases) in enumerate(suites, start=1):
        numbered = f"{title}_{place}" if title and len(suites) > 1 else title
        runs.add(call.job.context.row, numbered or name, cases)
        call.attempt.say(f"Published {len(cases)} test results as {numbered or name}")
    failed = sum(case.outcome == "Failed" for _, cases in suites for case in cases)
    if failed and call.flag("failTaskOnFailedTests"):
        raise TaskFailed(
            "There are one or more test failures detected in result files. Detailed summary of published"
            " test results can be viewed in the Tests tab."
        )


def _files(call: TaskCall) -> list[Path]:
    try:
        top = call.job.files.outside(call.input("searchFolder") or predefined.SOURCES)
    except OutsideOfJob as outside:
        raise TaskFailed(str(outside)) from outside
    home = (call.job.files.root / "home").resolve()
    prefix = f"{predefined.HOME}/{top.relative_to(home).as_posix()}/"
    # A pattern may be absolute, as `$(Common.TestResultsDirectory)/*.xml`.
    patterns = "\n".join(
        line.strip().removeprefix(prefix)
        for line in call.input("testResultsFiles").split("\n")
        if line.strip()
    )
    wanted = matcher(patterns)
    return [
        path for relative, path in files_below(top, call.job.files.root) if top.is_dir() and wanted(relative)
    ]


def _read(call: TaskCall, path: Path) -> list[TestCase]:
    if path.stat().st_size > _LARGEST_BYTES:
        raise TaskFailed(f"{path.name} is larger than {_LARGEST_BYTES} bytes.")
    try:
        return read_junit(path.read_bytes())
    except JUnitInvalid as wrong:
        if call.flag("failTaskOnFailureToPublishResults"):
            raise TaskFailed(f"Failed to read {path.name}. Error: {wrong}") from wrong
        call.attempt.warning(f"Failed to read {path.name}. Error: {wrong}")
        return []
