"""What projects, teams and groups need: project-level permissions, and TF50309 for who has them not."""

from __future__ import annotations

from collections.abc import Iterator

from simulator.azure_devops.authorization.needs import Need, rule
from simulator.azure_devops.endpoint import Call
from simulator.azure_devops.endpoints.build import leases, settings
from simulator.azure_devops.endpoints.core import projects, teams
from simulator.azure_devops.endpoints.identity import entitlements
from simulator.azure_devops.endpoints.settings import entries
from simulator.azure_devops.endpoints.test import attachments, code_coverage, test_results, test_runs
from simulator.azure_devops.errors import failure
from simulator.azure_devops.security import tokens
from simulator.azure_devops.security.namespaces import COLLECTION, PROJECT
from simulator.kernel.errors import CallerError


def refusal(call: Call, need: Need) -> CallerError:
    """TF50309."""
    who = call.caller.identity
    return failure("UnauthorizedAccessException", user=who.unique_name or who.display, permission=need.shown)


def on_project(call: Call, permission: str, project: str = "") -> Need:
    """A permission on the project of the route."""
    identifier = project or call.project()["id"]
    return Need(PROJECT, tokens.project(identifier), permission, refusal)


@rule("POST", projects.PROJECTS)
def _create(call: Call) -> Iterator[Need]:
    yield Need(COLLECTION, tokens.COLLECTION, "CREATE_PROJECTS", refusal)


@rule("POST PATCH", entitlements.ENTITLEMENTS)
@rule("PATCH DELETE", entitlements.ENTITLEMENT)
def _entitle(call: Call) -> Iterator[Need]:
    yield Need(COLLECTION, tokens.COLLECTION, "GENERIC_WRITE", refusal)


@rule("PATCH", projects.PROJECTS)
def _change(call: Call) -> Iterator[Need]:
    project, given = projects.named(call), call.object_body()
    yield on_project(call, "GENERIC_WRITE", project["id"])
    if given.get("name") not in (None, project["name"]):
        yield on_project(call, "RENAME", project["id"])
    if given.get("visibility") is not None:
        yield on_project(call, "UPDATE_VISIBILITY", project["id"])


@rule("DELETE", projects.PROJECTS)
def _delete(call: Call) -> Iterator[Need]:
    yield on_project(call, "DELETE", projects.named(call)["id"])


@rule("PATCH", projects.PROPERTIES)
def _properties(call: Call) -> Iterator[Need]:
    yield on_project(call, "MANAGE_PROPERTIES", projects.named(call)["id"])


@rule("POST PATCH DELETE", teams.TEAMS)
def _teams(call: Call) -> Iterator[Need]:
    name = call.route["projectid"]
    yield on_project(call, "GENERIC_WRITE", call.visible(call.organization.project(name), name)["id"])


@rule("PATCH", settings.GENERAL, settings.SETTINGS, leases.RETENTION)
def _pipeline_settings(call: Call) -> Iterator[Need]:
    yield on_project(call, "GENERIC_WRITE")


@rule("PATCH DELETE", entries.ENTRIES, entries.ENTRIES_OF_A_SCOPE)
def _settings(call: Call) -> Iterator[Need]:
    """Everyone has entries of their own; those of everyone are for who edits the project or the organization."""
    if call.route.get("userscope", "").lower() != "host":
        return
    project = call.organization.find_project(call.route.get("scopevalue", ""))
    if project is not None:
        yield on_project(call, "GENERIC_WRITE", project["id"])
    else:
        yield Need(COLLECTION, tokens.COLLECTION, "GENERIC_WRITE", refusal)


@rule("POST PATCH", test_runs.RUNS, test_results.RESULTS)
@rule("POST", attachments.OF_RUN, attachments.OF_RESULT, code_coverage.COVERAGE)
def _publish(call: Call) -> Iterator[Need]:
    yield on_project(call, "PUBLISH_TEST_RESULTS")


@rule("DELETE", test_runs.RUNS)
def _delete_results(call: Call) -> Iterator[Need]:
    yield on_project(call, "DELETE_TEST_RESULTS")


@rule("GET", test_runs.RUNS, test_results.RESULTS, attachments.OF_RUN, attachments.OF_RESULT)
def _results(call: Call) -> Iterator[Need]:
    yield on_project(call, "VIEW_TEST_RESULTS")
