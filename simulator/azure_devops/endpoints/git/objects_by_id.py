"""Trees, blobs and annotated tags by their ids; blobs and tags can be made."""

from __future__ import annotations

import base64
import binascii

from simulator.azure_devops.endpoint import Answer, Call, endpoint
from simulator.azure_devops.errors import failure, invalid
from simulator.azure_devops.git import objects
from simulator.azure_devops.git.archives import zipped, zipped_files
from simulator.azure_devops.git.objects import Entry
from simulator.azure_devops.git.program import git
from simulator.azure_devops.git.refs import NO_OBJECT
from simulator.azure_devops.git.tags import make_tag, read_tag
from simulator.azure_devops.git.writing import RefStale, update_ref
from simulator.azure_devops.organization import Row
from simulator.azure_devops.pull_requests.settling import signature
from simulator.azure_devops.shapes import as_mapping, mapping

TREES = "729f6437-6f92-44ec-8bee-273a7111063c"
BLOBS = "7b28e929-2c99-405d-9c5c-6167a06e6816"
TAGS = "5e8a8081-3851-4626-b677-9891cc04102e"


@endpoint("GET", TREES, "vso.code")
async def trees(call: Call) -> object:
    """The entries of a tree (with `recursive` all below it), or a zip of it."""
    row = call.repository()
    identifier = await _existing(call, row, call.route["sha1"], "tree")
    path = call.azure.refs.path(row)
    if _is_zip(call):
        name = call.query.get("filename") or identifier
        return _file(
            await zipped_files(path, Entry("040000", "tree", identifier, ""), name), "application/zip"
        )
    recursive = call.query.get("recursive", "").lower() == "true"
    entries = await objects.tree(path, identifier, recursive=recursive)
    sizes = await objects.sizes(path, [each.id for each in entries if each.kind != "commit"])
    shown = [_entry(call, row, each, sizes) for each in entries]
    links = {
        "self": {"href": _url(call, row, f"trees/{identifier}")},
        "repository": {"href": _url(call, row, "")},
    }
    return {
        "objectId": identifier,
        "url": _url(call, row, f"trees/{identifier}"),
        "treeEntries": shown,
        "size": sum(each.get("size", 0) for each in shown),
        "_links": {**links, "treeEntries": [{"href": each["url"]} for each in shown]},
    }


def _entry(call: Call, row: Row, each: Entry, sizes: dict[str, int]) -> Row:
    kind = {"tree": "trees", "blob": "blobs"}.get(each.kind, "commits")
    value: Row = {
        "objectId": each.id,
        "relativePath": each.path,
        "mode": each.mode.lstrip("0"),
        "gitObjectType": each.kind,
        "url": _url(call, row, f"{kind}/{each.id}"),
    }
    return {**value, "size": sizes[each.id]} if each.id in sizes else value


@endpoint("GET", BLOBS, "vso.code")
async def blob(call: Call) -> object:
    """A blob: what it is, its bytes, its text or a zip of it (`$format`, or the Accept header)."""
    row = call.repository()
    identifier = await _existing(call, row, call.route["sha1"], "blob")
    path = call.azure.refs.path(row)
    accepted, form = call.headers.get("accept", ""), call.query.get("$format", "").lower()
    if form == "json" or (not form and accepted.startswith(("application/json", "*/*"))):
        size = (await objects.sizes(path, [identifier]))[identifier]
        url = _url(call, row, f"blobs/{identifier}")
        links = {"self": {"href": url}, "repository": {"href": _url(call, row, "")}}
        return {"objectId": identifier, "size": size, "url": url, "_links": links}
    content = await git(path, "cat-file", "blob", identifier)
    if _is_zip(call):
        return _file(await zipped({call.query.get("filename") or identifier: content}), "application/zip")
    text = form == "text" or accepted.startswith("text/plain")
    return _file(content, "text/plain" if text else "application/octet-stream")


@endpoint("POST", BLOBS, "vso.code")
async def blobs(call: Call) -> object:
    """A zip of the blobs whose ids the body lists (the service's own way to ask for several)."""
    row = call.repository()
    if not isinstance(call.body, list):
        as_mapping(call.body, "the request body")
        return await _new_blob(call, row)
    path, files = call.azure.refs.path(row), {}
    for each in call.body:
        identifier = await _existing(call, row, str(each), "blob")
        files[identifier] = await git(path, "cat-file", "blob", identifier)
    return _file(await zipped(files), "application/zip")


async def _new_blob(call: Call, row: Row) -> object:
    content = str(call.member("content"))
    data = content.encode()
    if str(call.object_body().get("contentType", "rawtext")).lower() == "base64encoded":
        try:
            data = base64.b64decode(content, validate=True)
        except binascii.Error as error:
            raise invalid("The content of a blob is not valid base64.") from error
    written = await git(call.azure.refs.path(row), "hash-object", "-w", "--stdin", given=data)
    identifier = written.decode().strip()
    return Answer(
        201, {"objectId": identifier, "size": len(data), "url": _url(call, row, f"blobs/{identifier}")}
    )


@endpoint("GET", TAGS, "vso.code")
async def tag(call: Call) -> object:
    """An annotated tag."""
    row = call.repository()
    return await _tag(call, row, await _existing(call, row, call.route["objectid"], "tag"))


@endpoint("POST", TAGS, "vso.code_write")
async def create_tag(call: Call) -> object:
    """A new annotated tag of any object; 409 when the name is taken."""
    row, given = call.repository(), call.object_body()
    name = str(call.member("name")).removeprefix("refs/tags/")
    target = str(mapping(given, "taggedObject").get("objectId", ""))
    path = call.azure.refs.path(row)
    await _existing(call, row, target, "object")
    async with call.azure.refs.lock(row):
        ref = f"refs/tags/{name}"
        refusal = call.azure.guard.refusal(row, ref, NO_OBJECT, target, call.caller)
        if refusal is not None:
            raise refusal.error()
        by = signature(call.azure.pull_requests, call.caller.identity)
        identifier = await make_tag(path, name, target, str(given.get("message") or ""), by)
        try:
            await update_ref(path, ref, identifier, NO_OBJECT)
        except RefStale as stale:
            raise failure("GitFailedToCreateTagException", name=name) from stale
        await call.azure.refs.observe(row, call.caller.identity.name)
    return Answer(201, await _tag(call, row, identifier))


async def _tag(call: Call, row: Row, identifier: str) -> Row:
    found = await read_tag(call.azure.refs.path(row), identifier)
    by = {"name": found.tagger.name, "email": found.tagger.email, "date": found.tagger.date}
    return {
        "name": found.name,
        "objectId": identifier,
        "taggedObject": {"objectId": found.target, "objectType": found.kind},
        "taggedBy": by,
        "message": found.message,
        "url": _url(call, row, f"annotatedTags/{identifier}"),
    }


def _is_zip(call: Call) -> bool:
    form = call.query.get("$format", "").lower()
    return form == "zip" if form else call.headers.get("accept", "").startswith("application/zip")


def _file(content: bytes, kind: str) -> Answer:
    return Answer(content=content, content_type=kind)


def _url(call: Call, row: Row, rest: str) -> str:
    return f"{call.url}/{row['project']}/_apis/git/repositories/{row['id']}/{rest}".rstrip("/")


async def _existing(call: Call, row: Row, identifier: str, kind: str) -> str:
    """The whole id of an object of that kind; TF401035 when there is none."""
    is_id = 4 <= len(identifier) <= 40 and all(each in "0123456789abcdefABCDEF" for each in identifier)
    found = await objects.resolve(call.azure.refs.path(row), identifier, kind) if is_id else None
    if found is None:
        raise failure("GitObjectDoesNotExistException", object=identifier)
    return found
