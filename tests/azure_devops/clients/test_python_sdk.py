"""One tour of everything with the unmodified `azure-devops` package, by both of its sets of clients."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from tests.azure_devops.clients.tour import APPROVAL_TYPE, APPROVALS, APPROVED_YAML, BASIC_PROCESS, CHECKS
from tests.azure_devops.conftest import Git
from tests.azure_devops.scripted import prints


class Tour:
    """The clients of one set, the models that belong to them, and a way for what they have no class for."""

    def __init__(self, connection: Any, released: bool) -> None:
        self._clients = connection.clients if released else connection.clients_v7_1
        self._version = "v7_0" if released else "v7_1"
        self._newest = connection.clients_v7_1

    def __getattr__(self, area: str) -> Any:
        return getattr(self._clients, f"get_{area}_client")()

    def model(self, area: str, kind: str, /, **members: Any) -> Any:
        """A value of the set's own class."""
        return getattr(import_module(f"azure.devops.{self._version}.{area}.models"), kind)(**members)

    def send(self, method: str, location: str, content: Any) -> Any:
        """A request to a location of the project, routed and negotiated by the package."""
        answer = self._newest.get_pipelines_client()._send(
            http_method=method,
            location_id=location,
            version="7.1-preview.1",
            route_values={"project": "tour"},
            content=content,
        )
        return answer.json()

    def permit(self, pipeline: int, environment: int) -> None:
        """Let the pipeline use the environment."""
        self._newest.get_pipeline_permissions_client().update_pipeline_permisions_for_resource(
            {"pipelines": [{"id": pipeline, "authorized": True}]}, "tour", "environment", str(environment)
        )


@pytest.mark.parametrize("released", [True, False], ids=["released", "v7_1"])
def test_a_tour_from_a_new_project_to_an_approved_deployment(
    released: bool, connect: Any, served: Any, tmp_path: Path
) -> None:
    tour = Tour(connect("operator"), released)
    served.engine._scripts[:] = prints(deploy="deployed")._scripts

    new_project(tour, served)
    repository = tour.git.create_repository(
        tour.model("git", "GitRepositoryCreateOptions", name="app"), "tour"
    )
    pushed_and_merged(tour, served, repository, tmp_path)
    assert variable_group(tour, repository).name == "settings"
    environment = guarded_environment(tour, served)
    pipeline = new_pipeline(tour, repository)
    assert hook(tour, repository).event_type == "build.complete"
    run = tour.pipelines.run_pipeline({}, "tour", pipeline.id)
    served.rest()  # it waits for the first use of its environment to be permitted
    tour.permit(pipeline.id, environment.id)
    served.rest()
    (pending,) = served.facts("ApprovalPending")
    given = {"approvalId": pending.detail["approval"], "status": "approved", "comment": "go"}
    assert tour.send("PATCH", APPROVALS, [given])["value"][0]["status"] == "approved"
    served.rest()

    assert tour.pipelines.get_run("tour", pipeline.id, run.id).result == "succeeded"
    logs = tour.build.get_build_logs("tour", run.id)
    text = "\n".join(line for log in logs for line in tour.build.get_build_log_lines("tour", run.id, log.id))
    assert "deployed" in text


def new_project(tour: Tour, served: Any) -> None:
    """A project, made by an operation that is polled to its end."""
    capabilities = {
        "versioncontrol": {"sourceControlType": "Git"},
        "processTemplate": {"templateTypeId": BASIC_PROCESS},
    }
    asked = tour.model("core", "TeamProject", name="tour", visibility="private", capabilities=capabilities)
    operation = tour.core.queue_create_project(asked)
    served.rest()
    assert tour.operations.get_operation(operation.id).status == "succeeded"
    assert tour.core.get_project("tour").state == "wellFormed"


def pushed_and_merged(tour: Tour, served: Any, repository: Any, place: Path) -> None:
    """Two branches by git, and a pull request that joins them."""
    copy = Git(served, place / "tour", person="operator")
    copy.directory.mkdir()
    copy("init", "-q", "-b", "main")
    copy.commit({"azure-pipelines.yml": APPROVED_YAML})
    copy("push", "-q", copy.url("app", "tour/"), "main")
    copy("checkout", "-q", "-b", "change")
    tip = copy.commit({"README.md": "changed"})
    copy("push", "-q", copy.url("app", "tour/"), "change")
    branches = {"sourceRefName": "refs/heads/change", "targetRefName": "refs/heads/main"}
    request = tour.git.create_pull_request({**branches, "title": "Change"}, repository.id)
    completed = {"status": "completed", "lastMergeSourceCommit": {"commitId": tip}}
    tour.git.update_pull_request(completed, repository.id, request.pull_request_id)
    served.rest()
    assert tour.git.get_pull_request_by_id(request.pull_request_id).status == "completed"


def variable_group(tour: Tour, repository: Any) -> Any:
    """A group of variables in the library."""
    project = {"id": repository.project.id, "name": "tour"}
    group = tour.model(
        "task_agent",
        "VariableGroupParameters",
        name="settings",
        type="Vsts",
        variables={"where": {"value": "staging"}},
        variable_group_project_references=[{"name": "settings", "projectReference": project}],
    )
    return tour.task_agent.add_variable_group(group)


def guarded_environment(tour: Tour, served: Any) -> Any:
    """An environment with an approval; the package's own class of a check has no settings."""
    environment = tour.task_agent.add_environment({"name": "production"}, "tour")
    approver = served.azure.organization.person_reference("operator")
    check = {
        "type": {"id": APPROVAL_TYPE, "name": "Approval"},
        "settings": {"approvers": [{"id": approver["id"]}]},
        "resource": {"type": "environment", "id": str(environment.id), "name": "production"},
    }
    tour.send("POST", CHECKS, check)
    return environment


def new_pipeline(tour: Tour, repository: Any) -> Any:
    """A YAML pipeline, by the build client: the pipelines client has no class for a repository."""
    definition = tour.model(
        "build",
        "BuildDefinition",
        name="app",
        process={"type": 2, "yamlFilename": "azure-pipelines.yml"},
        repository={"id": repository.id, "type": "TfsGit", "defaultBranch": "refs/heads/main"},
    )
    return tour.build.create_definition(definition, "tour")


def hook(tour: Tour, repository: Any) -> Any:
    """A subscription to builds that complete, as the service gives it back."""
    subscription = tour.model(
        "service_hooks",
        "Subscription",
        publisher_id="tfs",
        event_type="build.complete",
        consumer_id="webHooks",
        consumer_action_id="httpRequest",
        publisher_inputs={"projectId": repository.project.id},
        consumer_inputs={"url": "http://localhost/hook"},
    )
    made = tour.service_hooks.create_subscription(subscription)
    return tour.service_hooks.get_subscription(made.id)
