"""Conditions and run-time expressions in the YAML: checked here, evaluated at run time."""

from __future__ import annotations

from simulator.azure_devops.language.expressions.failure import ExpressionFailure, ParseFailure
from simulator.azure_devops.language.invalid import ErrorList, Position
from simulator.azure_devops.language.reading.fields import Fields
from simulator.azure_devops.language.slots import JOB_CONDITION, ROOT_VARIABLE, STEP_CONDITION, Slot

_LOADING = "An error occurred while loading the YAML build pipeline. "


def read_condition(fields: Fields, *, step: bool = False) -> str:
    """The text under `condition:`, "" where there is none; its syntax is checked, for a step nothing else."""
    text = fields.text("condition").strip()
    node = fields.get("condition")
    if text and node is not None:
        _check(text, STEP_CONDITION if step else JOB_CONDITION, step, node.where, fields.errors)
    return text


def check_runtime_expression(text: str, where: Position, errors: ErrorList) -> None:
    """Checks a root variable's `$[ ]` value; other text is left alone."""
    expression = runtime_expression(text)
    if expression is None:
        return
    try:
        ROOT_VARIABLE.parse(expression)
    except ExpressionFailure as failure:
        # The service gives no file coordinates here; ours stand beside the sentence, in the order of errors.
        errors.add(f"{_LOADING}{failure}")


def runtime_expression(text: str) -> str | None:
    """What stands inside `$[ ]` when it is the whole value, else None."""
    stripped = text.strip()
    if stripped.startswith("$[") and stripped.endswith("]"):
        return stripped[2:-1].strip()
    return None


def _check(text: str, slot: Slot, step: bool, where: Position, errors: ErrorList) -> None:
    """Checks a condition. The service gives no file coordinates for those of stages and jobs."""
    try:
        slot.parse(text)
    except ParseFailure as failure:
        # Of a step's condition only the syntax is checked at queue time; a wrong name fails the step when it runs.
        if not (step and failure.sentence.startswith("Unrecognized value")):
            errors.add(str(failure), where if step else None)
    except ExpressionFailure as failure:
        errors.add(str(failure), where if step else None)
