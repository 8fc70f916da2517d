"""Retention leases: made, listed, prolonged, ended; and the retention settings and history of a project."""

from __future__ import annotations

from simulator.azure_devops.endpoint import Answer, Call, collection, endpoint
from simulator.azure_devops.endpoints.build.build_views import found
from simulator.azure_devops.endpoints.moments import iso
from simulator.azure_devops.errors import failure, invalid
from simulator.azure_devops.organization import Row
from simulator.azure_devops.pipelines import project_settings
from simulator.azure_devops.shapes import as_mappings, mapping, number

LEASES = "272051e4-9af1-45b5-ae22-8d960a5539d4"
BUILD_LEASES = "3da19a6a-f088-45c4-83ce-2ad3a87be6c4"
RETENTION = "dadb46e7-5851-4c72-820e-ae8abb82f59f"
HISTORY = "1a9c48be-0ef5-4ec2-b94f-f053bdd2d3bf"
_UPDATES = {
    "artifactsRetention": "purgeArtifacts",
    "runRetention": "purgeRuns",
    "pullRequestRunRetention": "purgePullRequestRuns",
    "retainRunsPerProtectedBranch": "retainRunsPerProtectedBranch",
}


def _view(row: Row) -> Row:
    members = ("definitionId", "runId", "ownerId", "protectPipeline")
    times = {"createdOn": iso(row["createdOn"]), "validUntil": iso(row["validUntil"])}
    return {"leaseId": row["id"], **{name: row[name] for name in members}, **times}


@endpoint("POST", LEASES, "vso.build_execute")
async def add(call: Call) -> object:
    """New leases: each with run, definition, owner and days."""
    made = []
    for given in as_mappings(call.body, "the body"):
        call.route["buildid"] = str(given.get("runId") or "")
        run, days = found(call), number(given, "daysValid", 0)
        owner = str(given.get("ownerId") or "")
        if not owner or not days:
            raise invalid("A retention lease needs ownerId and daysValid.")
        made.append(_view(call.azure.leases.keep(run, owner, days, bool(given.get("protectPipeline")))))
    return collection(made)


@endpoint("GET", LEASES, "vso.build")
async def leases(call: Call) -> object:
    """One lease, or those of an owner, a definition, a run."""
    project = call.project()["id"]
    if wanted := call.route.get("leaseid", ""):
        return _view(_one(call, wanted))
    query = call.query
    tests = {"ownerid": "ownerId", "userownerid": "ownerId", "definitionid": "definitionId", "runid": "runId"}
    rows = [row for row in call.azure.leases.all() if row["project"] == project]
    for name, member in tests.items():
        if text := query.get(name):
            rows = [
                row for row in rows if str(row[member]).removeprefix("User:") == text.removeprefix("User:")
            ]
    return collection([_view(row) for row in rows])


@endpoint("PATCH", LEASES, "vso.build_execute")
async def change(call: Call) -> object:
    """Other days from now, another protection."""
    row, given = _one(call, call.route["leaseid"]), call.object_body()
    days = number(given, "daysValid", 0)
    until = call.azure.leases.valid_until(days) if days else row["validUntil"]
    protect = bool(given.get("protectPipeline", row["protectPipeline"]))
    return _view(call.azure.leases.change(row, validUntil=until, protectPipeline=protect))


@endpoint("DELETE", LEASES, "vso.build_execute")
async def remove(call: Call) -> object:
    """End the leases that `ids` names."""
    call.project()
    for wanted in call.query.get("ids", "").split(","):
        call.azure.leases.delete(_one(call, wanted.strip())["id"])
    return Answer(204)


@endpoint("GET", BUILD_LEASES, "vso.build")
async def of_build(call: Call) -> object:
    """The leases of a build."""
    return collection([_view(row) for row in call.azure.leases.of_run(found(call)["id"])])


def _one(call: Call, wanted: str) -> Row:
    row = call.azure.leases.find(wanted)
    if row is None:
        raise failure("RetentionLeaseNotFoundException", id=wanted)
    return row


@endpoint("GET", RETENTION, "vso.build")
async def retention(call: Call) -> object:
    """How long the project keeps runs and artifacts, in days: what the daily clean-up goes by (pipelines/purging)."""
    return project_settings.retention(call.kernel.store, call.project()["id"])


@endpoint("PATCH", RETENTION, "vso.build_execute")
async def change_retention(call: Call) -> object:
    """Other days, within the limits that the settings name."""
    project, given = call.project()["id"], call.object_body()
    kept: dict[str, int] = {}
    for name, member in _UPDATES.items():
        if name not in given:
            continue
        value, limits = number(mapping(given, name), "value", 0), project_settings.RETENTION_DEFAULTS[member]
        if not limits["min"] <= value <= limits["max"]:
            raise invalid(f"The value {value} of {name} is not between {limits['min']} and {limits['max']}.")
        kept[member] = value
    project_settings.change_retention(call.kernel.store, project, kept)
    return await retention(call)


@endpoint("GET", HISTORY, "vso.build")
async def history(call: Call) -> object:
    """How many builds and definitions with builds there are today, as the texts that the service sends."""
    runs = [run for project in call.organization.projects() for run in call.azure.runs.of(project["id"])]
    sample = {
        "sampleTime": call.kernel.clock.iso(),
        "builds": str(len(runs)),
        "definitions": str(len({run["definition"] for run in runs})),
        "files": "0",
    }
    return {"buildRetentionSamples": [sample]}
