"""Runs the model monitor's program in a process, and gives its pure modules to those who test its arithmetic."""

import importlib
import json
import sys
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

from tests.reference_models.container import MODELS, Container


def module(name: str) -> ModuleType:
    """One module of the monitor's program, which is a folder of flat modules and no package."""
    folder = str(MODELS / "model_monitor" / "program")
    if folder not in sys.path:
        sys.path.append(folder)
    return importlib.import_module(name)


@dataclass
class Report:
    """What one run left."""

    code: int
    message: str
    statistics: dict[str, Any] = field(default_factory=dict)
    constraints: dict[str, Any] = field(default_factory=dict)
    violations: list[dict[str, str]] = field(default_factory=list)
    metrics: list[dict[str, Any]] = field(default_factory=list)

    def feature(self, name: str) -> dict[str, Any]:
        """One feature's statistics."""
        return next(feature for feature in self.statistics["features"] if feature["name"] == name)

    def drift(self, name: str) -> float:
        """One feature's drift, as its metric has it."""
        wanted = f"feature_baseline_drift_{name}"
        return next(float(metric["Value"]) for metric in self.metrics if metric["MetricName"] == wanted)

    def checks(self) -> list[tuple[str, str]]:
        """Feature and kind of each violation."""
        return [(found["feature_name"], found["constraint_check_type"]) for found in self.violations]


CAPTURE = {"sagemakerCaptureJson": {"captureIndexNames": ["endpointInput", "endpointOutput"]}}


def analyse(base: Path, files: dict[str, str], dataset_format: dict[str, Any], **environment: str) -> Report:
    """One run over some files, on a folder that stands for /opt/ml."""
    container = Container("model_monitor", base)
    for name, text in files.items():
        container.put(f"processing/input/{name}", text)
    output = base / "processing" / "output"
    container.environment = {
        "dataset_format": json.dumps(dataset_format),
        "dataset_source": str(base / "processing" / "input"),
        "output_path": str(output),
        "publish_cloudwatch_metrics": "Enabled",
    } | environment
    done = container.run()
    message = base / "output" / "message"
    lines = base / "output" / "metrics" / "cloudwatch" / "cloudwatch_metrics.jsonl"
    return Report(
        done.returncode,
        message.read_text() if message.is_file() else done.stdout,
        _document(output / "statistics.json"),
        _document(output / "constraints.json"),
        _document(output / "constraint_violations.json").get("violations", []),
        [json.loads(line) for line in lines.read_text().splitlines()] if lines.is_file() else [],
    )


def baseline_of(base: Path) -> dict[str, str]:
    """The environment variables by which a run compares with the reports of another."""
    output = base / "processing" / "output"
    return {
        "baseline_constraints": str(output / "constraints.json"),
        "baseline_statistics": str(output / "statistics.json"),
    }


def captured(request: str, answer: str, encoding: str = "CSV") -> str:
    """One line of a capture file."""
    sides = {
        "endpointInput": {
            "observedContentType": "text/csv",
            "mode": "INPUT",
            "data": request,
            "encoding": encoding,
        },
        "endpointOutput": {
            "observedContentType": "text/csv; charset=utf-8",
            "mode": "OUTPUT",
            "data": answer,
            "encoding": encoding,
        },
    }
    metadata = {"eventId": "1", "inferenceTime": "2026-01-01T00:00:00Z"}
    return json.dumps({"captureData": sides, "eventMetadata": metadata, "eventVersion": "0"}) + "\n"


def _document(path: Path) -> dict[str, Any]:
    return dict(json.loads(path.read_text())) if path.is_file() else {}
