"""Azure DevOps as a person uses it: REST calls with a personal access token."""

from __future__ import annotations

from typing import Any

import httpx

VERSION = "7.1"
PREVIEW = "7.1-preview.1"


class AzureDevOpsRefused(Exception):
    """The service answered with an error; `status` is the HTTP status, the text is the service's own."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(f"{status}: {message}")
        self.status, self.message = status, message


class AzureDevOps:
    """One project of one organization, as one person."""

    def __init__(self, organization_url: str, project: str, token: str) -> None:
        self.url = f"{organization_url.rstrip('/')}/{project}"
        self._client = httpx.Client(auth=("", token), trust_env=False, timeout=60)

    def close(self) -> None:
        """Close idle connections."""
        self._client.close()

    def request(self, method: str, path: str, version: str = VERSION, **more: Any) -> Any:
        """One call below the project's `_apis/`; raises AzureDevOpsRefused with the service's message."""
        params = {"api-version": version, **more.pop("params", {})}
        answer = self._client.request(method, f"{self.url}/_apis/{path}", params=params, **more)
        if answer.status_code >= 400:
            try:
                message = answer.json().get("message", answer.text)
            except ValueError:
                message = answer.text
            raise AzureDevOpsRefused(answer.status_code, message)
        return answer.json() if answer.content else None

    def pipeline(self, name: str) -> dict[str, Any]:
        """The pipeline of that name."""
        for found in self.request("GET", "pipelines")["value"]:
            if found["name"] == name:
                pipeline: dict[str, Any] = found
                return pipeline
        raise AzureDevOpsRefused(404, f"the project has no pipeline {name!r}")

    def runs(self, pipeline: str) -> list[dict[str, Any]]:
        """The runs of a pipeline, the newest first."""
        found = self.request("GET", f"pipelines/{self.pipeline(pipeline)['id']}/runs")["value"]
        return sorted(found, key=lambda run: -int(run["id"]))

    def run(
        self, pipeline: str, parameters: dict[str, str] | None = None, branch: str = "main"
    ) -> dict[str, Any]:
        """Queue a run by hand."""
        body: dict[str, Any] = {"resources": {"repositories": {"self": {"refName": f"refs/heads/{branch}"}}}}
        if parameters:
            body["templateParameters"] = parameters
        queued: dict[str, Any] = self.request(
            "POST", f"pipelines/{self.pipeline(pipeline)['id']}/runs", json=body
        )
        return queued

    def timeline(self, run_id: int) -> list[dict[str, Any]]:
        """The records of a run: stages, checks, jobs and tasks."""
        records: list[dict[str, Any]] = self.request("GET", f"build/builds/{run_id}/timeline")["records"]
        return records

    def log_text(self, run_id: int, limit_lines: int = 40) -> str:
        """The last lines of each failed task of a run."""
        parts = []
        for record in self.timeline(run_id):
            if record["type"] == "Task" and record.get("result") == "failed" and record.get("log"):
                lines = self._log(record).splitlines()[-limit_lines:]
                parts.append(f"--- {record['name']}\n" + "\n".join(lines))
        return "\n".join(parts)

    def task_log(self, run_id: int, name: str) -> str:
        """What the task with this display name has printed."""
        return "\n".join(self._log(record) for record in self.timeline(run_id) if record["name"] == name)

    def _log(self, record: dict[str, Any]) -> str:
        return self._client.get(record["log"]["url"], headers={"accept": "text/plain"}).text

    def pending_approvals(self) -> list[dict[str, Any]]:
        """What waits at gates of the project."""
        found: list[dict[str, Any]] = self.request(
            "GET", "pipelines/approvals", PREVIEW, params={"state": "pending", "$expand": "steps"}
        )["value"]
        return found

    def decide(self, approval_id: str, status: str, comment: str = "") -> None:
        """Approve or reject; raises AzureDevOpsRefused when the person may not."""
        body = [{"approvalId": approval_id, "status": status, "comment": comment}]
        self.request("PATCH", "pipelines/approvals", PREVIEW, json=body)

    def test_runs(self, run_id: int) -> list[dict[str, Any]]:
        """The published test runs of a pipeline run."""
        uri = f"vstfs:///Build/Build/{run_id}"
        found: list[dict[str, Any]] = self.request("GET", "test/runs", params={"buildUri": uri})["value"]
        return found
