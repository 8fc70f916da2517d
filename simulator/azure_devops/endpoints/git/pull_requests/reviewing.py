"""The reviewers of a pull request and their votes."""

from __future__ import annotations

from simulator.azure_devops.endpoint import Answer, Call, collection, endpoint
from simulator.azure_devops.endpoints.git.pull_requests import views
from simulator.azure_devops.errors import failure, invalid
from simulator.azure_devops.organization import Row
from simulator.azure_devops.pull_requests import reviewers
from simulator.azure_devops.shapes import as_mapping, as_mappings

REVIEWERS = "4b6702c7-aa35-4b89-9c96-b9abf6d3e540"


@endpoint("GET", REVIEWERS, "vso.code")
async def reviewers_of(call: Call) -> object:
    """The reviewers of a pull request, or one."""
    row = views.found(call)
    if "reviewerid" in call.route:
        return views.reviewer(call, row, _entry(call, row))
    return collection([views.reviewer(call, row, each) for each in row["reviewers"]])


@endpoint("PUT", REVIEWERS, "vso.code_write")
async def put(call: Call) -> object:
    """Add a reviewer, or vote: 10 approved, 5 with suggestions, 0 none, -5 waiting, -10 rejected."""
    row, given = await views.settled(call), call.object_body()
    requests = call.azure.pull_requests
    reference = call.route.get("reviewerid") or str(given.get("id") or given.get("uniqueName") or "")
    entry = reviewers.asked(requests, given, reference)
    known = next((each for each in row["reviewers"] if each["name"] == entry["name"]), None)
    if known is not None and "vote" not in given:
        entry["vote"] = known["vote"]
    row = reviewers.voted(requests, row, call.caller.identity, entry)
    return views.reviewer(call, row, next(e for e in row["reviewers"] if e["name"] == entry["name"]))


@endpoint("POST", REVIEWERS, "vso.code_write")
async def add(call: Call) -> object:
    """Add several reviewers."""
    row, requests = await views.settled(call), call.azure.pull_requests
    asked = [reviewers.asked(requests, each) for each in as_mappings(call.body, "the request body")]
    if any(each["vote"] for each in asked):
        raise invalid("Invalid argument value.\r\nParameter name: vote (a new reviewer has not voted)")
    if row["status"] != "active":
        raise failure("GitPullRequestNotEditableException")
    row = requests.change(
        row, "reviewers", call.caller.identity.name, reviewers=reviewers.together(row["reviewers"], asked)
    )
    names = {each["name"] for each in asked}
    return collection([views.reviewer(call, row, e) for e in row["reviewers"] if e["name"] in names])


@endpoint("PATCH", REVIEWERS, "vso.code_write")
async def change(call: Call) -> object:
    """Flag or decline for one reviewer; without a reviewer: reset the votes of those in the body."""
    row, by = await views.settled(call), call.caller.identity
    if "reviewerid" in call.route:
        entry, given = _entry(call, row), as_mapping(call.body, "the request body")
        names = ("isFlagged", "hasDeclined", "isRequired")
        entry = {**entry, **{name: bool(given[name]) for name in names if name in given}}
        kept = [entry if each["name"] == entry["name"] else each for each in row["reviewers"]]
        row = call.azure.pull_requests.change(row, "reviewers", by.name, reviewers=kept)
        return views.reviewer(call, row, entry)
    named = [
        reviewers.asked(call.azure.pull_requests, each)["name"] for each in as_mappings(call.body, "body")
    ]
    kept = [{**each, "vote": 0} if each["name"] in named else each for each in row["reviewers"]]
    call.azure.pull_requests.change(row, "votes", by.name, reviewers=kept)
    return Answer(200, None)


@endpoint("DELETE", REVIEWERS, "vso.code_write")
async def remove(call: Call) -> object:
    """Take a reviewer away; one that a policy requires stays."""
    row = await views.settled(call)
    entry = _entry(call, row)
    demanded = call.azure.evaluations.reviewers(row)
    if any(each["name"] == entry["name"] and each["isRequired"] for each in demanded):
        raise failure("GitPullRequestInvalidReviewer", id=call.route["reviewerid"])
    kept = [each for each in row["reviewers"] if each["name"] != entry["name"]]
    call.azure.pull_requests.change(row, "reviewers", call.caller.identity.name, reviewers=kept)
    return Answer(200, None)


def _entry(call: Call, row: Row) -> Row:
    reference = call.route["reviewerid"]
    name = reviewers.named(call.organization, reference)
    for each in row["reviewers"]:
        if each["name"] == name:
            return dict(each)
    raise failure("GitIdentityNotFoundException", id=reference)
