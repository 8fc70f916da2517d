"""Import requests: an empty repository gets what another repository of this organization holds."""

from __future__ import annotations

from urllib.parse import unquote, urlsplit

from simulator.azure_devops.endpoint import Answer, Call, collection, endpoint
from simulator.azure_devops.endpoints.git import repositories
from simulator.azure_devops.errors import failure, invalid
from simulator.azure_devops.git.lineage import fork
from simulator.azure_devops.git.smart_http import parse
from simulator.azure_devops.organization import REPOSITORY, Row, number_key
from simulator.azure_devops.shapes import mapping
from simulator.kernel.errors import CallerError, NotSimulated

IMPORTS = "01828ddc-3600-4a41-8633-99b3a73a0eb3"
_KIND = "azure_devops.git_import"
_STEPS = (
    "Processing request",
    "Analyzing repository objects",
    "Storing objects",
    "Storing index file",
    "Updating references",
    "Import completed successfully",
)


@endpoint("POST", IMPORTS, "vso.code_manage")
async def create(call: Call) -> object:
    """Import `parameters.gitSource.url`; the answer says `queued`, what a later look finds is `completed`."""
    row = call.repository()
    source = mapping(mapping(call.object_body(), "parameters"), "gitSource")
    url = str(source.get("url", ""))
    if not url:
        raise invalid("Invalid argument value.\r\nParameter name: parameters.gitSource.url")
    if await call.azure.refs.read(row):
        raise failure("GitImportForbiddenOnNonEmptyRepository", name=row["name"])
    parent = _source(call, url)
    request = {
        "id": call.organization.next_number("git_import"),
        "url": url,
        "overwrite": bool(source.get("overwrite", False)),
        "status": "queued",
        "by": call.caller.identity.name,
    }
    _save(call, row, request)
    answer = await _view(call, row, request)
    await fork(call.azure.refs.path(parent), call.azure.refs.path(row))
    async with call.azure.refs.lock(row):
        row = {**row, "defaultBranch": parent["defaultBranch"]}
        call.organization.save(REPOSITORY, row)
        await call.azure.refs.point_head(row)
        await call.azure.refs.observe(row, call.caller.identity.name)
    _save(call, row, {**request, "status": "completed"})
    return Answer(201, answer)


def _source(call: Call, url: str) -> Row:
    """The repository of this organization that a URL means; any other host is beyond the closed network."""
    parts = urlsplit(url)
    own = (urlsplit(call.url).hostname, "dev.azure.com", "localhost")
    path = unquote(parts.path).strip("/")
    inside = path.partition("/")[2] if path.lower().startswith(f"{call.organization.name.lower()}/") else ""
    asked = parse(f"{inside}/info/refs") if parts.hostname in own else None
    if asked is None:
        raise NotSimulated(
            f"importing from {parts.hostname}", "Only repositories of this organization are imported."
        )
    try:
        project = call.organization.project(asked.project)
        return call.organization.repository(asked.repository, call.visible(project, asked.project)["id"])
    except CallerError as missing:
        raise invalid(f"The repository {url} could not be found or read: {missing.message}") from missing


@endpoint("GET", IMPORTS, "vso.code")
async def imports(call: Call) -> object:
    """The import requests of a repository, or one."""
    row = call.repository()
    if "importrequestid" in call.route:
        return await _view(call, row, _found(call, row))
    found = [each for _, each in call.kernel.store.scan(_KIND, f"{row['id']}/")]
    return collection([await _view(call, row, each) for each in found])


@endpoint("PATCH", IMPORTS, "vso.code_manage")
async def update(call: Call) -> object:
    """Abandon or retry a request that failed; one that is completed stays so."""
    row = call.repository()
    request = _found(call, row)
    if request["status"] == "completed":
        raise invalid("An import request that is completed cannot be changed.")
    return await _view(call, row, request)


def _save(call: Call, row: Row, request: Row) -> None:
    call.kernel.store.put(_KIND, f"{row['id']}/{number_key(request['id'])}", request)


def _found(call: Call, row: Row) -> Row:
    number = call.route["importrequestid"]
    key = f"{row['id']}/{number_key(number)}" if number.isdecimal() else ""
    found = call.kernel.store.get(_KIND, key)
    if found is None:
        raise failure("GitAsyncOperationNotFoundException", id=number)
    return found


async def _view(call: Call, row: Row, request: Row) -> Row:
    base = f"{call.url}/{row['project']}/_apis/git/repositories/{row['id']}"
    url = f"{base}/importRequests/{request['id']}"
    step = len(_STEPS) if request["status"] == "completed" else 1
    return {
        "importRequestId": request["id"],
        "repository": await repositories.view(call, row),
        "parameters": {
            "tfvcSource": None,
            "gitSource": {"url": request["url"], "overwrite": request["overwrite"]},
        },
        "status": request["status"],
        "detailedStatus": {"currentStep": step, "allSteps": list(_STEPS)},
        "_links": {"self": {"href": url}, "repository": {"href": base}},
        "url": url,
    }
