"""Keeps a served Azure DevOps full of what the generated requests are about: made, read, and made again when gone."""

from __future__ import annotations

from typing import Any

import httpx

from tests.conformance.azure_rest_known import PLACE, Known
from tests.conformance.azure_rest_requests import Requests

Json = dict[str, Any]
_YAML = """
trigger: none
parameters:
  - {name: who, type: string, default: world}
stages:
  - stage: A
    jobs:
      - job: J
        steps:
          - script: echo hello
  - stage: B
    jobs:
      - deployment: D
        environment: staging
        strategy: {runOnce: {deploy: {steps: [{script: echo deploy}]}}}
"""
_BASIC = "b8a3a935-7e91-48b8-a94c-606d37c3e9f2"
_APPROVAL = {"id": "8c6f20a7-a545-4486-9777-f762fafe0d4d", "name": "Approval"}
_REVIEWERS = "fa4e907d-c16b-4a4c-9dfa-4906e5d171dd"
_GIT = "/{project}/_apis/git/repositories"
_PULL = _GIT + "/{repositoryId}/pullRequests"
_ZERO = "0" * 40


class World:
    """Asks as the administrator; each answer is learned from."""

    def __init__(self, client: httpx.Client, known: Known) -> None:
        self._client, self._known = client, known

    def tend(self, name: str) -> None:
        """A project with all that it can have, and one more of each thing; `name` is new each time."""
        self._project("ml")
        self._project(name)
        self._pipelines(name, self._code(name))
        self._resources(name)
        self._tests()
        self._elsewhere(name)

    def crawl(self, requests: Requests) -> None:
        """Read every address whose places are known, so that what is there is found."""
        for entry in sorted(requests.operations, key=lambda one: one.told["path"].count("/")):
            if entry.verb == "GET" and not entry.required:
                made = requests.filled(entry)
                if not made.odd:
                    self._ask("GET", made.path, **made.places)

    def _ask(self, verb: str, path: str, body: Any = None, query: Any = None, /, **places: Any) -> Any:
        """One request; its answer, or nothing where it was refused, as something else may have been done before."""
        named = {"project": "ml", **{name.lower(): str(value) for name, value in places.items()}}
        filled = path
        for name in PLACE.findall(path):
            filled = filled.replace(f"{{{name}}}", named[name.lower()])
        more = {} if body is None else {"json": body}
        params = {"api-version": "7.1-preview", **(query or {})}
        answer = self._client.request(verb, filled.lstrip("/"), params=params, **more)
        if not answer.is_success or "json" not in answer.headers.get("content-type", ""):
            return {}
        used = {name.lower(): named[name.lower()] for name in PLACE.findall(path)}
        self._known.taught(verb, path, body)
        self._known.answered(path, used, answer.json())
        return answer.json()

    def _project(self, name: str) -> None:
        if self._ask("GET", "/_apis/projects/{projectId}", projectId=name):
            return
        capabilities = {
            "versioncontrol": {"sourceControlType": "Git"},
            "processTemplate": {"templateTypeId": _BASIC},
        }
        body = {"name": name, "visibility": "private", "description": "made", "capabilities": capabilities}
        made = self._ask("POST", "/_apis/projects", body)
        for _ in range(50):
            if (
                self._ask("GET", "/_apis/operations/{operationId}", operationId=made["id"]).get("status")
                == "succeeded"
            ):
                break
        self._ask("POST", "/_apis/projects/{projectId}/teams", {"name": f"team of {name}"}, projectId=name)

    def _code(self, name: str) -> str:
        made = self._ask("POST", _GIT, {"name": name}) or {"id": name}
        self._ask("POST", _GIT, {"name": f"{name}-short-lived"})
        one = {"repositoryId": made["id"]}
        pushed = self._push(one, "main", _ZERO, "azure-pipelines.yml", _YAML)
        first = pushed["commits"][0]["commitId"] if pushed else _ZERO
        for branch in ("one", "two"):
            self._push(one, branch, first, f"{branch}.txt", branch)
            asked = {
                "sourceRefName": f"refs/heads/{branch}",
                "targetRefName": "refs/heads/main",
                "title": branch,
            }
            request = self._ask("POST", _PULL, asked, **one)
            if request:
                self._pull_request({**one, "pullRequestId": request["pullRequestId"]})
        self._history(name, one, first)
        scope = {"repositoryId": made["id"], "refName": "refs/heads/main", "matchKind": "Exact"}
        settings: Json = {"minimumApproverCount": 1, "creatorVoteCounts": True, "scope": [scope]}
        policy = {"isEnabled": True, "isBlocking": True, "type": {"id": _REVIEWERS}, "settings": settings}
        self._ask("POST", "/{project}/_apis/policy/configurations", policy)
        return str(made["id"])

    def _push(self, one: Json, branch: str, old: str, path: str, text: str) -> Any:
        content = {"content": text, "contentType": "rawtext"}
        changes = [{"changeType": "add", "item": {"path": f"/{path}"}, "newContent": content}]
        update = {"name": f"refs/heads/{branch}", "oldObjectId": old}
        body = {"refUpdates": [update], "commits": [{"comment": branch, "changes": changes}]}
        return self._ask("POST", _GIT + "/{repositoryId}/pushes", body, **one)

    def _history(self, name: str, one: Json, first: str) -> None:
        ref = {"name": "refs/heads/three", "oldObjectId": _ZERO, "newObjectId": first}
        self._ask("POST", _GIT + "/{repositoryId}/refs", [ref], **one)
        tag = {"name": "v1", "message": "tag", "taggedObject": {"objectId": first}}
        self._ask("POST", _GIT + "/{repositoryId}/annotatedtags", tag, **one)
        status = {"state": "succeeded", "context": {"name": "c", "genre": "g"}, "description": "d"}
        self._ask("POST", _GIT + "/{repositoryId}/commits/{commitId}/statuses", status, commitId=first, **one)
        pick: Json = {"generatedRefName": f"refs/heads/pick-{name}", "ontoRefName": "refs/heads/main"}
        pick |= {"repository": {"id": one["repositoryId"]}, "source": {"commitList": [{"commitId": first}]}}
        for path in ("cherryPicks", "reverts"):
            self._ask("POST", f"{_GIT}/{{repositoryId}}/{path}", pick, **one)
        favorite = {"name": "refs/heads/main", "repositoryId": one["repositoryId"], "type": "ref"}
        self._ask("POST", "/{project}/_apis/git/favorites/refs", favorite)

    def _pull_request(self, one: Json) -> None:
        path = _PULL + "/{pullRequestId}"
        comment = {"parentCommentId": 0, "content": "hm", "commentType": "text"}
        self._ask("POST", f"{path}/threads", {"comments": [comment], "status": "active"}, **one)
        self._ask("POST", f"{path}/labels", {"name": "urgent"}, **one)
        self._ask("POST", f"{path}/statuses", {"state": "succeeded", "context": {"name": "c"}}, **one)
        for below in ("threads", "iterations", "reviewers", "labels", "statuses", "commits"):
            self._ask("GET", f"{path}/{below}", **one)

    def _pipelines(self, name: str, code: str) -> None:
        repository = {"id": code, "type": "azureReposGit"}
        wanted = {"type": "yaml", "path": "azure-pipelines.yml", "repository": repository}
        body = {"name": f"pipeline of {name}", "folder": "\\", "configuration": wanted}
        self._ask("POST", "/{project}/_apis/pipelines", body)
        for listing in ("pipelines", "build/definitions"):
            self._ask("GET", f"/{{project}}/_apis/{listing}")
        listed = self._ask("GET", "/{project}/_apis/build/definitions").get("value") or [{"id": 1}]
        number = listed[-1]["id"]
        self._ask("GET", "/{project}/_apis/build/definitions/{definitionId}", definitionId=number)
        self._ask(
            "POST",
            "/{project}/_apis/pipelines/{pipelineId}/runs",
            {"templateParameters": {"who": "me"}},
            pipelineId=number,
        )
        build = self._ask("POST", "/{project}/_apis/build/builds", {"definition": {"id": number}})
        if build:
            one = {"buildId": build["id"]}
            self._ask("POST", "/{project}/_apis/build/builds/{buildId}/tags", ["tag"], **one)
            self._ask("GET", "/{project}/_apis/build/builds/{buildId}", **one)
            lease = {
                "definitionId": number,
                "runId": build["id"],
                "ownerId": "User:x",
                "daysValid": 2,
                "protectPipeline": False,
            }
            self._ask("POST", "/{project}/_apis/build/retention/leases", [lease])
        self._ask("PUT", "/{project}/_apis/build/folders", {"path": f"\\{name}"}, {"path": name})

    def _resources(self, name: str) -> None:
        task, endpoints = "/{project}/_apis/distributedtask", "/_apis/serviceendpoint/endpoints"
        self._ask("POST", f"{task}/environments", {"name": name})
        reference = {"name": name, "projectReference": {"name": "ml"}}
        variables = {"A": {"value": "1"}, "S": {"value": "2", "isSecret": True}}
        group = {
            "name": name,
            "type": "Vsts",
            "variables": variables,
            "variableGroupProjectReferences": [reference],
        }
        self._ask("POST", "/_apis/distributedtask/variablegroups", group)
        given: Json = {"name": name, "type": "generic", "url": "https://outside.example/"}
        given["authorization"] = {
            "scheme": "UsernamePassword",
            "parameters": {"username": "u", "password": "p"},
        }
        self._ask("POST", endpoints, {**given, "serviceEndpointProjectReferences": [reference]})
        pool = self._ask("POST", "/_apis/distributedtask/pools", {"name": name})
        if pool:
            agents = "/_apis/distributedtask/pools/{poolId}/agents"
            self._ask("POST", agents, {"name": name, "version": "4.0.0"}, poolId=pool["id"])
            self._ask("POST", f"{task}/queues", {"name": name, "pool": {"id": pool["id"]}})
        resource = {"type": "environment", "id": "1", "name": "staging"}
        approver = {"id": self._known.value("authenticatedUser.id") or self._known.value("createdBy.id")}
        check: Json = {"type": _APPROVAL, "settings": {"approvers": [approver], "minRequiredApprovers": 1}}
        check |= {"timeout": 43200, "resource": resource}
        self._ask("POST", "/{project}/_apis/pipelines/checks/configurations", check)
        permit = {"pipelines": [{"id": 1, "authorized": True}], "resource": resource}
        path = "/{project}/_apis/pipelines/pipelinePermissions/{resourceType}/{resourceId}"
        self._ask("PATCH", path, permit, resourceType="environment", resourceId="1")

    def _tests(self) -> None:
        runs = "/{project}/_apis/test/runs"
        run = self._ask("POST", runs, {"name": "mine", "automated": True, "state": "InProgress"})
        if run:
            one = {"runId": run["id"]}
            result = {
                "testCaseTitle": "a",
                "automatedTestName": "s.a",
                "outcome": "Failed",
                "durationInMs": 2,
            }
            self._ask("POST", runs + "/{runId}/results", [result], **one)
            attached = {"fileName": "a.log", "stream": "AAE=", "attachmentType": "GeneralAttachment"}
            self._ask("POST", runs + "/{runId}/attachments", attached, **one)

    def _elsewhere(self, name: str) -> None:
        hook: Json = {"publisherId": "tfs", "eventType": "build.complete", "consumerId": "webHooks"}
        hook |= {"consumerActionId": "httpRequest", "consumerInputs": {"url": "https://outside.example/"}}
        self._ask("POST", "/_apis/hooks/subscriptions", {**hook, "publisherInputs": {}})
        token = {
            "displayName": name,
            "scope": "vso.code",
            "validTo": "2027-01-01T00:00:00Z",
            "allOrgs": False,
        }
        self._ask("POST", "/_apis/tokens/pats", token)
