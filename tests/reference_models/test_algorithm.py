"""What else the XGBoost image does in algorithm mode: formats, early stopping, folds, checkpoints, several hosts."""

import json
import re
import socket
import subprocess

import numpy as np
import pytest

from tests.reference_models.container import Container, encoded_abalone

ROUND = re.compile(
    r"^\[(\d+)\]#011train-(\S+?):(\S+?)(?:#011validation-\2:(\S+?))?(?:#011.*)?$", re.MULTILINE
)
BINARY = "".join(f"{int(i % 7 > 3)},{i % 7},{i % 5}\n" for i in range(120))


def prepared(path, content="text/csv", validation=True, **hyperparameters: str) -> Container:
    container = Container("xgboost", path)
    channels = {"train": {"ContentType": content}} | (
        {"validation": {"ContentType": content}} if validation else {}
    )
    container.configure(
        hyperparameters={"num_round": "6", "max_depth": "3", "seed": "1"} | hyperparameters,
        inputdataconfig=channels,
        resourceconfig={"current_host": "algo-1", "hosts": ["algo-1"]},
    )
    return container


def abalone(path, **hyperparameters: str) -> Container:
    container = prepared(path, **hyperparameters)
    container.put("input/data/train/train.csv", encoded_abalone(slice(0, 300)))
    container.put("input/data/validation/validation.csv", encoded_abalone(slice(300, 400)))
    return container


def trained(container: Container) -> str:
    done = container.run("train")
    assert done.returncode == 0, done.stdout
    return done.stdout


def models(container: Container) -> list[str]:
    return sorted(path.name for path in (container.base / "model").iterdir())


def test_early_stopping_ends_the_job_and_keeps_the_best_rounds(tmp_path):
    stopped = abalone(
        tmp_path, num_round="200", eta="1", max_depth="8", eval_metric="rmse", early_stopping_rounds="3"
    )

    rounds = ROUND.findall(trained(stopped))

    losses = [float(each[3]) for each in rounds]
    assert len(rounds) < 200
    assert min(losses) == losses[-4], "three rounds without a better one were the last"


def test_metrics_of_the_container_are_computed_beside_those_of_xgboost(tmp_path):
    container = prepared(
        tmp_path, validation=False, objective="binary:logistic", eval_metric="logloss,accuracy,f1_binary,auc"
    )
    container.put("input/data/train/a.csv", BINARY)

    last = trained(container).strip().splitlines()[-1]

    values = dict(part.rsplit(":", 1) for part in last.split("#011")[1:])
    assert list(values) == ["train-logloss", "train-auc", "train-accuracy", "train-f1_binary"]
    assert float(values["train-accuracy"]) > 0.99


def test_a_tuned_metric_is_printed_though_nobody_asked_for_it(tmp_path):
    container = abalone(tmp_path, _tuning_objective_metric="validation:mae")

    assert "#011validation-mae:" in trained(container)


def test_folds_leave_a_model_each_their_mean_and_the_predictions(tmp_path):
    container = abalone(tmp_path, _kfold="3")

    said = trained(container)

    assert models(container) == ["xgboost-model-0", "xgboost-model-1", "xgboost-model-2"]
    assert re.search(r"^\[6\]#011train-rmse:\d+\.\d+#011validation-rmse:\d+\.\d+$", said, re.MULTILINE)
    rows = (tmp_path / "output/data/predictions.csv").read_text().splitlines()
    assert len(rows) == 300
    with container.serving() as client:
        assert 3 < float(client.invoke(encoded_abalone(slice(0, 1)).split(",", 1)[1]).body) < 25


def test_a_job_goes_on_from_its_newest_checkpoint(tmp_path):
    first = abalone(tmp_path, num_round="7")
    place = tmp_path / "checkpoints"
    first.configure(checkpointconfig={"LocalPath": str(place)})
    trained(first)
    kept = sorted(path.name for path in place.iterdir())
    first.configure(hyperparameters={"num_round": "9", "max_depth": "3", "seed": "1"})

    said = trained(first)

    assert kept == [f"xgboost-checkpoint.{number}" for number in range(2, 7)]
    assert [each[0] for each in ROUND.findall(said)] == ["7", "8"]


def test_weights_stand_in_the_second_column_when_the_job_says_so(tmp_path):
    container = prepared(tmp_path, validation=False, csv_weights="1")
    container.put("input/data/train/a.csv", "1,1,0\n3,0,0\n1,1,1\n3,0,1\n")

    trained(container)

    with container.serving() as client:
        assert float(client.invoke("0").body) < 1.5, "the rows of three weigh nothing"


@pytest.mark.parametrize(
    "content, reason",
    [
        ("rings,length\n1,2\n", "could not convert string to float: 'rings'"),
        ("1,True\n0,False\n", "could not convert string to float: 'True'"),
        ("1,2\n,2\n", "a label is missing"),
    ],
)
def test_csv_that_is_not_numbers_is_refused_and_never_taken_for_missing(tmp_path, content, reason):
    container = prepared(tmp_path, validation=False)
    container.put("input/data/train/a.csv", content)

    assert container.run("train").returncode == 1
    assert f"Failed to load csv data with exception:\na.csv: {reason}" in container.failure()


def test_parquet_is_read_with_the_label_first(tmp_path):
    import pyarrow as pa
    import pyarrow.parquet as pq

    container = prepared(tmp_path, "application/x-parquet", validation=False)
    file = container.put("input/data/train/a.parquet", "")
    pq.write_table(pa.table({"rings": [1.0, 2.0, 3.0] * 9, "length": [0.1, 0.2, 0.3] * 9}), file)
    container.put("input/data/train/_SUCCESS", "")

    assert len(ROUND.findall(trained(container))) == 6


def test_recordio_protobuf_is_read_for_training_and_for_an_answer(tmp_path):
    from sagemaker_training.recordio import _write_numpy_to_dense_tensor

    container = prepared(tmp_path, "application/x-recordio-protobuf", validation=False)
    file = container.put("input/data/train/a.pbr", "")
    features, labels = np.array([[0.1, 1.0], [0.2, 2.0]] * 20), np.array([1.0, 2.0] * 20)
    with file.open("wb") as stream:
        _write_numpy_to_dense_tensor(stream, features, labels)

    assert len(ROUND.findall(trained(container))) == 6


@pytest.mark.parametrize(
    "objective, accept, answer",
    [
        (
            "binary:logistic",
            "application/json",
            {"predictions": [{"predicted_label": 0, "probability": 0.0}]},
        ),
        (
            "reg:squarederror",
            "application/json",
            {"predictions": [{"predicted_label": None, "probability": None}]},
        ),
    ],
)
def test_the_content_of_an_answer_can_be_selected(tmp_path, objective, accept, answer):
    container = prepared(tmp_path, validation=False, objective=objective, eta="1", num_round="30")
    container.put("input/data/train/a.csv", BINARY)
    trained(container)
    container.environment["SAGEMAKER_INFERENCE_OUTPUT"] = "predicted_label, probability"

    with container.serving() as client:
        given = json.loads(client.invoke("1,1", accept=accept).body.replace(b"NaN", b"null"))

    for row in given["predictions"]:
        row["probability"] = row["probability"] and round(row["probability"], 1)
    assert given == answer


def test_images_before_1_2_join_a_live_answer_by_commas(tmp_path):
    container = abalone(tmp_path)
    trained(container)
    container.environment["SAGEMAKER_XGBOOST_VERSION"] = "1.0-1"
    rows = [line.split(",", 1)[1] for line in encoded_abalone(slice(0, 2)).splitlines()]

    with container.serving() as client:
        assert re.fullmatch(rb"[\d.]+,[\d.]+", client.invoke("\n".join(rows)).body)


def test_two_hosts_train_one_model_on_the_rows_of_both(tmp_path):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    hosts, running = ["127.0.0.1", "localhost"], []
    for number, host in enumerate(hosts):
        container = prepared(tmp_path / host, validation=False)
        container.configure(resourceconfig={"current_host": host, "hosts": hosts})
        container.put("input/data/train/part.csv", encoded_abalone(slice(number * 200, number * 200 + 200)))
        container.environment["DMLC_TRACKER_PORT"] = port
        running.append(
            subprocess.Popen(
                container.command("train"), env=container.variables(), stdout=subprocess.PIPE, text=True
            )
        )

    said = [process.communicate(timeout=110)[0] for process in running]

    assert [process.returncode for process in running] == [0, 0]
    assert ROUND.findall(said[0]) == ROUND.findall(said[1]), "the metrics are of all rows"
    assert (tmp_path / "127.0.0.1/model/xgboost-model").exists()
    assert not (tmp_path / "localhost/model").exists(), "the first host saves"
