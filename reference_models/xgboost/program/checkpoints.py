"""Checkpoints of a training job: `xgboost-checkpoint.N` in the folder that SageMaker keeps in S3."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from contract.layout import Layout

NAME = "xgboost-checkpoint"
KEPT = 5


def directory(layout: Layout, fold: int | None) -> Path | None:
    """Where checkpoints are, a folder a fold; None where the job has none."""
    configured = layout.read_configuration("checkpointconfig").get("LocalPath")
    if not configured:
        return None
    return Path(configured) if fold is None else Path(configured) / f"model-{fold}"


def saved(directory: Path | None) -> list[tuple[int, Path]]:
    """Round and file of each checkpoint, the oldest first."""
    if directory is None or not directory.is_dir():
        return []
    found = ((re.fullmatch(rf"{NAME}\.(\d+)", path.name), path) for path in directory.iterdir())
    return sorted((int(match[1]), path) for match, path in found if match)


def last(directory: Path | None) -> tuple[Path | None, int]:
    """The newest checkpoint and how many rounds it has done."""
    found = saved(directory)
    return (found[-1][1], found[-1][0] + 1) if found else (None, 0)


def saver(xgboost: Any, directory: Path, done: int) -> Any:
    """Writes a checkpoint after each round, and keeps the newest five."""

    class Saver(xgboost.callback.TrainingCallback):  # type: ignore[misc]
        def after_iteration(self, model: Any, epoch: int, evals_log: Any) -> bool:
            directory.mkdir(parents=True, exist_ok=True)
            new = directory / f".{NAME}.new"
            new.write_bytes(bytes(model.save_raw("ubj")))
            new.rename(directory / f"{NAME}.{done + epoch}")
            for _, path in saved(directory)[:-KEPT]:
                path.unlink()
            return False

    return Saver()
