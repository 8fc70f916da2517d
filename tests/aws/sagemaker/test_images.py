"""AWS's image URIs resolve to reference images, and their algorithms' metrics are read from the log."""

import importlib.util
import json
from pathlib import Path

import pytest

from simulator.aws.sagemaker.images import definitions, measured, missing, resolve
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


def test_an_algorithm_of_aws_is_itself_in_awss_accounts_only():
    image = resolve("174872318107.dkr.ecr.us-west-2.amazonaws.com/kmeans:1")
    assert image is not None
    assert image.name == "built_in_algorithms"
    assert image.environment == {"SAGEMAKER_BUILT_IN_ALGORITHM": "kmeans"}
    line = "#quality_metric: host=algo-1, test msd <loss>=1.5"
    assert measured(image.metrics, line) == [("test:msd", 1.5)]
    assert resolve("222222222222.dkr.ecr.us-west-2.amazonaws.com/kmeans:1") is None


def test_a_version_is_no_variable_of_an_image_that_has_only_one():
    image = resolve("205585389593.dkr.ecr.us-east-1.amazonaws.com/sagemaker-clarify-processing:1.0")
    assert image is not None
    assert (image.name, image.environment) == ("clarify", {})


def every_uri(framework: str):
    """Each version and URI that sagemaker.image_uris.retrieve can XX."""
    package = importlib.util.find_spec("sagemaker")
    assert package is not None
    assert package.submodule_search_locations
    place = Path(package.submodule_search_locations[0]) / "image_uri_config" / f"{framework}.json"
    config = json.loads(place.read_text())
    for table in [config] if "versions" in config else config.values():
        for version, entry in table["versions"].items():
            for region, account in entry["registries"].items():
                domain = "amazonaws.com.cn" if region.startswith("cn-") else "amazonaws.com"
                for end in ("", "-cpu-py3"):
                    address = f"{account}.dkr.ecr.{region}.{domain}/{entry['repository']}"
                    yield version, address if framework == "model-monitor" else f"{address}:{version}{end}"


@pytest.mark.parametrize(
    "framework, name, variable",
    [
        ("xgboost", "xgboost", "SAGEMAKER_XGBOOST_VERSION"),
        ("sklearn", "scikit_learn", "SAGEMAKER_SKLEARN_VERSION"),
        ("model-monitor", "model_monitor", ""),
    ],
)
def test_every_uri_of_the_sdk_resolves_in_every_region_and_says_its_version(framework, name, variable):
    uris = list(every_uri(framework))

    assert len(uris) >= 30
    for version, uri in uris:
        image = resolve(uri)
        assert image is not None, uri
        assert image.name == name
        told = image.environment.get(variable)
        assert told == ({"1": "0.72"}.get(version, version) if variable else None), uri


def test_the_topology_says_what_an_own_repository_means_for_each_tag():
    repository = "222222222222.dkr.ecr.us-east-1.amazonaws.com/team/rings"
    own = {repository: "bring_your_own", f"{repository}:old": "scikit_learn"}

    found = [resolve(f"{repository}{end}", own) for end in ("", ":1", ":old", "@sha256:0f", ":1@sha256:0f")]

    assert [image and image.name for image in found] == [
        "bring_your_own", "bring_your_own", "scikit_learn", "bring_your_own", "bring_your_own",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "repository, reason",
    [
        ("pytorch-training", "a deep-learning framework"),
        ("huggingface-pytorch-inference", "a deep-learning framework"),
        ("sagemaker-tensorflow-scriptmode", "a deep-learning framework"),
        ("sagemaker-spark-processing", "Spark"),
        ("linear-learner", "a built-in algorithm"),
        ("own", "say in the topology's `images`"),
    ],
)
def test_an_image_without_a_substitute_says_why(repository, reason):
    uri = f"763104351884.dkr.ecr.us-east-1.amazonaws.com/{repository}:2.0-cpu-py310"

    assert resolve(uri) is None
    assert reason in missing(uri)


def test_the_algorithms_metrics_are_known_unless_the_job_says_its_own():
    line = "[12]#011train-rmse:1.5#011validation-rmse:2.25e+00"
    assert measured(definitions(XGBOOST, ()), line) == [("train:rmse", 1.5), ("validation:rmse", 2.25)]
    own = [{"Name": "loss", "Regex": r"loss=(\S+)"}]
    assert measured(definitions(XGBOOST, own), "loss=0.5") == [("loss", 0.5)]
    assert not measured(definitions(XGBOOST, own), "loss=high")


def test_an_image_that_stands_for_no_version_is_told_none():
    uri = "306415355426.dkr.ecr.us-west-2.amazonaws.com/sagemaker-clarify-processing:1.0"
    image = resolve(uri)
    assert image is not None
    assert image.environment == {}
