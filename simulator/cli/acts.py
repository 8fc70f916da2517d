"""`simulator advance` and `simulator approve`: time, and decisions at a gate as a person of the topology."""

from __future__ import annotations

import argparse

import httpx

from simulator.cli.commands import CommandFailed, control, seconds
from simulator.cli.status import variables


def advance(options: argparse.Namespace) -> None:
    """Move virtual time and say where it stands."""
    duration = seconds(options.duration)
    moved = control(options, "POST", "advance", 3600, json={"seconds": duration})
    print(f"it is {moved['now']}")


def approve(options: argparse.Namespace) -> None:
    """Decide everything that waits at a gate, through Azure DevOps' own interface."""
    found = control(options, "GET", "status")
    person = variables(found, options.person)
    base, decided = found["azure_devops"], 0
    with httpx.Client(auth=("", person["AZURE_DEVOPS_PAT"]), trust_env=False, timeout=30) as client:
        version = {"api-version": "7.1-preview.1"}
        for project in _ok(client.get(f"{base}/_apis/projects", params={"api-version": "7.1"}))["value"]:
            url = f"{base}/{project['name']}/_apis/pipelines/approvals"
            for waiting in _ok(client.get(url, params={"state": "pending", **version}))["value"]:
                status = "rejected" if options.reject else "approved"
                body = [{"approvalId": waiting["id"], "status": status, "comment": options.comment}]
                _ok(client.patch(url, params=version, json=body))
                print(f"{status} {waiting['id']} as {options.person}")
                decided += 1
    if not decided:
        raise CommandFailed("nothing waits for an approval")


def _ok(answer: httpx.Response) -> dict[str, list[dict[str, str]]]:
    if answer.status_code >= 400:
        said = answer.json()["message"] if "json" in answer.headers.get("content-type", "") else answer.text
        raise CommandFailed(f"Azure DevOps answered {answer.status_code}: {said[:500]}")
    found: dict[str, list[dict[str, str]]] = answer.json()
    return found
