"""A processing script in the form of the public seed code: fetches its data, writes three parts without header."""

import argparse
import pathlib

import boto3
import numpy as np
import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.preprocessing import OneHotEncoder, StandardScaler

COLUMNS = ["sex", "length", "diameter", "height", "whole", "shucked", "viscera", "shell", "rings"]

if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--input-data", required=True)
    _, _, bucket, key = parser.parse_args().input_data.split("/", 3)
    base = pathlib.Path("/opt/ml/processing")
    (base / "data").mkdir(parents=True, exist_ok=True)
    file = base / "data" / "abalone.csv"
    boto3.resource("s3").Bucket(bucket).download_file(key, str(file))
    table = pd.read_csv(file, header=None, names=COLUMNS)
    file.unlink()

    rings = table.pop("rings").to_numpy().reshape(-1, 1)
    encode = ColumnTransformer(
        [("number", StandardScaler(), COLUMNS[1:-1]), ("sex", OneHotEncoder(), ["sex"])]
    )
    rows = np.concatenate((rings, encode.fit_transform(table)), axis=1)
    np.random.default_rng(1).shuffle(rows)
    ends = [int(0.7 * len(rows)), int(0.85 * len(rows))]
    for name, part in zip(("train", "validation", "test"), np.split(rows, ends), strict=True):
        pd.DataFrame(part).to_csv(base / name / f"{name}.csv", header=False, index=False)
