"""The head of a pipeline, read without compiling it."""

from __future__ import annotations

import pytest

from simulator.azure_devops.language.invalid import PipelineInvalid
from simulator.azure_devops.language.outline import read_outline

TEXT = """
name: x-$(Rev:r)
trigger:
- ${{ parameters.branch }}
parameters:
- name: branch
  default: main
- name: needed
  type: number
  values: [1, 2]
resources:
  webhooks:
  - webhook: Approved
    connection: c
steps:
- nonsense: the body is not looked at
"""


def test_triggers_resources_and_parameters_are_known_without_values():
    outline = read_outline("azure-pipelines.yml", {"azure-pipelines.yml": TEXT}.get)
    assert outline.trigger.branches.include == ("main",)
    assert outline.resources.webhooks[0].alias == "Approved"
    assert [(p.name, p.type, p.value) for p in outline.parameters] == [
        ("branch", "string", "main"),
        ("needed", "number", None),
    ]
    assert outline.run_name == "x-$(Rev:r)"


def test_a_missing_or_broken_file_says_so():
    with pytest.raises(PipelineInvalid, match=r"File /a\.yml not found"):
        read_outline("a.yml", lambda path: None)
    with pytest.raises(PipelineInvalid, match="Unexpected value 'maybe'"):
        read_outline("a.yml", {"a.yml": "trigger: {batch: maybe}\nsteps: []\n"}.get)
