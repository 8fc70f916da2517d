"""One tour of everything with the unmodified `azure-devops` package, by both of its sets of clients."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from tests.azure_devops.clients.tour import APPROVALS, APPROVED_YAML, CHECKS
from tests.azure_devops.conftest import Git
from tests.azure_devops.scripted import prints


class Tour:
    """The clients of one set and the models that belong to them."""

    def __init__(self, connection: Any, released: bool) -> None:
        self._clients = connection.clients if released else connection.clients_v7_1
        self._version = "v7_0" if released else "v7_1"

    def __getattr__(self, area: str) -> Any:
        return getattr(self._clients, f"get_{area}_client")()

    def model(self, area: str, kind: str, /, **members: Any) -> Any:
        """A value of the set's own class."""
        return getattr(import_module(f"azure.devops.{self._version}.{area}.models"), kind)(**members)


@pytest.mark.parametrize("released", [True, False], ids=["released", "v7_1"])
def test_a_tour_from_a_new_project_to_an_approved_deployment(
    released: bool, connect: Any, served: Any, tmp_path: Path
) -> None:
    tour = Tour(connect("operator"), released)
    served.engine._scripts[:] = prints(deploy="deployed")._scripts

    asked = tour.model(
        "core",
        "TeamProject",
        name="tour",
        visibility="private",
        capabilities={
            "versioncontrol": {"sourceControlType": "Git"},
            "processTemplate": {"templateTypeId": "b8a3a935-7e91-48b8-a94c-606d37c3e9f2"},
        },
    )
    operation = tour.core.queue_create_project(asked)
    served.rest()
    assert tour.operations.get_operation(operation.id).status == "succeeded"
    assert tour.core.get_project("tour").state == "wellFormed"

    git = tour.git
    repository = git.create_repository(tour.model("git", "GitRepositoryCreateOptions", name="app"), "tour")
    copy = Git(served, tmp_path / "tour", person="operator")
    copy.directory.mkdir()
    copy("init", "-q", "-b", "main")
    copy.commit({"azure-pipelines.yml": APPROVED_YAML})
    copy("push", "-q", copy.url("app", "tour/"), "main")
    copy("checkout", "-q", "-b", "change")
    tip = copy.commit({"README.md": "changed"})
    copy("push", "-q", copy.url("app", "tour/"), "change")

    request = git.create_pull_request(
        {"sourceRefName": "refs/heads/change", "targetRefName": "refs/heads/main", "title": "Change"},
        repository.id,
    )
    git.update_pull_request(
        {"status": "completed", "lastMergeSourceCommit": {"commitId": tip}},
        repository.id,
        request.pull_request_id,
    )
    served.rest()
    assert git.get_pull_request_by_id(request.pull_request_id).status == "completed"

    group = tour.model(
        "task_agent",
        "VariableGroupParameters",
        name="settings",
        type="Vsts",
        variables={"where": {"value": "staging"}},
        variable_group_project_references=[
            {"name": "settings", "projectReference": {"id": repository.project.id, "name": "tour"}}
        ],
    )
    assert tour.task_agent.add_variable_group(group).name == "settings"
    environment = tour.task_agent.add_environment({"name": "production"}, "tour")
    approver = served.azure.organization.person_reference("operator")
    raw = connect("operator").clients_v7_1.get_pipelines_checks_client()
    raw._send(  # the package's class of a check has no settings
        http_method="POST",
        location_id=CHECKS,
        version="7.1-preview.1",
        route_values={"project": "tour"},
        content={
            "type": {"id": "8c6f20a7-a545-4486-9777-f762fafe0d4d", "name": "Approval"},
            "settings": {"approvers": [{"id": approver["id"]}]},
            "resource": {"type": "environment", "id": str(environment.id), "name": "production"},
        },
    )

    pipeline = tour.build.create_definition(  # its class of a pipeline's configuration has no repository
        tour.model(
            "build",
            "BuildDefinition",
            name="app",
            process={"type": 2, "yamlFilename": "azure-pipelines.yml"},
            repository={"id": repository.id, "type": "TfsGit", "defaultBranch": "refs/heads/main"},
        ),
        "tour",
    )
    hook = tour.service_hooks.create_subscription(
        tour.model(
            "service_hooks",
            "Subscription",
            publisher_id="tfs",
            event_type="build.complete",
            consumer_id="webHooks",
            consumer_action_id="httpRequest",
            publisher_inputs={"projectId": repository.project.id},
            consumer_inputs={"url": "http://localhost/hook"},
        )
    )
    assert tour.service_hooks.get_subscription(hook.id).event_type == "build.complete"

    run = tour.pipelines.run_pipeline({}, "tour", pipeline.id)
    served.rest()  # the run waits for the first use of its environment to be permitted
    permissions = connect("operator").clients_v7_1.get_pipeline_permissions_client()
    permitted = {"pipelines": [{"id": pipeline.id, "authorized": True}]}
    permissions.update_pipeline_permisions_for_resource(permitted, "tour", "environment", str(environment.id))
    served.rest()
    (pending,) = served.facts("ApprovalPending")
    answer = raw._send(
        http_method="PATCH",
        location_id=APPROVALS,
        version="7.1-preview.1",
        route_values={"project": "tour"},
        content=[{"approvalId": pending.detail["approval"], "status": "approved", "comment": "go"}],
    )
    assert answer.json()["value"][0]["status"] == "approved"
    served.rest()

    assert tour.pipelines.get_run("tour", pipeline.id, run.id).result == "succeeded"
    logs = tour.build.get_build_logs("tour", run.id)
    text = "\n".join(line for log in logs for line in tour.build.get_build_log_lines("tour", run.id, log.id))
    assert "deployed" in text
