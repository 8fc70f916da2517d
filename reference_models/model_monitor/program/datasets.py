"""Reads the dataset of a run, in whatever format it is, as columns of text."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from capture import Handler, Row, flatten, is_capture, rows_of
from data_types import as_text
from settings import NotOffered

Columns = dict[str, list[str | None]]


class NoData(Exception):
    """There is nothing to analyse; the text says where."""


def read(source: Path, dataset_format: dict[str, Any], handler: Handler | None) -> Columns:
    """All files under `source`; raises NoData without a row and NotOffered for a format this image cannot read."""
    paths = sorted(path for path in source.rglob("*") if path.is_file()) if source.is_dir() else [source]
    files = [path for path in paths if path.is_file() and not path.name.startswith((".", "_"))]
    columns = as_columns(row for path in files for row in rows(path, dataset_format, handler))
    if not columns:
        raise NoData(f"No data found in {source}")
    return columns


def rows(path: Path, dataset_format: dict[str, Any], handler: Handler | None) -> Iterator[Row]:
    """The rows of one file."""
    text = path.read_text()
    if "csv" in dataset_format:
        return csv_rows(text, bool(dataset_format["csv"].get("header")))
    if "sagemakerCaptureJson" in dataset_format:
        return json_rows(json_lines(text), handler)
    if "json" in dataset_format:
        documents = json_lines(text) if dataset_format["json"].get("line", True) else one_document(text)
        return json_rows(documents, handler)
    raise NotOffered(
        f"dataset_format {sorted(dataset_format)} is not offered by this image; it reads csv and json"
    )


def csv_rows(text: str, header: bool) -> Iterator[Row]:
    """Lines of values; without a header the columns are _c0, _c1 and so on."""
    lines = (line for line in csv.reader(io.StringIO(text)) if line)
    names = next(lines, []) if header else None
    for line in lines:
        labels = names if names is not None else [f"_c{position}" for position in range(len(line))]
        yield {name: as_text(value.strip()) for name, value in zip(labels, line, strict=False)}


def json_lines(text: str) -> Iterator[Any]:
    """One document a line."""
    return (json.loads(line) for line in text.splitlines() if line.strip())


def one_document(text: str) -> Iterator[Any]:
    """A list of documents, or one."""
    document = json.loads(text)
    return iter(document if isinstance(document, list) else [document])


def json_rows(documents: Iterable[Any], handler: Handler | None) -> Iterator[Row]:
    """Captured records become what they captured; any other document is a row itself."""
    for document in documents:
        if is_capture(document):
            yield from rows_of(document, handler)
        else:
            yield flatten(document)


def as_columns(rows: Iterable[Row]) -> Columns:
    """Rows turned on their side; what is not in a row is missing there.

    Columns without a name are those of the first row: a longer row loses its end, as when Spark reads csv.
    """
    columns: Columns = {}
    for number, row in enumerate(rows):
        for name in row:
            if name not in columns and (number == 0 or not name.startswith("_c")):
                columns[name] = [None] * number
        for name, values in columns.items():
            values.append(row.get(name))
    return columns
