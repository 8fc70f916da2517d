"""Logs and artifacts by signed addresses, which need no token."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from simulator.azure_devops.endpoint import Answer, Call, endpoint
from simulator.azure_devops.endpoints.build import artifacts
from simulator.azure_devops.errors import failure
from simulator.azure_devops.identify import ANONYMOUS
from simulator.azure_devops.organization import Row
from simulator.azure_devops.pipelines.run_logs import RunLogs
from simulator.azure_devops.signed_urls import is_signed, signed

LOG = "74f99e32-e2c4-44f4-93dc-dec0bca530a5"
ARTIFACT = "6b2ac16f-cd00-4df9-a13b-3a1cc8afb188"


def of_log(call: Call, row: Row, number: int) -> dict[str, Any]:
    """The SignedUrl of a log."""
    return signed(call.kernel, _url(call, row, f"signedlogcontent/{number}"), _log(row, str(number)))


def of_artifact(call: Call, row: Row, name: str) -> dict[str, Any]:
    """The SignedUrl of an artifact."""
    content = signed(call.kernel, _url(call, row, "signedartifactscontent"), _artifact(row, name))
    content["url"] += f"&artifactName={quote(name)}&api-version=5.2-preview"
    return content


def _url(call: Call, row: Row, rest: str) -> str:
    return f"{call.url}/{row['project']}/_apis/pipelines/{row['definition']}/runs/{row['id']}/{rest}"


def _log(row: Row, number: str) -> str:
    return f"log {row['id']} {number}"


def _artifact(row: Row, name: str) -> str:
    return f"artifact {row['id']} {name}"


@endpoint("GET", LOG, None)
async def log(call: Call) -> object:
    """The text of a log."""
    row, number = _run(call), call.route.get("logid", "")
    _check(call, row, _log(row, number))
    store = RunLogs(call.kernel, row["id"])
    if store.find(number) is None:
        raise failure("BuildLogNotFoundException", id=number, build=row["id"])
    return Answer(content="".join(f"{line}\n" for line in store.lines(int(number))).encode())


@endpoint("GET", ARTIFACT, None)
async def artifact(call: Call) -> object:
    """The files of an artifact, as one zip file."""
    row, name = _run(call), call.query.get("artifactname", "")
    _check(call, row, _artifact(row, name))
    return Answer(content=await artifacts.zipped(call, row, name), content_type="application/zip")


def _run(call: Call) -> Row:
    row = call.azure.runs.find(call.route["runid"])
    if row is None or str(row["definition"]) != call.route["pipelineid"]:
        raise failure("RunNotFoundException", id=call.route["runid"], pipeline=call.route["pipelineid"])
    return row


def _check(call: Call, row: Row, what: str) -> None:
    """Refuse who has neither a signature for it nor a token that may read it."""
    if is_signed(call.kernel, call.query, what):
        return
    if call.caller is ANONYMOUS:
        raise failure("UnauthorizedRequestException", user="Anonymous")
    call.visible(call.organization.project(row["project"]), row["project"])
    call.requires("vso.build")
