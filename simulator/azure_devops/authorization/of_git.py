"""What repositories, pull requests and branch policies need: git permissions, and TF401027 for who has them not."""

from __future__ import annotations

from collections.abc import Iterator

from simulator.azure_devops.authorization.needs import Need, rule
from simulator.azure_devops.authorization.of_build import on_definition
from simulator.azure_devops.endpoint import Call
from simulator.azure_devops.endpoints.git import (
    fork_sync,
    imports,
    objects_by_id,
    operations,
    refs,
    repositories,
    statuses,
)
from simulator.azure_devops.endpoints.git.pull_requests import (
    attachments,
    labels,
    properties,
    requests,
    reviewing,
    threads,
    views,
)
from simulator.azure_devops.endpoints.git.pull_requests import statuses as pull_request_statuses
from simulator.azure_devops.endpoints.policy import configurations, evaluations
from simulator.azure_devops.errors import failure
from simulator.azure_devops.organization import Row
from simulator.azure_devops.policies.types import BUILD as BUILD_POLICY
from simulator.azure_devops.security import tokens
from simulator.azure_devops.security.namespaces import GIT
from simulator.azure_devops.shapes import mapping, mappings
from simulator.kernel.errors import CallerError


def refusal(call: Call, need: Need) -> CallerError:
    """TF401027; what may not even be read is not there."""
    if need.permission == "GenericRead":
        return failure("GitRepositoryNotFoundException", name=need.about)
    told = {"permission": need.permission, "user": call.caller.identity.unique_name}
    return failure("GitNeedsPermissionException", **told, scope=need.about or "repository")


def on_project(call: Call, permission: str) -> Need:
    """A permission on all repositories of the project of the route."""
    return Need(GIT, tokens.repositories(call.project()["id"]), permission, refusal)


def on_repository(row: Row, permission: str) -> Need:
    """A permission on a repository."""
    return Need(GIT, tokens.repository(row["project"], row["id"]), permission, refusal)


def on_ref(row: Row, name: str, permission: str) -> Need:
    """A permission on a branch or tag."""
    return Need(GIT, tokens.ref(row["project"], row["id"], name), permission, refusal, "branch")


def reading(call: Call) -> Iterator[Need]:
    """What every request needs that names a repository which is there."""
    name = call.route.get("repositorynameorid") or call.route.get("repositoryid", "")
    wanted = name.lower()
    project = call.project_or_none()
    for row in call.organization.rows("azure_devops.repository", project["id"] if project else ""):
        if wanted in (row["name"].lower(), row["id"].lower()):
            yield Need(GIT, tokens.repository(row["project"], row["id"]), "GenericRead", refusal, row["name"])
            return


@rule("POST", repositories.REPOSITORIES)
def _create(call: Call) -> Iterator[Need]:
    given = mapping(call.object_body(), "project")
    name = str(given.get("id") or given.get("name") or call.route.get("project", ""))
    project = call.visible(call.organization.project(name), name)
    yield Need(GIT, tokens.repositories(project["id"]), "CreateRepository", refusal)


@rule("PATCH", repositories.REPOSITORIES)
def _change(call: Call) -> Iterator[Need]:
    row, given = call.repository(disabled=True), call.object_body()
    if given.get("name") not in (None, row["name"]):
        yield on_repository(row, "RenameRepository")
    if given.get("defaultBranch") is not None or given.get("isDisabled") is not None:
        yield on_repository(row, "EditPolicies")


@rule("DELETE", repositories.REPOSITORIES)
def _delete(call: Call) -> Iterator[Need]:
    yield on_repository(call.repository(disabled=True), "DeleteRepository")


@rule("PATCH", repositories.RECYCLE_BIN)
def _restore(call: Call) -> Iterator[Need]:
    yield on_project(call, "CreateRepository")


@rule("DELETE", repositories.RECYCLE_BIN)
def _destroy(call: Call) -> Iterator[Need]:
    yield on_project(call, "DeleteRepository")


@rule("POST PATCH", imports.IMPORTS)
@rule("POST", statuses.STATUSES, fork_sync.REQUESTS)
@rule("PATCH", refs.REFS)
def _contribute(call: Call) -> Iterator[Need]:
    yield on_repository(call.repository(), "GenericContribute")


@rule("POST", objects_by_id.TAGS)
def _tag(call: Call) -> Iterator[Need]:
    yield on_repository(call.repository(), "CreateTag")


@rule("POST", operations.MERGES, operations.CHERRY_PICKS, operations.REVERTS)
def _new_commits(call: Call) -> Iterator[Need]:
    row = call.repository()
    yield on_repository(row, "GenericContribute")
    if generated := str(call.object_body().get("generatedRefName") or ""):
        yield on_ref(row, generated, "CreateBranch")


@rule("POST PATCH PUT DELETE", reviewing.REVIEWERS)
@rule("POST PATCH", threads.THREADS)
@rule("POST PATCH DELETE", threads.COMMENTS)
@rule("POST DELETE", threads.LIKES, labels.LABELS, attachments.ATTACHMENTS)
@rule("PATCH", properties.PROPERTIES)
@rule("POST PATCH DELETE", pull_request_statuses.STATUSES, pull_request_statuses.OF_ITERATION)
@rule("POST", requests.OF_REPOSITORY, requests.SHARE)
def _review(call: Call) -> Iterator[Need]:
    yield on_repository(call.repository(), "PullRequestContribute")


@rule("PATCH", requests.OF_REPOSITORY)
def _edit_pull_request(call: Call) -> Iterator[Need]:
    row, given = call.repository(), call.object_body()
    yield on_repository(row, "PullRequestContribute")
    known = views.found(call)
    if str(given.get("status", "")).lower() in ("completed", "3"):
        yield on_ref(row, known["target"], "GenericContribute")
    if str(mapping(given, "completionOptions").get("bypassPolicy", "")).lower() == "true":
        yield on_ref(row, known["target"], "PullRequestBypassPolicy")


@rule("GET PATCH", evaluations.ONE)
def _evaluation(call: Call) -> Iterator[Need]:
    """Who works on the pull request has its policies evaluated again; a validation is a build, so who may queue it."""
    known, evaluation = call.azure.evaluations.find(call.route["evaluationid"])
    reads = call.method in ("GET", "HEAD")
    row = call.organization.repository(known["repository"])
    yield on_repository(row, "GenericRead" if reads else "PullRequestContribute")
    if not reads and evaluation.configuration["type"] == BUILD_POLICY:
        number = evaluation.configuration["settings"]["buildDefinitionId"]
        if definition := call.organization.definition(known["project"], number):
            yield on_definition(call, definition, "QueueBuilds")


@rule("POST PUT DELETE", configurations.CONFIGURATIONS)
def _policies(call: Call) -> Iterator[Need]:
    project = call.project()["id"]
    settings = [mapping(call.object_body(), "settings")] if call.method != "DELETE" else []
    if identifier := call.route.get("configurationid"):
        settings.append(call.azure.policies.find(project, identifier)["settings"])
    for scope in (one for each in settings for one in mappings(each, "scope")):
        repository, name = str(scope.get("repositoryId") or ""), str(scope.get("refName") or "")
        token = tokens.repositories(project)
        if repository:
            token = tokens.ref(project, repository, name) if name else tokens.repository(project, repository)
        yield Need(GIT, token, "EditPolicies", refusal)
