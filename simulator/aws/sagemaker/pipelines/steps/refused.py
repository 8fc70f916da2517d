"""Step types that AWS has and we do not: a definition may hold them, the step fails by name where it would run."""

from __future__ import annotations

from simulator.aws.sagemaker.pipelines.steps.step import Attempt, Done, StepFailed
from simulator.kernel.errors import NotSimulated


async def refuse(attempt: Attempt) -> Done:
    """Fail with the name of what is not simulated, and leave a fact for the ledger."""
    raise refusal(attempt, f"step type {attempt.step.type} (step {attempt.step.name})")


def refusal(attempt: Attempt, what: str) -> StepFailed:
    """The failure of a step that needs something that is not simulated; recorded for the ledger."""
    missing = NotSimulated(what, "See simulator/aws/sagemaker/pipelines/steps/table.py.")
    attempt.execution.kernel.log.record(
        "StepRefused", attempt.execution.arn, {"step": attempt.step.name, "error": str(missing)}
    )
    return StepFailed(f"ClientError: {missing}")
