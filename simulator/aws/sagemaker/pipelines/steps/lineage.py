"""Lineage steps: actions, artifacts and contexts are made and associated, each by its own operation.

Source: SageMaker Python SDK, LineageStep: lists of requests, and properties `<Kind>Arns['<name>']`, `Associations`.
"""

from __future__ import annotations

from typing import Any

from simulator.aws.sagemaker.pipelines.steps.step import Attempt, Done, StepFailed, invoke
from simulator.kernel.errors import CallerError

_KINDS = ("Action", "Artifact", "Context")


async def record(attempt: Attempt) -> Done:
    """A Lineage step; what an earlier process has made already is kept."""
    made: dict[str, Any] = {}
    for kind in _KINDS:
        arns = {}
        for request in attempt.arguments.get(f"{kind}s") or ():
            arns[request[f"{kind}Name"]] = await _made(attempt, kind, dict(request))
        if arns:
            made[f"{kind}Arns"] = arns
    for request in attempt.arguments.get("Associations") or ():
        await invoke(attempt.actor, "AddAssociation", request)
        pair = {name: request[name] for name in ("SourceArn", "DestinationArn")}
        made.setdefault("Associations", []).append(pair)
    return Done(made, {"Lineage": made})


async def _made(attempt: Attempt, kind: str, request: dict[str, Any]) -> str:
    resumed, name = attempt.row["StepStatus"] == "Executing", {f"{kind}Name": request[f"{kind}Name"]}
    if resumed and kind != "Artifact":
        try:
            found = await attempt.actor.call("sagemaker", f"Describe{kind}", name)
            return str(found[f"{kind}Arn"])
        except CallerError as error:
            if "exist" not in error.message and "not found" not in error.message:
                raise StepFailed(f"ClientError: {error.message}") from error
    attempt.executing({})
    answer = await invoke(attempt.actor, f"Create{kind}", request)
    return str(answer[f"{kind}Arn"])
