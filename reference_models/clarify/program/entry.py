"""Clarify's entry point: reads analysis_config.json and the dataset, measures bias, compares it with a baseline.

The contract, as the developer guide has it ("Configure a SageMaker Clarify Processing Job"): the input
`analysis_config` at /opt/ml/processing/input/config (analysis_config.json in it), the input `dataset` at
/opt/ml/processing/input/data, the output `analysis_result` from /opt/ml/processing/output; no entry point and no
arguments. Left there: analysis.json (which is the constraints file of a bias baseline too), report.html where
`report` is asked for.

A check adds an input at /opt/ml/processing/baseline/constraints and the variable `baseline_constraints` that names
the file, or its folder, as Model Monitor's contract does; then constraint_violations.json is left, and the exit
message says `CompletedWithViolations: ...` or `Completed: ...`.
"""

from __future__ import annotations

import json
import os
import sys
import traceback
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import analysis
import drift
import report
from config import Config, InvalidConfig, NotOffered, read_config
from dataset import InvalidDataset, Table, read_table
from predictor import PredictorFailed, predicted_labels


def run(ml: Path, baseline: str) -> str:
    """Writes the reports; gives the exit message, empty where there is nothing to compare with."""
    config = read_config(ml / "processing" / "input" / "config" / "analysis_config.json")
    table = read_table(ml / "processing" / "input" / "data", config)
    document = analysis.document(table, config, predictions(config, table))
    output = ml / "processing" / "output"
    output.mkdir(parents=True, exist_ok=True)
    (output / "analysis.json").write_text(json.dumps(document, indent=4))
    if config.report:
        (output / f"{config.report.get('name', 'report')}.html").write_text(
            report.page(document, config.report)
        )
    if not baseline:
        return ""
    found = drift.violations(document, json.loads(single_file(Path(baseline)).read_text()))
    violations = {"version": "1.0", "violations": found}
    (output / "constraint_violations.json").write_text(json.dumps(violations, indent=4))
    if found:
        return f"CompletedWithViolations: Job completed successfully with {len(found)} violations."
    return "Completed: Job completed successfully with no violations."


def predictions(config: Config, table: Table) -> list[Any] | None:
    """Predicted labels, where bias of the model is asked for: a column of the dataset, or what the model answers."""
    if not config.post_training:
        return None
    if config.predicted_label:
        return table.column(config.predicted_label)
    return predicted_labels(config, table)


def single_file(path: Path) -> Path:
    """A folder stands for the one document in it, since S3 inputs are mounted as folders."""
    return next(iter(sorted(path.glob("*.json")))) if path.is_dir() else path


def main(variables: Mapping[str, str] = os.environ) -> int:
    """Status 0, perhaps with a message; 1 with a message that says what was wrong."""
    ml = Path(variables.get("SAGEMAKER_BASE_DIR", "/opt/ml"))
    code = 0
    try:
        message = run(ml, variables.get("baseline_constraints", ""))
    except (NotOffered, InvalidConfig, InvalidDataset, PredictorFailed) as failure:
        message, code = f"Error: {failure}", 1
    except Exception as failure:  # whatever it is, the job must say so
        traceback.print_exc()
        message, code = f"Error: {type(failure).__name__}: {failure}", 1
    if message:
        (ml / "output").mkdir(parents=True, exist_ok=True)
        (ml / "output" / "message").write_text(message)
        print(message, flush=True)
    return code


if __name__ == "__main__":
    sys.exit(main())
