"""Both clouds at a glance: where the loop stands, what waits for a person, what runs, what failed last."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from simulator.console.facts import is_trouble
from simulator.console.pages.endpoints import read_endpoints
from simulator.console.pages.executions import read_executions
from simulator.console.pages.monitoring import read_alarms, read_schedules
from simulator.console.pages.registry import pending, read_groups
from simulator.console.pages.runs import read_runs
from simulator.console.pages.timeline import rows
from simulator.console.visit import Hidden, Page, Visit

Row = dict[str, Any]
_FAILURES = 8


@dataclass(frozen=True)
class Stop:
    """One place of the loop: whose cloud, what is there now (`text`), and in which state."""

    title: str
    cloud: str
    path: str
    text: str = ""
    state: str = ""


async def page(visit: Visit) -> Page:
    """Everything is read at once; what the person may not see is named."""
    (
        (groups, hidden),
        (executions, _),
        (runs, gates, unseen),
        (endpoints, unserved),
        (schedules, _),
        (alarms, _),
    ) = await asyncio.gather(
        read_groups(visit),
        read_executions(visit),
        read_runs(visit),
        read_endpoints(visit),
        read_schedules(visit),
        read_alarms(visit),
    )
    facts = await visit.clouds.facts.all()
    troubles = [fact for fact in facts if is_trouble(fact)][-_FAILURES:][::-1]
    values = {
        "stops": [
            *_built(runs, executions, groups),
            _deployed(runs),
            _gate(gates, runs),
            *_served(endpoints, unserved, schedules, alarms),
        ],
        "pending": pending(groups),
        "gates": gates,
        "runs": [run for run in runs if run["status"] != "completed"],
        "executions": [e for e in executions if e["PipelineExecutionStatus"] in ("Executing", "Stopping")],
        "ringing": [alarm for alarm in alarms if alarm["StateValue"] == "ALARM"],
        "failures": rows(troubles, visit.clouds.accounts),
        "hidden": _once(hidden + unseen),
        "untouched": not (runs or groups or executions or endpoints),
    }
    return Page("overview.html.jinja", values, "Overview")


def _built(runs: list[Row], executions: list[Row], groups: list[Row]) -> list[Stop]:
    """The newest run that a push started, the newest execution and the newest version. Pure."""
    pushed = next((run for run in runs if not _for_model(run)), None)
    newest = max((v for g in groups for v in g["versions"]), key=lambda v: v["CreationTime"], default=None)
    build = Stop("Build", "azure", "/runs")
    if pushed:
        build = _run("Build", pushed)
    train, registered = Stop("Train", "aws", "/executions"), Stop("Registry", "aws", "/registry")
    if executions:
        first = executions[0]
        path = f"/executions/{first['account']}/{first['pipeline']}/{first['id']}"
        train = Stop("Train", "aws", path, first["pipeline"], first["PipelineExecutionStatus"])
    if newest:
        group, number = newest["ModelPackageGroupName"], newest["ModelPackageVersion"]
        path = f"/registry/{newest['account']}/{group}/{number}"
        registered = Stop("Registry", "aws", path, f"{group} v{number}", newest["ModelApprovalStatus"])
    return [build, train, registered]


def _deployed(runs: list[Row]) -> Stop:
    """The newest run that was started for a model. Pure."""
    found = next((run for run in runs if _for_model(run)), None)
    return _run("Deploy", found) if found else Stop("Deploy", "azure", "/runs")


def _for_model(run: Row) -> bool:
    """Whether a run was started for a version of the registry. Pure."""
    return any(":model-package/" in str(value) for value in run.get("templateParameters", {}).values())


def _run(title: str, run: Row) -> Stop:
    path = f"/runs/{quote(run['project']['name'])}/{run['id']}"
    text = f"{run['definition']['name']} {run['buildNumber']}"
    return Stop(title, "azure", path, text, run.get("result") or run["status"])


def _gate(gates: list[Row], runs: list[Row]) -> Stop:
    """The gate that waits, if one does. Pure."""
    if not gates:
        return Stop("Gate", "azure", "/runs", "nothing waits" if runs else "")
    gate = gates[0]
    path = f"/runs/{quote(gate['project'])}/{gate['pipeline']['owner']['id']}"
    return Stop("Gate", "azure", path, gate["pipeline"]["owner"]["name"], "waiting")


def _served(
    endpoints: list[Row], hidden: list[Hidden], schedules: list[Row], alarms: list[Row]
) -> list[Stop]:
    """The endpoint of production (else the last one) and what watches it. Pure."""
    serving, watching = Stop("Serve", "aws", "/endpoints"), Stop("Monitor", "aws", "/monitoring")
    chosen = next(
        (e for e in endpoints if e["account"] == "production"), endpoints[-1] if endpoints else None
    )
    if not endpoints and hidden:
        text = f"hidden in {', '.join(each.where for each in hidden)}"
        serving = Stop("Serve", "aws", "/endpoints", text)
    if chosen:
        path = f"/endpoints/{chosen['account']}/{chosen['EndpointName']}"
        serving = Stop("Serve", "aws", path, chosen["EndpointName"], chosen["EndpointStatus"])
    if schedules:
        first = schedules[0]
        path = f"/monitoring/{first['account']}/{first['MonitoringScheduleName']}"
        state = first["MonitoringScheduleStatus"]
        if first["executions"]:
            state = first["executions"][0]["MonitoringExecutionStatus"]
        if any(alarm["StateValue"] == "ALARM" for alarm in alarms):
            state = "ALARM"
        watching = Stop("Monitor", "aws", path, first["MonitoringScheduleName"], state)
    return [serving, watching]


def _once(hidden: list[Hidden]) -> list[Hidden]:
    return list({each.where: each for each in hidden}.values())
