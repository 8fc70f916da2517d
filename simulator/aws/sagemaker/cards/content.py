"""What a model card may say: its sections and their fields. Pure.

Source: SageMaker developer guide, "Amazon SageMaker Model Cards", "Model card JSON schema"; the fields as
sagemaker.model_card of the SDK writes them. The texts of refusals are ours.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from simulator.kernel.errors import CallerError


@dataclass(frozen=True)
class Text:
    """A text of at most so many characters, or one of a few words."""

    longest: int = 2048
    words: tuple[str, ...] = ()


@dataclass(frozen=True)
class Several:
    """A list of at most so many of one thing."""

    of: Any
    most: int = 1000


class Number:
    """A number."""


class Anything:
    """A JSON value of any form."""


class Texts:
    """An object of texts under any names."""


_NOTE, _LINE = Text(1024), Text(1024)
_ENVIRONMENT = {"container_image": Several(_LINE, 15)}
_MEASURED = {"name": Text(255), "notes": _NOTE, "value": Anything()}
_CHOSEN = {"name": Text(255), "value": Anything()}
_METRIC = {
    "name": Text(255), "notes": _NOTE, "value": Anything(), "x_axis_name": Anything(), "y_axis_name": Anything(),
    "type": Text(words=("number", "linear_graph", "string", "boolean", "matrix", "bar_chart")),
}  # fmt: skip
SECTIONS: Mapping[str, Any] = {
    "model_overview": {
        "model_id": _LINE, "model_name": _LINE, "model_description": _LINE, "model_version": Number(),
        "problem_type": Text(), "algorithm_type": _LINE, "model_creator": _LINE, "model_owner": _LINE,
        "model_artifact": Several(_LINE, 15), "inference_environment": _ENVIRONMENT,
    },
    "model_package_details": {
        "model_package_description": _LINE, "model_package_arn": _LINE, "model_package_status": Text(64),
        "model_package_group_name": Text(63), "model_package_name": Text(176), "model_package_version": Number(),
        "model_approval_status": Text(words=("Approved", "Rejected", "PendingManualApproval")),
        "approval_description": _LINE, "domain": Text(), "task": Text(),
        "created_by": {"user_profile_name": Text(63)},
        "source_algorithms": Several({"algorithm_name": Text(170), "model_data_url": _LINE}, 15),
        "inference_specification": {
            "containers": Several({"model_data_url": _LINE, "image": Text(255), "nearest_model_name": Text()}, 15)
        },
    },
    "intended_uses": {
        "purpose_of_model": Text(), "intended_uses": Text(), "factors_affecting_model_efficiency": Text(),
        "risk_rating": Text(words=("High", "Medium", "Low", "Unknown")), "explanations_for_risk_rating": Text(),
    },
    "business_details": {
        "business_problem": Text(), "business_stakeholders": Text(), "line_of_business": Text(),
    },
    "training_details": {
        "objective_function": {
            "function": {
                "function": Text(words=("Maximize", "Minimize")),
                "facet": Text(words=("Accuracy", "AUC", "Loss", "MAE", "RMSE")),
                "condition": Text(),
            },
            "notes": _NOTE,
        },
        "training_observations": _LINE,
        "training_job_details": {
            "training_arn": _LINE, "training_datasets": Several(_LINE, 15), "training_environment": _ENVIRONMENT,
            "training_metrics": Several(_MEASURED, 50), "user_provided_training_metrics": Several(_MEASURED, 50),
            "hyper_parameters": Several(_CHOSEN, 100), "user_provided_hyper_parameters": Several(_CHOSEN, 100),
        },
    },
    "evaluation_details": Several({
        "name": _LINE, "evaluation_observation": Text(2096), "evaluation_job_arn": Text(256),
        "datasets": Several(_LINE, 10), "metadata": Texts(),
        "metric_groups": Several({"name": Text(63), "metric_data": Several(_METRIC)}),
    }),
    "additional_information": {
        "ethical_considerations": Text(), "caveats_and_recommendations": Text(), "custom_details": Texts(),
    },
}  # fmt: skip


def check(content: str) -> None:
    """Refuse content that is no JSON object or does not follow the schema; raises CallerError."""
    try:
        found = json.loads(content)
    except ValueError as error:
        raise CallerError("ValidationException", f"Content is not valid JSON: {error}") from error
    if mistakes := _mistakes("", SECTIONS, found):
        text = f"Content does not follow the model card schema: {'; '.join(mistakes[:10])}"
        raise CallerError("ValidationException", text)


def _mistakes(path: str, wanted: Any, value: Any) -> list[str]:
    """What is wrong with a value, each mistake with its place."""
    where = path or "the content"
    if value is None or isinstance(wanted, Anything):
        return []
    if isinstance(wanted, Mapping):
        if not isinstance(value, dict):
            return [f"{where} must be an object"]
        unknown = [f"{where} has an unknown property {name}" for name in value if name not in wanted]
        return unknown + [
            mistake
            for name, each in value.items()
            if name in wanted
            for mistake in _mistakes(f"{path}.{name}".lstrip("."), wanted[name], each)
        ]
    if isinstance(wanted, Several):
        return _of_list(path, wanted, value)
    return _of_leaf(where, wanted, value)


def _of_list(path: str, wanted: Several, value: Any) -> list[str]:
    if not isinstance(value, list):
        return [f"{path} must be a list"]
    if len(value) > wanted.most:
        return [f"{path} has more than {wanted.most} elements"]
    return [m for n, each in enumerate(value) for m in _mistakes(f"{path}[{n}]", wanted.of, each)]


def _of_leaf(where: str, wanted: Any, value: Any) -> list[str]:
    if isinstance(wanted, Number):
        number = isinstance(value, (int, float)) and not isinstance(value, bool)
        return [] if number else [f"{where} must be a number"]
    if isinstance(wanted, Texts):
        texts = isinstance(value, dict) and all(isinstance(each, str) for each in value.values())
        return [] if texts else [f"{where} must be an object of texts"]
    if not isinstance(value, str):
        return [f"{where} must be a text"]
    if wanted.words:
        return [] if value in wanted.words else [f"{where} must be one of {', '.join(wanted.words)}"]
    return [f"{where} is longer than {wanted.longest} characters"] if len(value) > wanted.longest else []
