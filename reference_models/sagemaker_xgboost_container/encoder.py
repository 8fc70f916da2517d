"""Bodies of requests as a DMatrix, by the interface of `sagemaker_xgboost_container.encoder`."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from typing import Any

import pandas as pd
import xgboost
from sklearn.datasets import load_svmlight_file


def csv_to_dmatrix(string_like: str | bytes, dtype: type | None = None) -> xgboost.DMatrix:
    """Rows without a label."""
    text = _text(string_like).strip()
    rows = pd.read_csv(io.StringIO(text), header=None, sep=None if "," not in text else ",", engine="python")
    return xgboost.DMatrix(rows.to_numpy(dtype=dtype or float))


def libsvm_to_dmatrix(string_like: str | bytes) -> xgboost.DMatrix:
    """Rows with or without a label before their `index:value` pairs; the label is not looked at."""
    lines = [line.strip() for line in _text(string_like).strip().splitlines() if line.strip()]
    labelled = [line if ":" not in line.split()[0] else f"0 {line}" for line in lines]
    features, _ = load_svmlight_file(io.BytesIO("\n".join(labelled).encode()), zero_based=True)
    return xgboost.DMatrix(features)


def decode(obj: str | bytes, content_type: str) -> xgboost.DMatrix:
    """The matrix of a body; raises ValueError for a type that is neither csv nor libsvm."""
    readers: dict[str, Callable[[str | bytes], xgboost.DMatrix]] = {
        "text/csv": csv_to_dmatrix,
        "text/libsvm": libsvm_to_dmatrix,
        "text/x-libsvm": libsvm_to_dmatrix,
    }
    kind = content_type.split(";")[0].strip().lower()
    if kind not in readers:
        raise ValueError(f"Content type {content_type} is not supported.")
    return readers[kind](obj)


def json_to_jsonlines(json_data: str | dict[str, Any]) -> bytes:
    """The one list in an object as lines of JSON."""
    parsed = json.loads(json_data) if isinstance(json_data, str) else json_data
    (rows,) = parsed.values()
    return "".join(f"{json.dumps(row)}\n" for row in rows).encode()


def _text(string_like: str | bytes) -> str:
    return string_like.decode() if isinstance(string_like, bytes) else string_like
