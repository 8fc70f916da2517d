"""Callback steps: a message with a token to an SQS queue, and the wait for who answers it.

Source: SageMaker developer guide, "Callback step", and the API reference of StopPipelineExecution: the second message
has the status Stopping, and only an answer ends the step. Who answers may come after days: the world is at rest.
"""

from __future__ import annotations

import json
import string
from collections.abc import Mapping
from typing import Any

from simulator.aws.sagemaker.kinds.kind import Row
from simulator.aws.sagemaker.pipelines import pauses
from simulator.aws.sagemaker.pipelines.execution import Execution
from simulator.aws.sagemaker.pipelines.steps.outputs import taken
from simulator.aws.sagemaker.pipelines.steps.step import Attempt, Done, StepFailed, StepStopped, invoke
from simulator.kernel.errors import CallerError
from simulator.kernel.world import Kernel

TOKEN = "sagemaker.callback_token"
_CHARACTERS = string.ascii_letters + string.digits
_LIMIT_SECONDS = 7 * 86400.0


async def call_back(attempt: Attempt) -> Done:
    """A Callback step: send the message once, then wait for the answer."""
    execution, url = attempt.execution, str(attempt.resolved["SqsQueueUrl"])
    if "Callback" not in attempt.row["Metadata"]:
        token = execution.kernel.ids.token(_CHARACTERS, 10)
        with execution.kernel.store.transaction():
            named = {"execution": execution.key, "step": attempt.step.name}
            execution.kernel.store.put(TOKEN, token, named)
            attempt.execution.change_step(
                attempt.step.name,
                {"Metadata": _metadata(token, url), "_sent": False, "_arguments": attempt.arguments},
            )
    row = attempt.row
    if not row.get("_sent"):
        await _send(execution, row, "Executing")
        execution.change_step(attempt.step.name, {"_sent": True})
    attempt.executing(row["Metadata"])
    if execution.stopping and attempt.row["StepStatus"] == "Executing":
        execution.change_step(attempt.step.name, {"StepStatus": "Stopping"})
        await halt(execution, attempt.row)
    until = float(row["StartTime"]) + _LIMIT_SECONDS
    await pauses.until(execution, attempt.step.name, until, lambda: "_answer" in attempt.row)
    return _answered(attempt, url)


def _answered(attempt: Attempt, url: str) -> Done:
    row = attempt.row
    answer, token = row.get("_answer"), row["Metadata"]["Callback"]["CallbackToken"]
    attempt.execution.kernel.store.delete(TOKEN, token)
    if answer is None:
        raise StepFailed("ClientError: The callback step timed out before its token was answered.")
    if "reason" in answer:
        raise StepFailed(
            f"ClientError: {answer['reason']}" if answer["reason"] else "ClientError: Callback failed."
        )
    if attempt.execution.stopping:
        raise StepStopped
    outputs = taken(attempt.step, answer["outputs"])
    metadata = _metadata(token, url)
    metadata["Callback"]["OutputParameters"] = outputs.listed
    return Done({"OutputParameters": outputs.values}, metadata)


def _metadata(token: str, url: str) -> dict[str, Any]:
    return {"Callback": {"CallbackToken": token, "SqsQueueUrl": url, "OutputParameters": []}}


async def _send(execution: Execution, row: Row, status: str) -> None:
    callback = row["Metadata"]["Callback"]
    body = {
        "token": callback["CallbackToken"],
        "pipelineExecutionArn": execution.arn,
        "arguments": row["_arguments"],
        "status": status,
    }
    params = {"QueueUrl": callback["SqsQueueUrl"], "MessageBody": json.dumps(body)}
    await invoke(execution.actor, "SendMessage", params, "sqs")


async def halt(execution: Execution, row: Row) -> None:
    """Tell who has the token that the execution stops; the step ends when it is answered."""
    await _send(execution, row, "Stopping")


def owner(kernel: Kernel, token: str) -> tuple[str, str]:
    """Who waits for a token: row key of the execution, name of the step. Raises AWS's error where nobody does."""
    found = kernel.store.get(TOKEN, token)
    if found is None:
        raise CallerError(
            "ResourceNotFound", f"Callback token {token} does not exist or was answered already."
        )
    return found["execution"], found["step"]


def deliver(execution: Execution, step: str, answer: Mapping[str, Any]) -> None:
    """Give the answer, `outputs` or a `reason`, to the step that waits for it; the first one counts."""
    if "_answer" not in (execution.step(step) or {}):
        execution.change_step(step, {"_answer": dict(answer)})
    pauses.wake(execution, step)
