"""Test runs: those that builds published and those that clients write."""

from __future__ import annotations

from typing import Any

from simulator.azure_devops.endpoint import Answer, Call, collection, endpoint
from simulator.azure_devops.errors import failure, invalid
from simulator.azure_devops.moments import iso
from simulator.azure_devops.organization import Row
from simulator.azure_devops.pipelines.test_runs import STATES
from simulator.azure_devops.shapes import mapping

RUNS = "cadb3810-d47d-4a3c-a234-fe5f3be50138"
STATISTICS = "0a42c424-d764-4a16-a2d5-5c85f87d0ae8"


def view(call: Call, row: Row) -> Row:
    """The TestRun of the wire."""
    counts, told = row["counts"], row.get("told", {})
    state = row.get("state", "Completed")
    owner = call.person_reference(str(row.get("owner") or call.organization.topology.test_person))
    project = call.organization.project(row["project"])
    value: dict[str, Any] = {
        "id": row["id"],
        "name": row["name"],
        "url": f"{call.url}/{row['project']}/_apis/test/Runs/{row['id']}",
        "isAutomated": bool(row.get("automated", True)),
        "owner": owner,
        "project": {"id": project["id"], "name": project["name"]},
        "startedDate": told.get("startedDate") or iso(row["created"]),
        "completedDate": told.get("completedDate") or iso(row.get("completed")),
        "state": state,
        "totalTests": row["total"],
        "passedTests": counts.get("Passed", 0),
        "incompleteTests": counts.get("Unspecified", 0) + counts.get("None", 0),
        "notApplicableTests": counts.get("NotExecuted", 0) + counts.get("NotApplicable", 0),
        "unanalyzedTests": counts.get("Failed", 0),
        "revision": 1,
        "comment": told.get("comment"),
        "errorMessage": told.get("errorMessage"),
        "runStatistics": statistics(counts),
        "webAccessUrl": f"{call.url}/{project['name']}/_TestManagement/Runs?runId={row['id']}&_a=runCharts",
    }
    if row["build"] is not None:
        value["build"] = {"id": str(row["build"]), "url": f"{call.url}/_apis/build/Builds/{row['build']}"}
    return {name: item for name, item in value.items() if item is not None}


def statistics(counts: Row) -> list[Row]:
    """How many results have which outcome."""
    return [{"state": "Completed", "outcome": name, "count": count} for name, count in counts.items()]


def found(call: Call) -> Row:
    """The test run of the route."""
    project = call.project()
    row = call.azure.test_runs.find(project["id"], call.route["runid"])
    if row is None:
        raise failure("TestObjectNotFoundException", id=call.route["runid"])
    return row


@endpoint("GET", RUNS, "vso.test")
async def runs(call: Call) -> object:
    """One test run, or those of the project (`buildUri`, `buildIds`, `automated`, `$skip`, `$top`)."""
    if "runid" in call.route:
        return view(call, found(call))
    build = call.query.get("builduri", "").rpartition("/")[2] or call.query.get("buildids", "")
    wanted = {int(text) for text in build.split(",") if text.strip().isdecimal()}
    rows = call.azure.test_runs.of(call.project()["id"])
    rows = [row for row in rows if not wanted or row["build"] in wanted]
    if text := call.query.get("automated", "").lower():
        rows = [row for row in rows if bool(row.get("automated", True)) is (text == "true")]
    rows = rows[call.number("$skip", 0) :]
    return collection([view(call, row) for row in rows[: call.number("$top", len(rows))]])


@endpoint("POST", RUNS, "vso.test_write")
async def create(call: Call) -> object:
    """A new run, perhaps of a build, that is open until its state is set."""
    project, given, name = call.project(), call.object_body(), str(call.member("name"))
    text = str(mapping(given, "build").get("id") or "")
    build = call.azure.runs.find(text) if text else None
    if text and (build is None or build["project"] != project["id"]):
        raise failure("BuildNotFoundException", id=text)
    _check_state(given)
    number = build["id"] if build else None
    row = call.azure.test_runs.create(project["id"], number, name, given, call.caller.identity.name)
    return view(call, row)


@endpoint("PATCH", RUNS, "vso.test_write")
async def change(call: Call) -> object:
    """Another name, state or comment."""
    row = found(call)
    _check_state(call.object_body())
    return view(call, call.azure.test_runs.change(row, call.object_body()))


@endpoint("DELETE", RUNS, "vso.test_write")
async def delete(call: Call) -> object:
    """Remove a run with its results."""
    call.azure.test_runs.delete(found(call))
    return Answer(204)


@endpoint("GET", STATISTICS, "vso.test")
async def run_statistics(call: Call) -> object:
    """How the results of a run ended."""
    row = found(call)
    shown = view(call, row)
    run = {"id": str(row["id"]), "name": shown["name"], "url": shown["url"]}
    return {"run": run, "runStatistics": statistics(row["counts"])}


def _check_state(given: Row) -> None:
    state = str(given.get("state") or "")
    if state and state.lower() not in {one.lower() for one in STATES}:
        raise invalid(f"The state {state} is not valid. Expected one of {', '.join(STATES)}.")
