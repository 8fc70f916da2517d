"""The model file as the image of each version writes it, and any of them read again."""

from __future__ import annotations

import pickle
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

MODEL_NAME = "xgboost-model"


def content(booster: Any, version: tuple[int, int]) -> bytes:
    """A pickle before 1.3, XGBoost's own format since."""
    if version < (1, 2):
        return pickle.dumps(booster)
    if version < (1, 3):
        return pickle.dumps(booster, protocol=4)
    return bytes(booster.save_raw("ubj"))


def save_all(boosters: Sequence[Any], directory: Path, version: tuple[int, int]) -> None:
    """`xgboost-model`, or `xgboost-model-0` and so on where there are several."""
    directory.mkdir(parents=True, exist_ok=True)
    for number, booster in enumerate(boosters):
        name = MODEL_NAME if len(boosters) == 1 else f"{MODEL_NAME}-{number}"
        (directory / name).write_bytes(content(booster, version))


def keeper(xgboost: Any, directory: Path, version: tuple[int, int]) -> Any:
    """Keeps the model of the last round, so that a job that is stopped leaves one."""

    class Keeper(xgboost.callback.TrainingCallback):  # type: ignore[misc]
        def after_iteration(self, model: Any, epoch: int, evals_log: Any) -> bool:
            directory.mkdir(parents=True, exist_ok=True)
            new = directory / ".new"
            new.write_bytes(content(model, version))
            new.rename(directory / MODEL_NAME)
            return False

    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    return Keeper()


def load(xgboost: Any, path: Path) -> Any:
    """The booster in a file, whichever image wrote it."""
    saved = path.read_bytes()
    if saved[:1] == b"\x80":  # an older image's pickle; the file comes from the account's own registry
        booster = pickle.loads(saved)
    else:
        booster = xgboost.Booster()
        booster.load_model(bytearray(saved))
    booster.set_param({"nthread": 1})
    return booster


def load_all(xgboost: Any, directory: Path, ensemble: bool) -> list[Any]:
    """Each model of the archive, or the first one only; raises FileNotFoundError when there is none."""
    files = sorted(path for path in directory.glob("*") if path.is_file() and not path.name.startswith("."))
    if not files:
        raise FileNotFoundError(f"no {MODEL_NAME} in {directory}")
    return [load(xgboost, path) for path in (files if ensemble else files[:1])]
