"""The logs of a build: listed, line by line, or all of them as one zip file."""

from __future__ import annotations

import asyncio
import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

from simulator.azure_devops.endpoint import Answer, Call, collection, endpoint
from simulator.azure_devops.endpoints.build import build_views
from simulator.azure_devops.endpoints.moments import iso
from simulator.azure_devops.errors import failure
from simulator.azure_devops.organization import Row
from simulator.azure_devops.pipelines.run_logs import RunLogs

LOGS = "35a80daf-7f30-45fc-86e8-6b813d9c90df"


@endpoint("GET", LOGS, "vso.build")
async def logs(call: Call) -> object:
    """The logs of a build; one as text, or as JSON lines, from `startLine` to `endLine`."""
    row = build_views.found(call)
    store = RunLogs(call.kernel, row["id"])
    base = f"{call.url}/{row['project']}/_apis/build/builds/{row['id']}/logs"
    wanted = call.route.get("logid")
    zipped = call.query.get("$format") == "zip" or "application/zip" in call.headers.get("accept", "")
    if not wanted and zipped:
        content = await asyncio.to_thread(
            _zip, row["name"], {log["id"]: store.path(log["id"]) for log in store.rows()}
        )
        return Answer(content=content, content_type="application/zip")
    if not wanted:
        return collection([_log(store, base, log) for log in store.rows()])
    if store.find(wanted) is None:
        raise failure("BuildLogNotFoundException", id=wanted, build=row["id"])
    lines = store.lines(int(wanted))
    lines = lines[max(0, call.number("startline", 0)) : call.number("endline", len(lines)) or None]
    if "application/json" in call.headers.get("accept", ""):
        return collection(lines)
    text = "".join(f"{line}\n" for line in lines)
    return Answer(content=text.encode(), content_type="text/plain; charset=utf-8")


def _log(store: RunLogs, base: str, log: Row) -> Row:
    return {
        "lineCount": len(store.lines(log["id"])),
        "createdOn": iso(log["created"]),
        "lastChangedOn": iso(log["changed"]),
        "id": log["id"],
        "type": "Container",
        "url": f"{base}/{log['id']}",
    }


def _zip(name: str, logs: Mapping[int, Path]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, path in logs.items():
            archive.writestr(f"{name}/{number}.txt", path.read_bytes() if path.exists() else b"")
    return buffer.getvalue()
