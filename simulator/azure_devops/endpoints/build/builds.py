"""Builds: the older face of runs. Listed, queued, changed, deleted."""

from __future__ import annotations

import json
from typing import Any

from simulator.azure_devops.endpoint import Answer, Call, collection, endpoint, page
from simulator.azure_devops.endpoints import run_requests
from simulator.azure_devops.endpoints.build.build_queries import chosen
from simulator.azure_devops.endpoints.build.build_views import STATUS, found, whole
from simulator.azure_devops.enumerations import BUILD_STATUS, named
from simulator.azure_devops.errors import failure, invalid
from simulator.azure_devops.organization import DEFINITION, Row
from simulator.azure_devops.pipelines.retention import FOREVER_DAYS
from simulator.azure_devops.pipelines.runs import RunRequest
from simulator.azure_devops.security import tokens
from simulator.azure_devops.security.namespaces import BUILD
from simulator.azure_devops.shapes import as_mapping, as_mappings, mapping

BUILDS = "0cd358e1-9217-4d94-8269-1c1ee6f93dcf"
_REASONS = {
    name.lower(): name
    for name in (
        "Manual",
        "IndividualCI",
        "BatchedCI",
        "Schedule",
        "PullRequest",
        "ResourceTrigger",
        "BuildCompletion",
    )
}


@endpoint("GET", BUILDS, "vso.build")
async def builds(call: Call) -> object:
    """One build, or a page of those that fit every filter."""
    if "buildid" in call.route:
        return whole(call, found(call))
    rows = _seen(call, chosen(call.query, call.azure.runs.of(call.project()["id"])))
    shown, headers = page(call, rows, 1000, 5000)
    return Answer(200, collection([whole(call, row) for row in shown]), headers=headers)


def _seen(call: Call, rows: list[Row]) -> list[Row]:
    """Those of pipelines whose builds the caller may view."""
    known = {row["id"]: row for row in call.organization.rows(DEFINITION, call.project()["id"])}
    shown = {
        number: call.allowed(
            BUILD, tokens.of_definition(call.project()["id"], known.get(number)), "ViewBuilds"
        )
        for number in {row["definition"] for row in rows}
    }
    return [row for row in rows if shown[row["definition"]]]


@endpoint("POST", BUILDS, "vso.build_execute")
async def queue(call: Call) -> object:
    """Queue a build of `definition.id`, or once more what `sourceBuildId` was."""
    given = call.object_body()
    if again := call.number("sourcebuildid", 0):
        return await _again(call, again)
    number = mapping(given, "definition").get("id") or call.query.get("definitionid", "")
    row = call.organization.definition(call.project()["id"], str(number))
    if row is None:
        raise failure("DefinitionNotFoundException", id=number)
    if row.get("queueStatus") == "disabled":
        raise failure("DefinitionDisabledException", name=row["name"])
    branch, version = str(given.get("sourceBranch") or ""), str(given.get("sourceVersion") or "")
    ref, commit = await run_requests.version_of(call, row, branch, version)
    reason = _REASONS.get(str(given.get("reason") or "manual").lower())
    if reason is None:
        raise invalid(f"The build reason '{given.get('reason')}' is not valid.")
    request = RunRequest(
        row,
        ref,
        commit,
        reason,
        call.caller.identity.name,
        mapping(given, "templateParameters"),
        {name: {"value": str(value)} for name, value in _parameters(given.get("parameters")).items()},
        key=run_requests.request_key(call, row),
    )
    return whole(call, await call.azure.queue.queue(request))


async def _again(call: Call, number: int) -> object:
    """The same commit with the same parameters and variables."""
    known = call.azure.runs.find(number)
    row = known and call.organization.definition(call.project()["id"], known["definition"])
    if known is None or row is None:
        raise failure("BuildNotFoundException", id=number)
    person = call.caller.identity.name
    given = (known["parameters"], known["variables"], tuple(known["stagesToSkip"]))
    request = RunRequest(row, known["sourceBranch"], known["sourceVersion"], "Manual", person, *given)
    return whole(call, await call.azure.queue.queue(request))


def _parameters(text: Any) -> dict[str, Any]:
    """The variables of a build: an object as JSON text, as the service has them."""
    try:
        return as_mapping(json.loads(str(text or "{}")), "parameters")
    except ValueError as error:
        raise invalid(f"The value of parameters is not valid JSON: {error}") from error


@endpoint("PATCH", BUILDS, "vso.build_execute")
async def change(call: Call) -> object:
    """Cancel, keep or retry (`?retry=true`) a build; without a number in the address, those of the body's list."""
    if "buildid" in call.route:
        row = found(call)
        if call.query.get("retry", "").lower() == "true":
            call.azure.coordinator.retry_failed(row)
        else:
            _change(call, row, call.object_body())
        return whole(call, call.azure.runs.get(row["id"]))
    changed = []
    for given in as_mappings(call.body, "the body"):
        call.route["buildid"] = str(given.get("id") or "")
        row = found(call)
        _change(call, row, given)
        changed.append(whole(call, call.azure.runs.get(row["id"])))
    return collection(changed)


def _change(call: Call, row: Row, given: dict[str, Any]) -> None:
    asked = given.get("status") or STATUS.get(row["state"], row["state"])
    status = named(asked, BUILD_STATUS)
    if status == "cancelling":
        call.azure.coordinator.cancel(row)
    elif status != STATUS.get(row["state"], row["state"]):
        raise invalid(f"The build status '{asked}' cannot be set. Expected cancelling.")
    if isinstance(keep := given.get("keepForever"), bool):
        owner = f"User:{call.caller.identity.id}"
        call.azure.leases.keep(row, owner, FOREVER_DAYS) if keep else call.azure.leases.let_go(
            row["id"], owner
        )
    if isinstance(retained := given.get("retainedByRelease"), bool):
        call.azure.runs.update(row["id"], retainedByRelease=retained)
    if name := given.get("buildNumber"):
        call.azure.runs.update(row["id"], name=str(name))


@endpoint("DELETE", BUILDS, "vso.build_execute")
async def remove(call: Call) -> object:
    """Delete a build that has completed and that no lease retains; `deletedFilter` finds it until it is destroyed."""
    row = found(call)
    if call.azure.leases.of_run(row["id"]):
        raise failure("CannotDeleteRetainedBuildException", id=row["id"])
    if row["state"] != "completed":
        raise failure("BuildStatusInvalidChangeException", id=row["id"])
    call.azure.runs.update(row["id"], deleted=True, deletedDate=call.kernel.clock.now())
    return Answer(204)
