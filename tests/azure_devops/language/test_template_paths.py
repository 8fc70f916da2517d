"""The file that a template reference names."""

from __future__ import annotations

import pytest

from simulator.azure_devops.language.template_paths import ReferenceInvalid, resolve_template


@pytest.mark.parametrize(
    ("reference", "including", "expected"),
    [
        ("steps.yml", "/azure-pipelines.yml", "/steps.yml"),
        ("steps.yml", "/a/b/jobs.yml", "/a/b/steps.yml"),
        ("../steps.yml", "/a/b/jobs.yml", "/a/steps.yml"),
        ("/steps.yml", "/a/b/jobs.yml", "/steps.yml"),
        ("a\\steps.yml", "/azure-pipelines.yml", "/a/steps.yml"),
        ("x/steps.yml@other", "/a/jobs.yml", "/x/steps.yml@Other"),
        ("steps.yml@self", "/a/jobs.yml", "/a/steps.yml"),
        ("steps.yml@SELF", "/a/jobs.yml@other", "/steps.yml"),
        ("steps.yml", "/a/jobs.yml@other", "/a/steps.yml@Other"),
        ("steps.yml@other", "/a/jobs.yml@Other", "/a/steps.yml@Other"),
        ("x/steps.yml@OTHER", "/a/jobs.yml", "/x/steps.yml@Other"),
    ],
)
def test_a_reference_is_relative_until_it_changes_the_repository(reference, including, expected):
    assert resolve_template(reference, including, {"other": "Other"}) == expected


@pytest.mark.parametrize(
    ("reference", "including", "sentence"),
    [
        ("we@ird.yml", "/azure-pipelines.yml", "No repository found by name ird.yml"),
        ("/leaf.yml@self@self", "/azure-pipelines.yml", "No repository found by name self@self"),
        ("../outside.yml", "/azure-pipelines.yml", "The file path //../outside.yml is invalid"),
        ("../../../outside.yml", "/a/x.yml", "The file path /a/../../../outside.yml is invalid"),
        ("../x.yml@self", "/a/x.yml@other", "The file path /../x.yml is invalid"),
    ],
)
def test_a_reference_that_names_no_file_is_refused_in_the_services_words(reference, including, sentence):
    with pytest.raises(ReferenceInvalid) as caught:
        resolve_template(reference, including, {"other": "Other"})
    assert str(caught.value) == sentence
