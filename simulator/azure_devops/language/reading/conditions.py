"""Conditions and run-time expressions in the YAML: checked here, evaluated at run time."""

from __future__ import annotations

from simulator.azure_devops.language.expressions.failure import ExpressionFailure
from simulator.azure_devops.language.expressions.parser import check_syntax
from simulator.azure_devops.language.invalid import ErrorList, Position
from simulator.azure_devops.language.reading.fields import Fields
from simulator.azure_devops.language.slots import JOB_CONDITION, ROOT_VARIABLE

_LOADING = "An error occurred while loading the YAML build pipeline. "


def read_condition(fields: Fields) -> str:
    """The text under `condition:` of a stage or job, "" where there is none; it is checked as it stands.

    The service gives no file coordinates for it: it builds the condition when it validates the graph.
    """
    text = fields.text("condition")
    if text:
        try:
            JOB_CONDITION.parse(text)
        except ExpressionFailure as failure:
            fields.errors.add(str(failure))
    return text.strip()


def read_step_condition(fields: Fields, step: str) -> str:
    """The text under `condition:` of a step, which sentences call `step`; only its syntax is checked.

    A wrong name fails the step when it runs.

    Source: `Phase.ValidateStepCondition` of actions/runner (2019, MIT); a step that is not enabled is not looked at.
    """
    text = fields.text("condition")
    if text and fields.boolean("enabled", default=True):
        try:
            check_syntax(text)
        except ExpressionFailure as failure:
            fields.errors.add(f"{step} specifies condition {text} which is not valid. Reason: {failure}")
    return text.strip()


def check_runtime_expression(text: str, where: Position, errors: ErrorList) -> None:
    """Checks a root variable's `$[ ]` value; other text is left alone."""
    expression = runtime_expression(text)
    if expression is None:
        return
    if not expression:
        wanted = "Expressions must be enclosed with '$[' and ']'."
        errors.add(f"{_LOADING}'{text}' is not a valid expression. {wanted}")
        return
    try:
        ROOT_VARIABLE.parse(expression)
    except ExpressionFailure as failure:
        # The service gives no file coordinates here; ours stand beside the sentence, in the order of errors.
        errors.add(f"{_LOADING}{failure}")


def runtime_expression(text: str) -> str | None:
    """What stands inside `$[ ]` when it is the whole value to its ends, else None.

    Source: `ExpressionValue.IsExpression` of actions/runner (2019, MIT).
    """
    if len(text) > 3 and text.startswith("$[") and text.endswith("]"):
        return text[2:-1].strip()
    return None
