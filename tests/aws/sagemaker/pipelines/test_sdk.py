"""The SageMaker Python SDK, versions 2 and 3, without a patch under `simulator run`.

Version 3 is a gigabyte and excludes version 2: its test runs where SIMULATOR_SDK_V3_PYTHON names a Python that has it
(`uv pip install 'sagemaker>=3' sagemaker-mlops`).
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from simulator.runtime.engine_scripted import Script, ScriptedEngine
from tests.wire import RunningSimulator

PROGRAM = Path(__file__).parent / "programs" / "sdk_pipeline.py"
_V3 = os.environ.get("SIMULATOR_SDK_V3_PYTHON", "")


def told(python: str, folder: Path) -> dict[str, object]:
    """What the program says on its last line, run by `simulator run`."""
    engine = ScriptedEngine()
    engine.script("scikit_learn", Script(lines=("done",)))
    running = RunningSimulator(engine=engine)
    try:
        command = [
            *(sys.executable, "-m", "simulator.cli", "run", "--console-url", running.console_url, "--"),
            *(python, str(PROGRAM), str(folder)),
        ]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
        assert done.returncode == 0, done.stderr[-3000:]
        found: dict[str, object] = json.loads(done.stdout.strip().splitlines()[-1])
        return found
    finally:
        running.stop()


EXPECTED = {"steps": [["Work", "Succeeded"], ["Check", "Succeeded"]], "looks": 1, "status": "Succeeded"}
"""One look is a wait without a nap: the first DescribePipelineExecution is held until the end."""


def test_version_2_builds_upserts_starts_waits_at_one_look_and_lists_steps(tmp_path):
    assert told(sys.executable, tmp_path) == EXPECTED


@pytest.mark.skipif(not _V3, reason="SIMULATOR_SDK_V3_PYTHON names no Python with sagemaker>=3")
def test_version_3_builds_upserts_starts_waits_at_one_look_and_lists_steps(tmp_path):
    assert told(_V3, tmp_path) == EXPECTED
