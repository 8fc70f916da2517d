"""The files and folders of SageMaker's container contract, under /opt/ml or where SM_BASE_DIR says."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FAILURE_CHARACTERS = 1024  # what becomes the job's FailureReason


@dataclass(frozen=True)
class Layout:
    """Where a training or serving container finds its input and leaves its output."""

    base: Path

    @classmethod
    def from_environment(cls) -> Layout:
        """The real place, or another one for tests."""
        return cls(Path(os.environ.get("SM_BASE_DIR", "/opt/ml")))

    @property
    def model(self) -> Path:
        """What training leaves here becomes model.tar.gz; serving finds it here again."""
        return self.base / "model"

    @property
    def code(self) -> Path:
        """Where script mode unpacks the user's code."""
        return self.base / "code"

    @property
    def configuration(self) -> Path:
        """hyperparameters.json, inputdataconfig.json and resourceconfig.json."""
        return self.base / "input" / "config"

    @property
    def output(self) -> Path:
        """`data` in it becomes output.tar.gz, `failure` in it the failure reason."""
        return self.base / "output"

    def channel(self, name: str) -> Path:
        """The files of one input channel."""
        return self.base / "input" / "data" / name

    def read_configuration(self, name: str) -> dict[str, Any]:
        """One configuration file; empty when the platform wrote none."""
        path = self.configuration / f"{name}.json"
        return dict(json.loads(path.read_text())) if path.is_file() else {}

    def write_failure(self, text: str) -> None:
        """The text that DescribeTrainingJob shows as the reason."""
        self.output.mkdir(parents=True, exist_ok=True)
        (self.output / "failure").write_text(text[:FAILURE_CHARACTERS])
