"""Lambda steps: the function is invoked with the step's Arguments, and its answer gives the OutputParameters.

Source: SageMaker developer guide, "Lambda step": ten minutes at most; a function that runs cannot be stopped; a
function that has ended while the execution stops leaves the step Stopped. The texts of failures are ours.
"""

from __future__ import annotations

import asyncio
import json
from typing import Any

from simulator.aws.sagemaker.kinds.kind import Row
from simulator.aws.sagemaker.pipelines.execution import Execution
from simulator.aws.sagemaker.pipelines.steps.outputs import taken
from simulator.aws.sagemaker.pipelines.steps.step import Attempt, Done, StepFailed, StepStopped, invoke

_LIMIT_SECONDS = 600.0


async def invoke_function(attempt: Attempt) -> Done:
    """A Lambda step."""
    arn = str(attempt.resolved["FunctionArn"])
    attempt.executing({"Lambda": {"Arn": arn, "OutputParameters": []}})
    params = {"FunctionName": arn, "Payload": json.dumps(attempt.arguments).encode()}
    try:
        async with asyncio.timeout(_LIMIT_SECONDS):
            answer = await invoke(attempt.actor, "Invoke", params, "lambda")
    except TimeoutError as error:
        raise StepFailed("ClientError: The Lambda function did not finish within 10 minutes.") from error
    payload = await _payload(answer)
    if answer.get("FunctionError"):
        said = payload.get("errorMessage") if isinstance(payload, dict) else payload
        kind = payload.get("errorType", "Error") if isinstance(payload, dict) else "Error"
        raise StepFailed(f"ClientError: Lambda function {arn} failed: {kind}: {said}")
    if attempt.execution.stopping:
        raise StepStopped
    outputs = taken(attempt.step, payload)
    metadata = {"Lambda": {"Arn": arn, "OutputParameters": outputs.listed}}
    return Done({"OutputParameters": outputs.values}, metadata)


async def halt(execution: Execution, row: Row) -> None:
    """A function that runs cannot be stopped; the step is Stopping until it ends."""


async def _payload(answer: dict[str, Any]) -> Any:
    body = answer.get("Payload") or b"null"
    if not isinstance(body, (bytes, bytearray, str)):
        body = await asyncio.to_thread(body.read)
    try:
        return json.loads(body or b"null")
    except ValueError:
        return body.decode(errors="replace") if isinstance(body, (bytes, bytearray)) else body
