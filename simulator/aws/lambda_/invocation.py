"""One event handed to one environment, and what came of it: the outcome, its log lines and its metrics."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from simulator.aws.behaviour import Cloud
from simulator.aws.lambda_ import environments, logs, report
from simulator.aws.lambda_.concurrency import ACCOUNT_CONCURRENCY
from simulator.aws.lambda_.rows import Resolved, fetch
from simulator.kernel.errors import CallerError
from simulator.runtime.engine import WorkUnknown, WorkUnreachable

_INIT_SECONDS, _SPARE_SECONDS = 10.0, 20.0


@dataclass(frozen=True)
class Event:
    """What is handed in: JSON bytes, and the client's context (base64 JSON, may be empty)."""

    request_id: str
    body: bytes
    client_context: str = ""


@dataclass(frozen=True)
class Outcome:
    """What the function answered; `error` is FunctionError, empty when it did well."""

    payload: bytes
    error: str
    version: str
    lines: tuple[str, ...]


async def run(cloud: Cloud, found: Resolved, event: Event) -> Outcome:
    """Invoke a version and wait for its end; raises TooManyRequestsException, or NotSimulated where nothing can run."""
    kernel, function = cloud.kernel, found.asked
    with kernel.activity.busy(f"lambda {function.key}"):
        await _admit(cloud, found)
        environment = await environments.acquire(cloud, found)
        over = True
        try:
            ended = await _hand_over(cloud, environment, found, event)
            over = bool(ended["over"])
        finally:
            environments.release(cloud, environment, over=over)
        outcome, lines = _outcome(cloud, found, event, ended)
        await logs.write(cloud, found, environment.stream, lines)
        await _note(cloud, found, event, ended, outcome)
    return outcome


async def _admit(cloud: Cloud, found: Resolved) -> None:
    """Refuse what goes beyond the reserved concurrency, or the account's."""
    kernel, function = cloud.kernel, found.asked
    reserved = fetch(kernel.store, function)["concurrency"]
    if environments.under_way(kernel, function) < (ACCOUNT_CONCURRENCY if reserved is None else reserved):
        return
    await logs.measure(cloud, found, {"Throttles": (1.0, "Count")})
    what = "ReservedFunctionConcurrent" if reserved is not None else "Concurrent"
    raise CallerError(
        "TooManyRequestsException",
        "Rate Exceeded.",
        429,
        Type="User",
        Reason=f"{what}InvocationLimitExceeded",
    )


async def _hand_over(
    cloud: Cloud, environment: environments.Environment, found: Resolved, event: Event
) -> dict[str, Any]:
    """The environment's own report of the invocation; one that is gone is reported as a runtime that exited."""
    seconds = float(found.config["Timeout"])
    headers = {
        "content-type": "application/json",
        "x-request-id": event.request_id,
        "x-timeout-seconds": str(seconds),
        "lambda-runtime-invoked-function-arn": found.asked.qualified_arn,
        "lambda-runtime-trace-id": _trace(cloud, event),
    }
    if event.client_context:
        headers["lambda-runtime-client-context"] = event.client_context
    patience = seconds + _INIT_SECONDS + _SPARE_SECONDS
    try:
        answer = await cloud.engine.request(
            environment.name, "POST", "/invocation", headers, event.body, patience
        )
    except (WorkUnreachable, WorkUnknown):
        text = f"RequestId: {event.request_id} Error: Runtime exited without providing a reason"
        payload = json.dumps({"errorType": "Runtime.ExitError", "errorMessage": text})
        return {"payload": payload, "failed": True, "timed_out": False, "over": True}
    ended: dict[str, Any] = json.loads(answer.body)
    return ended


def _trace(cloud: Cloud, event: Event) -> str:
    """A trace of its own for each invocation; nothing is sampled."""
    moment, unique = int(cloud.kernel.clock.now()), event.request_id.replace("-", "")[:24]
    return f"Root=1-{moment:08x}-{unique};Sampled=0"


def _outcome(
    cloud: Cloud, found: Resolved, event: Event, ended: Mapping[str, Any]
) -> tuple[Outcome, list[str]]:
    payload, said = str(ended["payload"]), ""
    if ended["timed_out"]:
        text = f"Task timed out after {found.config['Timeout']:.2f} seconds"
        failure = f"RequestId: {event.request_id} Error: {text}"
        payload = json.dumps({"errorType": "Sandbox.Timedout", "errorMessage": failure})
        moment = datetime.fromtimestamp(cloud.kernel.clock.now(), UTC).isoformat(timespec="milliseconds")
        said = f"{moment.replace('+00:00', 'Z')} {event.request_id} {text}"
    lines = report.lines(
        event.request_id,
        found.version,
        ended.get("lines", ()),
        milliseconds=float(ended.get("milliseconds", 0.0)),
        init_milliseconds=float(ended.get("init_milliseconds") or 0.0),
        memory=int(found.config["MemorySize"]),
        peak=int(ended.get("peak_megabytes", 0)),
        timed_out=said,
        error_type=str(ended.get("error_type", "")),
    )
    error = "Unhandled" if ended["failed"] else ""
    return Outcome(payload.encode(), error, found.version, tuple(lines)), lines


async def _note(
    cloud: Cloud, found: Resolved, event: Event, ended: Mapping[str, Any], outcome: Outcome
) -> None:
    milliseconds, function = float(ended.get("milliseconds", 0.0)), found.asked
    values = {
        "Invocations": (1.0, "Count"),
        "Errors": (float(bool(outcome.error)), "Count"),
        "Duration": (milliseconds, "Milliseconds"),
        "Throttles": (0.0, "Count"),
    }
    await logs.measure(cloud, found, values)
    detail: dict[str, object] = {
        "request_id": event.request_id,
        "version": outcome.version,
        "error": outcome.error,
        "milliseconds": milliseconds,
    }
    cloud.kernel.log.record(
        "FunctionInvoked", function.arn, detail, account=function.account, region=function.region
    )
