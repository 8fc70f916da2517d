"""What no run can honour is refused by name when a run is queued."""

from __future__ import annotations

import pytest

from simulator.azure_devops.language.compile import compile_pipeline
from simulator.azure_devops.pipelines.limits import refuse_not_simulated
from simulator.kernel.errors import NotSimulated


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("steps: [{task: Nobody.knows.This@3}]", "the task Nobody.knows.This@3"),
        ("steps: [{reviewApp: x}]", "the task reviewApp"),
        ("pool: {vmImage: windows-latest}\nsteps: [{script: x}]", "an agent with vmImage windows-latest"),
        (
            "resources: {builds: [{build: b, type: Jenkins, connection: c, source: s}]}\nsteps: [{script: x}]",
            "build resource b",
        ),
    ],
)
def test_a_plan_that_no_run_can_honour_is_refused_by_name(text, named):
    plan = compile_pipeline("a.yml", lambda path: text, {}, {}, groups=lambda name: {})
    with pytest.raises(NotSimulated, match=named):
        refuse_not_simulated(plan)
