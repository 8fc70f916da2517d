"""The directory where clients under `simulator run` keep their files: it belongs to the simulator, not to a run.

A run is replaced by its program, which may end by any signal: what belonged to the run would stay behind.
"""

from __future__ import annotations

import shutil
from pathlib import Path

SAGEMAKER_CONFIG = "sagemaker.yaml"
_TELEMETRY_OFF = """\
SchemaVersion: '1.0'
SageMaker:
  PythonSDK:
    Modules:
      TelemetryOptOut: true
"""


def made_anew(directory: Path) -> Path:
    """The directory with the SageMaker SDK's configuration only: places that a client remembered are forgotten."""
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(mode=0o700)
    (directory / SAGEMAKER_CONFIG).write_text(_TELEMETRY_OFF)
    return directory
