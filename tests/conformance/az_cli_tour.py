"""The tour of everything by `az`; what it has no command for, by `az devops invoke`."""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.azure_devops.clients.tour import APPROVAL_TYPE, APPROVED_YAML
from tests.conformance import az_cli_world as world

URL = f"https://dev.azure.com/{world.ORGANIZATION}"
PROJECT = "tour"
_PATIENCE_SECONDS = 120.0


class Az:
    """`az` as the administrator, in JSON."""

    def __init__(self, command: Sequence[str], environment: dict[str, str], folder: Path) -> None:
        self.command, self.folder = command, folder
        self.environment = {**os.environ, **environment}

    def __call__(self, words: str, *more: str, project: bool = True) -> Any:
        """What a command prints; words are separated by blanks, `more` may hold any."""
        where = ["--org", URL, *(("--project", PROJECT) if project else ())]
        return self._json([*words.split(), *more, *where, "--detect", "false", "-o", "json"])

    def invoke(self, method: str, area: str, resource: str, body: Any = None, **route: str) -> Any:
        """A request to a resource for which there is no command, found by `az` in the service's own table."""
        words = ["devops", "invoke", "--area", area, "--resource", resource, "--http-method", method]
        words += ["--route-parameters", *(f"{name}={value}" for name, value in route.items())]
        if body is not None:
            file = self.folder / "body.json"
            file.write_text(json.dumps(body))
            words += ["--in-file", str(file)]
        return self._json([*words, "--api-version", "7.1-preview", "--org", URL, "-o", "json"])

    def _json(self, words: list[str]) -> Any:
        whole = [*self.command, "az", *words]
        done = subprocess.run(whole, env=self.environment, capture_output=True, text=True, check=False)
        if done.returncode:
            raise StepFailed(f"az {' '.join(words[:4])}: {done.stderr.strip()[-400:]}")
        return json.loads(done.stdout) if done.stdout.strip() else None

    def run(self, *words: str) -> None:
        """Another program of the administrator's, such as git."""
        done = subprocess.run(
            [*self.command, *words],
            env=self.environment,
            cwd=self.folder / "tour",
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise StepFailed(f"{words[0]}: {done.stderr.strip()[-400:]}")


class StepFailed(Exception):
    """A step of the tour did not go: what the command said."""


def tour(command: Sequence[str], environment: dict[str, str], folder: Path) -> bool:
    """Make the steps one after the other and print each; whether all went."""
    az = Az(command, environment, folder)
    known: dict[str, Any] = {}
    steps = (_project, _repository, _pushed, _pull_request, _pipeline, _group, _hook, _run, _approval, _logs)
    for step in steps:
        try:
            step(az, known)
        except (StepFailed, AssertionError, pytest.fail.Exception, KeyError) as failure:
            print(f"tour: {step.__name__[1:]:14} FAILED {failure!r}", flush=True)
            return False
        print(f"tour: {step.__name__[1:]:14} {known.get('said', '')}", flush=True)
    return True


def _project(az: Az, known: dict[str, Any]) -> None:
    made = az("devops project create --process Basic --name", PROJECT, project=False)
    assert made["state"] == "wellFormed", made
    known["said"] = f"{made['name']} {made['state']}"


def _repository(az: Az, known: dict[str, Any]) -> None:
    known["repository"] = az("repos create --name app")
    known["said"] = known["repository"]["remoteUrl"]


def _pushed(az: Az, known: dict[str, Any]) -> None:
    folder = az.folder / "tour"
    world.commit(folder, "main", {"azure-pipelines.yml": APPROVED_YAML})
    world.commit(folder, "change", {"README.md": "changed"})
    az.run("git", "push", "-q", f"{URL}/{PROJECT}/_git/app", "main", "change")
    known["said"] = f"{len(az('repos ref list --repository app'))} branches by git"


def _pull_request(az: Az, known: dict[str, Any]) -> None:
    made = az(
        "repos pr create --repository app --source-branch change --target-branch main --title", "Change"
    )
    number, known["who"] = str(made["pullRequestId"]), made["createdBy"]["id"]
    az("repos pr set-vote --vote approve --id", number, project=False)
    az("repos pr update --status completed --squash true --id", number, project=False)

    def completed() -> bool:
        return bool(az("repos pr show --id", number, project=False)["status"] == "completed")

    _until(completed)
    known["said"] = f"{number} voted on and completed"


def _pipeline(az: Az, known: dict[str, Any]) -> None:
    words = "pipelines create --name app --repository app --repository-type tfsgit --branch main --skip-first-run true"
    known["pipeline"] = az(f"{words} --yml-path azure-pipelines.yml")
    known["said"] = f"{known['pipeline']['id']} {known['pipeline']['name']}"


def _group(az: Az, known: dict[str, Any]) -> None:
    made = az("pipelines variable-group create --name settings --authorize true --variables where=staging")
    az(f"pipelines variable-group variable create --group-id {made['id']} --name more --value 1")
    assert set(az(f"pipelines variable-group show --group-id {made['id']}")["variables"]) == {"where", "more"}
    known["said"] = f"{made['id']} {made['name']}"


def _hook(az: Az, known: dict[str, Any]) -> None:
    """There is no command, and `invoke` looks for an area of that name among those of the organization."""
    with pytest.raises(StepFailed, match="--area is not present in current organization"):
        az.invoke("GET", "hooks", "subscriptions")
    known["said"] = "no command, and the service lists no area of that name: left out"


def _run(az: Az, known: dict[str, Any]) -> None:
    environment = az.invoke(
        "POST", "distributedtask", "environments", {"name": "production"}, project=PROJECT
    )
    check = {
        "type": {"id": APPROVAL_TYPE, "name": "Approval"},
        "settings": {"approvers": [{"id": known["who"]}]},
        "resource": {"type": "environment", "id": str(environment["id"]), "name": "production"},
    }
    az.invoke("POST", "PipelinesChecks", "configurations", check, project=PROJECT)
    permit = {"pipelines": [{"id": known["pipeline"]["id"], "authorized": True}]}
    az.invoke(
        "PATCH",
        "pipelinePermissions",
        "pipelinePermissions",
        permit,
        project=PROJECT,
        resourceType="environment",
        resourceId=str(environment["id"]),
    )
    known["run"] = az("pipelines run --name app")
    known["said"] = f"{known['run']['id']} {known['run']['status']}"


def _approval(az: Az, known: dict[str, Any]) -> None:
    found: list[Any] = []

    def pending() -> bool:
        listed = az.invoke("GET", "approval", "approvals", project=PROJECT)["value"]
        found[:] = [each for each in listed if each["status"] == "pending"]
        return bool(found)

    _until(pending)
    given = [{"approvalId": found[0]["id"], "status": "approved", "comment": "go"}]
    answer = az.invoke("PATCH", "approval", "approvals", given, project=PROJECT)
    assert answer["value"][0]["status"] == "approved", answer
    known["said"] = f"{found[0]['id']} approved"


def _logs(az: Az, known: dict[str, Any]) -> None:
    number = str(known["run"]["id"])
    _until(lambda: az("pipelines runs show --id", number)["status"] == "completed")
    result = az("pipelines runs show --id", number)["result"]
    assert result == "succeeded", result
    logs = az.invoke("GET", "build", "logs", project=PROJECT, buildId=number)["value"]
    texts = [
        az.invoke("GET", "build", "logs", project=PROJECT, buildId=number, logId=str(log["id"]))
        for log in logs
    ]
    assert any("deploy" in line for text in texts for line in text["value"]), texts
    known["said"] = f"{len(logs)} logs; the run {result}"


def _until(comes: Callable[[], bool]) -> None:
    """Look until it is so; a step that never comes fails the tour."""
    end = time.monotonic() + _PATIENCE_SECONDS
    while not comes():
        if time.monotonic() > end:
            raise StepFailed("it never came")
