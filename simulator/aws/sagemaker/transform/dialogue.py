"""What a transform job says to its container: what it can bear, and payload after payload, with retries.

Source: developer guide, "Use your own inference code with batch transform" (execution parameters and their
precedence, variables); API reference, ModelClientConfig (600 s and 3 retries where it is left out). What is worth a
retry is not published: here it is silence and an answer of 5xx.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from simulator.aws.behaviour import Cloud
from simulator.aws.sagemaker.jobs import Job
from simulator.runtime.engine import WorkUnreachable
from simulator.runtime.work import Answer

PARAMETERS_SECONDS = 60.0
_STRATEGIES = {"SingleRecord": "SINGLE_RECORD", "MultiRecord": "MULTI_RECORD"}


@dataclass(frozen=True)
class Limits:
    """How much a container is asked at once."""

    concurrent: int = 1
    payload_mb: int = 6
    strategy: str = "MultiRecord"

    def line(self) -> str:
        """As the log has it."""
        return (
            f"MaxConcurrentTransforms={self.concurrent}, MaxPayloadInMB={self.payload_mb}, "
            f"BatchStrategy={_STRATEGIES[self.strategy]}"
        )


class Unanswered(Exception):
    """The container did not answer 200; `status` is 0 where it did not answer at all, the text what it said."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status

    @property
    def side(self) -> str:
        """Who is at fault, as a FailureReason begins."""
        return "ClientError" if 400 <= self.status < 500 else "AlgorithmError"

    @property
    def what(self) -> str:
        """The first line of the log about it."""
        if not self.status:
            return "Unable to get response from algorithm"
        known = f"ClientError: {self.status}" if self.side == "ClientError" else ""
        return known or f"Bad HTTP status received from algorithm: {self.status}"


def environment(row: Mapping[str, Any]) -> dict[str, str]:
    """Variables by which a container knows that it serves a batch."""
    limits = limits_of(row, {})
    return {
        **row.get("Environment", {}),
        "SAGEMAKER_BATCH": "true",
        "SAGEMAKER_MAX_PAYLOAD_IN_MB": str(limits.payload_mb),
        "SAGEMAKER_BATCH_STRATEGY": _STRATEGIES[limits.strategy],
        "SAGEMAKER_MAX_CONCURRENT_TRANSFORMS": str(limits.concurrent),
    }


def limits_of(row: Mapping[str, Any], offered: Mapping[str, Any]) -> Limits:
    """What was asked for comes first, then what the container offers, then the defaults 1, 6 and MultiRecord."""
    strategies = {spelled: name for name, spelled in _STRATEGIES.items()}
    return Limits(
        int(row.get("MaxConcurrentTransforms") or offered.get("MaxConcurrentTransforms") or 1),
        int(row.get("MaxPayloadInMB", offered.get("MaxPayloadInMB", 6))),
        str(row.get("BatchStrategy") or strategies.get(str(offered.get("BatchStrategy")), "MultiRecord")),
    )


async def execution_parameters(cloud: Cloud, work: str) -> dict[str, Any]:
    """What the container offers at /execution-parameters; nothing where it has no such page."""
    try:
        answer = await cloud.engine.request(work, "GET", "/execution-parameters", {}, b"", PARAMETERS_SECONDS)
    except WorkUnreachable:
        return {}
    if answer.status != 200:
        return {}
    try:
        found = json.loads(answer.body)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


async def ask(job: Job, work: str, headers: Mapping[str, str], payload: bytes) -> bytes:
    """The answer of one instance to one payload; raises Unanswered."""
    client = job.row.get("ModelClientConfig", {})
    timeout = float(client.get("InvocationsTimeoutInSeconds", 600))
    retries = int(client.get("InvocationsMaxRetries", 3))
    while True:
        answer = await _answer(job.cloud, work, headers, payload, timeout)
        if answer.status == 200:
            return answer.body
        stopping = job.row["TransformJobStatus"] == "Stopping"
        if retries <= 0 or 400 <= answer.status < 500 or stopping:
            raise Unanswered(answer.status, answer.body[:1024].decode(errors="replace"))
        retries -= 1


async def _answer(
    cloud: Cloud, work: str, headers: Mapping[str, str], payload: bytes, timeout: float
) -> Answer:
    try:
        return await cloud.engine.request(work, "POST", "/invocations", headers, payload, timeout)
    except WorkUnreachable as error:
        return Answer(0, {}, str(error).encode())
