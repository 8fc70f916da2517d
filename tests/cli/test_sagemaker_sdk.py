"""The SageMaker SDK under `simulator run`: its own STS client is answered here, and it reports its use to nobody."""

from __future__ import annotations

import os
import subprocess
import sys

from tests.wire import RunningSimulator

PROGRAM = """
import boto3
from sagemaker.session import Session
from sagemaker.telemetry import telemetry_logging

telemetry_logging._send_telemetry_request = lambda *_: print("REPORTED")

class Used:
    sagemaker_session = Session(boto3.Session())

    @telemetry_logging._telemetry_emitter(telemetry_logging.Feature.REMOTE_FUNCTION_V2, "used")
    def act(self):
        print("ACCOUNT", self.sagemaker_session.account_id())

Used().act()
"""


def test_the_sdk_finds_its_account_and_reports_its_use_to_nobody(simulator: RunningSimulator) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "simulator.cli", "run", "--as", "ada", "--", sys.executable, "-c", PROGRAM],
        env={**os.environ, "SIMULATOR_CONSOLE_URL": simulator.console_url},
        capture_output=True,
        text=True,
        check=False,
    )

    assert "ACCOUNT 111111111111" in done.stdout, done.stderr
    assert "REPORTED" not in done.stdout
