"""The name of a run: tokens, dates and revisions."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from simulator.azure_devops.pipelines.run_name import run_name

MOMENT = datetime(2026, 11, 2, 9, 5, 7, tzinfo=UTC)
VARIABLES = {
    "Build.BuildId": "42",
    "Build.SourceBranchName": "main",
    "Build.DefinitionName": "Model Build",
    "x": "y",
}


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("$(Date:yyyyMMdd).$(Rev:r)", "20261102.3"),
        ("$(Date:yyyyMMdd)$(Rev:.r)", "20261102.3"),
        ("$(Date:yyyy-MM-dd)_$(Rev:rrr)", "2026-11-02_003"),
        ("$(SourceBranchName)_$(BuildID)", "main_42"),
        ("$(Build.DefinitionName)-$(DayOfYear)-$(Hours)$(Minutes)$(Seconds)", "Model Build-306-957"),
        ("$(Year:yy).$(Month).$(DayOfMonth)", "26.11.2"),
        ("$(x)-$(unknown)", "y-$(unknown)"),
        ("fixed", "fixed"),
    ],
)
def test_tokens_are_replaced(pattern, expected):
    assert run_name(pattern, MOMENT, VARIABLES, lambda rest: 3) == expected


def test_the_revision_counts_names_that_are_otherwise_the_same():
    asked: list[str] = []

    def next_revision(rest: str) -> int:
        asked.append(rest)
        return 1

    run_name("$(Date:yyyyMMdd).$(Rev:r)", MOMENT, VARIABLES, next_revision)
    run_name("no revision", MOMENT, VARIABLES, next_revision)
    assert asked == ["20261102."]


def test_a_name_is_cut_at_255_characters():
    assert len(run_name("x" * 300, MOMENT, {}, lambda rest: 1)) == 255
