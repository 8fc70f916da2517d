"""How each algorithm becomes a pipeline of scikit-learn: columns prepared, then the estimator."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

REGRESSION = "Regression"


def pipeline(algorithm: str, problem: str, features: Any, settings: Mapping[str, Any]) -> Any:
    """The whole candidate, untrained."""
    from sklearn.pipeline import Pipeline

    return Pipeline([("prepare", preparation(features)), ("model", estimator(algorithm, problem, settings))])


def preparation(features: Any) -> Any:
    """Numbers: the median where missing, then standardised; words: the most frequent, then one column a word."""
    from sklearn.compose import ColumnTransformer
    from sklearn.impute import SimpleImputer
    from sklearn.pipeline import Pipeline
    from sklearn.preprocessing import OneHotEncoder, StandardScaler

    numbers = list(features.select_dtypes(include="number").columns)
    words = [name for name in features.columns if name not in numbers]
    numeric = Pipeline(
        [("fill", SimpleImputer(strategy="median", keep_empty_features=True)), ("scale", StandardScaler())]
    )
    categorical = Pipeline(
        [
            ("fill", SimpleImputer(strategy="most_frequent", keep_empty_features=True)),
            (
                "encode",
                OneHotEncoder(handle_unknown="infrequent_if_exist", max_categories=30, sparse_output=False),
            ),
        ]
    )
    return ColumnTransformer([("numbers", numeric, numbers), ("words", categorical, words)])


def estimator(algorithm: str, problem: str, settings: Mapping[str, Any]) -> Any:
    """One of AWS's algorithm names as the estimator that stands for it here."""
    makers = {
        "xgboost": _xgboost,
        "randomforest": _random_forest,
        "extra-trees": _extra_trees,
        "linear-learner": _linear,
        "mlp": _mlp,
    }
    return makers[algorithm](problem == REGRESSION, dict(settings))


def _xgboost(regression: bool, settings: dict[str, Any]) -> Any:
    import xgboost

    chosen = xgboost.XGBRegressor if regression else xgboost.XGBClassifier
    return chosen(random_state=0, n_jobs=1, **settings)


def _random_forest(regression: bool, settings: dict[str, Any]) -> Any:
    from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor

    return (RandomForestRegressor if regression else RandomForestClassifier)(random_state=0, **settings)


def _extra_trees(regression: bool, settings: dict[str, Any]) -> Any:
    from sklearn.ensemble import ExtraTreesClassifier, ExtraTreesRegressor

    return (ExtraTreesRegressor if regression else ExtraTreesClassifier)(random_state=0, **settings)


def _linear(regression: bool, settings: dict[str, Any]) -> Any:
    from sklearn.linear_model import LogisticRegression, Ridge

    strength = float(settings.get("penalty", 1.0))
    return Ridge(alpha=strength) if regression else LogisticRegression(C=1 / strength, max_iter=2000)


def _mlp(regression: bool, settings: dict[str, Any]) -> Any:
    from sklearn.neural_network import MLPClassifier, MLPRegressor

    hidden = tuple(settings.pop("hidden", (32,)))
    chosen = MLPRegressor if regression else MLPClassifier
    return chosen(hidden_layer_sizes=hidden, max_iter=400, random_state=0, **settings)
