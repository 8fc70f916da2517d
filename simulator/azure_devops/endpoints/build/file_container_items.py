"""What is in a file container: as a list, as bytes, or as one zip file, as the client asks.

Source: the parameters of `getItems` in azure-devops-node-api; that a client without wishes gets the bytes of a file is
how scripts download them (dotnet/arcade's PublishArtifactsInManifest).
"""

from __future__ import annotations

import asyncio
import posixpath
from pathlib import Path
from urllib.parse import quote

from simulator.azure_devops.endpoint import Answer, Call, collection, endpoint
from simulator.azure_devops.endpoints.build import file_containers
from simulator.azure_devops.endpoints.build.zipping import zip_of
from simulator.azure_devops.errors import failure
from simulator.azure_devops.organization import Row
from simulator.azure_devops.pipelines.file_containers import FileContainer

_OF_MEDIA_TYPE = {
    "application/zip": "zip",
    "application/octet-stream": "octetstream",
    "application/json": "json",
}


@endpoint("GET", file_containers.CONTAINERS, "vso.build")
async def items(call: Call) -> object:
    """Without a container those that there are; else the items at and below `itemPath`, or the content there."""
    if not call.route.get("containerid"):
        return file_containers.listed(call)
    run, path = file_containers.run_of(call), file_containers.path_of(call)
    container = FileContainer(call.kernel, run["id"])
    item = container.find(path)
    if path and item is None:
        raise failure("ContainerItemNotFoundException", path=path, id=run["id"])
    metadata = _true(call, "metadata")
    form = "json" if metadata else _form(call, item)
    if form == "zip":
        return await _zipped(call, container, path)
    if form == "octetstream" and item is not None and item["type"] == "file":
        return _content(call, container, item)
    rows = [item] if metadata and item else container.listed(path, metadata or _true(call, "isshallow"))
    return collection([file_containers.item_view(call, run, row) for row in rows])


def _true(call: Call, name: str) -> bool:
    return call.query.get(name, "").lower() == "true"


def _form(call: Call, item: Row | None) -> str:
    """`$format`, else the first media type of the Accept header that there is, else bytes for a file."""
    if given := call.query.get("$format", "").lower():
        return given
    accepted = [] if _true(call, "ignorerequestedmediatype") else call.headers.get("accept", "").split(",")
    wanted = (_OF_MEDIA_TYPE.get(each.partition(";")[0].strip().lower()) for each in accepted)
    default = "octetstream" if item is not None and item["type"] == "file" else "json"
    return next((form for form in wanted if form), default)


def _content(call: Call, container: FileContainer, item: Row) -> Answer:
    if item["status"] != "created":
        return Answer(204)
    name = call.query.get("downloadfilename") or posixpath.basename(item["path"])
    return Answer(
        file=container.files / item["path"],
        content_type="application/octet-stream",
        headers={"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}"},
    )


async def _zipped(call: Call, container: FileContainer, path: str) -> Answer:
    """The files at and below a path; `saveAbsolutePath=false` lets their names begin there, not at the root."""
    top = container.files / path
    whole = call.query.get("saveabsolutepath", "").lower() != "false"
    name = call.query.get("downloadfilename") or f"{posixpath.basename(path) or 'container'}.zip"
    content = await asyncio.to_thread(zip_of, Path(top), path if whole else "")
    return Answer(
        content=content,
        content_type="application/zip",
        headers={"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}"},
    )
