"""The dataset of an analysis: CSV files as columns of typed values."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from config import Config


class InvalidDataset(Exception):
    """The dataset is empty or is not what the configuration says; the text says how."""


@dataclass(frozen=True)
class Table:
    """Columns by name, in order; `raw` is how each row was written."""

    columns: dict[str, list[Any]]
    raw: list[list[str]]

    def name(self, name_or_index: str | int) -> str:
        """The name of a column; raises InvalidDataset."""
        names = list(self.columns)
        if isinstance(name_or_index, int) and -len(names) <= name_or_index < len(names):
            return names[name_or_index]
        if name_or_index in self.columns:
            return str(name_or_index)
        raise InvalidDataset(f"Column {name_or_index!r} is not in the dataset, which has {', '.join(names)}")

    def column(self, name_or_index: str | int) -> list[Any]:
        """The values of a column; raises InvalidDataset."""
        return self.columns[self.name(name_or_index)]


def read_table(folder: Path, config: Config) -> Table:
    """All files under the folder; the first line has the names where the configuration has none."""
    paths = sorted(
        path for path in folder.rglob("*") if path.is_file() and not path.name.startswith((".", "_"))
    )
    rows: list[list[str]] = []
    headers = list(config.headers)
    for path in paths:
        with path.open(newline="") as file:
            lines = [[cell.strip() for cell in line] for line in csv.reader(file) if line]
        if lines and not config.headers:
            headers, lines = lines[0], lines[1:]
        elif lines and lines[0] == headers:
            lines = lines[1:]
        rows += lines
    if not rows:
        raise InvalidDataset(f"No data found in {folder}")
    for number, row in enumerate(rows, 1):
        if len(row) != len(headers):
            raise InvalidDataset(f"Row {number} has {len(row)} values, but there are {len(headers)} headers")
    cells = zip(*rows, strict=True)
    return Table({name: typed(column) for name, column in zip(headers, cells, strict=True)}, rows)


def typed(cells: Sequence[str]) -> list[Any]:
    """A column as integers if all are, else as numbers if all are, else as booleans if all are, else as words."""
    for kind in (int, float):
        try:
            return [kind(cell) for cell in cells]
        except ValueError:
            continue
    lowered = [cell.lower() for cell in cells]
    if set(lowered) <= {"true", "false"}:
        return [cell == "true" for cell in lowered]
    return list(cells)
