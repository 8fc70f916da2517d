"""Condition and Fail steps: which branch goes on, and the end that a definition asks for."""

from __future__ import annotations

from simulator.aws.sagemaker.pipelines.definition.conditions import NotComparable, holds
from simulator.aws.sagemaker.pipelines.steps.step import Attempt, Done, StepFailed


async def decide(attempt: Attempt) -> Done:
    """A Condition step; it fails where sides cannot be compared."""
    try:
        outcome = holds(attempt.resolved["Conditions"])
    except NotComparable as error:
        raise StepFailed(f"ClientError: {error}") from error
    return Done({"Outcome": outcome}, {"Condition": {"Outcome": "True" if outcome else "False"}}, outcome)


async def fail(attempt: Attempt) -> Done:
    """A Fail step: its message is the reason."""
    message = str(attempt.arguments.get("ErrorMessage", ""))
    attempt.executing({"Fail": {"ErrorMessage": message}})
    raise StepFailed(message)
