"""The reports on the best candidate: its quality on the validation set, and how much each feature matters to it.

Autopilot's explainability is Clarify's kernel SHAP; here it is permutation importance, and the report says so.
"""

from __future__ import annotations

import json
import re
import tarfile
from pathlib import Path
from typing import Any

import scores
import tables
from contract.layout import Layout
from training import MODEL_NAME

KINDS = {
    "Regression": "regression_metrics",
    "BinaryClassification": "binary_classification_metrics",
    "MulticlassClassification": "multiclass_classification_metrics",
}


def run(layout: Layout) -> None:
    """Reads model.tar.gz and the validation set, writes statistics.json and analysis.json."""
    base = layout.base / "processing"
    bundle = load(base / "input" / "model" / "model.tar.gz", layout.base / "unpacked")
    frame = tables.read(base / "input" / "validation", bundle["target"])
    write(base / "output" / "insights" / "statistics.json", statistics(bundle, frame))
    write(base / "output" / "explainability" / "analysis.json", importance(bundle, frame))


def load(archive: Path, folder: Path) -> dict[str, Any]:
    """The candidate of a model archive that a job of ours has made."""
    import joblib

    folder.mkdir(parents=True, exist_ok=True)
    with tarfile.open(archive) as tar:
        # Python 3.11.4 and newer; before that (Debian 12 has 3.11.2) the attribute means nothing.
        tar.extraction_filter = getattr(tarfile, "data_filter", None)
        tar.extractall(folder)
    return dict(joblib.load(folder / MODEL_NAME))


def statistics(bundle: dict[str, Any], frame: Any) -> dict[str, Any]:
    """The quality in the shape of a model quality report."""
    found = {_snake(name): {"value": value} for name, value in scores.score(bundle, frame).items()}
    return {"version": 0.0, "dataset": {"item_count": len(frame)}, KINDS[bundle["problem_type"]]: found}


def importance(bundle: dict[str, Any], frame: Any) -> dict[str, Any]:
    """How much worse the candidate gets when a feature is shuffled."""
    from sklearn.inspection import permutation_importance

    classes, true = bundle["classes"], frame[bundle["target"]]
    kept = [value in classes for value in true] if classes else [True] * len(frame)
    known = frame[kept]
    labels = (
        [classes.index(value) for value in known[bundle["target"]]] if classes else known[bundle["target"]]
    )
    found = permutation_importance(
        bundle["pipeline"], known[bundle["features"]], labels, n_repeats=3, random_state=0
    )
    values = {
        name: float(each) for name, each in zip(bundle["features"], found.importances_mean, strict=True)
    }
    return {"version": "1.0", "explanations": {"permutation_importance": {"global": values}}}


def write(file: Path, content: dict[str, Any]) -> None:
    """One report."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(content, indent=1))


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()
