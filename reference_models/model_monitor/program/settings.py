"""What the platform tells the monitor, read from the environment variables of the container contract."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ANALYSES = ("DATA_QUALITY", "MODEL_QUALITY")
_ATTRIBUTES = (
    "problem_type", "inference_attribute", "probability_attribute", "ground_truth_attribute",
    "probability_threshold_attribute",
)  # fmt: skip


class NotOffered(Exception):
    """The setting exists on AWS and this image does not do it; the text names it."""


@dataclass(frozen=True)
class Settings:
    """One run: a baseline when there are no constraints to compare with, a monitoring run otherwise."""

    dataset_format: dict[str, Any]
    dataset_source: Path
    output_path: Path
    publish_metrics: bool
    endpoint_name: str
    schedule_name: str
    end_time: str
    baseline_constraints: Path | None
    baseline_statistics: Path | None
    preprocessor: Path | None
    postprocessor: Path | None
    output_directory: Path  # /opt/ml/output: the message and the metrics
    analysis: str = "DATA_QUALITY"
    attributes: Mapping[str, str] = field(default_factory=dict)  # of model quality

    @property
    def is_baseline(self) -> bool:
        """Whether this run suggests constraints and compares with none."""
        return self.baseline_constraints is None


def read_settings(environment: Mapping[str, str] = os.environ) -> Settings:
    """Raises KeyError for a variable that must be there and NotOffered for an analysis of another kind."""
    analysis = environment.get("analysis_type", "DATA_QUALITY")
    if analysis not in ANALYSES:
        raise NotOffered(
            f"analysis_type {analysis} is not offered by this image; it does {', '.join(ANALYSES)}"
        )

    def path(name: str) -> Path | None:
        value = environment.get(name, "")
        return Path(value) if value else None

    return Settings(
        dataset_format=json.loads(environment["dataset_format"]),
        dataset_source=Path(environment["dataset_source"]),
        output_path=Path(environment["output_path"]),
        publish_metrics=environment.get("publish_cloudwatch_metrics", "Enabled") == "Enabled",
        endpoint_name=environment.get("sagemaker_endpoint_name", ""),
        schedule_name=environment.get("sagemaker_monitoring_schedule_name", ""),
        end_time=environment.get("end_time", ""),
        baseline_constraints=path("baseline_constraints"),
        baseline_statistics=path("baseline_statistics"),
        preprocessor=path("record_preprocessor_script"),
        postprocessor=path("post_analytics_processor_script"),
        output_directory=Path(environment.get("SAGEMAKER_BASE_DIR", "/opt/ml")) / "output",
        analysis=analysis,
        attributes={name: environment[name] for name in _ATTRIBUTES if environment.get(name)},
    )
