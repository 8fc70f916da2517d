"""The analysis job: what kind of problem the target makes, what the columns are, and the split for validation."""

from __future__ import annotations

import json
import os
from typing import Any

import tables
from contract.layout import Layout

FEW_CLASSES = 20
REGRESSION, BINARY, MULTICLASS = "Regression", "BinaryClassification", "MulticlassClassification"


def run(layout: Layout) -> None:
    """Reads the inputs, writes train, validation and description.json."""
    base, target = layout.base / "processing", os.environ["AUTOML_TARGET"]
    frame = tables.read(base / "input" / "train", target)
    given = os.environ.get("AUTOML_PROBLEM_TYPE") or ""
    problem = given or problem_type(frame[target])
    check(frame[target], problem)
    if os.environ.get("AUTOML_VALIDATION_CHANNEL"):
        train, validation = frame, tables.read(base / "input" / "validation", target)
    else:
        train, validation = split(
            frame, target, problem, float(os.environ.get("AUTOML_VALIDATION_FRACTION", "0.2"))
        )
    tables.write(train, base / "output" / "train" / "train.csv")
    tables.write(validation, base / "output" / "validation" / "validation.csv")
    described = {"problem_type": problem, "inferred": not given, **description(frame, target)}
    place = base / "output" / "analysis" / "description.json"
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(json.dumps(described, indent=1))
    print(
        json.dumps({"problem_type": problem, "rows": len(train), "validation_rows": len(validation)}),
        flush=True,
    )


def problem_type(target: Any) -> str:
    """Two values are binary; words, or few whole numbers that each come often, are classes; other numbers are not."""
    import pandas as pd

    distinct = int(target.nunique())
    if distinct < 2:
        raise tables.BadData("The target attribute has a single value.")
    if distinct == 2:
        return BINARY
    if not pd.api.types.is_numeric_dtype(target):
        return MULTICLASS
    whole = bool((target == target.round()).all())
    return MULTICLASS if whole and distinct <= FEW_CLASSES and distinct <= len(target) / 5 else REGRESSION


def check(target: Any, problem: str) -> None:
    """Raises BadData where the target cannot be what the caller says it is."""
    import pandas as pd

    distinct = int(target.nunique())
    if problem == REGRESSION and not pd.api.types.is_numeric_dtype(target):
        raise tables.BadData("The target attribute of a Regression must be numeric.")
    if problem == BINARY and distinct != 2:
        raise tables.BadData(f"The target attribute of a BinaryClassification has {distinct} values.")
    if problem == MULTICLASS and distinct < 3:
        raise tables.BadData(f"The target attribute of a MulticlassClassification has {distinct} values.")


def split(frame: Any, target: str, problem: str, fraction: float) -> tuple[Any, Any]:
    """A random part for validation, with every class in both parts where each has two rows."""
    from sklearn.model_selection import train_test_split

    classes = frame[target] if problem != REGRESSION else None
    even = classes is not None and int(classes.value_counts().min()) >= 2
    enough = even and len(frame) * min(fraction, 1 - fraction) >= frame[target].nunique()
    train, validation = train_test_split(
        frame, test_size=fraction, random_state=0, stratify=classes if enough else None
    )
    return train, validation


def description(frame: Any, target: str) -> dict[str, Any]:
    """Rows, and of each column its type, its missing and its distinct values."""
    columns = {
        str(name): {
            "type": str(frame[name].dtype),
            "missing": int(frame[name].isna().sum()),
            "distinct": int(frame[name].nunique()),
        }
        for name in frame.columns
    }
    return {"rows": len(frame), "target": target, "columns": columns}
