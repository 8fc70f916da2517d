"""The newest build of a pipeline, and the badge that shows how it went."""

from __future__ import annotations

from html import escape

from simulator.azure_devops.endpoint import Answer, Call, endpoint
from simulator.azure_devops.endpoints.build.build_views import whole
from simulator.azure_devops.errors import failure
from simulator.azure_devops.organization import DEFINITION, Row
from simulator.azure_devops.pipelines.starting.queueing import definition_named

LATEST = "54481611-01f4-47f3-998f-160da0f0c229"
STATUS = "07acfdce-4757-4439-b422-ddd13a2fcc10"
BADGE = "de6a4df8-22cd-44ee-af2d-39f6aa7a4261"
_WORDS = {
    "succeeded": ("succeeded", "#4da2db"),
    "partiallySucceeded": ("partially succeeded", "#ff9c00"),
    "failed": ("failed", "#cc293d"),
    "canceled": ("canceled", "#555555"),
}


def _definition(call: Call, project: Row, text: str) -> Row:
    row = call.organization.definition(project["id"], text) if text.isdecimal() else None
    found = row or definition_named(call.organization, project["id"], text.rpartition("\\")[2])
    if found is None:
        raise failure("DefinitionNotFoundException", id=text)
    return found


def _newest(call: Call, definition: Row, completed: bool) -> Row | None:
    """The newest run of the branch asked for (the default branch where none is)."""
    repository = call.organization.repository(definition["repository"])
    branch = call.query.get("branchname") or repository["defaultBranch"]
    ref = branch if branch.startswith("refs/") else f"refs/heads/{branch}"
    runs = call.azure.runs.of(definition["project"], definition["id"])
    fitting = (run for run in runs if run["sourceBranch"] == ref and not run.get("deleted"))
    return next((run for run in fitting if not completed or run["state"] == "completed"), None)


@endpoint("GET", LATEST, "vso.build")
async def latest(call: Call) -> object:
    """The newest build of a branch."""
    definition = _definition(call, call.project(), call.route["definition"])
    row = _newest(call, definition, completed=True)
    if row is None:
        raise failure("BuildNotFoundException", id=call.route["definition"])
    return whole(call, row)


@endpoint("GET", STATUS, "vso.build")
async def status(call: Call) -> object:
    """The badge of a branch, as an SVG image."""
    return _badge(call, _definition(call, call.project(), call.route["definition"]))


@endpoint("GET", BADGE, None)
async def badge(call: Call) -> object:
    """The same for everybody, by the public address."""
    project = call.organization.project(call.route["project"])
    row = call.organization.numbered(DEFINITION, call.route["definitionid"])
    if row is None or row["project"] != project["id"]:
        raise failure("DefinitionNotFoundException", id=call.route["definitionid"])
    return _badge(call, row)


def _badge(call: Call, definition: Row) -> Answer:
    run = _newest(call, definition, completed=True)
    text, colour = _WORDS.get(run["result"] if run else "", ("never built", "#9f9f9f"))
    label = escape(call.query.get("label") or "Azure Pipelines")
    return Answer(content=_svg(label, text, colour).encode(), content_type="image/svg+xml")


def _svg(label: str, text: str, colour: str) -> str:
    """Our own drawing of the badge."""
    left, right = 12 + 7 * len(label), 12 + 7 * len(text)
    style = 'font-family="sans-serif" font-size="11" fill="#fff"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{left + right}" height="20">'
        f'<rect width="{left}" height="20" fill="#555"/><rect x="{left}" width="{right}" height="20" fill="{colour}"/>'
        f'<text x="6" y="14" {style}>{label}</text><text x="{left + 6}" y="14" {style}>{text}</text></svg>'
    )
