"""What AWS knows of its own algorithms that stand here: their registries, metrics and tunable hyperparameters: pure.

Source: SageMaker developer guide, "Docker Registry Paths and Example Code", and each algorithm's page on tuning;
the line of the log is that of the guide's own regular expressions, `#quality_metric: host=algo-1, test msd <loss>=1`.
"""

from __future__ import annotations

from collections.abc import Mapping

REGISTRIES = frozenset({
    "104374241257", "106583098589", "108575199400", "124985052026", "174872318107", "190319476487", "226302683700",
    "237065988967", "249704162688", "257386234256", "272398656194", "286214385809", "351501993468", "382416733822",
    "387376663083", "390948362332", "404615174143", "438346466558", "455444449433", "469771592824", "475088953585",
    "490574956308", "628508329040", "632365934929", "644912444149", "664544806723", "669576153137", "680994064768",
    "712309505854", "749696950732", "765400339828", "835164637446", "855470959533", "867004704886", "898809789911",
    "951798379941", "991648021394",
})  # fmt: skip
"""The accounts in which AWS keeps its algorithms, one a region: a team's own repository may have the same name."""

METRICS: Mapping[str, tuple[str, ...]] = {
    "kmeans": ("test:msd", "test:ssd"),
    "knn": ("test:accuracy", "test:mse"),
    "factorization-machines": (
        "test:rmse", "test:binary_classification_accuracy", "test:binary_classification_cross_entropy",
        "test:binary_f_beta",
    ),
}  # fmt: skip

TUNABLE: Mapping[str, tuple[str, ...]] = {
    "kmeans": ("epochs", "extra_center_factor", "init_method", "mini_batch_size"),
    "knn": ("k", "sample_size"),
    "factorization-machines": (
        "bias_init_method", "bias_init_scale", "bias_init_sigma", "bias_init_value", "bias_lr", "bias_wd", "epochs",
        "factors_init_method", "factors_init_scale", "factors_init_sigma", "factors_init_value", "factors_lr",
        "factors_wd", "linear_init_method", "linear_init_scale", "linear_init_sigma", "linear_init_value", "linear_lr",
        "linear_wd", "mini_batch_size",
    ),
    "xgboost": (
        "alpha", "colsample_bylevel", "colsample_bynode", "colsample_bytree", "eta", "gamma", "lambda",
        "max_delta_step", "max_depth", "min_child_weight", "num_round", "subsample",
    ),
}  # fmt: skip


def definitions(algorithm: str) -> tuple[Mapping[str, str], ...]:
    """The metric definitions that AWS gives a training job of the algorithm."""
    found = []
    for name in METRICS[algorithm]:
        part, _, metric = name.partition(":")
        printed = metric.replace("_f_beta", r"_f_\S+")
        found.append({"Name": name, "Regex": rf"#quality_metric: host=\S+, {part} {printed} <\w+>=(\S+)"})
    return tuple(found)
