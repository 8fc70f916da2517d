"""Data files of a channel as a DMatrix, by the interface of `sagemaker_xgboost_container.data_utils`."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import scipy.sparse
import xgboost
from sklearn.datasets import load_svmlight_file

_FORMATS = {
    "csv": "csv",
    "text/csv": "csv",
    "libsvm": "libsvm",
    "text/libsvm": "libsvm",
    "text/x-libsvm": "libsvm",
    "parquet": "parquet",
    "application/x-parquet": "parquet",
}


def get_content_type(content_type_cfg_val: str | None) -> str:
    """csv, libsvm or parquet; libsvm when nothing is said. Raises ValueError for another type."""
    kind = _FORMATS.get((content_type_cfg_val or "libsvm").split(";")[0].strip().lower())
    if kind is None:
        raise ValueError(f"{content_type_cfg_val} is not an accepted ContentType: csv, libsvm, parquet.")
    return kind


def get_dmatrix(
    files_path: str, content_type: str, csv_weights: int = 0, is_pipe: bool = False
) -> xgboost.DMatrix | None:
    """All files under a path as one matrix, the label first; None when there is no file."""
    if is_pipe:
        raise ValueError("Pipe mode is no longer supported; use File or FastFile.")
    files = _files(Path(files_path))
    if not files:
        return None
    kind = get_content_type(content_type)
    if kind == "libsvm":
        return _from_libsvm(files)
    tables = [pd.read_parquet(each) if kind == "parquet" else _read_csv(each) for each in files]
    rows = np.vstack([table.to_numpy(dtype=float) for table in tables])
    weighted = kind == "csv" and csv_weights == 1
    first = 2 if weighted else 1
    return xgboost.DMatrix(rows[:, first:], label=rows[:, 0], weight=rows[:, 1] if weighted else None)


def _files(path: Path) -> list[Path]:
    found = [path] if path.is_file() else path.rglob("*")
    return sorted(each for each in found if each.is_file() and not each.name.startswith((".", "_")))


def _read_csv(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, header=None, sep=None, engine="python")


def _from_libsvm(files: list[Path]) -> xgboost.DMatrix:
    """The column is the index that the file gives, as XGBoost reads it."""
    parts = [load_svmlight_file(str(each), zero_based=True) for each in files]
    width = max(features.shape[1] for features, _ in parts)
    for features, _ in parts:
        features.resize(features.shape[0], width)
    labels = np.concatenate([labels for _, labels in parts])
    return xgboost.DMatrix(scipy.sparse.vstack([features for features, _ in parts]), label=labels)
