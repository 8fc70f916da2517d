"""Import requests: an empty repository gets what another one holds, of this organization or of an allowed host."""

from __future__ import annotations

from urllib.parse import unquote, urlsplit

from simulator.azure_devops.endpoint import Answer, Call, collection, endpoint
from simulator.azure_devops.endpoints.git import repositories
from simulator.azure_devops.errors import failure, invalid
from simulator.azure_devops.git import importing
from simulator.azure_devops.git.smart_http import parse
from simulator.azure_devops.organization import Row
from simulator.azure_devops.shapes import mapping
from simulator.kernel.errors import CallerError, NotSimulated
from simulator.kernel.outbound import OutboundRefused

IMPORTS = "01828ddc-3600-4a41-8633-99b3a73a0eb3"
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
    """Import `parameters.gitSource.url`: an operation that clients poll until it is `completed`."""
    row = call.repository()
    source = mapping(mapping(call.object_body(), "parameters"), "gitSource")
    url = str(source.get("url", ""))
    if not url:
        raise invalid("Invalid argument value.\r\nParameter name: parameters.gitSource.url")
    if await call.azure.refs.read(row):
        raise failure("GitImportForbiddenOnNonEmptyRepository", name=row["name"])
    parent = _source(call, url, source)
    request = {
        "id": call.organization.next_number("git_import"),
        "url": url,
        "overwrite": bool(source.get("overwrite", False)),
        "status": "queued",
        "by": call.caller.identity.name,
    }
    _queue(call, row, request, parent)
    return Answer(201, await _view(call, row, request))


def _queue(call: Call, row: Row, request: Row, parent: Row | None) -> None:
    """Write the request and the operation that carries it out."""
    detail = {"name": row["name"], "repository": row["id"], "request": request["id"]}
    detail["parent"] = parent["id"] if parent else ""
    with call.kernel.store.transaction():
        call.azure.imports.save(row["id"], request)
        call.azure.operations.queue(importing.WORK, detail)


def _source(call: Call, url: str, source: Row) -> Row | None:
    """The repository of this organization that a URL means; None for one of a host that the settings allow."""
    parts = urlsplit(url)
    own = (urlsplit(call.organization.url).hostname, "dev.azure.com", "localhost")
    path = unquote(parts.path).strip("/")
    inside = path.partition("/")[2] if path.lower().startswith(f"{call.organization.name.lower()}/") else ""
    asked = parse(f"{inside}/info/refs") if parts.hostname in own else None
    if asked is None:
        _check_outside(call, url, source)
        return None
    try:
        project = call.organization.project(asked.project)
        return call.organization.repository(asked.repository, call.visible(project, asked.project)["id"])
    except CallerError as missing:
        raise invalid(f"The repository {url} could not be found or read: {missing.message}") from missing


def _check_outside(call: Call, url: str, source: Row) -> None:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise invalid("Invalid argument value.\r\nParameter name: parameters.gitSource.url")
    if parts.hostname == "dev.azure.com":
        raise NotSimulated(f"importing from {url}", "There is one organization here.")
    try:
        call.kernel.outbound.origin(url)
    except OutboundRefused as refused:
        raise NotSimulated(f"importing from {parts.hostname}", str(refused)) from refused
    if "@" in parts.netloc or source.get("serviceEndpointId"):
        raise NotSimulated(
            "importing with credentials", "Only public repositories of other hosts are imported."
        )


@endpoint("GET", IMPORTS, "vso.code")
async def imports(call: Call) -> object:
    """The import requests of a repository, or one."""
    row = call.repository()
    if "importrequestid" in call.route:
        return await _view(call, row, _found(call, row))
    return collection([await _view(call, row, each) for each in call.azure.imports.of(row["id"])])


@endpoint("PATCH", IMPORTS, "vso.code_manage")
async def update(call: Call) -> object:
    """Abandon or retry (`queued`) a request that failed; one that is completed stays so."""
    row = call.repository()
    request, wanted = _found(call, row), call.object_body().get("status")
    if request["status"] == "completed":
        raise invalid("An import request that is completed cannot be changed.")
    if wanted not in ("abandoned", "queued"):
        raise invalid("Invalid argument value.\r\nParameter name: status")
    request = {**request, "status": wanted, "error": ""}
    if wanted == "queued":
        _queue(call, row, request, _source(call, request["url"], {}))
    else:
        call.azure.imports.save(row["id"], request)
    return await _view(call, row, request)


def _found(call: Call, row: Row) -> Row:
    number = call.route["importrequestid"]
    found = call.azure.imports.find(row["id"], number)
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
        "detailedStatus": {
            "currentStep": step,
            "allSteps": list(_STEPS),
            "errorMessage": request.get("error") or None,
        },
        "_links": {"self": {"href": url}, "repository": {"href": base}},
        "url": url,
    }
