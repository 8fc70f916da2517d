"""The hyperparameters of SageMaker's XGBoost: names, kinds, ranges; strings in, typed values out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from program.conditions import check_conditions
from program.errors import UserError
from program.metrics import METRICS
from program.ranges import Rule, choice, groups, integer, number, several, signs

OBJECTIVES = (
    "aft_loss_distribution", "binary:logistic", "binary:logitraw", "binary:hinge", "count:poisson", "multi:softmax",
    "multi:softprob", "rank:pairwise", "rank:ndcg", "rank:map", "reg:linear", "reg:squarederror", "reg:logistic",
    "reg:gamma", "reg:pseudohubererror", "reg:squaredlogerror", "reg:absoluteerror", "reg:tweedie", "survival:aft",
    "survival:cox",
)  # fmt: skip
UPDATERS = (
    "grow_colmaker", "distcol", "grow_histmaker", "grow_skmaker", "sync", "refresh", "prune", "shotgun",
    "coord_descent",
)  # fmt: skip
# The container's own, which XGBoost's train function does not know.
OWN = (
    "num_round", "early_stopping_rounds", "csv_weights", "eval_metric", "_tuning_objective_metric", "_kfold",
    "_num_cv_round", "save_model_on_termination", "use_dask_gpu_training",
)  # fmt: skip
# Understood by old versions of XGBoost and ignored by today's.
RETIRED = (
    "silent", "sketch_eps", "lambda_bias", "deterministic_histogram", "dsplit", "predictor", "prob_buffer_row",
)  # fmt: skip
ALIASES = {"learning_rate": "eta", "min_split_loss": "gamma", "reg_lambda": "lambda", "reg_alpha": "alpha"}


class Metrics(list[str]):
    """The known metrics, and those with a threshold: `error@0.7`."""

    def __contains__(self, metric: object) -> bool:
        name, at, threshold = str(metric).partition("@")
        if not at:
            return super().__contains__(metric)
        if name.strip() not in ("error", "ndcg", "map"):
            raise UserError(
                f"Metric '{metric}' is not supported. Parameter 'eval_metric' with customized threshold should "
                "be one of these options: 'error', 'ndcg', 'map'."
            )
        try:
            float(threshold)
        except ValueError as failure:
            raise UserError(f"Threshold value 't' in '{name}@t' expects float input.") from failure
        return True


RULES: dict[str, Rule] = {
    "num_round": integer(1),
    "csv_weights": integer(0, 1),
    "early_stopping_rounds": integer(1),
    "booster": choice("gbtree", "gblinear", "dart"),
    "verbosity": integer(0, 3),
    "nthread": integer(1),
    "eta": number(0, 1),
    "gamma": number(0),
    "max_depth": integer(0),
    "min_child_weight": number(0),
    "max_delta_step": number(0),
    "subsample": number(0, 1, open_least=True),
    "colsample_bytree": number(0, 1, open_least=True),
    "colsample_bylevel": number(0, 1, open_least=True),
    "colsample_bynode": number(0, 1, open_least=True),
    "lambda": number(0),
    "alpha": number(0),
    "tree_method": choice("auto", "exact", "approx", "hist", "gpu_hist"),
    "sketch_eps": number(0, 1, open_least=True, open_most=True),
    "scale_pos_weight": number(0, open_least=True),
    "updater": several(list(UPDATERS)),
    "dsplit": choice("row", "col"),
    "refresh_leaf": integer(0, 1),
    "process_type": choice("default", "update"),
    "grow_policy": choice("depthwise", "lossguide"),
    "max_leaves": integer(0),
    "max_bin": integer(0),
    "predictor": choice("auto", "cpu_predictor", "gpu_predictor"),
    "monotone_constraints": signs(),
    "interaction_constraints": groups(),
    "sample_type": choice("uniform", "weighted"),
    "normalize_type": choice("tree", "forest"),
    "rate_drop": number(0, 1),
    "one_drop": integer(0, 1),
    "skip_drop": number(0, 1),
    "lambda_bias": number(0, 1),
    "tweedie_variance_power": number(1, 2, open_least=True, open_most=True),
    "objective": choice(*OBJECTIVES),
    "num_class": integer(2),
    "base_score": number(0),
    "_kfold": integer(2),
    "_num_cv_round": integer(1),
    "_tuning_objective_metric": choice(*(f"validation:{each}" for each in METRICS)),
    "eval_metric": several(Metrics(METRICS)),
    "seed": integer(-(2**31), 2**31 - 1, is_open=True),
    "num_parallel_tree": integer(1),
    "save_model_on_termination": choice("true", "false"),
    "aft_loss_distribution": choice("normal", "logistic", "extreme"),
    "aft_loss_distribution_scale": number(0),
    "deterministic_histogram": choice("true", "false"),
    "sampling_method": choice("uniform", "gradient_based"),
    "prob_buffer_row": integer(1, is_open=True),
    "use_dask_gpu_training": choice("true", "false"),
}
OLD_RULES = {"silent": integer(0, 1)}  # what the images before 1.2 also take


def validate(given: Mapping[str, str], version: tuple[int, int] = (1, 7)) -> dict[str, Any]:
    """Typed values; raises UserError for a missing, unknown, unreadable or impossible one, in that order."""
    rules = RULES | (OLD_RULES if version < (1, 2) else {})
    named = {ALIASES.get(name, name): text for name, text in given.items()}
    if "num_round" not in named:
        raise UserError("Missing required hyperparameter: num_round")
    values: dict[str, Any] = {}
    for name, text in named.items():
        if name not in rules:
            raise UserError(f"Extraneous hyperparameter found: {name}")
        try:
            values[name] = rules[name].parse(str(text).strip().strip('"'))
        except ValueError as failure:
            raise UserError(
                f"Hyperparameter {name}: could not parse value (caused by ValueError)"
            ) from failure
    for name, value in values.items():
        rules[name].check(name, value)
    check_conditions(values)
    return values


def library_parameters(values: Mapping[str, Any]) -> dict[str, Any]:
    """What XGBoost's own train function receives as its parameters."""
    kept = {name: value for name, value in values.items() if name not in OWN and name not in RETIRED}
    if "updater" in kept:
        kept["updater"] = ",".join(kept["updater"])
    for name in ("monotone_constraints", "interaction_constraints"):
        if name in kept:
            kept[name] = str(kept[name])
    return kept
