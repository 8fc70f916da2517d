"""Secure files over REST: uploaded and named by people, downloaded by the job of a pipeline that may use them."""

from __future__ import annotations

from simulator.azure_devops.endpoint import Answer, Call, collection, endpoint
from simulator.azure_devops.endpoints.moments import iso
from simulator.azure_devops.errors import failure, invalid
from simulator.azure_devops.organization import Row
from simulator.azure_devops.pipelines.secure_files import LARGEST_BYTES
from simulator.azure_devops.security import tokens
from simulator.azure_devops.security.defaults import LIBRARY_ADMINISTRATOR
from simulator.azure_devops.security.namespaces import LIBRARY
from simulator.azure_devops.shapes import as_mappings, mapping
from simulator.formats.wildcards import matches

SECURE_FILES = "adcfd8bc-b184-43ba-bd84-7c8c6a2ff421"
_READ, _WRITE = "vso.securefiles_read", "vso.securefiles_manage"


@endpoint("GET", SECURE_FILES, _READ)
async def secure_files(call: Call) -> object:
    """The files of the project (`namePattern`, `secureFileIds`), one, or for a job its content (`download=true`)."""
    project = call.project()
    if "securefileid" in call.route:
        row = _found(call, project)
        return _content(call, row) if call.query.get("download", "").lower() == "true" else _view(call, row)
    rows = call.azure.secure_files.of(project["id"])
    rows = call.permitted(
        LIBRARY, "View", rows, lambda row: tokens.library(row["project"], "SecureFile", row["id"])
    )
    if pattern := call.query.get("namepattern", "").lower():
        rows = [row for row in rows if matches(pattern, row["name"].lower())]
    if text := call.query.get("securefileids", "").lower():
        rows = [row for row in rows if row["id"] in text.split(",")]
    return collection([_view(call, row) for row in rows])


@endpoint("POST", SECURE_FILES, _WRITE)
async def upload(call: Call) -> object:
    """A new file: `name` in the query, the content as octet-stream."""
    project, name = call.project(), call.query.get("name", "").strip()
    if not name:
        raise failure("VssPropertyValidationException", parameter="name")
    if len(call.raw) > LARGEST_BYTES:
        raise invalid(f"The secure file {name} is larger than {LARGEST_BYTES} bytes.")
    if call.azure.secure_files.find(project["id"], name):
        raise failure("SecureFileExistsException", name=name)
    with call.kernel.store.transaction():
        row = call.azure.secure_files.add(project["id"], name, call.raw, call.caller.identity.name)
        call.owns(LIBRARY, tokens.library(project["id"], "SecureFile", row["id"]), *LIBRARY_ADMINISTRATOR)
    return _view(call, row)


@endpoint("PATCH", SECURE_FILES, _WRITE)
async def change(call: Call) -> object:
    """Another name or other properties: of one file, or of those of a list."""
    project = call.project()
    if "securefileid" in call.route:
        return _changed(call, _found(call, project), call.object_body())
    given = as_mappings(call.body, "the request body")
    found = [(_by_id(call, project, str(one.get("id", ""))), one) for one in given]
    return collection([_changed(call, row, one) for row, one in found])


@endpoint("DELETE", SECURE_FILES, _WRITE)
async def delete(call: Call) -> object:
    """Remove a file."""
    call.azure.secure_files.delete(_found(call, call.project()))
    return Answer(204)


def _changed(call: Call, row: Row, given: Row) -> Row:
    name = str(given.get("name") or row["name"])
    properties = {key: str(value) for key, value in mapping(given, "properties").items()}
    kept = properties if "properties" in given else row["properties"]
    changed = call.azure.secure_files.change(row, call.caller.identity.name, name=name, properties=kept)
    return _view(call, changed)


def _content(call: Call, row: Row) -> Answer:
    """People never get a secure file back (Learn, "Secure files")."""
    if call.caller.job is None:
        raise failure("SecureFileAccessDeniedException", name=row["name"])
    content = call.azure.secure_files.path(row).read_bytes()
    return Answer(200, content=content, content_type="application/octet-stream")


def _found(call: Call, project: Row) -> Row:
    return _by_id(call, project, call.route["securefileid"])


def _by_id(call: Call, project: Row, identifier: str) -> Row:
    row = call.azure.secure_files.find(project["id"], identifier)
    if row is None or row["id"] != identifier.lower():
        raise failure("SecureFileNotFoundException", id=identifier)
    return row


def _view(call: Call, row: Row) -> Row:
    people = call.person_reference
    value: Row = {
        "id": row["id"],
        "name": row["name"],
        "properties": row["properties"],
        "createdBy": people(row["createdBy"]),
        "createdOn": iso(row["created"]),
        "modifiedBy": people(row["modifiedBy"]),
        "modifiedOn": iso(row["modified"]),
    }
    if (
        call.query.get("includedownloadticket", call.query.get("includedownloadtickets", "")).lower()
        == "true"
    ):
        # What opens the file is the job's token; the ticket is only what clients expect to see.
        value["ticket"] = row["sha256"][:32] if call.caller.job is not None else None
    return value
