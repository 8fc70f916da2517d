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
        "      inputs:\n        repository: none\n\n"
    )


def test_names_are_written_in_full_and_keys_keep_their_order_and_style():
    text = (
        "steps:\n- pwsh: ls\n  workingDirectory: x\n  env: {A: '01'}\n  displayName: \"b\"\n"
        "- publish: out\n  artifact: a\n"
        "pool: Default\ncontainer: abc:1\nname: run\ntrigger: [main, dev]\npr: none\n"
        "variables:\n- group: g\n- {name: flag, value: '${{ eq(1, 1) }}'}\n"
        "parameters:\n- {name: p, type: number, default: 2, values: [1, 2]}\n"
    )
    assert final_yaml(compile_text(text)) == (
        "name: run\ntrigger:\n  branches:\n    include:\n    - main\n    - dev\npr:\n  enabled: false\n"
        "variables:\n- group: g\n- name: flag\n  value: True\n"
        "parameters:\n- name: p\n  type: number\n  default: 2\n  values:\n  - 1\n  - 2\n"
        "stages:\n- stage: __default\n  jobs:\n  - job: Job\n    pool:\n      name: Default\n"
        "    container:\n      alias: abc:1\n    steps:\n"
        "    - task: PowerShell@2\n      env:\n        A: '01'\n      displayName: \"b\"\n      inputs:\n"
        "        targetType: inline\n        script: ls\n        pwsh: true\n        workingDirectory: x\n"
        "    - task: ecdc45f6-832d-4ad9-b52b-ee49e94659be@1\n      inputs:\n"
        "        path: out\n        artifactName: a\n\n"
    )


def test_jobs_keep_the_pool_at_the_root_and_hooks_are_canonical_too():
    text = (
        "pool: {vmImage: ubuntu-latest}\njobs:\n- job:\n  dependsOn: D\n  steps: []\n- deployment: D\n"
        "  environment: cluster.space\n  strategy: {runOnce: {deploy: {pool: P, steps: [{bash: x}]}}}\n"
    )
    assert final_yaml(compile_text(text)) == (
        "pool:\n  vmImage: ubuntu-latest\nstages:\n- stage: __default\n  jobs:\n"
        "  - job: ''\n    dependsOn:\n    - D\n    steps: []\n"
        "  - deployment: D\n    environment:\n      name: cluster\n      resourceName: space\n    strategy:\n"
        "      runOnce:\n        deploy:\n          pool:\n            name: P\n          steps:\n"
        "          - task: Bash@3\n            inputs:\n              targetType: inline\n              script: x\n\n"
    )


@pytest.mark.parametrize(
    "folder", ["deployment_jobs_carry_environment_and_hooks", "matrix_and_parallel_are_carried_unexpanded"]
)
def test_the_canonical_yaml_compiles_to_the_same_stages(folder):
    plan = compile_text((FOLDERS / folder / "azure-pipelines.yml").read_text())
    again = compile_text(final_yaml(plan))
    assert final_yaml(again) == final_yaml(plan)
    assert yaml.safe_load(final_yaml(plan))["stages"]
