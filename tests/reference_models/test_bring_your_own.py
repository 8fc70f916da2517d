"""The example of an image that a team brings itself keeps the contract without a toolkit."""

import json

from tests.reference_models.container import Container, encoded_abalone


def prepared(tmp_path) -> Container:
    container = Container("bring_your_own", tmp_path)
    container.configure(hyperparameters={"penalty": "0.1"})
    container.put("input/data/train/abalone.csv", encoded_abalone(slice(0, 500)))
    return container


def test_it_trains_and_serves_what_it_trained(tmp_path):
    container = prepared(tmp_path)
    done = container.run("train")
    assert done.returncode == 0, done.stdout
    rows = [line.split(",", 1) for line in encoded_abalone(slice(500, 503)).splitlines()]

    with container.serving() as client:
        health = client.get("/ping")
        answer = client.invoke("\n".join(values for _, values in rows))
        wrong, other = client.invoke("1,2"), client.invoke("{}", "application/json")

    assert "train_rmse=" in done.stdout
    assert len(json.loads((tmp_path / "model/weights.json").read_text())) == 11
    assert health.status == 200
    predicted = [float(line) for line in answer.body.split()]
    assert all(abs(value - float(rings)) < 8 for value, (rings, _) in zip(predicted, rows, strict=True))
    assert (wrong.status, wrong.body) == (400, b"expected 10 values in a row, got 2")
    assert other.status == 415


def test_what_it_cannot_train_on_is_in_its_failure_file(tmp_path):
    container = prepared(tmp_path)
    (tmp_path / "input/data/train/abalone.csv").unlink()

    assert container.run("train").returncode == 1
    assert container.failure() == "ValueError: the train channel holds no csv file"
