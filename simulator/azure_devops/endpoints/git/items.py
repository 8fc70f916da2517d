"""Files and directories of a repository at a version: as JSON, as bytes, as an archive; one, many, in batches."""

from __future__ import annotations

import mimetypes
from pathlib import PurePosixPath
from urllib.parse import quote

from simulator.azure_devops.endpoint import Answer, Call, collection, endpoint
from simulator.azure_devops.endpoints.git import commits, versions
from simulator.azure_devops.endpoints.git.versions import Version
from simulator.azure_devops.errors import failure, invalid
from simulator.azure_devops.git import objects
from simulator.azure_devops.git.archives import zipped_files
from simulator.azure_devops.git.objects import Entry
from simulator.azure_devops.organization import Row
from simulator.azure_devops.shapes import mappings
from simulator.kernel.errors import CallerError

ITEMS = "fb93c0db-47ed-4a31-8c20-47552878fb44"
BATCH = "630fd2e4-fb88-4f85-ad21-13f3fd1fbca9"
FILE_PATHS = "e74b530c-edfa-402b-88e2-8d04671134f7"
_RECURSION = {
    "none": "none", "onelevel": "one", "onelevelplusnestedemptyfolders": "one", "full": "full",
    "0": "none", "1": "one", "4": "one", "120": "full",
}  # fmt: skip
_FORMATS = ("json", "text", "octetstream", "zip", "")


@endpoint("GET", ITEMS, "vso.code")
async def items(call: Call) -> object:
    """A file (its bytes, or as JSON with its content), or the entries under `scopePath`."""
    row = call.repository()
    version = await versions.asked(call, row)
    path = call.query.get("path") or call.route.get("path") or ""
    if call.query.get("$format", "").lower() not in _FORMATS:
        raise invalid(f"The value '{call.query['$format']}' of $format is not valid.")
    recursion = _recursion(call.query.get("recursionlevel", "none"))
    scope = (path or call.query.get("scopepath", "/")).strip("/")
    if _wants(call, "zip", "application/zip"):
        return await _zip(call, row, version, scope)
    if path or (recursion == "none" and scope):
        return await _item(call, row, version, scope)
    return collection(await _listing(call, row, version, scope, "one" if recursion == "none" else recursion))


def _recursion(asked: str) -> str:
    if asked.lower() not in _RECURSION:
        raise invalid(f"The value '{asked}' of recursionLevel is not valid.")
    return _RECURSION[asked.lower()]


def _wants(call: Call, form: str, media_type: str) -> bool:
    """`$format` decides, else the Accept header."""
    asked = call.query.get("$format", "").lower()
    return asked == form if asked else call.headers.get("accept", "").startswith(media_type)


async def _item(call: Call, row: Row, version: Version, path: str) -> object:
    found = await _found(call, row, version, path)
    wants_json = _wants(call, "json", "application/json")
    content = (
        await objects.blob(call.azure.refs.path(row), version.commit, path) if found.kind == "blob" else None
    )
    name = PurePosixPath(path).name
    if content is not None and not wants_json:
        text = _wants(call, "text", "text/plain")
        download = call.query.get("download", "").lower() == "true"
        headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}"} if download else {}
        kind = "text/plain" if text else "application/octet-stream"
        return Answer(content=content, content_type=kind, headers=headers)
    if content is None and not wants_json and call.query.get("recursionlevel", "none").lower() != "none":
        return collection(await _listing(call, row, version, path, _recursion(call.query["recursionlevel"])))
    value = view(call, row, version, found)
    if content is not None and call.query.get("includecontent", "").lower() == "true":
        value["content"] = content.decode(errors="replace")
        value["contentMetadata"] = _metadata(name, content)
    elif call.query.get("includecontentmetadata", "").lower() == "true":
        value["contentMetadata"] = _metadata(name, content)
    if call.query.get("latestprocessedchange", "").lower() == "true":
        value["latestProcessedChange"] = await _latest(call, row, version, path)
    return value


def _metadata(name: str, content: bytes | None) -> Row:
    """FileContentMetadata: what the name and the bytes say of a file."""
    if content is None:
        return {"fileName": name}
    binary = b"\0" in content[:8000]
    kind = mimetypes.guess_type(name)[0] or ("application/octet-stream" if binary else "text/plain")
    return {
        "encoding": 65001 if not binary else -1,
        "contentType": kind,
        "fileName": name,
        "extension": PurePosixPath(name).suffix.lstrip("."),
        "isBinary": binary,
        "isImage": kind.startswith("image/"),
    }


async def _latest(call: Call, row: Row, version: Version, path: str) -> Row:
    """The newest commit that touched a path."""
    found = await objects.log(call.azure.refs.path(row), version.commit, 1, path)
    return commits.reference(call, row, found[0])


async def _listing(call: Call, row: Row, version: Version, scope: str, recursion: str) -> list[Row]:
    """The item itself and, of a folder, what is in it."""
    found = await _found(call, row, version, scope) if scope else await root(call, row, version)
    entries = [found]
    if found.kind == "tree" and recursion != "none":
        path = call.azure.refs.path(row)
        entries += await objects.tree(path, version.commit, scope, recursion == "full")
    shown = [view(call, row, version, entry) for entry in entries]
    if call.query.get("includecontentmetadata", "").lower() == "true":
        for each in shown:
            each["contentMetadata"] = {"fileName": PurePosixPath(each["path"]).name}
    if call.query.get("latestprocessedchange", "").lower() == "true":
        for each in shown:
            each["latestProcessedChange"] = await _latest(call, row, version, each["path"].strip("/"))
    return shown


async def root(call: Call, row: Row, version: Version) -> Entry:
    """The root folder of a version."""
    tree = await objects.resolve(call.azure.refs.path(row), version.commit, "tree")
    return Entry("040000", "tree", str(tree), "")


async def _zip(call: Call, row: Row, version: Version, scope: str) -> Answer:
    found = await _found(call, row, version, scope) if scope else await root(call, row, version)
    repository = call.azure.refs.path(row)
    name = PurePosixPath(scope).name or row["name"]
    content = await zipped_files(repository, found, name)
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}.zip"}
    return Answer(content=content, content_type="application/zip", headers=headers)


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


def view(call: Call, row: Row, version: Version, entry: Entry) -> Row:
    """The GitItem of the wire."""
    value: Row = {
        "objectId": entry.id,
        "gitObjectType": entry.kind,
        "commitId": version.commit,
        "path": f"/{entry.path}",
        "url": f"{call.url}/{row['project']}/_apis/git/repositories/{row['id']}/items/{quote(entry.path)}"
        f"?versionType={version.kind}&version={quote(version.name)}&versionOptions=None",
    }
    if entry.kind == "tree":
        value["isFolder"] = True
    if entry.mode == "120000":
        value["isSymLink"] = True
    return value


@endpoint("POST", BATCH, "vso.code")
async def batch(call: Call) -> object:
    """A list of items for each descriptor of the body."""
    row, found = call.repository(), []
    for each in mappings(call.object_body(), "itemDescriptors"):
        options = str(each.get("versionOptions") or "none")
        kind, name = each.get("versionType"), each.get("version")
        version = await versions.named(call, row, str(kind or ""), str(name or ""), options)
        recursion = _recursion(str(each.get("recursionLevel") or "none"))
        scope = str(each.get("path") or "/").strip("/")
        found.append(await _listing(call, row, version, scope, recursion))
    return collection(found)


@endpoint("GET", FILE_PATHS, "vso.code")
async def file_paths(call: Call) -> object:
    """The paths of all files under a folder."""
    row = call.repository()
    version = await versions.asked(call, row)
    scope = (call.route.get("scopepath") or call.query.get("scopepath") or "").strip("/")
    if scope:
        await _found(call, row, version, scope)
    entries = await objects.tree(call.azure.refs.path(row), version.commit, scope, recursive=True)
    return {"commitId": version.commit, "paths": [f"/{each.path}" for each in entries if each.kind == "blob"]}
