"""Reads a training channel: csv with the label first, libsvm or parquet, into labels and features."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from program.hyperparameters import UserError

FORMATS = {
    "": "libsvm",  # the algorithm's default
    "csv": "csv",
    "text/csv": "csv",
    "libsvm": "libsvm",
    "text/libsvm": "libsvm",
    "text/x-libsvm": "libsvm",
    "parquet": "parquet",
    "application/x-parquet": "parquet",
}


@dataclass(frozen=True)
class Table:
    """One channel; missing values are NaN."""

    labels: np.ndarray
    features: np.ndarray
    weights: np.ndarray | None = None


def data_format(content_type: str | None) -> str:
    """csv, libsvm or parquet; raises UserError for anything else."""
    kind = (content_type or "").split(";")[0].strip().lower()
    if kind not in FORMATS:
        raise UserError(f"{kind} is not an accepted ContentType: csv, libsvm, parquet.")
    return FORMATS[kind]


def read(directory: Path, content_type: str | None, csv_weights: bool = False) -> Table:
    """All files of a channel as one table; raises UserError when there is nothing usable."""
    files = sorted(path for path in directory.rglob("*") if path.is_file() and not path.name.startswith("."))
    if not files:
        raise UserError(f"No data in channel {directory.name!r}")
    kind = data_format(content_type)
    if kind == "libsvm":
        return read_libsvm([path.read_text() for path in files])
    read_one = read_csv if kind == "csv" else read_parquet
    parts = [read_one(path) for path in files]
    if len({part.shape[1] for part in parts}) > 1:
        raise UserError(f"The files of channel {directory.name!r} differ in their number of columns")
    values = np.concatenate(parts)
    if csv_weights:
        return Table(values[:, 0], values[:, 2:], values[:, 1])
    return Table(values[:, 0], values[:, 1:])


def read_csv(path: Path) -> np.ndarray:
    """Numbers separated by commas; an empty field is a missing value."""
    text = path.read_text()
    try:
        return np.loadtxt(io.StringIO(text), delimiter=",", ndmin=2)
    except ValueError:
        pass  # perhaps only missing values: the slower reader knows them, and what it cannot read becomes NaN
    values = np.genfromtxt(io.StringIO(text), delimiter=",", ndmin=2)
    if np.isnan(values[:, 0]).any():
        raise UserError(f"Could not read a label in {path.name}: csv must be numbers, label first, no header")
    return values


def read_parquet(path: Path) -> np.ndarray:
    """A table whose first column is the label."""
    try:
        import pyarrow.parquet
    except ImportError as failure:
        raise UserError("This image reads parquet only with pyarrow; add it to requirements.txt") from failure
    columns = pyarrow.parquet.read_table(path).columns
    return np.column_stack([column.to_numpy() for column in columns]).astype(float)


def read_libsvm(texts: list[str]) -> Table:
    """`label index:value ...`; an index that a row does not name is a missing value there."""
    lines = [line.split("#")[0].split() for text in texts for line in text.splitlines() if line.strip()]
    try:
        rows = [{int(k): float(v) for k, v in (item.split(":") for item in line[1:])} for line in lines]
        labels = np.array([float(line[0]) for line in lines])
    except (ValueError, IndexError) as failure:
        raise UserError(f"Could not read libsvm data: {failure}") from failure
    return Table(labels, dense(rows))


def dense(rows: list[dict[int, float]], width: int | None = None) -> np.ndarray:
    """Sparse rows as an array with NaN for what is missing; column i is index i, as XGBoost's reader has it."""
    columns = width or max((max(row, default=-1) for row in rows), default=-1) + 1
    values = np.full((len(rows), columns), np.nan)
    for number, row in enumerate(rows):
        for index, value in row.items():
            values[number, index] = value
    return values


def matrix(xgboost: Any, table: Table) -> Any:
    """The table as XGBoost takes it."""
    return xgboost.DMatrix(table.features, label=table.labels, weight=table.weights)
