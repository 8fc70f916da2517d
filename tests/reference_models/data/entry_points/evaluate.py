"""An evaluation script in the form of the public seed code: the pickled model of the 1.0-1 image, a report in JSON."""

import json
import pathlib
import pickle
import tarfile

import numpy as np
import pandas as pd
import xgboost
from sklearn.metrics import mean_squared_error

if __name__ == "__main__":
    with tarfile.open("/opt/ml/processing/model/model.tar.gz") as tar:
        tar.extractall(path=".")
    with pathlib.Path("xgboost-model").open("rb") as file:
        model = pickle.load(file)
    table = pd.read_csv("/opt/ml/processing/test/test.csv", header=None)
    rings = table.pop(0).to_numpy()
    predictions = model.predict(xgboost.DMatrix(table.values))
    error = mean_squared_error(rings, predictions)
    report = {
        "regression_metrics": {"mse": {"value": error, "standard_deviation": np.std(rings - predictions)}}
    }
    output = pathlib.Path("/opt/ml/processing/evaluation")
    output.mkdir(parents=True, exist_ok=True)
    (output / "evaluation.json").write_text(json.dumps(report, default=float))
