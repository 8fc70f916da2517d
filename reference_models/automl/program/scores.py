"""The objective metrics of Autopilot by their names there, from true and predicted values."""

from __future__ import annotations

from typing import Any


def regression(true: Any, predicted: Any) -> dict[str, float]:
    """MSE, RMSE, MAE and R2."""
    from sklearn import metrics

    squared = float(metrics.mean_squared_error(true, predicted))
    return {
        "MSE": squared,
        "RMSE": squared**0.5,
        "MAE": float(metrics.mean_absolute_error(true, predicted)),
        "R2": float(metrics.r2_score(true, predicted)),
    }


def binary(true: Any, predicted: Any, probabilities: Any) -> dict[str, float]:
    """For classes 0 and 1, of which 1 is the positive one."""
    from sklearn import metrics

    return {
        **_shared(true, predicted, probabilities, (0, 1)),
        "F1": float(metrics.f1_score(true, predicted, zero_division=0)),
        "Precision": float(metrics.precision_score(true, predicted, zero_division=0)),
        "Recall": float(metrics.recall_score(true, predicted, zero_division=0)),
        **({"AUC": float(metrics.roc_auc_score(true, probabilities[:, 1]))} if len(set(true)) == 2 else {}),
    }


def multiclass(true: Any, predicted: Any, probabilities: Any) -> dict[str, float]:
    """Macro averages over the classes."""
    from sklearn import metrics

    return {
        **_shared(true, predicted, probabilities, tuple(range(probabilities.shape[1]))),
        "F1macro": float(metrics.f1_score(true, predicted, average="macro", zero_division=0)),
        "PrecisionMacro": float(metrics.precision_score(true, predicted, average="macro", zero_division=0)),
        "RecallMacro": float(metrics.recall_score(true, predicted, average="macro", zero_division=0)),
    }


def _shared(true: Any, predicted: Any, probabilities: Any, labels: tuple[int, ...]) -> dict[str, float]:
    from sklearn import metrics

    # The mean of the recalls of the classes that are there; scikit-learn's own warns where a class is missing.
    there = sorted(set(true))
    recalls = metrics.recall_score(true, predicted, labels=there, average="macro", zero_division=0)
    return {
        "Accuracy": float(metrics.accuracy_score(true, predicted)),
        "BalancedAccuracy": float(recalls),
        "LogLoss": float(metrics.log_loss(true, probabilities, labels=list(labels))),
    }


def score(bundle: dict[str, Any], frame: Any) -> dict[str, float]:
    """The metrics of a trained candidate on a table that has the target."""
    true, features = frame[bundle["target"]], frame[bundle["features"]]
    if bundle["problem_type"] == "Regression":
        return regression(true, bundle["pipeline"].predict(features))
    numbers = [bundle["classes"].index(value) for value in true if value in bundle["classes"]]
    known = features[[value in bundle["classes"] for value in true]]
    probabilities = bundle["pipeline"].predict_proba(known)
    predicted = probabilities.argmax(axis=1)
    return (binary if len(bundle["classes"]) == 2 else multiclass)(numbers, predicted, probabilities)
