"""The canonical YAML of a plan."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from simulator.azure_devops.language.compile import compile_pipeline
from simulator.azure_devops.language.final_yaml import final_yaml
from simulator.azure_devops.language.plan import Plan

FOLDERS = Path(__file__).parents[3] / "fixtures" / "pipelines"


def compile_text(text: str) -> Plan:
    return compile_pipeline("a.yml", lambda path: text, {}, {}, groups=lambda name: {})


def test_steps_are_wrapped_and_shorthands_are_tasks():
    text = "trigger: none\nvariables: {a: b}\nsteps:\n- script: |\n    one\n    two\n- checkout: none\n"
    assert final_yaml(compile_text(text)) == (
        "trigger:\n  enabled: false\n"
        "variables:\n- name: a\n  value: b\n"
        "stages:\n- stage: __default\n  jobs:\n  - job: Job\n    steps:\n"
        "    - task: CmdLine@2\n      inputs:\n        script: |\n          one\n          two\n"
        "    - task: 6d15af64-176c-496d-b583-fd2ae21d4df4@1\n      condition: false\n"
        "      inputs:\n        repository: none\n"
    )


@pytest.mark.parametrize(
    "folder", ["deployment_jobs_carry_environment_and_hooks", "matrix_and_parallel_are_carried_unexpanded"]
)
def test_the_canonical_yaml_compiles_to_the_same_stages(folder):
    plan = compile_text((FOLDERS / folder / "azure-pipelines.yml").read_text())
    again = compile_text(final_yaml(plan))
    assert final_yaml(again) == final_yaml(plan)
    assert yaml.safe_load(final_yaml(plan))["stages"]
