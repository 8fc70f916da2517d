"""Invoke REST API and Azure Function: one request through the one outbound door, and what its answer says.

Source: Learn "Invoke Azure Functions / REST APIs check"; inputs as in InvokeRESTAPI@1 and AzureFunction@1. A check
whose call fails or whose criteria do not hold is evaluated again at its interval; without an interval that is its end.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass

from simulator.azure_devops import job_tokens
from simulator.azure_devops.identities import stable_id
from simulator.azure_devops.job_tokens import JobClaim
from simulator.azure_devops.language.expressions.evaluate import evaluate_text
from simulator.azure_devops.language.expressions.failure import ExpressionFailure
from simulator.azure_devops.language.expressions.values import of, truth
from simulator.azure_devops.organization import Organization, Row
from simulator.azure_devops.pipelines.agent.macros import expand_macros
from simulator.azure_devops.pipelines.gates import check_types
from simulator.azure_devops.pipelines.gates.check_runs import Verdict
from simulator.azure_devops.pipelines.timeline import Timeline
from simulator.kernel.outbound import OutboundFailed, OutboundRefused, OutboundResponse

HUB = "checks"
TIMEOUT_SECONDS = 20.0
_DEFAULT_HEADERS = """{"Content-Type": "application/json", "PlanUrl": "$(system.CollectionUri)",
"ProjectId": "$(system.TeamProjectId)", "HubName": "$(system.HostType)", "PlanId": "$(system.PlanId)",
"JobId": "$(system.JobId)", "TimelineId": "$(system.TimelineId)", "TaskInstanceId": "$(system.TaskInstanceId)",
"AuthToken": "$(system.AccessToken)"}"""


class CallInvalid(Exception):
    """The inputs say no request that could be sent; the message says why."""


@dataclass(frozen=True)
class Request:
    """One request to the outside."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes


def plan_id(row: Row) -> str:
    """The id of the plan that a check's callbacks name: one a check run."""
    return stable_id("check plan", row["id"])


class OutsideCalls:
    """Evaluates the checks that ask somebody outside."""

    def __init__(self, organization: Organization) -> None:
        self._organization, self._kernel = organization, organization.kernel

    async def evaluate(self, row: Row) -> Verdict:
        """Send the request; in callback mode the answer comes later, else the success criteria decide."""
        inputs = {name: str(value) for name, value in (row["settings"].get("inputs") or {}).items()}
        again = float(row["settings"].get("retryInterval") or 0) * 60
        try:
            request = self._request(row, inputs)
            answer = await self._kernel.outbound.send(
                request.method, request.url, request.headers, request.body, timeout_seconds=TIMEOUT_SECONDS
            )
        except (CallInvalid, OutboundRefused, OutboundFailed) as failed:
            return _not_yet(f"The request could not be sent: {failed}", again)
        if not 200 <= answer.status < 300:
            return _not_yet(f"The request was answered with status code {answer.status}.", again)
        if inputs.get("waitForCompletion", "false").lower() == "true":
            return Verdict("running", "Waiting for the callback.")
        return _judged(answer, inputs.get("successCriteria", ""), again)

    def _request(self, row: Row, inputs: Mapping[str, str]) -> Request:
        values = self._variables(row)
        given = {name: expand_macros(value, values) for name, value in inputs.items()}
        headers = _headers(expand_macros(inputs.get("headers") or _DEFAULT_HEADERS, values))
        if check_types.task_of(row) == check_types.AZURE_FUNCTION:
            url = given.get("function", "")
            query = "&".join(part for part in (_code(given), given.get("queryParameters", "")) if part)
            url += f"?{query}" if query else ""
        else:
            url = self._connected(row, given, headers)
        if not url.startswith(("http://", "https://")):
            raise CallInvalid(f"{url or 'an empty text'} is no URL")
        return Request(given.get("method") or "POST", url, headers, given.get("body", "").encode())

    def _connected(self, row: Row, given: Mapping[str, str], headers: dict[str, str]) -> str:
        """The URL of the generic connection with the suffix; its user and password as basic authentication."""
        name = given.get("connectedServiceName") or given.get("serviceConnection") or ""
        found = self._organization.service_endpoint_named(row["project"], name)
        if found is None:
            raise CallInvalid(f"there is no service connection {name}")
        parameters = found["authorization"]["parameters"]
        if parameters.get("username") or parameters.get("password"):
            pair = f"{parameters.get('username') or ''}:{parameters.get('password') or ''}"
            headers.setdefault("Authorization", f"Basic {base64.b64encode(pair.encode()).decode()}")
        return str(found["url"]).rstrip("/") + given.get("urlSuffix", "")

    def _variables(self, row: Row) -> dict[str, str]:
        run = self._organization.numbered("azure_devops.run", row["run"]) or {}
        project = self._organization.project(row["project"])
        claim = JobClaim(row["run"], row["id"], project["name"], run.get("cause"))
        timeline = Timeline(self._kernel, row["run"])
        stage = timeline.record_id(row["stage"])
        values = {
            "System.CollectionUri": f"{self._organization.url}/",
            "System.TeamProjectId": project["id"],
            "System.TeamProject": project["name"],
            "System.HostType": HUB,
            "System.PlanId": plan_id(row),
            "System.JobId": row["id"],
            "System.TimelineId": plan_id(row),
            "System.TaskInstanceId": row["id"],
            "System.AccessToken": job_tokens.issue(self._kernel.store, self._kernel.ids, claim),
            "System.StageName": row["stage"],
            "Build.BuildId": str(row["run"]),
            "Build.BuildNumber": str(run.get("name", "")),
            "Build.SourceBranch": str(run.get("sourceBranch", "")),
            "Build.SourceVersion": str(run.get("sourceVersion", "")),
            "Build.Reason": str(run.get("reason", "")),
            "Checks.StageAttempt": str((timeline.find(stage) or {}).get("attempt") or 1),
            "Checks.StageId": stage,
        }
        linked = str(row["settings"].get("linkedVariableGroup") or "")
        group = self._organization.variable_group_named(row["project"], linked) if linked else None
        own = {
            name: str(item.get("value") or "")
            for name, item in (group or {"variables": {}})["variables"].items()
        }
        return {**own, **values}


def _code(given: Mapping[str, str]) -> str:
    return f"code={given['key']}" if given.get("key") else ""


def _headers(text: str) -> dict[str, str]:
    try:
        found = json.loads(text)
    except ValueError as wrong:
        raise CallInvalid(f"the headers are not valid JSON: {wrong}") from wrong
    if not isinstance(found, dict):
        raise CallInvalid("the headers are no JSON object")
    return {str(name): str(value) for name, value in found.items()}


def _judged(answer: OutboundResponse, criteria: str, again: float) -> Verdict:
    if not criteria.strip():
        return Verdict("approved", f"The request was answered with status code {answer.status}.")
    try:
        root = of(json.loads(answer.body or b"null"))
        held = truth(evaluate_text(criteria, {"root": root}))
    except (ValueError, ExpressionFailure) as wrong:
        return _not_yet(f"Evaluation of expression '{criteria}' failed: {wrong}", again)
    if held:
        return Verdict("approved", f"Evaluation of expression '{criteria}' succeeded.")
    return _not_yet(f"Evaluation of expression '{criteria}' failed.", again)


def _not_yet(message: str, again: float) -> Verdict:
    return Verdict("running", message, again) if again else Verdict("rejected", message)
