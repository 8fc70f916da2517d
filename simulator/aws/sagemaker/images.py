"""Which reference image stands in for an AWS image, and what AWS knows of its algorithm's metrics: pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from simulator.aws.sagemaker import algorithm_images

_URI = re.compile(
    r"(?P<account>\d{12})\.dkr\.ecr(?:-fips)?\.[a-z0-9-]+\.[a-z0-9.-]+/(?P<repository>[^:@]+)(?::(?P<tag>[^@]+))?(?:@.*)?"
)
_VERSION = re.compile(r"\d+\.\d+(?:\.\d+)?(?:-\d+)?")
_NO_ONES: Mapping[str, str] = {}


@dataclass(frozen=True)
class Image:
    """A reference image, what tells it the version that it stands for, and the metrics of its algorithm's log.

    `version_variable` is set to the version in the URI's tag, or to `untagged_version` where the tag holds none.
    `tunable` are the algorithm's hyperparameters that may be tuned, as far as it is known; `accounts` are the only ones
    whose repository of that name it is, where a team's own might have the same.
    """

    name: str
    metrics: tuple[Mapping[str, str], ...] = ()
    version_variable: str = ""
    untagged_version: str = ""
    environment: Mapping[str, str] = field(default_factory=dict)
    tunable: tuple[str, ...] = ()
    accounts: frozenset[str] = frozenset()

    def tagged(self, tag: str) -> Image:
        """The image as that tag of AWS's repository has it: `1.2-2-cpu-py3` is version `1.2-2`."""
        version = _VERSION.match(tag)
        chosen = version[0] if version else self.untagged_version
        if not (chosen and self.version_variable):
            return self
        return replace(self, environment={**self.environment, self.version_variable: chosen})


def _xgboost_metrics() -> tuple[Mapping[str, str], ...]:
    """XGBoost's own metric definitions. Source: SageMaker developer guide, "Tune an XGBoost model", metrics table."""
    number = r"([-+]?[0-9]*\.?[0-9]+(?:[eE][-+]?[0-9]+)?)"
    names = (
        "accuracy", "auc", "aucpr", "balanced_accuracy", "f1", "f1_binary", "f1_macro", "map", "ndcg", "precision",
        "r2", "recall", "precision_macro", "precision_micro", "recall_macro", "recall_micro", "aft-nloglik",
        "cox-nloglik", "error", "gamma-deviance", "gamma-nloglik", "interval-regression-accuracy", "logloss", "mae",
        "mape", "merror", "mlogloss", "mphe", "mse", "poisson-nloglik", "rmse", "rmsle", "tweedie-nloglik",
    )  # fmt: skip
    return tuple(
        {"Name": f"{part}:{name}", "Regex": rf".*\[[0-9]+\].*#011{part}-{name}:{number}.*"}
        for part in ("train", "validation")
        for name in names
    )


def _built_in(algorithm: str) -> Image:
    """One of AWS's own algorithms that the image of them does here."""
    return Image(
        "built_in_algorithms",
        algorithm_images.definitions(algorithm),
        environment={"SAGEMAKER_BUILT_IN_ALGORITHM": algorithm},
        tunable=algorithm_images.TUNABLE[algorithm],
        accounts=algorithm_images.REGISTRIES,
    )


_XGBOOST = Image(
    "xgboost", _xgboost_metrics(), "SAGEMAKER_XGBOOST_VERSION", tunable=algorithm_images.TUNABLE["xgboost"]
)
REPOSITORIES: Mapping[str, Image] = {
    "sagemaker-xgboost": _XGBOOST,
    "xgboost": replace(_XGBOOST, untagged_version="0.72"),
    "sagemaker-scikit-learn": Image("scikit_learn", version_variable="SAGEMAKER_SKLEARN_VERSION"),
    "sagemaker-sklearn-automl": Image("automl"),
    **{algorithm: _built_in(algorithm) for algorithm in algorithm_images.METRICS},
    "sagemaker-base-python-38": Image("base_python"),
    "sagemaker-base-python-310": Image("base_python"),
    "sagemaker-distribution-prod": Image("base_python"),
    "sagemaker-model-monitor-analyzer": Image("model_monitor"),
    "sagemaker-clarify-processing": Image("clarify"),
}
"""AWS's own repositories, in whichever account AWS keeps them in a region, or a company mirrors them to.

The names are those of the SDK's own table (sagemaker.image_uris), whose every URI is resolved in the tests.
"""

_DEEP = "a deep-learning framework, which needs gigabytes of libraries and mostly a GPU (an accepted skip)"
_BUILT_IN = "a built-in algorithm whose program AWS does not publish (an accepted skip)"
UNOFFERED: Sequence[tuple[str, str]] = (
    (r"(pytorch|tensorflow|huggingface|mxnet|autogluon|djl|tei|stabilityai)\b.*", _DEEP),
    (r"sagemaker-(pytorch|tensorflow|mxnet|chainer|neo|inference|rl|tritonserver)\b.*", _DEEP),
    (r"smdistributed-.*|image-classification-neo|xgboost-neo", _DEEP),
    (r"sagemaker-(spark|sparkml|data-wrangler)\b.*", "Spark, which needs a Java machine (an accepted skip)"),
    (r"sagemaker-debugger-rules|detailed-profiler-processing", "Debugger's rules, which are not evaluated here"),
    ((r"(blazingtext|forecasting-deepar|image-classification|ipinsights|lda"
     r"|linear-learner|ntm|object-detection|object2vec|pca|randomcutforest|semantic-segmentation|seq2seq)"), _BUILT_IN),
)  # fmt: skip
"""Repositories of AWS's that nothing stands in for, by pattern, and what they hold."""


def resolve(uri: str, own: Mapping[str, str] = _NO_ONES) -> Image | None:
    """The reference image for an image URI, None where we have none; `own` is what the topology says of URIs."""
    for address in (uri, uri.partition("@")[0], _untagged(uri)):
        if address in own:
            return Image(own[address])
    match = _URI.fullmatch(uri)
    image = REPOSITORIES.get(match["repository"]) if match else None
    if match is None or image is None or (image.accounts and match["account"] not in image.accounts):
        return None
    return image.tagged(match["tag"] or "")


def _untagged(uri: str) -> str:
    address = uri.partition("@")[0]
    head, slash, last = address.rpartition("/")
    return head + slash + last.partition(":")[0]


def is_of_aws(uri: str) -> bool:
    """Whether AWS has such an image, whatever we have."""
    match = _URI.fullmatch(uri)
    name = match["repository"] if match else ""
    return name in REPOSITORIES or any(re.fullmatch(pattern, name) for pattern, _ in UNOFFERED)


def missing(uri: str) -> str:
    """Why nothing stands in for an image, and what to do about it: for the ledger and the failure's reason."""
    match = _URI.fullmatch(uri)
    name = match["repository"] if match else uri
    for pattern, what in UNOFFERED:
        if re.fullmatch(pattern, name):
            return f"No reference image stands in for {name}: it is {what}."
    return f"No reference image stands in for {name}: say in the topology's `images` which one does."


def definitions(uri: str, given: Sequence[Mapping[str, str]]) -> tuple[Mapping[str, str], ...]:
    """The metric definitions of a training job: those given, else those of the algorithm."""
    image = resolve(uri)
    return tuple(given) or (image.metrics if image else ())


def measured(metrics: Sequence[Mapping[str, str]], line: str) -> list[tuple[str, float]]:
    """The metrics that a line of the log reports, as (name, value)."""
    found = []
    for metric in metrics:
        match = re.search(metric["Regex"], line)
        if match and match.groups():
            value = _number(match[1])
            if value is not None:
                found.append((metric["Name"], value))
    return found


def _number(text: Any) -> float | None:
    try:
        return float(text)
    except (TypeError, ValueError):
        return None
