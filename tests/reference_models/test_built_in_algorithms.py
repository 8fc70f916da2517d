"""The image of k-means, k-NN and factorization machines: AWS's formats in, quality metrics and answers out."""

import io
import json
import random
import re

import numpy as np
import pytest

from tests.reference_models.container import Container

RECORD_IO = "application/x-recordio-protobuf"


def blobs(count: int = 60) -> list[list[float]]:
    """Rows around (0, 0) and (10, 10), in turn."""
    source = random.Random(1)
    return [[10.0 * (row % 2) + source.gauss(0, 0.3) for _ in range(2)] for row in range(count)]


def container(tmp_path, algorithm: str, content_type: str, **hyperparameters: str) -> Container:
    made = Container("built_in_algorithms", tmp_path / "ml", {"SAGEMAKER_BUILT_IN_ALGORITHM": algorithm})
    made.configure(
        hyperparameters={"feature_dim": "2", "_tuning_objective_metric": "test:msd", **hyperparameters},
        inputdataconfig={"train": {"ContentType": content_type}, "test": {"ContentType": content_type}},
        resourceconfig={"current_host": "algo-1", "hosts": ["algo-1"]},
    )
    return made


def metrics(text: str) -> dict[str, float]:
    found = re.findall(r"#quality_metric: host=\S+, (\w+ \S+) <\w+>=(\S+)", text)
    return {name: float(value) for name, value in found}


def csv(rows) -> str:
    return "".join(",".join(map(str, row)) + "\n" for row in rows)


@pytest.mark.filterwarnings("ignore")  # the SDK's own
def test_kmeans_trains_on_the_records_of_the_sdk_and_answers_in_them(tmp_path):
    common = pytest.importorskip("sagemaker.amazon.common")
    made = container(tmp_path, "kmeans", "", k="2", init_method='"kmeans++"', mini_batch_size="20")
    buffer = io.BytesIO()
    common.write_numpy_to_dense_tensor(buffer, np.array(blobs(), dtype="float32"))
    for channel in ("train", "test"):
        made.put(f"input/data/{channel}/a", "").write_bytes(buffer.getvalue())
    done = made.run("train")
    assert done.returncode == 0, done.stdout
    assert metrics(done.stdout)["test msd"] < 1
    asked = io.BytesIO()
    common.write_numpy_to_dense_tensor(asked, np.array([[0.0, 0.0], [10.0, 10.0]], dtype="float32"))
    with made.serving() as client:
        answered = client.invoke(asked.getvalue(), RECORD_IO, accept=RECORD_IO)
        plain = client.invoke("0,0\n", "text/csv", accept="application/json")
    records = list(common.read_records(io.BytesIO(answered.body)))
    clusters = [each.label["closest_cluster"].float32_tensor.values[0] for each in records]
    assert sorted(clusters) == [0.0, 1.0]
    assert json.loads(plain.body)["predictions"][0]["closest_cluster"] == clusters[0]


def test_nearest_neighbours_predict_the_label_in_the_first_column(tmp_path):
    made = container(tmp_path, "knn", "text/csv", k="3", sample_size="50", predictor_type="classifier")
    rows = csv([[index % 2, *row] for index, row in enumerate(blobs())])
    for channel in ("train", "test"):
        made.put(f"input/data/{channel}/a.csv", rows)
    done = made.run("train")
    assert metrics(done.stdout)["test accuracy"] == 1.0
    with made.serving() as client:
        asked = {"instances": [{"features": [10.0, 10.0]}]}
        answered = client.invoke(json.dumps(asked), "application/json", accept="application/json")
    assert json.loads(answered.body) == {"predictions": [{"predicted_label": 1.0}]}


def test_factorization_machines_learn_a_line(tmp_path):
    made = container(
        tmp_path, "factorization-machines", "text/csv", num_factors="2", predictor_type="regressor",
        epochs="200", mini_batch_size="20", linear_lr="0.05",
    )  # fmt: skip
    rows = csv([[3 * row[0] + row[1], *row] for row in blobs()])
    for channel in ("train", "test"):
        made.put(f"input/data/{channel}/a.csv", rows)
    done = made.run("train")
    assert metrics(done.stdout)["test rmse"] < 1.0, done.stdout


def test_a_missing_hyperparameter_is_the_callers_mistake(tmp_path):
    made = container(tmp_path, "kmeans", "text/csv")
    made.put("input/data/train/a.csv", "1,2\n")
    assert made.run("train").returncode == 1
    assert made.failure().endswith("Required hyperparameter is missing: k")
