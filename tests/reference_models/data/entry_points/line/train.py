"""Training script and inference code in one file, as scikit-learn's examples have it."""

import argparse
import os
import pathlib
import pickle

import numpy as np
from sklearn.linear_model import Ridge


def model_fn(model_dir):
    """The model."""
    return pickle.loads(pathlib.Path(model_dir, "model.pickle").read_bytes())


def input_fn(body, content_type):
    """Rows of semicolons."""
    assert content_type == "text/semicolons"
    text = body.decode() if isinstance(body, bytes) else body
    return np.array([[float(each) for each in line.split(";")] for line in text.split()])


def predict_fn(rows, model):
    """The predictions, and how many."""
    return {"predictions": model.predict(rows).tolist(), "rows": len(rows)}


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--alpha", type=float)
    parser.add_argument("--fit-intercept", type=lambda text: text == "True")
    parser.add_argument("--model-dir", default=os.environ["SM_MODEL_DIR"])
    given = parser.parse_args()
    if given.alpha < 0:
        raise ValueError("alpha is below zero")
    files = sorted(pathlib.Path(os.environ["SM_CHANNEL_TRAIN"]).glob("*.csv"))
    rows = np.concatenate([np.loadtxt(file, delimiter=",") for file in files])
    model = Ridge(alpha=given.alpha, fit_intercept=given.fit_intercept).fit(rows[:, 1:], rows[:, 0])
    print(f"score={model.score(rows[:, 1:], rows[:, 0]):.3f};")
    pathlib.Path(given.model_dir, "model.pickle").write_bytes(pickle.dumps(model))
