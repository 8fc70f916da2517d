"""Tables of comma-separated values with a header: read from a folder, written to a file."""

from __future__ import annotations

from pathlib import Path
from typing import Any


class BadData(Exception):
    """The caller's data is at fault; the text is the job's reason."""


def read(folder: Path, target: str) -> Any:
    """All files of a folder as one data frame; raises BadData without data, or without the target."""
    import pandas as pd

    files = sorted(path for path in folder.rglob("*") if path.is_file()) if folder.is_dir() else []
    if not files:
        raise BadData(f"No data in {folder}.")
    frames = [pd.read_csv(file) for file in files]
    if any(list(frame.columns) != list(frames[0].columns) for frame in frames):
        raise BadData("The files of the dataset do not have the same columns.")
    frame = pd.concat(frames, ignore_index=True)
    if target not in frame.columns:
        raise BadData(
            f"The target attribute {target} is not in the header of the dataset: {list(frame.columns)}."
        )
    kept = frame[frame[target].notna()].reset_index(drop=True)
    if kept.empty or len(kept.columns) < 2:
        raise BadData("The dataset needs rows with a target and at least one other column.")
    return kept


def write(frame: Any, file: Path) -> None:
    """A data frame with its header."""
    file.parent.mkdir(parents=True, exist_ok=True)
    frame.to_csv(file, index=False)
