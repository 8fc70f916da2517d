"""AWS's image URIs resolve to reference images, and their algorithms' metrics are read from the log."""

import pytest

from simulator.aws.sagemaker.images import definitions, measured, resolve
from tests.aws.sagemaker.fake_cloud import MONITOR, SKLEARN, XGBOOST


@pytest.mark.parametrize(
    ("uri", "name"),
    [
        (XGBOOST, "xgboost"),
        (XGBOOST.replace("us-east-1", "eu-west-1").replace("683313688378", "141502667606"), "xgboost"),
        (SKLEARN, "scikit_learn"),
        (MONITOR, "model_monitor"),
    ],
)
def test_aws_repositories_of_any_account_and_region_have_a_substitute(uri, name):
    image = resolve(uri)
    assert image is not None
    assert image.name == name


@pytest.mark.parametrize(
    "uri", ["222222222222.dkr.ecr.us-east-1.amazonaws.com/own:1", "docker.io/sagemaker-xgboost"]
)
def test_other_images_have_none(uri):
    assert resolve(uri) is None


def test_the_algorithms_metrics_are_known_unless_the_job_says_its_own():
    line = "[12]#011train-rmse:1.5#011validation-rmse:2.25e+00"
    assert measured(definitions(XGBOOST, ()), line) == [("train:rmse", 1.5), ("validation:rmse", 2.25)]
    own = [{"Name": "loss", "Regex": r"loss=(\S+)"}]
    assert measured(definitions(XGBOOST, own), "loss=0.5") == [("loss", 0.5)]
    assert not measured(definitions(XGBOOST, own), "loss=high")
