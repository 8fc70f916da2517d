"""A simulator starts in well under a second because what is heavy is loaded when it is first used."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

_PROGRAM = """
import asyncio, json, sys
from simulator.app import Listeners, Simulator
from simulator.settings import Settings

async def start():
    settings = Settings(aws_port=0, azure_devops_port=0, console_port=0, state=None, engine="process")
    simulator = Simulator(settings, Listeners.open(settings))
    await simulator.start()
    print(json.dumps(sorted(sys.modules)))
    await simulator.close()

asyncio.run(start())
"""


@pytest.fixture(scope="module")
def loaded() -> frozenset[str]:
    """What a simulator has loaded when it is ready."""
    done = subprocess.run([sys.executable, "-c", _PROGRAM], capture_output=True, text=True, check=True)
    return frozenset(json.loads(done.stdout))


@pytest.mark.parametrize(
    "module",
    [
        "moto",
        "boto3",
        "httpx",
        "time_machine",
        "pytest",
        "cfnlint",
        "docker",
        "pandas",
        "sagemaker",
        "simulator.aws.sagemaker.life",
        "simulator.azure_devops.endpoints.git.pushes",
        "simulator.azure_devops.endpoints.build.builds",
    ],
)
def test_a_start_does_not_load(module: str, loaded: frozenset[str]) -> None:
    assert "simulator.app" in loaded
    assert module not in loaded
