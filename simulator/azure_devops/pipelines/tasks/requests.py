"""InvokeRESTAPI@1 and AzureFunction@1: one request through the one outbound door, and what its answer says.

Source: Learn "InvokeRESTAPI@1", "AzureFunction@1"; with `waitForCompletion` the other side ends the task by its event.
"""

from __future__ import annotations

import base64
import json

from simulator.azure_devops.language.expressions.evaluate import evaluate_text
from simulator.azure_devops.language.expressions.failure import ExpressionFailure
from simulator.azure_devops.language.expressions.values import of, truth
from simulator.azure_devops.pipelines.agent.macros import expand_macros
from simulator.azure_devops.pipelines.callbacks import EVENT
from simulator.azure_devops.pipelines.room import INSIDE_URL
from simulator.azure_devops.pipelines.tasks.agentless import wait_until
from simulator.azure_devops.pipelines.tasks.call import TaskCall, TaskEffect, TaskFailed
from simulator.kernel.errors import NotSimulated
from simulator.kernel.outbound import OutboundFailed, OutboundRefused, OutboundResponse

_TIMEOUT_SECONDS = 20.0
ANSWER = "azure_devops.task_answer"


async def invoke_rest_api(call: TaskCall) -> None:
    """A request to a generic service connection's URL with a suffix."""
    if call.input("connectedServiceNameSelector").lower() != "connectedservicename":
        raise NotSimulated("InvokeRESTAPI with an Azure connection", "Use a generic service connection.")
    context, name = call.job.context, call.input("connectedServiceName")
    row = context.room.organization.service_endpoint_named(context.project["id"], name)
    if row is None:
        raise TaskFailed(f"Endpoint not found: {name}")
    parameters = row["authorization"].get("parameters") or {}
    own = {}
    if parameters.get("username") or parameters.get("password"):
        pair = f"{parameters.get('username') or ''}:{parameters.get('password') or ''}"
        own["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
        call.job.mask(parameters.get("password") or "")
    await _invoke(call, f"{str(row['url']).rstrip('/')}{call.input('urlSuffix')}", own)


async def azure_function(call: TaskCall) -> None:
    """A request to a function's URL, with its key as `code`."""
    call.job.mask(call.input("key"))
    parts = [f"code={call.input('key')}" if call.input("key") else "", call.input("queryParameters")]
    query = "&".join(part for part in parts if part)
    await _invoke(call, call.input("function") + (f"?{query}" if query else ""), {})


async def _invoke(call: TaskCall, url: str, own: dict[str, str]) -> None:
    method, attempt = call.input("method") or "POST", call.attempt
    headers = {**own, **_headers(call)}
    body = "" if method in ("GET", "HEAD") else call.input("body")
    attempt.say(f"{method} {url}")
    attempt.say(f"Request body: {body or '<null>'}")
    answer = await _answer_once(call, method, url, headers, body.encode())
    attempt.say(f"Response Code: {answer.status}")
    attempt.say(f"Response: {answer.body.decode(errors='replace')}")
    if not 200 <= answer.status < 300:
        raise TaskFailed(f"The HTTP request failed with status code {answer.status}.")
    if call.input("waitForCompletion").lower() == "true":
        await _completed(call)
    else:
        _judge(call, answer)


async def _answer_once(
    call: TaskCall, method: str, url: str, headers: dict[str, str], body: bytes
) -> OutboundResponse:
    """What was answered to this attempt of the task: after a restart nobody is asked a second time."""
    store, key = call.job.kernel.store, f"{call.attempt.record}/{call.attempt.failures}"
    known = store.get(ANSWER, key)
    if known is not None:
        return OutboundResponse(known["status"], known["headers"], base64.b64decode(known["body"]))
    # What was said of an attempt before says nothing of this one.
    store.delete(EVENT, f"{call.job.setup.record}/{call.attempt.record}".lower())
    try:
        answer = await call.job.kernel.outbound.send(
            method, url, headers, body, timeout_seconds=_TIMEOUT_SECONDS
        )
    except (OutboundRefused, OutboundFailed) as failed:
        raise TaskFailed(f"An error was encountered while processing request. {failed}") from failed
    row = {"status": answer.status, "headers": dict(answer.headers)}
    store.put(ANSWER, key, {**row, "body": base64.b64encode(answer.body).decode()})
    return answer


def _headers(call: TaskCall) -> dict[str, str]:
    """The headers of the input; the names of the job and of this task in it are known to agentless tasks only."""
    run = call.job.context.row
    known = {
        "System.TimelineId": str(run["planId"]),
        "System.TaskInstanceId": call.attempt.record,
        "System.TaskInstanceName": call.attempt.step.name,
    }
    outside = call.job.context.room.organization.url
    inside = f"{INSIDE_URL}/{call.job.context.room.organization.name}"
    text = expand_macros(call.input("headers") or "{}", known).replace(inside, outside)
    try:
        found = json.loads(text)
    except ValueError as wrong:
        raise TaskFailed(f"The headers are not valid JSON: {wrong}") from wrong
    return {str(name): str(value) for name, value in found.items()} if isinstance(found, dict) else {}


async def _completed(call: TaskCall) -> None:
    """Wait for `TaskCompleted` of this job and task."""
    callbacks = call.job.context.room.callbacks
    assert callbacks is not None, "the room of a run hears callbacks"
    job, task = call.job.setup.record, call.attempt.record

    def said() -> str:
        row = callbacks.said(job, task) or {}
        return str(row.get("result", "")) if str(row.get("name", "")).lower().endswith("completed") else ""

    call.attempt.say("Waiting for the callback.")
    await wait_until(call, f"callback/{job.lower()}/{task.lower()}", lambda: bool(said()))
    if said() and not said().lower().startswith("succeeded"):
        raise TaskFailed(f"The callback said: {said()}.")


def _judge(call: TaskCall, answer: OutboundResponse) -> None:
    criteria = call.input("successCriteria").strip()
    if not criteria:
        return
    try:
        root = of(json.loads(answer.body or b"null"))
        held = truth(evaluate_text(criteria, {"root": root}))
    except (ValueError, ExpressionFailure) as wrong:
        raise TaskFailed(f"Evaluation of expression '{criteria}' failed: {wrong}") from wrong
    if not held:
        raise TaskFailed(f"Evaluation of expression '{criteria}' failed.")
    call.attempt.say(f"Evaluation of expression '{criteria}' succeeded.")


EFFECTS: dict[tuple[str, int], TaskEffect] = {
    ("InvokeRESTAPI", 1): invoke_rest_api,
    ("AzureFunction", 1): azure_function,
}
