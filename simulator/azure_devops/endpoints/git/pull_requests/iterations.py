"""The iterations of a pull request: what each push brought, its changes and commits."""

from __future__ import annotations

from simulator.azure_devops.endpoint import Call, collection, endpoint
from simulator.azure_devops.endpoints.git import commits
from simulator.azure_devops.endpoints.git.changes import entries
from simulator.azure_devops.endpoints.git.pull_requests import views
from simulator.azure_devops.errors import failure
from simulator.azure_devops.git import objects
from simulator.azure_devops.git.refs import NO_OBJECT
from simulator.azure_devops.organization import Row

ITERATIONS = "d43911ee-6958-46b0-a42b-8445b8a0d004"
CHANGES = "4216bdcf-b6b1-4d59-8b82-c34cc183fc8b"
COMMITS = "e7ea0883-095f-4926-b5fb-f24691c26fb9"


@endpoint("GET", ITERATIONS, "vso.code")
async def iterations(call: Call) -> object:
    """The iterations, or one."""
    row = await views.settled(call)
    if "iterationid" in call.route:
        return await _view(call, row, numbered(call, row, call.route["iterationid"]))
    return collection([await _view(call, row, each) for each in row["iterations"]])


@endpoint("GET", CHANGES, "vso.code")
async def changes(call: Call) -> object:
    """The files that an iteration changes against the common commit, or against iteration `$compareTo`."""
    row, repository = await views.settled(call), call.repository()
    iteration = numbered(call, row, call.route["iterationid"])
    against = call.query.get("$compareto", "0")
    base = iteration["common"] if against == "0" else numbered(call, row, against)["source"]
    found = await entries(call, repository, None if base == NO_OBJECT else base, iteration["source"])
    skip, top = call.number("$skip", 0), call.number("$top", 100)
    shown = [
        {"changeTrackingId": place, "changeId": place, "item": each["item"], "changeType": each["changeType"]}
        | ({"originalPath": each["sourceServerItem"]} if "sourceServerItem" in each else {})
        for place, each in enumerate((each for each in found if not each["item"].get("isFolder")), start=1)
    ]
    more = {"nextSkip": skip + top, "nextTop": top} if len(shown) > skip + top else {}
    return {"changeEntries": shown[skip:][:top], **more}


@endpoint("GET", COMMITS, "vso.code")
async def iteration_commits(call: Call) -> object:
    """The commits that an iteration holds."""
    row, repository = await views.settled(call), call.repository()
    iteration = numbered(call, row, call.route["iterationid"])
    found = await _commits(call, repository, iteration)
    shown = found[call.number("$skip", call.number("skip", 0)) :]
    return collection(shown[: call.number("$top", call.number("top", 100))])


def numbered(call: Call, row: Row, number: str) -> Row:
    """The iteration of that number; 404 when there is none."""
    for each in row["iterations"]:
        if str(each["id"]) == number:
            found: Row = each
            return found
    raise failure("GitPullRequestIterationNotFoundException", id=number)


async def _commits(call: Call, repository: Row, iteration: Row) -> list[Row]:
    base = "" if iteration["common"] == NO_OBJECT else iteration["common"]
    found = await objects.log(call.azure.refs.path(repository), iteration["source"], exclude=base)
    return [commits.reference(call, repository, each) for each in found]


async def _view(call: Call, row: Row, iteration: Row) -> Row:
    value = {
        "id": iteration["id"],
        "description": "",
        "author": views.person(call, iteration["author"]),
        "createdDate": iteration["created"],
        "updatedDate": iteration["created"],
        "sourceRefCommit": {"commitId": iteration["source"]},
        "targetRefCommit": {"commitId": iteration["target"]},
        "commonRefCommit": {"commitId": iteration["common"]},
        "hasMoreCommits": False,
        "reason": iteration["reason"],
        "_links": {
            "self": {"href": f"{views.url(call, row)}/iterations/{iteration['id']}"},
            "workItems": {"href": f"{views.url(call, row)}/workitems"},
        },
    }
    if iteration.get("push"):
        value["push"] = {"pushId": iteration["push"]}
    if call.query.get("includecommits", "").lower() == "true":
        value["commits"] = await _commits(call, call.repository(), iteration)
    return value
