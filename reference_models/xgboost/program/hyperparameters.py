"""The hyperparameters of SageMaker's XGBoost: names, kinds, ranges; strings in, typed values out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

OBJECTIVES = (
    "binary:hinge",
    "binary:logistic",
    "binary:logitraw",
    "count:poisson",
    "multi:softmax",
    "multi:softprob",
    "rank:map",
    "rank:ndcg",
    "rank:pairwise",
    "reg:absoluteerror",
    "reg:gamma",
    "reg:linear",
    "reg:logistic",
    "reg:pseudohubererror",
    "reg:squarederror",
    "reg:squaredlogerror",
    "reg:tweedie",
    "survival:aft",
    "survival:cox",
)
OWN = ("num_round", "early_stopping_rounds", "csv_weights", "eval_metric", "_tuning_objective_metric")


class UserError(Exception):
    """The caller's mistake; the text becomes the failure reason."""


@dataclass(frozen=True)
class Rule:
    """How one hyperparameter is read and which values it may have."""

    parse: Callable[[str], Any]
    allowed: Callable[[Any], bool] = lambda _: True
    description: str = ""


def integer(minimum: int, maximum: int | None = None) -> Rule:
    """A whole number between two bounds, both included."""
    end = "inf" if maximum is None else str(maximum)
    return Rule(int, lambda v: v >= minimum and (maximum is None or v <= maximum), f"[{minimum}, {end}]")


def number(minimum: float, maximum: float = float("inf")) -> Rule:
    """A number between two bounds, both included."""
    return Rule(float, lambda v: minimum <= v <= maximum, f"[{minimum}, {maximum}]")


def choice(*values: str) -> Rule:
    """One of some words."""
    return Rule(str, lambda v: v in values, f"{list(values)}")


ANY = float("-inf")
RULES: dict[str, Rule] = {
    "num_round": integer(1),
    "early_stopping_rounds": integer(1),
    "csv_weights": integer(0, 1),
    "booster": choice("gbtree", "gblinear", "dart"),
    "objective": choice(*OBJECTIVES),
    "num_class": integer(2),
    "base_score": number(0),
    "eval_metric": Rule(lambda text: [part.strip() for part in text.strip("[]").split(",") if part.strip()]),
    "_tuning_objective_metric": Rule(str),
    "seed": integer(-(2**31), 2**31 - 1),
    "nthread": integer(1),
    "verbosity": integer(0, 3),
    "eta": number(0, 1),
    "gamma": number(0),
    "max_depth": integer(0),
    "max_leaves": integer(0),
    "max_bin": integer(2),
    "min_child_weight": number(0),
    "max_delta_step": number(0),
    "subsample": number(0, 1),
    "colsample_bytree": number(0, 1),
    "colsample_bylevel": number(0, 1),
    "colsample_bynode": number(0, 1),
    "lambda": number(ANY),
    "alpha": number(ANY),
    "lambda_bias": number(0, 1),
    "tree_method": choice("auto", "exact", "approx", "hist"),
    "sketch_eps": number(0, 1),
    "scale_pos_weight": number(ANY),
    "updater": Rule(str),
    "refresh_leaf": integer(0, 1),
    "process_type": choice("default", "update"),
    "grow_policy": choice("depthwise", "lossguide"),
    "sample_type": choice("uniform", "weighted"),
    "normalize_type": choice("tree", "forest"),
    "rate_drop": number(0, 1),
    "one_drop": integer(0, 1),
    "skip_drop": number(0, 1),
    "tweedie_variance_power": number(1, 2),
    "huber_slope": number(0),
    "num_parallel_tree": integer(1),
    "monotone_constraints": Rule(str),
    "interaction_constraints": Rule(str),
    "aft_loss_distribution": choice("normal", "logistic", "extreme"),
    "aft_loss_distribution_scale": number(0),
    "deterministic_histogram": choice("true", "false"),
}
# Understood by old versions of XGBoost and ignored by today's.
RETIRED = ("silent", "sketch_eps", "lambda_bias", "deterministic_histogram")
RULES["silent"] = integer(0, 1)


def validate(given: Mapping[str, str]) -> dict[str, Any]:
    """Typed values; raises UserError for a missing, unknown, unreadable or impossible one."""
    values: dict[str, Any] = {}
    for name, text in given.items():
        rule = RULES.get(name)
        if rule is None:
            raise UserError(f"Extraneous hyperparameter found: {name}")
        try:
            value = rule.parse(str(text).strip().strip('"'))
        except ValueError as failure:
            raise UserError(f"Hyperparameter {name}: could not parse value {text!r}") from failure
        if not rule.allowed(value):
            raise UserError(f"Hyperparameter {name}: value {text} not in range {rule.description}")
        values[name] = value
    if "num_round" not in values:
        raise UserError("Missing required hyperparameter: num_round")
    if values.get("objective", "").startswith("multi:") and "num_class" not in values:
        raise UserError("Require input for parameter 'num_class' for multi-classification")
    return values


def library_parameters(values: Mapping[str, Any]) -> dict[str, Any]:
    """What XGBoost's own train function receives as its parameters."""
    return {name: value for name, value in values.items() if name not in OWN and name not in RETIRED}


def metrics(values: Mapping[str, Any]) -> list[str]:
    """The evaluation metrics: those asked for, and the one that a tuning job optimises (`validation:rmse`)."""
    wanted = list(values.get("eval_metric", []))
    tuned = str(values.get("_tuning_objective_metric", "")).rpartition(":")[2]
    return [*wanted, tuned] if tuned and tuned not in wanted else wanted
