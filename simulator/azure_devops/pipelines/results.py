"""Results of steps, jobs and stages, and how they merge: the worst wins.

Source: agent `TaskResultUtil`, `StepsRunner`, described in `shared/reference/azure-devops.md` 4.4.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum


class Result(Enum):
    """How something ended, from good to bad."""

    SUCCEEDED = "Succeeded"
    SUCCEEDED_WITH_ISSUES = "SucceededWithIssues"
    FAILED = "Failed"
    CANCELED = "Canceled"
    SKIPPED = "Skipped"
    ABANDONED = "Abandoned"


_ORDER = {result: rank for rank, result in enumerate(Result)}
_FINAL = 3  # from Canceled on, a result is not replaced by another


def parse_result(text: str) -> Result | None:
    """The result a command names, whatever its case; None where it names none."""
    return next((result for result in Result if result.value.lower() == text.strip().lower()), None)


def merge(current: Result | None, coming: Result) -> Result:
    """The worse of both; Canceled, Skipped and Abandoned stay once they are there."""
    if current is None:
        return coming
    if _ORDER[current] >= _FINAL:
        return current
    return current if _ORDER[current] >= _ORDER[coming] else coming


def step_result(
    commanded: Result | None,
    exit_code: int | None,
    *,
    canceled: bool = False,
    timed_out: bool = False,
    continue_on_error: bool = False,
) -> Result:
    """A finished step's result from its commands, its process and its settings.

    A non-zero exit assigns Failed whatever was commanded; `continueOnError` turns Failed (not Canceled) into
    SucceededWithIssues. `exit_code` None means that no process ran.
    """
    if canceled:
        return Result.CANCELED
    result = commanded or Result.SUCCEEDED
    if timed_out or (exit_code is not None and exit_code != 0):
        result = Result.FAILED
    if continue_on_error and result is Result.FAILED:
        return Result.SUCCEEDED_WITH_ISSUES
    return result


def job_result(steps: Iterable[Result]) -> Result:
    """The result of a job from its steps, in order; a skipped step counts for nothing."""
    result = Result.SUCCEEDED
    for step in steps:
        if step is not Result.SKIPPED:
            result = merge(result, step)
    return result


def stage_result(jobs: Iterable[Result]) -> Result:
    """The result of a stage from its jobs, or of a run from its stages: the worst that ran, Skipped if none did."""
    found = list(jobs)
    if found and all(job is Result.SKIPPED for job in found):
        return Result.SKIPPED
    if Result.CANCELED in found:
        return Result.CANCELED
    worse = [Result.FAILED if job is Result.ABANDONED else job for job in found if job is not Result.SKIPPED]
    return max(worse, key=_ORDER.__getitem__, default=Result.SUCCEEDED)


def retry_wait_seconds(failures: int) -> int:
    """Seconds before the retry after so many failures (1, 2, ...): 1, 4, 9..."""
    return failures**2
