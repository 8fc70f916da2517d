"""The file that a template reference names."""

from __future__ import annotations

import pytest

from simulator.azure_devops.pipelines.template_paths import resolve_template


@pytest.mark.parametrize(
    ("reference", "including", "expected"),
    [
        ("steps.yml", "/azure-pipelines.yml", "/steps.yml"),
        ("steps.yml", "/a/b/jobs.yml", "/a/b/steps.yml"),
        ("../steps.yml", "/a/b/jobs.yml", "/a/steps.yml"),
        ("/steps.yml", "/a/b/jobs.yml", "/steps.yml"),
        ("../../../steps.yml", "/a/jobs.yml", "/steps.yml"),
        ("x/steps.yml@other", "/a/jobs.yml", "/x/steps.yml@other"),
        ("steps.yml@self", "/a/jobs.yml", "/a/steps.yml"),
        ("steps.yml@SELF", "/a/jobs.yml@other", "/steps.yml"),
        ("steps.yml", "/a/jobs.yml@other", "/a/steps.yml@other"),
        ("steps.yml@other", "/a/jobs.yml@Other", "/a/steps.yml@other"),
        ("we@ird@x", "/azure-pipelines.yml", "/we@ird@x"),
    ],
)
def test_a_reference_is_relative_until_it_changes_the_repository(reference, including, expected):
    assert resolve_template(reference, including) == expected
