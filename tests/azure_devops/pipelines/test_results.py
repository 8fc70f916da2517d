"""How results merge: the worst wins, an exit code assigns, continueOnError softens."""

from __future__ import annotations

import pytest

from simulator.azure_devops.pipelines.results import (
    Result,
    job_result,
    merge,
    parse_result,
    retry_wait_seconds,
    stage_result,
    step_result,
)

SUCCEEDED, ISSUES, FAILED = Result.SUCCEEDED, Result.SUCCEEDED_WITH_ISSUES, Result.FAILED
CANCELED, SKIPPED, ABANDONED = Result.CANCELED, Result.SKIPPED, Result.ABANDONED


def test_the_worse_result_wins_and_a_final_one_stays():
    assert merge(None, FAILED) is FAILED
    assert merge(SUCCEEDED, ISSUES) is ISSUES
    assert merge(FAILED, SUCCEEDED) is FAILED
    assert merge(CANCELED, FAILED) is CANCELED
    assert merge(CANCELED, ABANDONED) is CANCELED


def test_a_failing_process_overrides_a_commanded_success():
    assert step_result(SUCCEEDED, 1) is FAILED
    assert step_result(None, 0) is SUCCEEDED
    assert step_result(FAILED, 0) is FAILED
    assert step_result(None, None, timed_out=True) is FAILED


def test_continue_on_error_softens_failure_but_not_cancellation():
    assert step_result(None, 1, continue_on_error=True) is ISSUES
    assert step_result(None, 1, canceled=True, continue_on_error=True) is CANCELED
    assert step_result(CANCELED, 0, continue_on_error=True) is CANCELED


def test_a_skipped_step_counts_for_nothing_in_its_job():
    assert job_result([SUCCEEDED, SKIPPED, ISSUES]) is ISSUES
    assert job_result([SKIPPED]) is SUCCEEDED
    assert job_result([FAILED, SUCCEEDED]) is FAILED


@pytest.mark.parametrize(
    ("jobs", "expected"),
    [
        ([SUCCEEDED, SKIPPED], SUCCEEDED),
        ([SKIPPED, SKIPPED], SKIPPED),
        ([ABANDONED], FAILED),
        ([FAILED, ISSUES], FAILED),
        ([SUCCEEDED, CANCELED], CANCELED),
        ([], SUCCEEDED),
    ],
)
def test_a_stage_is_as_bad_as_its_worst_job(jobs, expected):
    assert stage_result(jobs) is expected


def test_results_are_parsed_whatever_their_case():
    assert parse_result(" succeededWITHissues ") is ISSUES
    assert parse_result("fine") is None


def test_retries_wait_for_squares():
    assert [retry_wait_seconds(n) for n in (1, 2, 3)] == [1, 4, 9]
