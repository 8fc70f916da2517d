"""What becomes of running works when the simulator stops."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from simulator.runtime.engine_scripted import Script, ScriptedEngine
from simulator.runtime.work import Work
from tests.wire import RunningSimulator


@pytest.mark.parametrize("keeps_state", [False, True], ids=["ephemeral", "with a state"])
def test_works_end_with_a_simulator_that_keeps_nothing_and_outlive_one_that_does(
    tmp_path: Path, keeps_state: bool
) -> None:
    engine = ScriptedEngine()
    engine.script("agent", Script(held=True))
    running = RunningSimulator(engine=engine, state=tmp_path if keeps_state else None)
    running.do(lambda simulator: simulator.working.engine.start(Work("endless", "agent", ("true",))))
    running.stop()

    assert asyncio.run(engine.known()) == (["endless"] if keeps_state else [])
