"""The file containers of runs: list them, read, write and delete what is in them.

Source: the `FileContainer` clients of the Python SDK, azure-devops-node-api and the agent's library. The service has
one container for each run; here it has the run's number.
"""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path
from urllib.parse import quote, unquote

from simulator.azure_devops.endpoint import Answer, Call, collection, endpoint
from simulator.azure_devops.endpoints.moments import iso
from simulator.azure_devops.errors import failure, invalid
from simulator.azure_devops.organization import RUN, Row
from simulator.azure_devops.pipelines.container_uploads import chunk_of, refuse_other, write
from simulator.azure_devops.pipelines.file_containers import FileContainer, normalized
from simulator.azure_devops.security import tokens
from simulator.azure_devops.security.namespaces import BUILD
from simulator.azure_devops.shapes import as_mappings
from simulator.kernel.errors import NotSimulated

CONTAINERS = "e4f5c81e-e250-447b-9fef-bd48471bea5e"
_URI = "vstfs:///Build/Build/"


def run_of(call: Call) -> Row:
    """The run whose container the route names; 404 where there is none, or none that the caller sees."""
    number = call.route["containerid"]
    row = call.azure.runs.find(number) if number.isascii() and number.isdecimal() else None
    scope = call.query.get("scope", "").lower()
    seen = row is not None and call.organization.project(row["project"])["name"] in call.caller.projects
    if row is None or not seen or row.get("deleted") or scope not in ("", row["project"]):
        raise failure("ContainerNotFoundException", id=number[:100])
    return row


def path_of(call: Call) -> str:
    """The path that the query or the route names, "" for the container's root."""
    return normalized(call.query.get("itempath") or unquote(call.route.get("itempath", "")))


def item_view(call: Call, run: Row, item: Row) -> Row:
    """The FileContainerItem of the wire."""
    here = f"{call.url}/_apis/resources/Containers/{run['id']}?itemPath={quote(item['path'], safe='')}"
    value = {
        "containerId": run["id"],
        "scopeIdentifier": run["project"],
        "path": item["path"],
        "itemType": item["type"],
        "status": item["status"],
        "dateCreated": iso(item["created"]),
        "dateLastModified": iso(item["modified"]),
        "createdBy": item["by"],
        "lastModifiedBy": item["modifiedBy"],
        "itemLocation": f"{here}&metadata=True",
        "contentLocation": here,
    }
    if item["type"] == "file":
        value |= {"fileLength": item["length"], "fileEncoding": 1, "fileType": 1}
    return value


def _view(call: Call, run: Row) -> Row:
    here = f"{call.url}/_apis/resources/Containers/{run['id']}"
    return {
        "id": run["id"],
        "scopeIdentifier": run["project"],
        "securityToken": f"{run['project']}/{run['definition']}",
        "artifactUri": f"{_URI}{run['id']}",
        "name": run["name"],
        "description": "",
        "createdBy": call.person_reference(run["requestedFor"])["id"],
        "dateCreated": iso(run["created"]),
        "size": FileContainer(call.kernel, run["id"]).size(),
        "itemLocation": here,
        "contentLocation": here,
    }


def listed(call: Call) -> object:
    """The containers of the runs that the caller sees, of one `scope` (a project's id), by `artifactUris`."""
    scope = call.query.get("scope", "").lower()
    wanted = {uri.strip().lower() for uri in call.query.get("artifacturis", "").split(",") if uri.strip()}
    projects = {row["id"] for row in call.organization.projects() if row["name"] in call.caller.projects}
    runs = [
        run
        for run in call.organization.rows(RUN)
        if run["project"] in projects
        and not run.get("deleted")
        and scope in ("", run["project"])
        and (not wanted or f"{_URI}{run['id']}".lower() in wanted)
    ]
    seen = call.permitted(BUILD, "ViewBuilds", runs, lambda run: _token(call, run))
    return collection([_view(call, run) for run in seen])


def _token(call: Call, run: Row) -> str:
    known = call.organization.definition(run["project"], run["definition"])
    return tokens.of_definition(run["project"], known) if known else tokens.builds(run["project"])


@endpoint("PUT", CONTAINERS, "vso.build_execute", raw=True)
async def upload(call: Call) -> object:
    """A file, or a range of its bytes: 201 when it has come whole, 202 before."""
    run, path = run_of(call), path_of(call)
    if not path:
        raise invalid("Value cannot be null.\r\nParameter name: itemPath")
    container = FileContainer(call.kernel, run["id"])
    item = await write(
        call.kernel, container, chunk_of(path, call.raw, call.headers), call.caller.identity.id
    )
    return Answer(201 if item["status"] == "created" else 202, item_view(call, run, item))


@endpoint("POST", CONTAINERS, "vso.build_execute")
async def create(call: Call) -> object:
    """Folders, and files that wait for their content. Files of the service's blob store are not simulated."""
    run = run_of(call)
    given = call.body.get("value") if isinstance(call.body, dict) else call.body
    container, by, made = FileContainer(call.kernel, run["id"]), call.caller.identity.id, []
    with call.kernel.store.transaction():
        for each in as_mappings(given, "items"):
            path, kind = normalized(str(each.get("path") or "")), _kind(each)
            if not path:
                raise invalid("Value cannot be null.\r\nParameter name: items.path")
            if kind == "folder":
                made.append(container.put("folder", path, by))
            else:
                refuse_other(container, path)
                made.append(container.put("file", path, by, status="pendingUpload", length=0))
    for item in made:
        if item["type"] == "folder":
            (container.files / item["path"]).mkdir(parents=True, exist_ok=True)
    return collection([item_view(call, run, item) for item in made])


def _kind(given: Row) -> str:
    if given.get("blobMetadata") or given.get("artifactHash"):
        raise NotSimulated("files of the blob store in a container", "Send their content by PUT.")
    kind = {"1": "folder", "2": "file"}.get(str(given.get("itemType")), str(given.get("itemType")).lower())
    if kind not in ("folder", "file"):
        raise invalid(f"Invalid argument value.\r\nParameter name: itemType ({given.get('itemType')})"[:300])
    return kind


@endpoint("DELETE", CONTAINERS, "vso.build_execute")
async def delete(call: Call) -> object:
    """Delete an item with all that is below it."""
    run, path = run_of(call), path_of(call)
    container = FileContainer(call.kernel, run["id"])
    if container.find(path) is None:
        raise failure("ContainerItemNotFoundException", path=path, id=run["id"])
    with call.kernel.store.transaction():
        container.delete(path)
    await asyncio.to_thread(_remove, container.files / path)
    return Answer(204)


def _remove(place: Path) -> None:
    if place.is_dir():
        shutil.rmtree(place)
    else:
        place.unlink(missing_ok=True)
