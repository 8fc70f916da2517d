"""Payloads of the events of runs: builds, runs, stages, jobs and approvals.

Source: Learn "Service hooks events" (samples), as noted in reference/azure-devops.md 6.
"""

from __future__ import annotations

from typing import Any

from simulator.azure_devops.hooks.envelopes import Payload
from simulator.azure_devops.hooks.occurrences import BUILD_STATUS, Occurrence, project_row
from simulator.azure_devops.identities import stable_id
from simulator.azure_devops.moments import iso
from simulator.azure_devops.organization import RUN, Organization, Row
from simulator.azure_devops.pipelines.timeline import Timeline

APPROVAL = "azure_devops.approval"
_SAID = {"succeeded": "succeeded", "partiallySucceeded": "partially succeeded", "failed": "failed"}


def build(organization: Organization, occurrence: Occurrence) -> Payload:
    """`build.complete`."""
    run, definition, project = _rows(organization, occurrence)
    url = f"{organization.url}/{project['id']}/_apis/build/Builds/{run['id']}"
    result = str(occurrence.told["result"])
    person = organization.person_reference(run["requestedFor"])
    name = f"Build {definition['name']}_{run['name']}"
    said = {"canceled": "stopped"}.get(result, _SAID.get(result, result))
    resource = {
        "id": run["id"],
        "buildNumber": run["name"],
        "uri": f"vstfs:///Build/Build/{run['id']}",
        "url": url,
        "status": "completed",
        "result": result,
        "queueTime": iso(run["created"]),
        "startTime": iso(run["started"]),
        "finishTime": iso(run["finished"]),
        "reason": run["reason"][0].lower() + run["reason"][1:],
        "sourceBranch": run["sourceBranch"],
        "sourceVersion": run["sourceVersion"],
        "definition": {
            "id": definition["id"],
            "name": definition["name"],
            "url": f"{organization.url}/{project['id']}/_apis/build/Definitions/{definition['id']}",
            "type": "build",
            "project": _project(organization, project),
        },
        "requestedFor": person,
        "requestedBy": person,
        "project": _project(organization, project),
        "_links": {"web": {"href": _web(organization, project, run)}},
    }
    return Payload(f"{name} {said}", resource)


def run_state(organization: Organization, occurrence: Occurrence) -> Payload:
    """`ms.vss-pipelines.run-state-changed-event`."""
    run, definition, project = _rows(organization, occurrence)
    state, result = str(occurrence.told["state"]), str(occurrence.told["result"])
    shown = _run(organization, project, definition, run, state, result)
    words = {"InProgress": "in progress", "Canceling": "canceling"}
    said = words.get(state) or BUILD_STATUS.get(result, result).lower()
    return Payload(
        f"Run {run['name']} {said}.", {"run": shown, "pipeline": _pipeline(organization, project, definition)}
    )


def stage_state(organization: Organization, occurrence: Occurrence) -> Payload:
    """`ms.vss-pipelines.stage-state-changed-event`."""
    run, definition, project = _rows(organization, occurrence)
    told, record = occurrence.told, _record(organization, run, occurrence)
    stage = _part(organization, project, run, record, told)
    said = _said(told)
    text = f"Run {run['name']} stage {stage['displayName']} {said}."
    resource = {"stage": stage, **_around(organization, project, definition, run)}
    return Payload(text, resource)


def job_state(organization: Organization, occurrence: Occurrence) -> Payload:
    """`ms.vss-pipelines.job-state-changed-event`."""
    run, definition, project = _rows(organization, occurrence)
    told, record = occurrence.told, _record(organization, run, occurrence)
    timeline = Timeline(organization.kernel, run["id"])
    phase = timeline.find(str(record.get("parentId"))) or {}
    stage = timeline.find(str(phase.get("parentId"))) or {}
    job = _part(organization, project, run, record, told)
    job |= {"startTime": iso(record.get("startTime")), "finishTime": iso(record.get("finishTime"))}
    shown = {"id": stage.get("id"), "name": stage.get("identifier"), "displayName": stage.get("name")}
    text = f"Run {run['name']} stage {shown['displayName']} job {job['displayName']} {_said(told)}."
    return Payload(text, {"job": job, "stage": shown, **_around(organization, project, definition, run)})


def approval(organization: Organization, occurrence: Occurrence) -> Payload:
    """`ms.vss-pipelinechecks-events.approval-pending` and `approval-completed`."""
    run, definition, project = _rows(organization, occurrence)
    row = organization.kernel.store.get(APPROVAL, str(occurrence.told["approval"])) or {}
    base = f"{organization.url}/{project['id']}/_apis/pipelines"
    url = f"{base}/approvals/{row.get('id')}"
    status = str(occurrence.told["status"])
    steps = [_step(organization, step) for step in row.get("steps", [])]
    people = [organization.person_reference(name) for name in row.get("blockedApprovers", [])]
    shown = {
        "id": row.get("id"),
        "steps": steps,
        "status": status,
        "createdOn": iso(row.get("created")),
        "lastModifiedOn": iso(row.get("changed")),
        "executionOrder": row.get("executionOrder"),
        "minRequiredApprovers": row.get("minRequiredApprovers"),
        "instructions": row.get("instructions"),
        "blockedApprovers": people,
        "_links": {"self": {"href": url}},
    }
    resource = row.get("resource") or {"type": "environment", "name": row.get("environment", "")}
    named = f"{resource['type']} {row.get('environment', '')}"
    said = "pending" if status == "pending" else status
    text = f"Approval {said} for deployment of pipeline {definition['name']} to {named}."
    around = _around(organization, project, definition, run)
    stage = {"id": stable_id("record", str(run["id"]), str(row.get("stage"))), "name": row.get("stage")}
    return Payload(
        text,
        {
            "approval": shown,
            "projectId": project["id"],
            "pipeline": around["pipeline"],
            "stage": {**stage, "displayName": row.get("stage")},
            "run": around["run"],
            "resource": resource,
            "id": str(run["id"]),
            "url": f"{base}/{definition['id']}/runs/{run['id']}",
            "stageName": row.get("stage"),
            "attemptId": 1,
        },
    )


def _step(organization: Organization, step: Row) -> Row:
    return {
        "assignedApprover": organization.person_reference(step["assignedApprover"]),
        "status": step["status"],
        "comment": step["comment"],
        "initiatedOn": iso(step["initiated"]),
    }


def _rows(organization: Organization, occurrence: Occurrence) -> tuple[Row, Row, Row]:
    run = organization.numbered(RUN, occurrence.told["run"])
    assert run is not None, "an event names a run that is there"
    definition = organization.definition(run["project"], run["definition"])
    return run, definition or {"id": run["definition"], "name": ""}, project_row(organization, run["project"])


def _record(organization: Organization, run: Row, occurrence: Occurrence) -> Row:
    return Timeline(organization.kernel, run["id"]).find(str(occurrence.told["record"])) or {}


def _part(organization: Organization, project: Row, run: Row, record: Row, told: Any) -> Row:
    value: Row = {
        "_links": {"web": {"href": _web(organization, project, run)}},
        "id": record.get("id"),
        "name": record.get("refName") or record.get("identifier"),
        "displayName": record.get("name"),
        "state": _lowered(told["state"]),
    }
    return {**value, "result": _lowered(told["result"])} if told["result"] else value


def _said(told: Any) -> str:
    words = {"NotStarted": "not started", "Waiting": "waiting", "Running": "started"}
    return words.get(told["state"]) or _lowered(told["result"])


def _around(organization: Organization, project: Row, definition: Row, run: Row) -> Row:
    pipeline = _pipeline(organization, project, definition)
    short = {key: pipeline[key] for key in ("url", "id", "revision", "name", "folder")}
    state = "completed" if run["state"] == "completed" else "inProgress"
    shown: Row = {"pipeline": short, "state": state, "createdDate": iso(run["created"])}
    if run["result"]:
        shown |= {"result": run["result"], "finishedDate": iso(run["finished"])}
    shown |= {"id": run["id"], "name": run["name"]}
    repository = organization.repository_of(definition)
    used = {
        "type": "Git",
        "change": {"version": run["sourceVersion"]},
        "url": f"{organization.url}/{project['name']}/_git/{repository['name']}",
    }
    return {"run": shown, "pipeline": pipeline, "repositories": [used]}


def _run(organization: Organization, project: Row, definition: Row, run: Row, state: str, result: str) -> Row:
    pipeline = _pipeline(organization, project, definition)
    url = f"{organization.url}/{project['id']}/_apis/pipelines/{definition['id']}/runs/{run['id']}"
    value: Row = {
        "_links": {
            "self": {"href": url},
            "web": {"href": _web(organization, project, run)},
            "pipeline.web": {"href": pipeline["_links"]["web"]["href"]},
            "pipeline": {"href": pipeline["url"]},
        },
        "pipeline": {key: pipeline[key] for key in ("url", "id", "revision", "name", "folder")},
        "state": _lowered(state),
        "createdDate": iso(run["created"]),
        "url": url,
        "id": run["id"],
        "name": run["name"],
    }
    if state == "Completed":
        value |= {"result": result, "finishedDate": iso(run["finished"])}
    return value


def _pipeline(organization: Organization, project: Row, definition: Row) -> Row:
    revision = definition.get("revision", 1)
    url = f"{organization.url}/{project['id']}/_apis/pipelines/{definition['id']}?revision={revision}"
    web = f"{organization.url}/{project['name']}/_build/definition?definitionId={definition['id']}"
    return {
        "_links": {"self": {"href": url}, "web": {"href": web}},
        "url": url,
        "id": definition["id"],
        "revision": revision,
        "name": definition["name"],
        "folder": definition.get("folder", "\\"),
    }


def _project(organization: Organization, project: Row) -> Row:
    url = f"{organization.url}/_apis/projects/{project['id']}"
    return {"id": project["id"], "name": project["name"], "url": url, "state": "wellFormed"}


def _web(organization: Organization, project: Row, run: Row) -> str:
    return f"{organization.url}/{project['name']}/_build/results?buildId={run['id']}"


def _lowered(text: str) -> str:
    return text[:1].lower() + text[1:]
