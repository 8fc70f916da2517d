"""Azure DevOps runs: stages, jobs, steps, logs as they are written, and the gate with its decision."""

from __future__ import annotations

import asyncio
from typing import Any
from urllib.parse import quote

from simulator.console.presenting import log_lines
from simulator.console.refusals import NotThere
from simulator.console.run_tree import tree
from simulator.console.visit import Gone, Hidden, Page, Visit, optional

Row = dict[str, Any]
_DECISIONS = {"approve": "approved", "reject": "rejected"}
_SHOWN = 40
_LINES = 2000


async def read_runs(visit: Visit) -> tuple[list[Row], list[Row], list[Hidden]]:
    """The newest runs of every project that the person sees, the gates that wait there, and what is hidden."""
    projects, hidden = await visit.projects()
    listed = await asyncio.gather(*(_of_project(visit, project) for project in projects))
    runs = sorted(
        (run for found, _ in listed for run in found), key=lambda run: str(run.get("queueTime")), reverse=True
    )
    return runs, [gate for _, gates in listed for gate in gates], hidden


async def _of_project(visit: Visit, project: str) -> tuple[list[Row], list[Row]]:
    base = f"{quote(project, safe='')}/_apis"
    runs, gates = await asyncio.gather(
        visit.azure_values(f"{base}/build/builds", **{"$top": _SHOWN}),
        visit.azure_values(
            f"{base}/pipelines/approvals",
            **{"state": "pending", "$expand": "steps", "api-version": "7.1-preview.1"},
        ),
    )
    return runs, [{**gate, "project": project, "people": approvers(gate)} for gate in gates]


def approvers(gate: Row) -> list[str]:
    """Who is asked, by display name. Pure."""
    return [str(step["assignedApprover"]["displayName"]) for step in gate.get("steps", [])]


async def runs(visit: Visit) -> Page:
    """All runs, and the gates that wait."""
    found, gates, hidden = await read_runs(visit)
    return Page("runs.html.jinja", {"rows": found, "gates": gates, "hidden": hidden}, "Pipeline runs")


async def run(visit: Visit) -> Page:
    """One run: its stages side by side, then each with its jobs and steps; a gate where one waits."""
    project, number = visit.route["project"], visit.route["run"]
    base = f"{quote(project, safe='')}/_apis"
    build, timeline, gates, tests = await asyncio.gather(
        visit.azure(f"{base}/build/builds/{number}"),
        visit.azure(f"{base}/build/builds/{number}/timeline"),
        visit.azure_values(
            f"{base}/pipelines/approvals", **{"$expand": "steps", "api-version": "7.1-preview.1"}
        ),
        optional(visit.azure_values(f"{base}/test/runs", buildUri=f"vstfs:///Build/Build/{number}")),
    )
    mine = [gate for gate in gates if str(gate.get("pipeline", {}).get("owner", {}).get("id")) == str(number)]
    values = {
        "project": project,
        "run": build,
        "stages": tree(timeline["records"], mine),
        "tests": tests or [],
        "package": _package(build, visit.clouds.accounts),
    }
    return Page("run.html.jinja", values, f"{build['definition']['name']} {build['buildNumber']}")


async def log(visit: Visit) -> Page:
    """The log of one step; it grows while the step runs."""
    project, number, which = visit.route["project"], visit.route["run"], visit.route["log"]
    base = f"{quote(project, safe='')}/_apis/build/builds/{number}"
    build, timeline, text = await asyncio.gather(
        visit.azure(base),
        visit.azure(f"{base}/timeline"),
        visit.clouds.azure.text(visit.person, f"{base}/logs/{which}"),
    )
    record = next((r for r in timeline["records"] if (r.get("log") or {}).get("id") == which), None)
    lines = log_lines(text)
    values = {
        "project": project,
        "run": build,
        "record": record,
        "lines": lines[-_LINES:],
        "cut": max(0, len(lines) - _LINES),
        "first": max(0, len(lines) - _LINES) + 1,
        "running": build["status"] != "completed" and (record is None or record["state"] != "completed"),
    }
    return Page("log.html.jinja", values, record["name"] if record else f"log {which}")


async def decide(visit: Visit) -> Gone:
    """Pass or close the gate as the person; raises Refused in the service's words where the person may not."""
    if visit.form.get("decision") not in _DECISIONS:
        raise NotThere("a decision is to approve or to reject")
    status = _DECISIONS[visit.form["decision"]]
    update = {
        "approvalId": visit.route["approval"],
        "status": status,
        "comment": visit.form.get("comment", "").strip(),
    }
    project = quote(visit.route["project"], safe="")
    await visit.clouds.azure.patch(visit.person, f"{project}/_apis/pipelines/approvals", [update])
    return Gone(f"/runs/{project}/{visit.route['run']}", status)


def _package(build: Row, accounts: Any) -> Row:
    """Where the registry shows the version that the run was started for; empty when it was for none. Pure."""
    for value in build.get("templateParameters", {}).values():
        if ":model-package/" in str(value):
            number, path = str(value).split(":")[4], str(value).split(":model-package/")[1]
            group, _, version = path.rpartition("/")
            account = next((name for name, each in accounts.items() if each == number), number)
            return {"account": account, "group": group, "version": version}
    return {}
