"""The XGBoost image keeps SageMaker's contract: it trains, fails, saves and serves as the AWS image does."""

import json
import pickle
import re

import pytest

from tests.reference_models.container import Container, encoded_abalone, source_archive

HYPERPARAMETERS = {
    "num_round": "10",
    "objective": "reg:squarederror",
    "max_depth": "4",
    "eta": "0.3",
    "seed": "1",
}
METRICS = re.compile(r"^\[(\d+)\]#011train-rmse:(\d+\.\d+)#011validation-rmse:(\d+\.\d+)$", re.MULTILINE)


def prepared(path, **hyperparameters: str) -> Container:
    """A training container with a thousand abalone to learn from and three hundred to check on."""
    container = Container("xgboost", path)
    channel = {"ContentType": "text/csv", "TrainingInputMode": "File"}
    container.configure(
        hyperparameters=HYPERPARAMETERS | hyperparameters,
        inputdataconfig={"train": channel, "validation": channel},
        resourceconfig={"current_host": "algo-1", "hosts": ["algo-1"]},
    )
    container.put("input/data/train/train.csv", encoded_abalone(slice(0, 1000)))
    container.put("input/data/validation/validation.csv", encoded_abalone(slice(1000, 1300)))
    return container


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    container = prepared(tmp_path_factory.mktemp("trained"))
    done = container.run("train")
    assert done.returncode == 0, done.stdout
    return container, done.stdout


def test_training_prints_the_metrics_of_each_round_as_the_log_shows_them(trained):
    rounds = METRICS.findall(trained[1])

    assert [int(number) for number, _, _ in rounds] == list(range(10))
    assert float(rounds[-1][2]) < float(rounds[0][2]), "ten trees know more than one"


def test_training_leaves_one_model_file_and_no_failure(trained):
    container, _ = trained

    assert [path.name for path in (container.base / "model").iterdir()] == ["xgboost-model"]
    assert not (container.base / "output" / "failure").exists()


def test_training_twice_gives_the_same_model(trained, tmp_path):
    again = prepared(tmp_path)
    again.run("train")

    first, second = ((c.base / "model" / "xgboost-model").read_bytes() for c in (trained[0], again))
    assert first == second


def test_an_image_before_1_3_pickles_its_model_and_today_s_serving_loads_it(tmp_path):
    container = prepared(tmp_path)
    container.environment["SAGEMAKER_XGBOOST_VERSION"] = "1.2-2"

    container.run("train")

    booster = pickle.loads((tmp_path / "model" / "xgboost-model").read_bytes())
    assert booster.num_features() == 10
    with container.serving() as client:
        assert client.invoke(encoded_abalone(slice(0, 1)).split(",", 1)[1]).status == 200


@pytest.mark.parametrize(
    "channels, reason",
    [
        ({"validation": {"ContentType": "text/csv"}}, "Missing required channel: train"),
        ({"train": {"ContentType": "csv"}, "test": {}}, "Extraneous channel found: test"),
        (
            {"train": {"ContentType": "application/json", "TrainingInputMode": "File"}},
            "Channel configuration for 'train' channel is not supported: {'ContentType': 'application/json', ",
        ),
        (
            {"train": {"ContentType": "csv", "TrainingInputMode": "Pipe"}},
            "Pipe mode for csv is no longer supported.",
        ),
        ({"train": {}}, "is not 'LIBSVM' format. Please ensure the file is in 'LIBSVM' format."),
        (
            {"train": {"ContentType": "csv"}, "validation": {"ContentType": "csv"}},
            "No data in validation channel path",
        ),
    ],
)
def test_a_channel_that_cannot_be_used_fails_the_job_in_the_words_of_the_container(
    tmp_path, channels, reason
):
    container = prepared(tmp_path)
    container.configure(inputdataconfig=channels)
    (tmp_path / "input/data/validation/validation.csv").unlink()

    assert container.run("train").returncode == 1
    assert container.failure().startswith("framework error: \nTraceback (most recent call last):\n")
    assert reason in container.failure()


def test_libsvm_trains_too(tmp_path):
    container = prepared(tmp_path)
    container.configure(inputdataconfig={"train": {"ContentType": "text/libsvm"}})
    (tmp_path / "input" / "data" / "train" / "train.csv").unlink()
    container.put("input/data/train/a.libsvm", "".join(f"{i % 5} 0:{i % 5} 2:{i / 10}\n" for i in range(50)))

    done = container.run("train")

    assert done.returncode == 0, done.stdout
    assert "validation" not in done.stdout


def test_script_mode_runs_the_users_script_with_its_arguments_and_variables(tmp_path):
    script = (
        "import argparse, json, os, pathlib\n"
        "p = argparse.ArgumentParser()\n"
        "p.add_argument('--depth', type=int)\n"
        "model = pathlib.Path(os.environ['SM_MODEL_DIR'])\n"
        "model.mkdir(exist_ok=True)\n"
        "train = os.listdir(os.environ['SM_CHANNEL_TRAIN'])\n"
        "(model / 'seen').write_text(json.dumps([p.parse_args().depth, train, os.environ['SM_HP_DEPTH']]))\n"
    )
    container = prepared(tmp_path / "ml")
    archive = source_archive(tmp_path / "sourcedir.tar.gz", train_py=script)
    container.configure(
        hyperparameters={
            "sagemaker_program": '"train.py"',
            "sagemaker_submit_directory": json.dumps(str(archive)),
            "depth": "3",
        }
    )

    done = container.run("train")

    assert done.returncode == 0, done.stdout
    assert json.loads((tmp_path / "ml" / "model" / "seen").read_text()) == [3, ["train.csv"], "3"]


def test_a_raising_script_gives_its_text_as_the_failure(tmp_path):
    container = prepared(tmp_path / "ml")
    archive = source_archive(tmp_path / "sourcedir.tar.gz", train_py="raise RuntimeError('no rings today')\n")
    container.configure(
        hyperparameters={"sagemaker_program": "train.py", "sagemaker_submit_directory": str(archive)}
    )

    assert container.run("train").returncode == 1
    assert 'ErrorMessage "RuntimeError: no rings today"' in container.failure()
    assert len(container.failure()) <= 1024


def test_serving_answers_a_health_check_and_predicts(trained):
    rows = [line.split(",", 1)[1] for line in encoded_abalone(slice(1300, 1303)).splitlines()]

    with trained[0].serving() as client:
        health = client.get("/ping")
        one, three = client.invoke(rows[0]), client.invoke("\n".join(rows) + "\n")

    assert (health.status, health.body) == (200, b"")
    assert 3 < float(one.body) < 20
    assert three.content_type.startswith("text/csv")
    assert three.body.decode().splitlines()[0] == one.body.decode().strip()
    assert len(three.body.decode().splitlines()) == 3, "since version 1.2 a live answer is a line a row"


def test_a_batch_answer_is_one_line_a_row(trained):
    batch = Container("xgboost", trained[0].base, {"SAGEMAKER_BATCH": "true"})
    rows = [line.split(",", 1)[1] for line in encoded_abalone(slice(1300, 1303)).splitlines()]

    with batch.serving() as client:
        answer = client.invoke("\n".join(rows))

    assert len(answer.body.decode().splitlines()) == 3
    assert answer.body.endswith(b"\n")


def test_json_is_given_to_those_who_accept_it(trained):
    row = encoded_abalone(slice(0, 1)).split(",", 1)[1]

    with trained[0].serving() as client:
        answer = client.invoke(row, accept="application/json")

    assert answer.content_type == "application/json"
    assert isinstance(json.loads(answer.body)["predictions"][0]["score"], float)


@pytest.mark.parametrize(
    "body, content_type, status, text",
    [
        ("[1]", "application/json", 415, "application/json is not an accepted ContentType: csv, "),
        ("a,b", "text/csv", 415, "please ensure data is in csv format"),
        ("1,2,3", "text/csv", 400, "Feature size of csv inference data 3 is not consistent"),
        ("", "text/csv", 204, ""),
        (
            "1 20:3",
            "text/libsvm",
            400,
            "Feature size of libsvm inference data 21 is larger than feature size of",
        ),
    ],
)
def test_what_cannot_be_answered_is_refused_with_the_images_own_status(
    trained, body, content_type, status, text
):
    with trained[0].serving() as client:
        answer = client.invoke(body, content_type)
        after = client.get("/ping")

    assert (answer.status, text in answer.body.decode()) == (status, True)
    assert after.status == 200, "the server lives on"


def test_serving_without_a_model_ends_at_once(tmp_path):
    done = Container("xgboost", tmp_path).run("serve")

    assert done.returncode != 0
    assert "xgboost-model" in done.stdout


def test_an_unknown_command_is_refused(tmp_path):
    done = Container("xgboost", tmp_path).run("dance")

    assert done.returncode == 2
    assert "expected one of ['serve', 'train']" in done.stdout
