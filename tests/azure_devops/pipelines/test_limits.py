"""What no run can honour is refused by name when a run is queued."""

from __future__ import annotations

import asyncio
import gc
import warnings

import pytest

from simulator.azure_devops.language.compile import compile_pipeline
from simulator.azure_devops.pipelines.limits import refuse_not_simulated, refuse_without_docker
from simulator.kernel.errors import NotSimulated
from simulator.runtime.job_containers.containers import JobContainers
from simulator.runtime.proxy_rules import Rules
from simulator.runtime.reach import Reach


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("steps: [{task: Nobody.knows.This@3}]", "the task Nobody.knows.This@3"),
        ("steps: [{reviewApp: x}]", "the task reviewApp"),
        ("pool: {vmImage: windows-latest}\nsteps: [{script: x}]", "an agent with vmImage windows-latest"),
        (
            "resources: {builds: [{build: b, type: Jenkins, connection: c, source: s}]}\nsteps: [{script: x}]",
            "build resource b of type Jenkins: no such system",
        ),
        (
            "resources: {packages: [{package: p, type: Maven, connection: c, name: n/x}]}\nsteps: [{script: x}]",
            "package resource p of type Maven",
        ),
        (
            "container: {image: 'a:1', mapDockerSocket: true}\nsteps: [{script: x}]",
            "mapDockerSocket of container a:1",
        ),
        (
            "resources: {containers: [{container: c, type: ACR, repository: i}]}\nsteps: [{script: x, target: c}]",
            "container c of type ACR",
        ),
    ],
)
def test_a_plan_that_no_run_can_honour_is_refused_by_name(text, named):
    plan = compile_pipeline("a.yml", lambda path: text, {}, {}, groups=lambda name: {})
    with pytest.raises(NotSimulated, match=named):
        refuse_not_simulated(plan)


@pytest.mark.parametrize(
    "text",
    [
        "container: 'a:1'\nsteps: [{script: x}]",
        "services: {db: 'a:1'}\nsteps: [{script: x}]",
        "resources: {containers: [{container: c, image: 'a:1'}]}\nsteps: [{script: x, target: c}]",
    ],
)
def test_containers_are_refused_by_name_where_no_docker_engine_answers(text, tmp_path, monkeypatch):
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/nobody")
    plan = compile_pipeline("a.yml", lambda path: text, {}, {}, groups=lambda name: {})
    containers = JobContainers(tmp_path, Reach(1, 2), Rules(1, 2))
    with warnings.catch_warnings():
        # Docker's client leaves its socket open where nobody answers; collected here, it warns no test.
        warnings.simplefilter("ignore", ResourceWarning)
        with pytest.raises(NotSimulated, match="containers without a Docker engine"):
            asyncio.run(refuse_without_docker(plan, containers))
        gc.collect()
    with pytest.raises(NotSimulated, match="containers of job"):
        asyncio.run(refuse_without_docker(plan, None))
