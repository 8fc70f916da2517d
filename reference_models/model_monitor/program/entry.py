"""The monitor's entry point: reads a dataset, describes it, compares it with a baseline and says what it found.

The contract is the developer guide's ("Container Contract Inputs"). A baseline run reads `dataset_source` in
`dataset_format` and leaves statistics.json and constraints.json in `output_path`. A check adds inputs at
/opt/ml/processing/baseline/{stats,constraints} and the variables `baseline_statistics` and `baseline_constraints` that
name the files, or their folders; then constraint_violations.json is left, and the exit message says
`CompletedWithViolations: ...` or `Completed: ...`. `analysis_type` MODEL_QUALITY: see model_quality.
"""

from __future__ import annotations

import json
import sys
import traceback
from dataclasses import asdict
from pathlib import Path
from typing import Any

import capture
import checks
import column_statistics
import constraints
import datasets
import metrics
import model_quality
from settings import NotOffered, Settings, read_settings


def run(settings: Settings) -> str:
    """Writes the reports and gives the message that the platform shows as the job's exit message."""
    handler = capture.load_preprocessor(settings.preprocessor) if settings.preprocessor else None
    dataset = datasets.read(settings.dataset_source, settings.dataset_format, handler)
    settings.output_path.mkdir(parents=True, exist_ok=True)
    analyse = model_quality_of if settings.analysis == "MODEL_QUALITY" else data_quality_of
    violations = analyse(settings, dataset)
    if not settings.is_baseline:
        write(settings.output_path / "constraint_violations.json", {"violations": violations})
    if settings.postprocessor:
        capture.load_function(settings.postprocessor, "postprocess_handler")()
    if violations:
        return f"CompletedWithViolations: Job completed successfully with {len(violations)} violations."
    return "Completed: Job completed successfully with no violations."


def data_quality_of(settings: Settings, dataset: datasets.Columns) -> list[dict[str, Any]]:
    """Describes every column; gives what violates the baseline."""
    columns = column_statistics.measure_all(dataset)
    write(settings.output_path / "statistics.json", column_statistics.statistics(columns))
    write(settings.output_path / "constraints.json", constraints.suggest(columns))
    violations, drifts = compare(settings, columns)
    if publishes(settings):
        write_metrics(settings, metrics.lines(settings, columns, drifts))
    return [asdict(violation) for violation in violations]


def model_quality_of(settings: Settings, dataset: datasets.Columns) -> list[dict[str, Any]]:
    """Measures the predictions; gives what violates the baseline."""
    kind, pairs = model_quality.problem(settings), model_quality.pairs(dataset, settings)
    if not pairs:
        raise datasets.NoData("No record has both a prediction and a truth")
    measured = model_quality.measure(kind, pairs)
    statistics = model_quality.statistics_document(kind, pairs, measured)
    write(settings.output_path / "statistics.json", statistics)
    write(settings.output_path / "constraints.json", model_quality.constraints_document(kind, measured))
    if settings.publish_metrics:
        write_metrics(settings, metrics.model_lines(settings, measured))
    if settings.baseline_constraints is None:
        return []
    return list(model_quality.violations(kind, measured, read(settings.baseline_constraints)))


def compare(
    settings: Settings, columns: list[column_statistics.Column]
) -> tuple[list[checks.Violation], dict[str, float]]:
    """Nothing for a baseline run, which has nothing to compare with."""
    if settings.baseline_constraints is None:
        return [], {}
    expected = read(settings.baseline_constraints)
    baseline = read(settings.baseline_statistics) if settings.baseline_statistics else None
    return checks.check(columns, expected, baseline)


def publishes(settings: Settings) -> bool:
    """Whether both the run and the baseline's configuration want metrics."""
    expected = read(settings.baseline_constraints) if settings.baseline_constraints else {}
    return settings.publish_metrics and constraints.rules(expected).emit_metrics


def write_metrics(settings: Settings, lines: list[str]) -> None:
    """The file that the platform reads metrics from."""
    directory = settings.output_directory / "metrics" / "cloudwatch"
    directory.mkdir(parents=True, exist_ok=True)
    (directory / "cloudwatch_metrics.jsonl").write_text("".join(f"{line}\n" for line in lines))


def read(path: Path) -> dict[str, Any]:
    """A document; a folder stands for the one file in it, since S3 inputs are mounted as folders."""
    file = next(iter(sorted(path.glob("*.json")))) if path.is_dir() else path
    return dict(json.loads(file.read_text()))


def write(path: Path, document: dict[str, Any]) -> None:
    """A document as people read it."""
    path.write_text(json.dumps(document, indent=2) + "\n")


def main() -> int:
    """Status 0 with a message; 1 with a message that says what was wrong."""
    try:
        settings = read_settings()
    except (KeyError, ValueError, NotOffered) as failure:
        print(f"Error: {failure!r}", file=sys.stderr)
        return 1
    code = 0
    try:
        message = run(settings)
    except (NotOffered, datasets.NoData, model_quality.NoColumn) as failure:
        message, code = f"Error: {failure}", 1
    except Exception as failure:  # a script of the user's may raise anything, and the job must say so
        traceback.print_exc()
        message, code = f"Error: {type(failure).__name__}: {failure}", 1
    settings.output_directory.mkdir(parents=True, exist_ok=True)
    (settings.output_directory / "message").write_text(message)
    print(message, flush=True)
    return code


if __name__ == "__main__":
    sys.exit(main())
