"""The scikit-learn image trains with the user's script and serves with the user's functions."""

import json

from tests.reference_models.container import Container, source_archive
from tests.wire import RunningSimulator

TRAIN = """
import os, pickle
import numpy as np
table = np.loadtxt(os.path.join(os.environ["SM_CHANNEL_TRAIN"], "t.csv"), delimiter=",")
weights, *_ = np.linalg.lstsq(table[:, 1:], table[:, 0], rcond=None)
os.makedirs(os.environ["SM_MODEL_DIR"], exist_ok=True)
np.save(os.path.join(os.environ["SM_MODEL_DIR"], "weights.npy"), weights)
"""
INFERENCE = """
import os
import numpy as np

class Line:
    def __init__(self, weights):
        self.weights = weights
    def predict(self, data):
        return data @ self.weights

def model_fn(model_dir):
    return Line(np.load(os.path.join(model_dir, "weights.npy")))
"""


def trained(tmp_path) -> Container:
    container = Container("scikit_learn", tmp_path / "ml")
    archive = source_archive(tmp_path / "sourcedir.tar.gz", train_py=TRAIN)
    container.configure(
        hyperparameters={"sagemaker_program": "train.py", "sagemaker_submit_directory": str(archive)},
        inputdataconfig={"train": {"TrainingInputMode": "File"}},
        resourceconfig={"current_host": "algo-1", "hosts": ["algo-1"]},
    )
    container.put("input/data/train/t.csv", "5,1,2\n4,2,1\n9,3,3\n")
    done = container.run("train")
    assert done.returncode == 0, done.stdout
    return container


def test_a_script_trains_and_the_users_model_fn_serves_with_the_default_rest(tmp_path):
    container = trained(tmp_path)
    container.put("model/code/inference.py", INFERENCE)

    with container.serving() as client:
        plain = client.invoke("1,1\n2,2\n", "text/csv")
        csv = client.invoke("[[1, 1]]", "application/json", accept="text/csv")
        unknown = client.invoke("x", "image/png")

    assert [round(value, 6) for value in json.loads(plain.body)] == [3, 6]
    assert round(float(csv.body), 6) == 3
    assert unknown.status == 415
    assert unknown.body.startswith(b"Content type image/png is not supported by this framework.")


def test_the_users_own_input_and_output_functions_are_used(tmp_path):
    container = trained(tmp_path)
    container.put(
        "model/code/mine.py",
        INFERENCE
        + "def input_fn(body, kind):\n    return np.array([[float(part) for part in body.decode().split(';')]])\n"
        + "def output_fn(prediction, accept):\n    return 'sum=%.1f' % prediction[0], 'text/plain'\n",
    )
    container.environment["SAGEMAKER_PROGRAM"] = "mine.py"

    with container.serving() as client:
        answer = client.invoke("2;1", "text/plain")

    assert (answer.content_type, answer.body) == ("text/plain", b"sum=4.0")


def test_code_that_the_sdk_left_in_s3_is_fetched_to_serve_with(tmp_path, simulator: RunningSimulator):
    container = trained(tmp_path)
    archive = source_archive(tmp_path / "deploy" / "sourcedir.tar.gz", mine_py=INFERENCE)
    s3 = simulator.client("s3")
    s3.create_bucket(Bucket="code")
    s3.put_object(Bucket="code", Key="job/source/sourcedir.tar.gz", Body=archive.read_bytes())
    container.environment |= {
        "AWS_ENDPOINT_URL": simulator.aws_url,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "SAGEMAKER_PROGRAM": "mine.py",
        "SAGEMAKER_SUBMIT_DIRECTORY": "s3://code/job/source/sourcedir.tar.gz",
    }

    with container.serving() as client:
        answer = client.invoke("1,1\n", "text/csv")

    assert [round(value, 6) for value in json.loads(answer.body)] == [3]


def test_an_error_in_the_users_code_is_a_500_and_the_server_lives_on(tmp_path):
    container = trained(tmp_path)
    container.put(
        "model/code/inference.py", INFERENCE + "def predict_fn(data, model):\n    raise KeyError('ring')\n"
    )

    with container.serving() as client:
        first, second = client.invoke("1,1"), client.get("/ping")

    assert first.status == 500
    assert first.body.startswith(b"'ring'\nTraceback")
    assert b"KeyError: 'ring'" in first.body
    assert second.status == 200


def test_a_model_without_code_cannot_be_served(tmp_path):
    done = Container("scikit_learn", tmp_path).run("serve")

    assert done.returncode == 1
    assert "no inference code" in done.stdout


def test_training_needs_a_script(tmp_path):
    container = Container("scikit_learn", tmp_path)
    container.configure(hyperparameters={})

    assert container.run("train").returncode == 1
    assert "sagemaker_program is missing" in container.failure()
