"""Statuses that services post on a pull request or on one of its iterations."""

from __future__ import annotations

from typing import Any

from simulator.azure_devops.endpoint import Answer, Call, collection, endpoint
from simulator.azure_devops.endpoints.git.pull_requests import views
from simulator.azure_devops.endpoints.git.pull_requests.iterations import numbered
from simulator.azure_devops.errors import failure, invalid
from simulator.azure_devops.organization import Row
from simulator.azure_devops.policies.types import STATUS as STATUS_POLICY
from simulator.azure_devops.pull_requests import conversation
from simulator.azure_devops.pull_requests.conversation import STATUS
from simulator.azure_devops.shapes import as_mappings, mapping

STATUSES = "b5f6bb4f-8d1e-4d79-8d11-4c9172c99c35"
OF_ITERATION = "75cf11c5-979f-4038-a76e-058a06adf2bf"
STATES = ("notSet", "pending", "succeeded", "failed", "error", "notApplicable")


@endpoint("GET", STATUSES, "vso.code")
async def statuses(call: Call) -> object:
    """The statuses of a pull request, or one."""
    return _shown(call, views.found(call))


@endpoint("GET", OF_ITERATION, "vso.code")
async def statuses_of_iteration(call: Call) -> object:
    """The statuses of an iteration, or one."""
    row = views.found(call)
    return _shown(call, row, numbered(call, row, call.route["iterationid"]))


@endpoint("POST", STATUSES, "vso.code_status")
async def post(call: Call) -> object:
    """A status, on the iteration that the body names or on the whole."""
    row, given = await views.settled(call), call.object_body()
    wanted = given.get("iterationId")
    return _posted(call, row, numbered(call, row, str(wanted)) if wanted else None)


@endpoint("POST", OF_ITERATION, "vso.code_status")
async def post_on_iteration(call: Call) -> object:
    """A status on an iteration."""
    row = await views.settled(call)
    return _posted(call, row, numbered(call, row, call.route["iterationid"]))


@endpoint("DELETE", STATUSES, "vso.code_status")
async def delete(call: Call) -> object:
    """Take a status away."""
    return _deleted(call, views.found(call), call.route["statusid"])


@endpoint("DELETE", OF_ITERATION, "vso.code_status")
async def delete_of_iteration(call: Call) -> object:
    """Take a status away."""
    return _deleted(call, views.found(call), call.route["statusid"])


@endpoint("PATCH", STATUSES, "vso.code_status")
async def patch(call: Call) -> object:
    """A JSON Patch that removes statuses: `{"op": "remove", "path": "/1"}`."""
    return _patched(call)


@endpoint("PATCH", OF_ITERATION, "vso.code_status")
async def patch_of_iteration(call: Call) -> object:
    """The same for an iteration."""
    return _patched(call)


def _patched(call: Call) -> object:
    row = views.found(call)
    for operation in as_mappings(call.body, "the request body"):
        if str(operation.get("op")).lower() not in ("remove", "1"):
            raise invalid("Invalid argument value.\r\nParameter name: op (only remove is allowed)")
        _deleted(call, row, str(operation.get("path", "")).strip("/"))
    return Answer(200, None)


def _shown(call: Call, row: Row, iteration: Row | None = None) -> object:
    found = [
        each
        for each in conversation.statuses(call.azure.pull_requests, row)
        if iteration is None or each.get("iterationId") == iteration["id"]
    ]
    if "statusid" not in call.route:
        return collection([view(call, row, each) for each in found])
    for each in found:
        if str(each["id"]) == call.route["statusid"]:
            return view(call, row, each)
    raise failure("GitPullRequestStatusNotFoundException", id=call.route["statusid"])


def _posted(call: Call, row: Row, iteration: Row | None) -> object:
    given = call.object_body()
    status = checked(call, given)
    if iteration is None and _needs_iteration(call, row, status["context"]):
        raise failure("GitPullRequestStatusRejectedByPolicyException")
    requests = call.azure.pull_requests
    status["id"] = max([each["id"] for each in conversation.statuses(requests, row)], default=0) + 1
    if iteration is not None:
        status["iterationId"] = iteration["id"]
    status["properties"] = mapping(given, "properties")
    conversation.save(requests, STATUS, row, status, "statuses", call.caller.identity.name)
    return view(call, row, status)


def checked(call: Call, given: dict[str, Any]) -> Row:
    """A status as a row, without its id; 400 for one without a context or with no such state."""
    context = mapping(given, "context")
    if not context.get("name"):
        raise invalid("Invalid argument value.\r\nParameter name: context.name")
    now = call.kernel.clock.iso()
    return {
        "state": _state(given.get("state")),
        "description": str(given.get("description") or ""),
        "context": {"name": str(context["name"]), "genre": context.get("genre")},
        "creationDate": now,
        "updatedDate": now,
        "createdBy": call.caller.identity.name,
        "targetUrl": given.get("targetUrl"),
    }


def _state(value: object) -> str:
    for number, name in enumerate(STATES):
        if str(value if value is not None else 0).lower() in (name.lower(), str(number)):
            return name
    raise invalid("Invalid argument value.\r\nParameter name: state")


def _needs_iteration(call: Call, row: Row, context: Row) -> bool:
    """Whether a status policy wants it on an iteration ("Reset status whenever there are new changes")."""
    for each in call.azure.policies.applying(call.organization.repository(row["repository"]), row["target"]):
        settings = each["settings"]
        if each["type"] != STATUS_POLICY or not settings.get("invalidateOnSourceUpdate"):
            continue
        if (settings["statusName"], settings.get("statusGenre") or "") == (
            context["name"],
            context["genre"] or "",
        ):
            return True
    return False


def _deleted(call: Call, row: Row, number: str) -> Answer:
    known = conversation.get(call.azure.pull_requests, STATUS, row, number)
    if known is None:
        raise failure("GitPullRequestStatusNotFoundException", id=number)
    by = call.caller.identity.name
    conversation.remove(call.azure.pull_requests, STATUS, row, int(number), "statuses", by)
    return Answer(200, None)


def view(call: Call, row: Row, status: Row) -> Row:
    """The GitPullRequestStatus of the wire."""
    links = {
        "self": {"href": f"{views.url(call, row)}/statuses/{status['id']}"},
        "repository": {"href": views.url(call, row).rsplit("/pullRequests", 1)[0]},
    }
    value = {**status, "createdBy": views.person(call, status["createdBy"]), "_links": links}
    return {name: given for name, given in value.items() if given not in (None, {})}
