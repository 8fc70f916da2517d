"""Which resources a stage is asked for: those that its jobs name, wherever the name stands."""

from __future__ import annotations

import pytest

from simulator.azure_devops.language.compile import compile_pipeline
from simulator.azure_devops.pipelines.gates.stage_resources import named_by
from simulator.azure_devops.task_definitions.catalogue import Catalogue

RESOURCES = """
resources:
  containers:
    - {container: builder, image: r.example/builder, endpoint: registry}
    - {container: tool, image: r.example/tool, endpoint: tools}
    - {container: unused, image: r.example/unused, endpoint: unused}
    - {container: cloud, type: ACR, azureSubscription: subscription, resourceGroup: g, registry: r, repository: x}
  repositories:
    - {repository: theirs, type: github, name: a/b, endpoint: hub}
  webhooks:
    - {webhook: hook, connection: webhook-connection}
"""


def named(jobs, *kinds):
    text = f"{RESOURCES}\nstages:\n- stage: A\n  jobs:\n  - job: J\n    {jobs}\n"
    plan = compile_pipeline("a.yml", {"a.yml": text}.get, {}, {}, groups=lambda name: {})
    found = named_by(plan, plan.stages[0], Catalogue(lambda: ()))
    return [(kind, name) for kind, name in found if kind in (kinds or ("endpoint",))]


@pytest.mark.parametrize(
    ("job", "connections"),
    [
        ("container: builder\n    steps: [{script: x}]", ["registry"]),
        ("container: {image: a, endpoint: written}\n    steps: [{script: x}]", ["written"]),
        ("services: {db: tool}\n    steps: [{script: x}]", ["tools"]),
        ("steps: [{script: x, target: tool}, {script: y, target: host}]", ["tools"]),
        ("container: cloud\n    steps: [{script: x}]", ["subscription"]),
        ("container: {image: a, endpoint: $(which)}\n    steps: [{script: x}]", []),
        ("steps: [{checkout: theirs}]", ["hub"]),
        ("steps: [{script: x}]", []),
    ],
)
def test_a_stage_needs_the_connections_of_what_its_jobs_run_in(job, connections):
    assert [name for _, name in named(job)] == connections


def test_what_a_job_uses_besides_is_asked_for():
    job = "uses: {repositories: [theirs], pools: [ours]}\n    steps: [{script: x}]"
    assert ("repository", "theirs") in named(job, "repository")
    assert ("queue", "ours") in named(job, "queue")
