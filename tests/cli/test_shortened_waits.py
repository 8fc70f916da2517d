"""Under `simulator run` the SDKs' pauses are short and a program's own are as it wants them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from simulator.cli import run
from tests.wire import RunningSimulator

PROGRAM = """
import time
from types import ModuleType
sdk = ModuleType("sagemaker.session")
exec("import time\\ndef wait(): time.sleep(3600)", sdk.__dict__)
sdk.wait()
began = time.monotonic()
time.sleep(0.5)
print("ALSO" if "also" in globals()["__builtins__"].__dict__ else "ALONE", time.monotonic() - began >= 0.5)
"""


def _said(environment: dict[str, str]) -> str:
    command = [
        sys.executable,
        "-m",
        "simulator.cli",
        "run",
        "--as",
        "ada",
        "--",
        sys.executable,
        "-c",
        PROGRAM,
    ]
    done = subprocess.run(
        command, env={**os.environ, **environment}, capture_output=True, text=True, timeout=60, check=True
    )
    return done.stdout.strip()


def test_the_sdks_naps_are_short_and_the_programs_own_are_not(simulator: RunningSimulator) -> None:
    assert _said({"SIMULATOR_CONSOLE_URL": simulator.console_url}) == "ALONE True"


def test_another_sitecustomize_is_loaded_too(simulator: RunningSimulator, tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text("import builtins\nbuiltins.also = True\n")
    given = {"SIMULATOR_CONSOLE_URL": simulator.console_url, "PYTHONPATH": str(tmp_path)}
    assert _said(given) == "ALSO True"


def test_in_conformance_mode_clients_wait_as_on_aws() -> None:
    assert (run._SHORTENED / "sitecustomize.py").is_file()
    running = RunningSimulator(hold_seconds=0.0)
    try:
        command = [sys.executable, "-m", "simulator.cli", "run", "--", "env"]
        given = {**os.environ, "SIMULATOR_CONSOLE_URL": running.console_url}
        done = subprocess.run(command, env=given, capture_output=True, text=True, timeout=60, check=True)
    finally:
        running.stop()
    assert str(run._SHORTENED) not in done.stdout
