"""Runs of a pipeline: start, list, get; their logs and artifacts."""

from __future__ import annotations

from typing import Any

from simulator.azure_devops.endpoint import Call, collection, endpoint
from simulator.azure_devops.endpoints import run_requests
from simulator.azure_devops.endpoints.build import artifacts, build_views
from simulator.azure_devops.endpoints.moments import iso
from simulator.azure_devops.endpoints.pipelines import pipelines, signed_content
from simulator.azure_devops.errors import failure
from simulator.azure_devops.organization import Row
from simulator.azure_devops.pipelines.run_logs import RunLogs

RUNS = "7859261e-d2e9-4a68-b820-a5d84cc5bb3d"
LOGS = "fb1b6d27-3957-43d5-a14b-a2d70403e545"
ARTIFACTS = "85023071-bd5e-4438-89b0-2a5bf362a19d"
MOST_RUNS = 10_000
# The runs API has no word of its own for a run with issues.
_RESULTS = {"partiallySucceeded": "succeeded"}
_STATES = {"notStarted": "inProgress"}


def view(call: Call, row: Row) -> Row:
    """The Run of the wire."""
    definition = build_views.definition_of(call, row)
    project = call.organization.project(row["project"])
    url = f"{call.url}/{project['id']}/_apis/pipelines/{row['definition']}/runs/{row['id']}"
    web = f"{call.url}/{project['name']}/_build/results?buildId={row['id']}"
    source = {"id": definition["repository"], "type": "azureReposGit"}
    used = {"repository": source, "refName": row["sourceBranch"], "version": row["sourceVersion"]}
    pipeline = pipelines.reference(call, definition)
    value: dict[str, Any] = {
        "_links": {"self": {"href": url}, "web": {"href": web}, "pipeline": {"href": pipeline["url"]}},
        "templateParameters": row["parameters"],
        "variables": shown_variables(row["variables"]),
        "pipeline": {key: item for key, item in pipeline.items() if key != "_links"},
        "state": _STATES.get(row["state"], row["state"]),
        "createdDate": iso(row["created"]),
        "finishedDate": iso(row["finished"]),
        "url": url,
        "resources": _resources(call, row, used),
        "finalYaml": row["yaml"],
        "id": row["id"],
        "name": row["name"],
    }
    if row["result"]:
        value["result"] = _RESULTS.get(row["result"], row["result"])
    return {key: item for key, item in value.items() if item is not None}


def _resources(call: Call, row: Row, used: Row) -> Row:
    """The versions that the run takes of everything: repositories and pipelines by alias."""
    repositories = {
        alias: {
            "repository": {"id": one["id"], "type": "azureReposGit"},
            "refName": one["ref"],
            "version": one["commit"],
        }
        for alias, one in row["repositories"].items()
    }
    found: Row = {"repositories": {**repositories, "self": used}}
    pipelines_used = {}
    for alias, number in row.get("pipelines", {}).items():
        run = call.azure.runs.get(number)
        source = pipelines.reference(call, build_views.definition_of(call, run))
        plain = {name: source[name] for name in ("url", "id", "revision", "name", "folder")}
        pipelines_used[alias] = {"pipeline": plain, "version": run["name"]}
    return {**found, "pipelines": pipelines_used} if pipelines_used else found


def shown_variables(variables: dict[str, Any]) -> dict[str, Any]:
    """Variables without the values of secrets."""
    return {
        name: {"isSecret": True, "value": None} if item.get("isSecret") else {"value": item.get("value")}
        for name, item in variables.items()
    }


def found(call: Call) -> Row:
    """The run of the route."""
    pipeline = run_requests.found(call)
    row = call.azure.runs.find(call.route["runid"])
    if row is None or row["definition"] != pipeline["id"] or row.get("deleted"):
        raise failure("RunNotFoundException", id=call.route["runid"], pipeline=pipeline["id"])
    return row


@endpoint("GET", RUNS, "vso.build")
async def runs(call: Call) -> object:
    """The runs of a pipeline, the newest first, or one."""
    if "runid" in call.route:
        return view(call, found(call))
    pipeline = run_requests.found(call)
    rows = [row for row in call.azure.runs.of(pipeline["project"], pipeline["id"]) if not row.get("deleted")]
    return collection([view(call, row) for row in rows[:MOST_RUNS]])


@endpoint("POST", RUNS, "vso.build_execute")
async def start(call: Call) -> object:
    """A new run: answered as soon as it is queued. The errors of its YAML are a 400."""
    pipeline = run_requests.found(call)
    given = call.body if isinstance(call.body, dict) else {}
    if given.get("previewRun"):
        return await pipelines.previewed(call, pipeline, given)
    request = await run_requests.request_of(call, pipeline, given, "Manual")
    return view(call, await call.azure.queue.queue(request))


@endpoint("GET", LOGS, "vso.build")
async def logs(call: Call) -> object:
    """The logs of a run, or one; the text itself is at its build's logs."""
    row = found(call)
    store = RunLogs(call.kernel, row["id"])
    base = f"{call.url}/{row['project']}/_apis/pipelines/{row['definition']}/runs/{row['id']}/logs"
    listed = [_log(call, row, store, base, log) for log in store.rows()]
    if wanted := call.route.get("logid"):
        for log in listed:
            if str(log["id"]) == wanted:
                return log
        raise failure("BuildLogNotFoundException", id=wanted, build=row["id"])
    return {"logs": listed, "url": base}


def _log(call: Call, row: Row, store: RunLogs, base: str, log: Row) -> Row:
    value = {
        "createdOn": iso(log["created"]),
        "lastChangedOn": iso(log["changed"]),
        "id": log["id"],
        "lineCount": len(store.lines(log["id"])),
        "url": f"{base}/{log['id']}",
    }
    if not call.query.get("$expand"):
        return value
    return {**value, "signedContent": signed_content.of_log(call, row, log["id"])}


@endpoint("GET", ARTIFACTS, "vso.build")
async def run_artifact(call: Call) -> object:
    """One artifact of a run by `artifactName`."""
    row = found(call)
    artifact = artifacts.named(call, row, call.query.get("artifactname", ""))
    base = f"{call.url}/{row['project']}/_apis/pipelines/{row['definition']}/runs/{row['id']}/artifacts"
    value = {"name": artifact["name"], "url": f"{base}?artifactName={artifact['name']}"}
    if not call.query.get("$expand"):
        return value
    return {**value, "signedContent": signed_content.of_artifact(call, row, artifact["name"])}
