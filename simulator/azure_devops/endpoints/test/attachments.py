"""Attachments of test runs, results and sub-results: put in as base64, taken out as they were."""

from __future__ import annotations

import base64
import binascii

from simulator.azure_devops.endpoint import Answer, Call, collection, endpoint
from simulator.azure_devops.endpoints.test import test_runs
from simulator.azure_devops.errors import failure, invalid
from simulator.azure_devops.moments import iso
from simulator.azure_devops.organization import Row
from simulator.azure_devops.pipelines.test_runs import FIRST_RESULT

OF_RUN = "4f004af4-a507-489c-9b13-cb62060beb11"
OF_RESULT = "2bffebe9-2f0f-4639-9af8-56129e9fed2d"
LARGEST_BYTES = 100 * 1024 * 1024


async def attachments(call: Call) -> object:
    """What hangs on a run or on a result, or the content of one."""
    row = test_runs.found(call)
    result, sub = _place(call, row)
    number = call.route.get("attachmentid")
    if number is None:
        listed = call.azure.test_attachments.of(row, result, sub)
        return collection([_view(call, row, one) for one in listed])
    found = call.azure.test_attachments.find(row, number)
    if found is None or found["result"] != result:
        raise failure("TestAttachmentNotFoundException", id=number)
    content = call.azure.test_attachments.path(found).read_bytes()
    name = str(found["name"]).replace('"', "").encode("ascii", "replace").decode()
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Answer(200, content=content, content_type="application/octet-stream", headers=headers)


async def attach(call: Call) -> object:
    """A new attachment: `stream` in base64, `fileName`, `comment`, `attachmentType`."""
    row, given, name = test_runs.found(call), call.object_body(), str(call.member("fileName"))
    result, sub = _place(call, row)
    try:
        content = base64.b64decode(str(call.member("stream")), validate=True)
    except (binascii.Error, ValueError) as wrong:
        raise invalid(f"The stream of {name} is not base64: {wrong}") from wrong
    if len(content) > LARGEST_BYTES:
        raise invalid(f"The attachment {name} is larger than {LARGEST_BYTES} bytes.")
    told = {
        "comment": str(given.get("comment") or ""),
        "type": str(given.get("attachmentType") or "GeneralAttachment"),
    }
    made = call.azure.test_attachments.add(row, result, sub, name, content, told)
    base = f"{call.url}/{row['project']}/_apis/test/Runs/{row['id']}"
    return {"id": made["id"], "url": f"{base}/Attachments/{made['id']}"}


for _location in (OF_RUN, OF_RESULT):
    endpoint("GET", _location, "vso.test")(attachments)
    endpoint("POST", _location, "vso.test_write")(attach)


def _place(call: Call, row: Row) -> tuple[int, int]:
    """The numbers of the result and of the sub-result that are meant; 0 is none."""
    text = call.route.get("testcaseresultid", "")
    if not text:
        return 0, 0
    number = int(text) if text.isdecimal() else 0
    if not FIRST_RESULT <= number < FIRST_RESULT + len(call.azure.test_runs.results(row)):
        raise failure("TestResultNotFoundException", id=text)
    return number, call.number("testsubresultid", 0)


def _view(call: Call, row: Row, one: Row) -> Row:
    base = f"{call.url}/{row['project']}/_apis/test/Runs/{row['id']}"
    return {
        "id": one["id"],
        "fileName": one["name"],
        "comment": one["comment"],
        "size": one["size"],
        "createdDate": iso(one["created"]),
        "url": f"{base}/Attachments/{one['id']}",
    }
