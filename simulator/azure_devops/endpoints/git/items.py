"""Files and directories of a repository at a version."""

from __future__ import annotations

from simulator.azure_devops.endpoint import Answer, Call, collection, endpoint
from simulator.azure_devops.endpoints.git import versions
from simulator.azure_devops.endpoints.git.versions import Version
from simulator.azure_devops.errors import failure
from simulator.azure_devops.git import objects
from simulator.azure_devops.git.objects import Entry
from simulator.azure_devops.organization import Row
from simulator.kernel.errors import CallerError

ITEMS = "fb93c0db-47ed-4a31-8c20-47552878fb44"


@endpoint("GET", ITEMS, "vso.code")
async def items(call: Call) -> object:
    """A file (its bytes, or as JSON with its content), or the entries under `scopePath`."""
    row = call.repository()
    version = await versions.asked(call, row)
    path = call.query.get("path") or call.route.get("path") or ""
    if not path:
        return await _listing(call, row, version)
    return await _item(call, row, version, path.strip("/"))


async def _item(call: Call, row: Row, version: Version, path: str) -> object:
    repository = call.azure.refs.path(row)
    found = await _found(call, row, version, path)
    wants_json = (
        "application/json" in call.headers.get("accept", "") or call.query.get("$format", "") == "json"
    )
    content = await objects.blob(repository, version.commit, path)
    if content is not None and not wants_json:
        return Answer(content=content, content_type="application/octet-stream")
    value = _view(call, row, version, found)
    if content is not None and call.query.get("includecontent", "").lower() == "true":
        value["content"] = content.decode(errors="replace")
    return value


async def _listing(call: Call, row: Row, version: Version) -> object:
    scope = call.query.get("scopepath", "/").strip("/")
    recursive = call.query.get("recursionlevel", "none").lower() == "full"
    if scope and (await _found(call, row, version, scope)).kind != "tree":
        raise _not_found(row, version, scope)
    entries = await objects.tree(call.azure.refs.path(row), version.commit, scope, recursive)
    return collection([_view(call, row, version, entry) for entry in entries])


async def _found(call: Call, row: Row, version: Version, path: str) -> Entry:
    found = await objects.entry(call.azure.refs.path(row), version.commit, path)
    if found is None:
        raise _not_found(row, version, path)
    return found


def _not_found(row: Row, version: Version, path: str) -> CallerError:
    return failure(
        "GitItemNotFoundException",
        path=f"/{path}",
        repository=row["name"],
        kind=version.kind,
        version=version.name,
        commit=version.commit,
    )


def _view(call: Call, row: Row, version: Version, entry: Entry) -> Row:
    return {
        "objectId": entry.id,
        "gitObjectType": entry.kind,
        "commitId": version.commit,
        "path": f"/{entry.path}",
        "isFolder": entry.kind == "tree",
        "url": f"{call.url}/{row['project']}/_apis/git/repositories/{row['id']}/items/{entry.path}"
        f"?versionType={version.kind}&version={version.name}",
    }
