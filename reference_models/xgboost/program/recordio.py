"""Reads SageMaker's recordio-protobuf with the toolkit's own schema: features and, where they are, labels."""

from __future__ import annotations

import io
from typing import Any

import numpy as np

from program.errors import UserError


def read_records(content: bytes) -> tuple[np.ndarray | None, Any]:
    """Labels (None without any) and features, dense or sparse; raises UserError for what is no such file."""
    import scipy.sparse
    from sagemaker_training.record_pb2 import Record
    from sagemaker_training.recordio import _read_recordio

    labels, rows, keys, width = list[float](), list[Any](), list[Any](), 0
    try:
        for part in _read_recordio(io.BytesIO(content)):
            record = Record()
            record.ParseFromString(part)
            values = tensor(record.features["values"])
            rows.append(np.asarray(values.values, dtype=float))
            keys.append(np.asarray(values.keys, dtype=int))
            width = max(width, *values.shape, 0) if values.shape else width
            labels += [float(each) for each in tensor(record.label["values"]).values] if record.label else []
    except Exception as failure:
        raise UserError(f"Failed to load recordio-protobuf data with exception:\n{failure}") from failure
    known = np.array(labels) if labels else None
    if not any(len(each) for each in keys):
        return known, np.vstack(rows)
    ends = np.cumsum([0, *(len(each) for each in keys)])
    shape = (len(rows), width or int(max(each.max() for each in keys if len(each))) + 1)
    return known, scipy.sparse.csr_matrix((np.concatenate(rows), np.concatenate(keys), ends), shape=shape)


def tensor(value: Any) -> Any:
    """The one tensor of a value, whatever the numbers in it."""
    return getattr(value, value.WhichOneof("value"))
