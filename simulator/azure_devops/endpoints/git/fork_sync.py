"""Fork sync requests: a repository gets the branches of another of the same origin.

Source: Learn, REST "Forks - Create fork sync request". The steps' names are ours.
"""

from __future__ import annotations

from simulator.azure_devops.endpoint import Call, collection, endpoint
from simulator.azure_devops.endpoints.core.operations import collection_id
from simulator.azure_devops.errors import failure, invalid
from simulator.azure_devops.git import lineage, objects
from simulator.azure_devops.git.refs import NO_OBJECT
from simulator.azure_devops.git.writing import RefStale, update_ref
from simulator.azure_devops.organization import Row, number_key
from simulator.azure_devops.pull_requests.forks import related
from simulator.azure_devops.pull_requests.rows import HEADS
from simulator.azure_devops.shapes import mapping, mappings
from simulator.kernel.errors import CallerError

REQUESTS = "1703f858-b9d1-46af-ab62-483e9e1055b5"
_KIND = "azure_devops.fork_sync"
_STEPS = ("Processing request", "Fetching objects", "Updating references", "Sync completed successfully")


@endpoint("POST", REQUESTS, "vso.code_write")
async def create(call: Call) -> object:
    """Bring `sourceToTargetRefs` (none: every branch) of `source`; `queued` now, what a later look finds is the end."""
    row, given = call.repository(), call.object_body()
    source = _source(call, row, mapping(given, "source"))
    wanted = [
        (_ref(each, "sourceRef"), _ref(each, "targetRef")) for each in mappings(given, "sourceToTargetRefs")
    ]
    if not wanted:
        refs = await call.azure.refs.read(source)
        wanted = [(name, name) for name in refs if name.startswith(HEADS)]
    request: Row = {
        "id": call.organization.next_number("fork_sync"),
        "source": source["id"],
        "refs": [list(pair) for pair in wanted],
        "status": "queued",
        "error": "",
    }
    _save(call, row, request)
    answer = _view(call, row, request)
    error = await _synchronize(call, row, source, wanted)
    _save(call, row, {**request, "status": "failed" if error else "completed", "error": error})
    return answer


def _source(call: Call, row: Row, key: Row) -> Row:
    source = call.organization.repository(str(key.get("repositoryId") or ""))
    owner = call.organization.project(source["project"])
    call.visible(owner, owner["name"])
    if source["id"] == row["id"] or not related(call.organization, source, row):
        raise invalid(f"The repository {source['name']} is not a fork of the same origin as {row['name']}.")
    return source


def _ref(pair: Row, name: str) -> str:
    ref = str(pair.get(name) or pair.get("sourceRef") or "")
    if not ref.startswith(HEADS):
        raise failure("InvalidGitRefNameException", name=ref)
    return ref


async def _synchronize(call: Call, row: Row, source: Row, wanted: list[tuple[str, str]]) -> str:
    """Move each branch forward; the reason of the first that cannot move, or the empty text."""
    async with call.azure.refs.lock(row):
        told = [await _move(call, row, source, *pair) for pair in wanted]
        await call.azure.refs.observe(row, call.caller.identity.name)
    return next((text for text in told if text), "")


async def _move(call: Call, row: Row, source: Row, branch: str, target: str) -> str:
    path, guard = call.azure.refs.path(row), call.azure.guard
    tip = (await call.azure.refs.read(source)).get(branch)
    if tip is None:
        return f"The branch {branch} does not exist in the repository {source['name']}."
    current = (await call.azure.refs.read(row)).get(target, NO_OBJECT)
    if tip == current:
        return ""
    refused = guard.refusal(row, target, current, tip, call.caller)
    if refused is not None:
        return refused.message
    await lineage.objects_of(call.azure.refs.path(source), path, branch)
    if current != NO_OBJECT and await objects.merge_base(path, current, tip) != current:
        return (
            f"The branch {target} has commits of its own, so that it cannot be moved to those of the source."
        )
    try:
        await guard.inspected(row, target, tip)
        await update_ref(path, target, tip, current)
    except (CallerError, RefStale) as error:
        return str(error) or f"The branch {target} was moved meanwhile."
    return ""


@endpoint("GET", REQUESTS, "vso.code")
async def requests(call: Call) -> object:
    """The sync requests of a repository, or one."""
    row = call.repository()
    if wanted := call.route.get("forksyncoperationid"):
        key = f"{row['id']}/{number_key(wanted)}" if wanted.isdecimal() else ""
        found = call.kernel.store.get(_KIND, key)
        if found is None:
            raise failure("GitAsyncOperationNotFoundException", id=wanted)
        return _view(call, row, found)
    return collection([_view(call, row, each) for _, each in call.kernel.store.scan(_KIND, f"{row['id']}/")])


def _save(call: Call, row: Row, request: Row) -> None:
    call.kernel.store.put(_KIND, f"{row['id']}/{number_key(request['id'])}", request)


def _view(call: Call, row: Row, request: Row) -> Row:
    source = call.organization.repository(request["source"])
    url = f"{call.url}/{row['project']}/_apis/git/repositories/{row['id']}/forkSyncRequests/{request['id']}"
    step = {"queued": 1, "failed": 3}.get(request["status"], len(_STEPS))
    status: Row = {"currentStep": step, "allSteps": list(_STEPS)}
    if request["error"]:
        status["errorMessage"] = request["error"]
    return {
        "operationId": request["id"],
        "source": {
            "collectionId": collection_id(call),
            "projectId": source["project"],
            "repositoryId": source["id"],
        },
        "sourceToTargetRefs": [{"sourceRef": one, "targetRef": other} for one, other in request["refs"]],
        "status": request["status"],
        "detailedStatus": status,
        "_links": {"self": {"href": url}},
    }
