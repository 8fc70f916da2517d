"""What pipelines and their runs need: build permissions, and TF215106 for who has them not."""

from __future__ import annotations

from collections.abc import Iterator

from simulator.azure_devops.authorization.needs import Need, rule
from simulator.azure_devops.endpoint import Call
from simulator.azure_devops.endpoints import run_requests
from simulator.azure_devops.endpoints.build import (
    artifacts,
    build_details,
    build_views,
    builds,
    definition_details,
    definitions,
    file_containers,
    folders,
    leases,
    stages,
)
from simulator.azure_devops.endpoints.distributed_task import plan_timelines, plans
from simulator.azure_devops.endpoints.pipelines import check_runs, pipelines, runs
from simulator.azure_devops.errors import failure
from simulator.azure_devops.organization import Row
from simulator.azure_devops.security import tokens
from simulator.azure_devops.security.namespaces import BUILD
from simulator.azure_devops.shapes import as_mappings, mapping
from simulator.kernel.errors import CallerError

_OWN_VALUES = ("templateParameters", "variables", "parameters", "stagesToSkip")


def refusal(call: Call, need: Need) -> CallerError:
    """TF215106."""
    who = call.caller.identity.display
    return failure("Build.AccessDeniedException", user=who, permission=need.shown, about=need.about)


def on_definition(call: Call, row: Row, permission: str) -> Need:
    """A permission on a pipeline."""
    project = call.organization.project(row["project"])["name"]
    about = f"build pipeline {row['id']}:{row['name']} in team project {project}"
    return Need(BUILD, tokens.of_definition(row["project"], row), permission, refusal, about)


def on_run(call: Call, row: Row, permission: str) -> Need:
    """A permission on a run: that on its pipeline."""
    known = call.organization.definition(row["project"], row["definition"])
    if known is not None:
        return on_definition(call, known, permission)
    project = call.organization.project(row["project"])
    about = f"vstfs:///Build/Build/{row['id']} in team project {project['name']}"
    return Need(BUILD, tokens.builds(row["project"]), permission, refusal, about)


def in_project(call: Call, permission: str, folder: str = "\\") -> Need:
    """A permission on all pipelines of the project, or of a folder."""
    project = call.project()
    about = f"team project {project['name']}"
    return Need(BUILD, tokens.builds(project["id"], folder), permission, refusal, about)


def reading(call: Call) -> Iterator[Need]:
    """What every request needs that names a run or a pipeline which is there."""
    project = call.project_or_none()
    number = call.route.get("buildid") or call.route.get("runid", "")
    row = call.azure.runs.find(number) if number.isdecimal() and "runs" not in call.route else None
    if row is not None and project is not None and row["project"] == project["id"]:
        yield on_run(call, row, "ViewBuilds")
    wanted = call.route.get("definitionid") or call.route.get("pipelineid", "")
    known = call.organization.definition(project["id"], wanted) if project and wanted.isdecimal() else None
    if known is not None:
        yield on_definition(call, known, "ViewBuildDefinition")


def _queueing(call: Call, row: Row) -> Iterator[Need]:
    yield on_definition(call, row, "QueueBuilds")
    if any(call.object_body().get(name) for name in _OWN_VALUES):
        yield on_definition(call, row, "EditPipelineQueueConfigurationPermission")


@rule("POST", runs.RUNS, pipelines.PREVIEW)
def _run(call: Call) -> Iterator[Need]:
    yield from _queueing(call, run_requests.found(call))


@rule("POST", builds.BUILDS)
def _queue(call: Call) -> Iterator[Need]:
    number = mapping(call.object_body(), "definition").get("id") or call.query.get("definitionid", "")
    if again := call.number("sourcebuildid", 0):
        known = call.azure.runs.find(again)
        number = known["definition"] if known else ""
    row = call.organization.definition(call.project()["id"], str(number))
    if row is not None:
        yield from _queueing(call, row)


@rule("PATCH", builds.BUILDS)
def _change(call: Call) -> Iterator[Need]:
    if "buildid" in call.route:
        yield from _changing(call, build_views.found(call), call.object_body())
        return
    for given in as_mappings(call.body, "the body"):
        row = call.azure.runs.find(str(given.get("id") or ""))
        if row is not None:
            yield from _changing(call, row, given)


def _changing(call: Call, row: Row, given: Row) -> Iterator[Need]:
    if call.query.get("retry", "").lower() == "true":
        yield on_run(call, row, "QueueBuilds")
    elif given.get("status") is not None:
        yield from _stopping(call, row)
    if isinstance(given.get("keepForever"), bool) or isinstance(given.get("retainedByRelease"), bool):
        yield on_run(call, row, "RetainIndefinitely")
    if given.get("buildNumber"):
        yield on_run(call, row, "UpdateBuildInformation")


def _stopping(call: Call, row: Row) -> Iterator[Need]:
    """Stop builds is about the runs of others: whoever asked for a run may stop it."""
    if row["requestedFor"] != call.caller.identity.name:
        yield on_run(call, row, "StopBuilds")


@rule("DELETE", builds.BUILDS)
def _delete(call: Call) -> Iterator[Need]:
    yield on_run(call, build_views.found(call), "DeleteBuilds")


@rule("PATCH", stages.STAGES)
def _stage(call: Call) -> Iterator[Need]:
    row = build_views.found(call)
    if str(call.object_body().get("state", "")).lower() in ("cancel", "0"):
        yield from _stopping(call, row)
    else:
        yield on_run(call, row, "QueueBuilds")


@rule("PATCH", check_runs.RUNS)
def _check(call: Call) -> Iterator[Need]:
    """A check asks again for its run; who bypasses it must manage the resource, which the endpoint asks."""
    given = {name.lower(): value for name, value in call.object_body().items()}
    row = call.azure.gates.checks.find(str(given.get("checkid") or ""))
    run = call.azure.runs.find(row["run"]) if row else None
    if run is not None:
        yield on_run(call, run, "QueueBuilds")


@rule("PUT POST PATCH DELETE", build_details.TAGS)
def _quality(call: Call) -> Iterator[Need]:
    yield on_run(call, build_views.found(call), "EditBuildQuality")


@rule("PATCH", build_details.PROPERTIES)
def _information(call: Call) -> Iterator[Need]:
    yield on_run(call, build_views.found(call), "UpdateBuildInformation")


@rule("POST", artifacts.ARTIFACTS)
def _artifact(call: Call) -> Iterator[Need]:
    yield on_run(call, build_views.found(call), "UpdateBuildInformation")


@rule("GET PUT POST DELETE", file_containers.CONTAINERS)
def _container(call: Call) -> Iterator[Need]:
    if "containerid" in call.route:
        reads = call.method in ("GET", "HEAD")
        yield on_run(call, file_containers.run_of(call), "ViewBuilds" if reads else "UpdateBuildInformation")


@rule("POST PATCH DELETE", leases.LEASES)
def _retain(call: Call) -> Iterator[Need]:
    numbers = (
        [str(each.get("runId") or "") for each in as_mappings(call.body, "the body")]
        if (call.method == "POST")
        else []
    )
    named = call.route.get("leaseid", "").split(",") + call.query.get("ids", "").split(",")
    found = (call.azure.leases.find(each.strip()) for each in named if each.strip())
    numbers += [str(lease["runId"]) for lease in found if lease]
    for number in numbers:
        row = call.azure.runs.find(number)
        if row is not None:
            yield on_run(call, row, "RetainIndefinitely")


@rule("POST", definitions.DEFINITIONS, pipelines.PIPELINES)
def _new_definition(call: Call) -> Iterator[Need]:
    given = call.object_body()
    folder = str(given.get("folder") or given.get("path") or "\\").replace("/", "\\")
    yield in_project(call, "CreateBuildDefinition", folder)


@rule("PUT PATCH DELETE", definitions.DEFINITIONS)
@rule("PUT POST PATCH DELETE", definition_details.TAGS)
@rule("PATCH", definition_details.PROPERTIES)
def _definition(call: Call) -> Iterator[Need]:
    row = call.organization.definition(call.project()["id"], call.route["definitionid"])
    if row is not None:
        whole = call.method == "DELETE" and "tag" not in call.route
        yield on_definition(call, row, "DeleteBuildDefinition" if whole else "EditBuildDefinition")


@rule("PATCH", definition_details.RESOURCES, definition_details.AUTHORIZED)
def _authorize(call: Call) -> Iterator[Need]:
    yield in_project(call, "EditBuildDefinition")


@rule("PUT POST", folders.FOLDERS)
def _folder(call: Call) -> Iterator[Need]:
    yield in_project(call, "EditBuildDefinition", call.route.get("path", "\\").replace("/", "\\"))


@rule("DELETE", folders.FOLDERS)
def _no_folder(call: Call) -> Iterator[Need]:
    yield in_project(call, "DeleteBuildDefinition", call.route.get("path", "\\").replace("/", "\\"))


@rule("DELETE", build_details.PROJECT_TAGS)
def _no_tag(call: Call) -> Iterator[Need]:
    yield in_project(call, "EditBuildQuality")


@rule("POST", plans.EVENTS, plans.LOGS, plans.FEED)
@rule("PATCH", plans.RECORDS)
@rule("PUT", plan_timelines.ATTACHMENTS)
def _from_a_job(call: Call) -> Iterator[Need]:
    yield in_project(call, "UpdateBuildInformation")
