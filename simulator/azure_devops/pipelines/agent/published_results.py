"""Files of test results and of code coverage become rows of the run: what the agent does for tasks and commands.

Source: the agent's `ResultsCommandExtension`, `TestDataPublisher` and `CodeCoverageCommands`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from simulator.azure_devops.pipelines.agent.command_effects import CommandFailed, PublishResults
from simulator.azure_devops.pipelines.code_coverage import keep_coverage, read_coverage
from simulator.azure_devops.pipelines.test_formats.case import ResultsInvalid, TestCase
from simulator.azure_devops.pipelines.test_formats.formats import FORMATS
from simulator.azure_devops.pipelines.test_runs import TestRuns

if TYPE_CHECKING:
    from simulator.azure_devops.pipelines.agent.attempt import Attempt

_LARGEST_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True)
class Wanted:
    """How test results are to be published; `format` in lower case."""

    format: str
    merge: bool = False
    title: str = ""
    platform: str = ""
    configuration: str = ""


def publish_tests(attempt: Attempt, files: Sequence[Path], wanted: Wanted) -> tuple[int, int]:
    """Write one test run a file (or one in all); how many tests failed, and how many files could not be read."""
    suites: list[tuple[str, list[TestCase]]] = []
    for path in files:
        try:
            suites.append((path.name, _cases(path, wanted.format)))
        except ResultsInvalid as wrong:
            attempt.warning(
                f"Invalid results file. Make sure the result format of the file '{path.name}' matches"
                f" '{wanted.format}' test results format. {wrong}"
            )
    unread = len(files) - len(suites)
    if wanted.merge and suites:
        suites = [
            (
                wanted.title or f"{wanted.format}_TestResults_{attempt.job.context.run}",
                [case for _, cases in suites for case in cases],
            )
        ]
    runs = TestRuns(attempt.job.kernel, attempt.job.context.room.organization)
    for place, (name, cases) in enumerate(suites, start=1):
        numbered = f"{wanted.title}_{place}" if wanted.title and len(suites) > 1 else wanted.title
        runs.add(attempt.job.context.row, numbered or name, cases)
        attempt.say(f"Published {len(cases)} test results as {numbered or name}")
    return sum(case.outcome == "Failed" for _, cases in suites for case in cases), unread


def publish_coverage(attempt: Attempt, files: Sequence[Path]) -> int:
    """Add the counts of coverage files to the run's; how many files held any."""
    read = 0
    for path in files:
        try:
            counts = read_coverage(path.read_bytes())
        except ResultsInvalid as wrong:
            attempt.warning(f"Failed to read code coverage summary {path.name}: {wrong}")
            continue
        if not any(each["total"] for each in counts):
            continue
        read += 1
        keep_coverage(attempt.job.kernel.store, attempt.job.context.run, counts)
        told = ", ".join(f"{each['label']} {each['covered']}/{each['total']}" for each in counts)
        attempt.say(f"Code coverage of {path.name}: {told}")
    return read


def publish_results(attempt: Attempt, wanted: PublishResults) -> None:
    """Carry out results.publish or codecoverage.publish. Raises CommandFailed, OutsideOfJob."""
    if not wanted.files:
        told = "test results file" if wanted.what == "results" else "Code coverage summary file"
        raise CommandFailed(f"Value cannot be null. (Parameter '{told}')")
    files = [attempt.job.files.outside(name.strip()) for name in wanted.files.split(",")]
    files = [path for path in files if path.is_file()]
    if wanted.what == "codecoverage":
        publish_coverage(attempt, files)
        return
    said = wanted.properties
    kind = said.get("type", "").lower()
    if kind not in FORMATS:
        raise CommandFailed(f"Unknown test runner '{said.get('type', '')}'.")
    merge = said.get("mergeresults", "").lower() == "true"
    failed, _ = publish_tests(attempt, files, Wanted(kind, merge, said.get("runtitle", "")))
    if failed and said.get("failtaskonfailedtests", "").lower() == "true":
        raise CommandFailed("There are one or more test failures detected in result files.")


def _cases(path: Path, kind: str) -> list[TestCase]:
    if path.stat().st_size > _LARGEST_BYTES:
        raise ResultsInvalid(f"{path.name} is larger than {_LARGEST_BYTES} bytes")
    return FORMATS[kind](path.read_bytes())
