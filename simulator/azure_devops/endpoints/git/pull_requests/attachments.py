"""Files attached to a pull request."""

from __future__ import annotations

import base64
import hashlib

from simulator.azure_devops.endpoint import Answer, Call, collection, endpoint
from simulator.azure_devops.endpoints.git.pull_requests import views
from simulator.azure_devops.errors import failure, invalid
from simulator.azure_devops.organization import Row, number_key

ATTACHMENTS = "965d9361-878b-413b-a494-45d5b5fd8ab7"
_KIND = "azure_devops.pull_request_attachment"
_LARGEST_BYTES = 16 * 1024 * 1024


@endpoint("GET", ATTACHMENTS, "vso.code")
async def attachments(call: Call) -> object:
    """The attachments of a pull request, or the content of one."""
    row = views.found(call)
    if "filename" in call.route:
        content = base64.b64decode(_entry(call, row)["content"])
        return Answer(content=content, content_type="application/octet-stream")
    found = call.kernel.store.scan(_KIND, f"{number_key(row['id'])}/")
    return collection([_view(call, row, each) for _, each in found])


@endpoint("POST", ATTACHMENTS, "vso.code_write")
async def attach(call: Call) -> object:
    """Attach the bytes of the body under a name that is still free."""
    row, name = views.found(call), call.route["filename"]
    key = f"{number_key(row['id'])}/{name}"
    if call.kernel.store.get(_KIND, key) or len(call.raw) > _LARGEST_BYTES:
        raise invalid(
            f"Invalid argument value.\r\nParameter name: fileName ({name} exists, or it is too large)"
        )
    entry = {
        "id": call.organization.next_number("pull_request_attachment"),
        "name": name,
        "author": call.caller.identity.name,
        "created": call.kernel.clock.iso(),
        "content": base64.b64encode(call.raw).decode(),
        "hash": hashlib.sha1(call.raw, usedforsecurity=False).hexdigest(),
    }
    call.kernel.store.put(_KIND, key, entry)
    return _view(call, row, entry)


@endpoint("DELETE", ATTACHMENTS, "vso.code_write")
async def remove(call: Call) -> object:
    """Take an attachment away."""
    row = views.found(call)
    call.kernel.store.delete(_KIND, f"{number_key(row['id'])}/{_entry(call, row)['name']}")
    return Answer(200, None)


def _entry(call: Call, row: Row) -> Row:
    name = call.route["filename"]
    found = call.kernel.store.get(_KIND, f"{number_key(row['id'])}/{name}")
    if found is None:
        raise failure("GitPullRequestAttachmentNotFoundException", id=name)
    return found


def _view(call: Call, row: Row, entry: Row) -> Row:
    return {
        "id": entry["id"],
        "displayName": entry["name"],
        "author": views.person(call, entry["author"]),
        "createdDate": entry["created"],
        "contentHash": entry["hash"],
        "url": f"{views.url(call, row)}/attachments/{entry['name']}",
    }
