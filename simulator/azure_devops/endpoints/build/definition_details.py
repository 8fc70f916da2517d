"""What hangs on a definition: revisions, YAML, properties, tags, metrics, authorized resources."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from simulator.azure_devops.endpoint import Call, collection, endpoint
from simulator.azure_devops.endpoints import run_requests
from simulator.azure_devops.endpoints.build.definition_views import reference
from simulator.azure_devops.endpoints.build.tags import answer_tags
from simulator.azure_devops.endpoints.moments import iso
from simulator.azure_devops.errors import failure, invalid
from simulator.azure_devops.git import objects
from simulator.azure_devops.organization import DEFINITION, Row
from simulator.azure_devops.pipelines import definition_history
from simulator.azure_devops.shapes import as_mappings

REVISIONS = "7c116775-52e5-453e-8c5d-914d9762d8c4"
YAML = "7c3df3a1-7e51-4150-8cf7-540347f8697f"
PROPERTIES = "d9826ad7-2a68-46a9-a6e9-677698777895"
TAGS = "cb894432-134a-4d31-a839-83beceaace4b"
METRICS = "d973b939-0ce0-4fec-91d8-da3940fa1827"
PROJECT_METRICS = "7433fae7-a6bc-41dc-a6e2-eef9005ce41a"
RESOURCES = "ea623316-1967-45eb-89ab-e9e6110cf2d6"
AUTHORIZED = "398c85bc-81aa-4822-947c-a194a05f0fef"
_AUTHORIZED = "azure_devops.authorized_resource"


def _definition(call: Call) -> Row:
    return run_requests.found(call, "definitionid")


def _save(call: Call, row: Row, **changes: Any) -> Row:
    changed = {**row, **changes}
    call.organization.save(DEFINITION, changed)
    return changed


@endpoint("GET", REVISIONS, "vso.build")
async def revisions(call: Call) -> object:
    """Every revision: who changed what, when."""
    row = _definition(call)
    url = reference(call, row)["url"].partition("?")[0]
    creator = call.organization.topology.test_person
    return collection(
        [
            {
                "revision": kept["definition"]["revision"],
                "name": kept["definition"]["name"],
                "changedBy": call.person_reference(kept["by"] or creator),
                "changedDate": iso(kept["at"]) or row["created"],
                "changeType": kept["change"],
                "comment": kept["comment"],
                "definitionUrl": f"{url}?revision={kept['definition']['revision']}",
            }
            for kept in definition_history.revisions(call.kernel, row)
        ]
    )


@endpoint("GET", YAML, "vso.build")
async def yaml(call: Call) -> object:
    """The YAML file of the definition at the newest commit of its default branch."""
    row = _definition(call)
    repository = call.organization.repository(row["repository"])
    path = call.azure.refs.path(repository)
    commit = await objects.resolve(path, repository["defaultBranch"])
    text = await objects.blob(path, commit, row["path"]) if commit else None
    return {"yaml": (text or b"").decode(errors="replace")}


@endpoint("GET", PROPERTIES, "vso.build")
async def properties(call: Call) -> object:
    """The properties, or those named by `filter`."""
    return chosen_properties(call, _definition(call).get("properties", {}))


@endpoint("PATCH", PROPERTIES, "vso.build_execute")
async def change_properties(call: Call) -> object:
    """Change properties by a JSON patch."""
    row = _definition(call)
    return wire_properties(
        _save(call, row, properties=patched(call, row.get("properties", {})))["properties"]
    )


def chosen_properties(call: Call, values: dict[str, Any]) -> Row:
    """A PropertiesCollection of the wire, only what `filter` names."""
    wanted = [name.strip() for name in call.query.get("filter", "").split(",") if name.strip()]
    return wire_properties({name: item for name, item in values.items() if not wanted or name in wanted})


def wire_properties(values: dict[str, Any]) -> Row:
    """A PropertiesCollection of the wire: each value with its .NET type."""
    kinds = {bool: "System.Boolean", int: "System.Int32", float: "System.Double"}
    shown = {
        name: {"$type": kinds.get(type(item), "System.String"), "$value": item}
        for name, item in values.items()
    }
    return {"count": len(shown), "value": shown}


def patched(call: Call, values: dict[str, Any]) -> dict[str, Any]:
    """Properties after the JSON patch of the body: add, replace and remove of `/name`."""
    changed = dict(values)
    for change in as_mappings(call.body, "the body"):
        name, what = str(change.get("path", "")).lstrip("/"), str(change.get("op", "")).lower()
        if what not in ("add", "replace", "remove") or not name:
            raise invalid(
                f"The operation '{what}' on '{name}' is not valid. Expected add, replace or remove."
            )
        if what == "remove":
            changed.pop(name, None)
        else:
            changed[name] = change.get("value")
    return changed


def _keep_tags(call: Call, row: Row, tags: list[str]) -> None:
    _save(call, row, tags=tags)


answer_tags(TAGS, _definition, _keep_tags)


@endpoint("GET", METRICS, "vso.build")
async def metrics(call: Call) -> object:
    """How many builds were queued, succeeded and failed, by day."""
    row = _definition(call)
    return collection(_metrics(call.azure.runs.of(row["project"], row["id"])))


@endpoint("GET", PROJECT_METRICS, "vso.build")
async def project_metrics(call: Call) -> object:
    """The same of all definitions of the project."""
    return collection(_metrics(call.azure.runs.of(call.project()["id"])))


def _metrics(runs: list[Row]) -> list[Row]:
    counts: dict[tuple[str, str], int] = {}
    for run in runs:
        day = datetime.fromtimestamp(run["created"], UTC).strftime("%Y-%m-%dT00:00:00Z")
        results = {"succeeded": "SuccessfulBuilds", "failed": "FailedBuilds", "canceled": "CanceledBuilds"}
        results["partiallySucceeded"] = "PartiallySuccessfulBuilds"
        names = ["TotalBuilds", *([results[run["result"]]] if run["result"] in results else [])]
        for name in names:
            counts[day, name] = counts.get((day, name), 0) + 1
    return [
        {"name": name, "scope": "", "date": day, "intValue": count}
        for (day, name), count in sorted(counts.items())
    ]


@endpoint("GET", RESOURCES, "vso.build")
async def resources(call: Call) -> object:
    """The resources that the definition was given by name."""
    return _resources(call, str(_definition(call)["id"]))


@endpoint("PATCH", RESOURCES, "vso.build_execute")
async def authorize(call: Call) -> object:
    """Give the definition resources, or take them away."""
    return _authorize(call, str(_definition(call)["id"]))


@endpoint("GET", AUTHORIZED, "vso.build")
async def project_resources(call: Call) -> object:
    """The resources that every definition of the project may use by this older way."""
    return _resources(call, call.project()["id"])


@endpoint("PATCH", AUTHORIZED, "vso.build_execute")
async def authorize_project(call: Call) -> object:
    """The same, changed."""
    return _authorize(call, call.project()["id"])


def _resources(call: Call, owner: str) -> object:
    wanted, number = call.query.get("type", ""), call.query.get("id", "")
    rows = [row for _, row in call.kernel.store.scan(_AUTHORIZED, f"{owner}/")]
    fitting = [row for row in rows if wanted in ("", row["type"]) and number in ("", row["id"])]
    return collection([row for row in fitting if row["authorized"]])


def _authorize(call: Call, owner: str) -> object:
    found = []
    for given in as_mappings(call.body, "the body"):
        kind, number = str(given.get("type") or ""), str(given.get("id") or "")
        if not kind or not number:
            raise failure("VssPropertyValidationException", parameter="resource")
        name, authorized = str(given.get("name") or ""), bool(given.get("authorized"))
        row = {"type": kind, "id": number, "name": name, "authorized": authorized}
        call.kernel.store.put(_AUTHORIZED, f"{owner}/{kind}/{number}", row)
        _permit(call, owner, row)
        found.append(row)
    return collection(found)


def _permit(call: Call, owner: str, row: Row) -> None:
    """The older way to say what pipelinePermissions says."""
    permissions, kind = call.azure.gates.permissions, str(row["type"]).lower()
    known = permissions.of(kind, row["id"], call.project()["id"])
    everybody = row["authorized"] if not owner.isdecimal() else None
    pipelines = {int(owner): row["authorized"]} if owner.isdecimal() else {}
    with call.kernel.store.transaction():
        permissions.change(known, everybody, pipelines, call.caller.identity.name)
