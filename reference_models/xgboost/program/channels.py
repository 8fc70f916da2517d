"""Reads a training channel, csv with the label first, libsvm, parquet or recordio-protobuf: labels and features."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from program.errors import UserError

CONTENT_TYPES = {
    "csv": "csv",
    "libsvm": "libsvm",
    "parquet": "parquet",
    "recordio-protobuf": "recordio-protobuf",
    "text/csv": "csv",
    "text/libsvm": "libsvm",
    "text/x-libsvm": "libsvm",
    "application/x-parquet": "parquet",
    "application/x-recordio-protobuf": "recordio-protobuf",
}
DEFAULT_TYPE = "text/libsvm"
CHANNELS = ("train", "validation", "code")


@dataclass(frozen=True)
class Table:
    """One channel; a missing value is NaN, or absent from sparse features. `queries` groups the rows of a ranking."""

    labels: np.ndarray
    features: Any
    weights: np.ndarray | None = None
    queries: np.ndarray | None = None


def validate(configured: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    """The data format of each channel; raises UserError, with AWS's texts, for one that is not as it must be."""
    if "train" not in configured:
        raise UserError("Missing required channel: train")
    formats = {}
    for name, given in configured.items():
        if name not in CHANNELS:
            raise UserError(f"Extraneous channel found: {name}")
        channel = {**given, "ContentType": given.get("ContentType", DEFAULT_TYPE)}
        if channel["ContentType"] not in CONTENT_TYPES and name != "code":
            raise UserError(f"Channel configuration for '{name}' channel is not supported: {channel}")
        formats[name] = CONTENT_TYPES.get(channel["ContentType"], "")
        if channel.get("TrainingInputMode") == "Pipe":
            raise UserError(
                f"Pipe mode for {formats[name]} is no longer supported. Please use Fast File mode (default) instead. "
                "Set input_mode='File' in your SageMaker Estimator or TrainingInput."
            )
    return formats


def data_files(directory: Path) -> list[Path]:
    """The files that hold data: neither hidden nor a marker such as _SUCCESS."""
    found = (path for path in directory.rglob("*") if path.is_file() and not path.name.startswith((".", "_")))
    return sorted(found)


def read(directory: Path, name: str, kind: str, csv_weights: bool = False) -> Table:
    """All files of a channel as one table; raises UserError when there is nothing usable."""
    files = data_files(directory)
    if not files:
        what = {"train": "training"}.get(name, name)
        raise UserError(f"No data in {what} channel path {directory}")
    if kind == "libsvm":
        return read_libsvm(files)
    if kind == "recordio-protobuf":
        from program.recordio import read_records

        return Table(*read_records(b"".join(path.read_bytes() for path in files)))
    parts = [read_csv(path) if kind == "csv" else read_parquet(path) for path in files]
    if len({part.shape[1] for part in parts}) > 1:
        raise UserError(
            f"Failed to load {kind} data with exception:\nthe files differ in their number of columns"
        )
    values = np.concatenate(parts)
    if csv_weights and kind == "csv":
        return Table(values[:, 0], values[:, 2:], values[:, 1])
    return Table(values[:, 0], values[:, 1:])


def delimiter_of(line: str) -> str:
    """The delimiter of a csv file, by its first line."""
    if "," in line:
        return ","
    try:
        return csv.Sniffer().sniff(line).delimiter
    except csv.Error as failure:
        raise UserError(f"Could not determine delimiter on line {line[:50]}:\n{failure}") from failure


def read_csv(path: Path) -> np.ndarray:
    """Numbers, label first; an empty field is a missing value."""
    text = path.read_text()
    delimiter = delimiter_of(text.partition("\n")[0])
    try:
        return np.loadtxt(io.StringIO(text), delimiter=delimiter, ndmin=2)
    except ValueError:
        pass  # perhaps only missing values, which the slower way knows
    try:
        lines = (line for line in text.splitlines() if line.strip())
        rows = [[float(each) if each.strip() else np.nan for each in line.split(delimiter)] for line in lines]
        values = np.array(rows, dtype=float)
        if np.isnan(values[:, 0]).any():
            raise ValueError("a label is missing")
    except (ValueError, IndexError) as failure:
        raise UserError(
            f"Failed to load csv data with exception:\n{path.name}: {failure}; "
            "csv must be numbers, label first, no header"
        ) from failure
    return values


def read_parquet(path: Path) -> np.ndarray:
    """A table whose first column is the label."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        columns = pq.read_table(path).columns
        return np.column_stack([column.to_numpy() for column in columns]).astype(float)
    except (pa.ArrowException, ValueError, TypeError) as failure:
        raise UserError(f"Failed to load parquet data with exception:\n{failure}") from failure


def read_libsvm(files: list[Path]) -> Table:
    """`label[:weight] [qid:group] index:value ...`; an index that a row does not name is a missing value there."""
    import scipy.sparse

    labels, weights, queries = list[float](), list[float](), list[int]()
    ends, indices, values = [0], list[int](), list[float]()
    for path in files:
        for line in path.read_text().splitlines():
            words = line.partition("#")[0].split()
            if not words:
                continue
            try:
                label, *weight = map(float, words[0].split(":"))
                pairs = [word.split(":") for word in words[1:]]
                queries += [int(value) for index, value in pairs if index == "qid"]
                indices += [int(index) for index, _ in pairs if index != "qid"]
                values += [float(value) for index, value in pairs if index != "qid"]
            except ValueError as failure:
                raise UserError(
                    f"First line '{line[:50]}...' of file '{path.name}' is not 'LIBSVM' format. "
                    "Please ensure the file is in 'LIBSVM' format."
                ) from failure
            labels.append(label)
            weights += weight
            ends.append(len(indices))
    features = scipy.sparse.csr_matrix((values, indices, ends)) if indices else np.empty((len(labels), 0))
    weighted = np.array(weights) if weights else None
    return Table(np.array(labels), features, weighted, np.array(queries) if queries else None)


def matrix(xgboost: Any, table: Table) -> Any:
    """The table as XGBoost takes it."""
    return xgboost.DMatrix(table.features, label=table.labels, weight=table.weights, qid=table.queries)
