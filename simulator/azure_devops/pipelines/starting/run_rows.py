"""The row of a new run, and what the log is told of it."""

from __future__ import annotations

from typing import Any

from simulator.azure_devops.identities import stable_id
from simulator.azure_devops.organization import Organization, Row
from simulator.azure_devops.pipelines.agent.predefined import RunFacts
from simulator.azure_devops.pipelines.runs import RunRequest
from simulator.azure_devops.pipelines.starting.compiling import Compiled


def queued(
    request: RunRequest, compiled: Compiled, number: int, name: str, evaluated: dict[str, str], now: float
) -> Row:
    """The row of a run that will go on."""
    return {
        **_row(request, compiled.facts, number, name, now),
        "repositories": {alias: one.__dict__ for alias, one in compiled.files.repositories.items()},
        "parameters": {parameter.name: parameter.value for parameter in compiled.plan.parameters},
        "evaluated": evaluated,
        "yaml": compiled.files.texts.get(request.definition["path"], ""),
    }


def refused(organization: Organization, request: RunRequest, facts: RunFacts, message: str) -> Row:
    """The row of a run whose YAML does not compile."""
    now, definition = organization.kernel.clock, request.definition
    day = f"{now.datetime():%Y%m%d}"
    revision = organization.next_number(f"revision/{definition['id']}/{day}.")
    number = organization.next_number("run")
    return {
        **_row(request, facts, number, f"{day}.{revision}", now.now()),
        "validationResults": [{"result": "error", "message": message}],
        "started": now.now(),
        "finished": now.now(),
    }


def _row(request: RunRequest, facts: RunFacts, number: int, name: str, now: float) -> Row:
    definition = request.definition
    return {
        "id": number,
        "definition": definition["id"],
        "definitionRevision": definition["revision"],
        "project": definition["project"],
        "name": name,
        "facts": facts.__dict__,
        "planId": stable_id("plan", str(number)),
        "reason": request.reason,
        "requestedFor": request.requested_for,
        "sourceBranch": request.ref,
        "sourceVersion": request.commit,
        "repositories": {},
        "pipelines": {},
        "resourceVariables": {},
        "parameters": {},
        "variables": request.variables,
        "evaluated": {},
        "stagesToSkip": list(request.stages_to_skip),
        "triggerInfo": dict(request.trigger_info),
        "yaml": "",
        "tags": [],
        "created": now,
        "started": None,
        "finished": None,
        "cause": None,
    }


def told(row: Row, definition: Row, compiled: Compiled) -> dict[str, Any]:
    """What `RunQueued` says."""
    facts = compiled.facts
    return {
        "run": row["id"],
        "pipeline": definition["name"],
        "pipelineId": definition["id"],
        "project": facts.project,
        "repository": facts.repository,
        "branch": row["sourceBranch"],
        "commit": row["sourceVersion"],
        "reason": row["reason"],
        "requestedFor": row["requestedFor"],
        "stages": [stage.name for stage in compiled.plan.stages],
    }
