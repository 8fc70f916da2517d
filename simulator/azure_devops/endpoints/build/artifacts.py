"""Artifacts of a build: list, get, download as one zip file, and name one that lies elsewhere."""

from __future__ import annotations

import asyncio
from urllib.parse import quote

from simulator.azure_devops.endpoint import Answer, Call, collection, endpoint
from simulator.azure_devops.endpoints.build.zipping import zip_of
from simulator.azure_devops.errors import failure, invalid
from simulator.azure_devops.organization import Row
from simulator.azure_devops.pipelines.artifact_names import artifact_name_error
from simulator.azure_devops.pipelines.artifacts import Artifacts
from simulator.azure_devops.pipelines.file_containers import FileContainer, normalized, place_of
from simulator.azure_devops.shapes import mapping
from simulator.kernel.errors import NotSimulated

_OWN_STORAGE = ("container", "pipelineartifact")
ARTIFACTS = "1db06c96-014e-44e1-ac91-90b2d4b3e984"


def named(call: Call, build: Row, name: str) -> Row:
    """The build's artifact of that name."""
    row = Artifacts(call.kernel, build["id"]).find(name)
    if row is None:
        raise failure("ArtifactNotFoundException", name=name, build=build["id"])
    return row


def download_url(call: Call, build: Row, name: str) -> str:
    """Where its files are had, as one zip file."""
    base = f"{call.url}/{build['project']}/_apis/build/builds/{build['id']}/artifacts"
    return f"{base}?artifactName={quote(name)}&api-version=7.1&$format=zip"


def _view(call: Call, build: Row, row: Row) -> Row:
    base = f"{call.url}/{build['project']}/_apis/build/builds/{build['id']}/artifacts"
    properties = dict(row.get("properties") or {})
    if row["type"].lower() in _OWN_STORAGE:
        properties["artifactsize"] = str(row["size"])
    resource = {
        "type": row["type"],
        "data": row.get("data") or str(row["id"]),
        "properties": properties,
        "url": f"{base}?artifactName={quote(row['name'])}&api-version=7.1",
        "downloadUrl": download_url(call, build, row["name"]),
    }
    return {"id": row["id"], "name": row["name"], "source": row["source"], "resource": resource}


@endpoint("GET", ARTIFACTS, "vso.build")
async def artifacts(call: Call) -> object:
    """The artifacts of a build; one by `artifactName`, its files with `$format=zip`."""
    build = _build(call)
    store = Artifacts(call.kernel, build["id"])
    name = call.route.get("artifactname") or call.query.get("artifactname")
    if not name:
        return collection([_view(call, build, row) for row in store.listed()])
    row = named(call, build, name)
    if call.query.get("$format") == "zip" or "application/zip" in call.headers.get("accept", ""):
        return Answer(content=await zipped(call, build, name), content_type="application/zip")
    return _view(call, build, row)


@endpoint("POST", ARTIFACTS, "vso.build_execute")
async def associate(call: Call) -> object:
    """Say that files at a place (`resource.type` and `data`) are an artifact of the build.

    Of the type Container they are in a file container: `#/{container}/{path}`. The same name again replaces it, but not
    where it is of another form.
    """
    build, name = _build(call), str(call.member("name"))
    resource = mapping(call.object_body(), "resource")
    kind, place = str(resource.get("type") or ""), str(resource.get("data") or "")
    if wrong := artifact_name_error(name):
        raise invalid(wrong)
    if kind.lower() == "pipelineartifact":
        raise NotSimulated(f"an artifact of the type {kind} by REST", "Publish it by a task of a job.")
    if not kind or not place:
        raise invalid("Value cannot be null.\r\nParameter name: artifact.Resource.Data")
    if kind.lower() == "container":
        kind, place = "Container", _in_container(call, build, place)
    store = Artifacts(call.kernel, build["id"])
    known = store.find(name)
    if known is not None and _own(known) and (known["type"], known["data"]) != (kind, place):
        raise failure("ArtifactExistsException", name=name, build=build["id"])
    number = known["id"] if known else call.organization.next_number("artifact")
    source = str(call.object_body().get("source") or "")
    properties = {key: str(value) for key, value in mapping(resource, "properties").items()}
    return _view(call, build, store.add(name, number, kind, source, place, properties))


def _own(row: Row) -> bool:
    return row["type"].lower() in _OWN_STORAGE


def _in_container(call: Call, build: Row, data: str) -> str:
    """The place of an item that is there, in a container of the project; 404 for another."""
    place = place_of(data)
    if place is None:
        raise invalid(f"Resource data value '{data[:100]}' is invalid.")
    number, path = place[0], normalized(place[1])
    run = call.azure.runs.find(number)
    if run is None or run["project"] != build["project"]:
        raise failure("ContainerNotFoundException", id=number)
    if FileContainer(call.kernel, number).find(path) is None:
        raise failure("ContainerItemNotFoundException", path=path, id=number)
    return f"#/{number}/{path}"


def _build(call: Call) -> Row:
    build = call.azure.runs.find(call.route["buildid"])
    if build is None or build["project"] != call.project()["id"]:
        raise failure("BuildNotFoundException", id=call.route["buildid"])
    return build


async def zipped(call: Call, build: Row, name: str) -> bytes:
    """The files of an artifact as one zip file."""
    row = named(call, build, name)
    return await asyncio.to_thread(zip_of, Artifacts(call.kernel, build["id"]).path(row), name)
