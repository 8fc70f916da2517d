"""Serves with the user's own inference.py: model_fn, input_fn, predict_fn, output_fn or transform_fn."""

from __future__ import annotations

import importlib.util
import io
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import script_mode
from layout import Layout
from web import Answer, Invoke, Refused


def find(layout: Layout) -> Path | None:
    """The user's file: named by SAGEMAKER_PROGRAM, or code/inference.py in the model archive; None without either.

    The SDK's `estimator.deploy()` leaves the code in S3 and says where in SAGEMAKER_SUBMIT_DIRECTORY: it is fetched.
    """
    program = os.environ.get("SAGEMAKER_PROGRAM", "").strip('"')
    source = os.environ.get("SAGEMAKER_SUBMIT_DIRECTORY", "").strip('"')
    if source.startswith("s3://"):
        script_mode.fetch_code(source, layout.code)
        script_mode.install_requirements(layout.code)
    for directory in (layout.model / "code", layout.code, layout.model):
        for name in filter(None, (program, "inference.py")):
            if (directory / name).is_file():
                return directory / name
    return None


def load(path: Path) -> ModuleType:
    """Imports the user's file with its folder on the path, so that it may import its neighbours."""
    sys.path.insert(0, str(path.parent))
    specification = importlib.util.spec_from_file_location(path.stem, path)
    if specification is None or specification.loader is None:
        raise ImportError(f"{path} is not a Python file")
    module = importlib.util.module_from_spec(specification)
    sys.modules[path.stem] = module
    specification.loader.exec_module(module)
    return module


def decode(body: bytes, content_type: str) -> Any:
    """The default input_fn: csv, json or npy as an array."""
    import numpy as np

    kind = content_type.split(";")[0].strip().lower() or "text/csv"
    if kind == "text/csv":
        return np.loadtxt(io.StringIO(body.decode()), delimiter=",", ndmin=2)
    if kind == "application/json":
        return np.array(json.loads(body))
    if kind == "application/x-npy":
        return np.load(io.BytesIO(body), allow_pickle=False)
    raise Refused(415, f"Content type {kind} is not supported.")


def encode(prediction: Any, accept: str) -> Answer:
    """The default output_fn: json unless csv or npy is asked for."""
    import numpy as np

    kind = accept.split(",")[0].split(";")[0].strip().lower()
    values = np.asarray(prediction)
    if kind == "text/csv":
        rows = values.tolist()
        lines = [",".join(map(str, row)) if isinstance(row, list) else str(row) for row in rows]
        return Answer("\n".join(lines).encode())
    if kind == "application/x-npy":
        buffer = io.BytesIO()
        np.save(buffer, values)
        return Answer(buffer.getvalue(), "application/x-npy")
    if kind in ("", "*/*", "application/json"):
        return Answer(json.dumps(values.tolist()).encode(), "application/json")
    raise Refused(406, f"Accept type {kind} is not supported.")


def predict(data: Any, model: Any) -> Any:
    """The default predict_fn."""
    return model.predict(data)


def as_answer(result: Any, accept: str) -> Answer:
    """What output_fn or transform_fn returned: a body, or a body and its type."""
    body, kind = result if isinstance(result, tuple) else (result, accept or "application/json")
    return Answer(body if isinstance(body, bytes) else str(body).encode(), str(kind))


def invoker(module: ModuleType, layout: Layout, default_model: Callable[[str], Any] | None = None) -> Invoke:
    """The user's functions over the defaults; the model is loaded now, so that a bad one fails the start."""
    load_model = getattr(module, "model_fn", default_model)
    if load_model is None:
        raise NotImplementedError("the user module must have a model_fn(model_dir)")
    model = load_model(str(layout.model))
    transform = getattr(module, "transform_fn", None)
    read, act = getattr(module, "input_fn", None), getattr(module, "predict_fn", predict)
    write = getattr(module, "output_fn", None)

    def invoke(body: bytes, content_type: str, accept: str) -> Answer:
        content: bytes | str = (
            body.decode() if content_type.startswith(("text/", "application/json")) else body
        )
        if transform is not None:
            return as_answer(transform(model, content, content_type, accept), accept)
        data = decode(body, content_type) if read is None else read(content, content_type)
        prediction = act(data, model)
        return encode(prediction, accept) if write is None else as_answer(write(prediction, accept), accept)

    return invoke
