"""OutputParameters of Lambda and Callback steps: what was declared, taken from what was answered; pure.

Source: SageMaker developer guide, "Lambda step": a declared output that the answer lacks fails the step.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from simulator.aws.sagemaker.pipelines.definition.model import Step
from simulator.aws.sagemaker.pipelines.definition.references import text
from simulator.aws.sagemaker.pipelines.steps.step import StepFailed


@dataclass(frozen=True)
class Outputs:
    """Values for references, and as Metadata lists them."""

    values: Mapping[str, Any]
    listed: list[dict[str, str]]


def taken(step: Step, answer: Any) -> Outputs:
    """The declared outputs out of an answer; raises StepFailed where one is missing or not of its type."""
    values: dict[str, Any] = {}
    for declared in step.body.get("OutputParameters") or ():
        name, kind = declared["OutputName"], declared.get("OutputType", "String")
        if not isinstance(answer, Mapping) or name not in answer:
            raise StepFailed(
                f"ClientError: Output parameter {name} of step {step.name} is missing in the answer."
            )
        values[name] = _typed(step, name, kind, answer[name])
    return Outputs(values, [{"Name": name, "Value": text(value)[:1024]} for name, value in values.items()])


def _typed(step: Step, name: str, kind: str, value: Any) -> Any:
    try:
        if kind == "Integer":
            return int(value)
        if kind == "Float":
            return float(value)
        if kind == "Boolean":
            return {"true": True, "false": False}[text(value).lower()]
    except (ValueError, TypeError, KeyError) as error:
        raise StepFailed(
            f"ClientError: Output parameter {name} of step {step.name}: {value!r} is not of type {kind}."
        ) from error
    return text(value)
