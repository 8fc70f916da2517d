"""Labels (tags) of a pull request."""

from __future__ import annotations

from simulator.azure_devops.endpoint import Answer, Call, collection, endpoint
from simulator.azure_devops.endpoints.git.pull_requests import views
from simulator.azure_devops.errors import failure
from simulator.azure_devops.organization import Row
from simulator.azure_devops.pull_requests.opening import label

LABELS = "f22387e3-984e-4c52-9c6d-fbb8f14c812d"


@endpoint("GET", LABELS, "vso.code")
async def labels(call: Call) -> object:
    """The labels of a pull request, or one by id or name."""
    row = views.found(call)
    if "labelidorname" in call.route:
        return views.label(call, row, _entry(call, row))
    return collection([views.label(call, row, each) for each in row["labels"]])


@endpoint("POST", LABELS, "vso.code_write")
async def add(call: Call) -> object:
    """One more label; the same name twice is one."""
    row = views.found(call)
    made = label(str(call.member("name")))
    kept = [each for each in row["labels"] if each["id"] != made["id"]]
    row = call.azure.pull_requests.change(row, "labels", call.caller.identity.name, labels=[*kept, made])
    return views.label(call, row, made)


@endpoint("DELETE", LABELS, "vso.code_write")
async def remove(call: Call) -> object:
    """Take a label away."""
    row = views.found(call)
    entry = _entry(call, row)
    kept = [each for each in row["labels"] if each["id"] != entry["id"]]
    call.azure.pull_requests.change(row, "labels", call.caller.identity.name, labels=kept)
    return Answer(200, None)


def _entry(call: Call, row: Row) -> Row:
    wanted = call.route["labelidorname"]
    for each in row["labels"]:
        if wanted.lower() in (each["id"], each["name"].lower()):
            found: Row = each
            return found
    raise failure("GitPullRequestLabelNotFoundException", id=wanted)
