"""SageMaker pipelines as targets."""

from __future__ import annotations

import json
from typing import Any

from simulator.aws.eventbridge.targets.invocation import Invocation, TargetFailed
from simulator.formats.jsonpath import MISSING, JsonPathError, find


async def start_pipeline(invocation: Invocation) -> None:
    """StartPipelineExecution as the target's role, with parameters that may be JSON paths into the event.

    The token is the delivery's, so that an attempt repeated after a crash starts no second execution.
    """
    given = invocation.target.get("SageMakerPipelineParameters", {}).get("PipelineParameterList", [])
    params: dict[str, Any] = {
        "PipelineName": invocation.arn.rsplit("/", 1)[-1],
        "ClientRequestToken": invocation.delivery,
    }
    if given:
        params["PipelineParameters"] = [
            {"Name": item["Name"], "Value": _value(invocation, item["Value"])} for item in given
        ]
    await invocation.call("sagemaker", "StartPipelineExecution", params)


def _value(invocation: Invocation, text: str) -> str:
    if not text.startswith("$."):
        return text
    try:
        found = find(text, invocation.event)
    except JsonPathError as error:
        raise TargetFailed("INVALID_JSON_PATH", str(error), retryable=False) from error
    if found is MISSING:
        raise TargetFailed("INVALID_JSON_PATH", f"{text} finds nothing in the event", retryable=False)
    return found if isinstance(found, str) else json.dumps(found)
