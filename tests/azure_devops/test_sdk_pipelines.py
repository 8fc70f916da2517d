"""Pipelines, builds, groups, connections and checks with the unmodified azure-devops SDK."""

from __future__ import annotations

import pytest
from azure.devops.exceptions import AzureDevOpsServiceError
from azure.devops.v7_1.build.models import Build
from azure.devops.v7_1.pipelines.models import RunPipelineParameters, RunResourcesParameters
from azure.devops.v7_1.pipelines_checks.models import CheckConfiguration, CheckType, Resource
from azure.devops.v7_1.service_endpoint.models import (
    EndpointAuthorization,
    ProjectReference,
    ServiceEndpoint,
    ServiceEndpointProjectReference,
)
from azure.devops.v7_1.task_agent.models import (
    EnvironmentCreateParameter,
    VariableGroupParameters,
    VariableGroupProjectReference,
    VariableValue,
)
from azure.devops.v7_1.task_agent.models import ProjectReference as GroupProject

from simulator.runtime.engine_scripted import Script

YAML = """
parameters:
  - {name: who, type: string, default: world}
trigger: none
variables:
  - group: mlops
steps:
  - checkout: none
  - script: echo hello ${{ parameters.who }} $(AWS_REGION)
"""


@pytest.fixture
def pushed(git, served):
    served.engine.script("agent", Script(lines=("line one", "line two")))
    git.commit({"azure-pipelines.yml": YAML})
    git("push", "-q", "origin", "main")
    return git


def test_a_run_is_started_and_read_as_run_and_as_build(connect, pushed, served):
    clients = connect("ada").clients_v7_1
    pipelines, builds = clients.get_pipelines_client(), clients.get_build_client()
    listed = pipelines.list_pipelines("ml")
    assert [pipeline.name for pipeline in listed] == ["model-build", "model-deploy", "model-batch"]
    resources = RunResourcesParameters(repositories={"self": {"refName": "refs/heads/main"}})
    wanted = RunPipelineParameters(template_parameters={"who": "SDK"}, resources=resources)
    run = pipelines.run_pipeline(wanted, "ml", listed[0].id)
    assert (run.state, run.pipeline.name) == ("inProgress", "model-build")
    served.rest()
    ended = pipelines.get_run("ml", listed[0].id, run.id)
    assert (ended.state, ended.result, ended.template_parameters) == (
        "completed",
        "succeeded",
        {"who": "SDK"},
    )
    build = builds.get_build("ml", run.id)
    assert (build.status, build.result, build.requested_for.display_name) == (
        "completed",
        "succeeded",
        "Ada Lovelace",
    )
    timeline = builds.get_build_timeline("ml", run.id)
    step = next(record for record in timeline.records if record.task and record.task.name == "CmdLine")
    assert (step.state, step.result) == ("completed", "succeeded")
    lines = builds.get_build_log_lines("ml", run.id, step.log.id)
    assert any(line.endswith("line two") for line in lines)
    assert b"line one" in b"".join(builds.get_build_log("ml", run.id, step.log.id))
    assert len(builds.get_build_logs("ml", run.id)) == len(
        pipelines.list_logs("ml", listed[0].id, run.id).logs
    )


def test_a_build_is_queued_found_and_tagged(connect, pushed, served):
    builds = connect("ada").clients_v7_1.get_build_client()
    (definition,) = builds.get_definitions("ml", name="model-bui*")
    assert builds.get_definition("ml", definition.id).process["yamlFilename"] == "/azure-pipelines.yml"
    queued = builds.queue_build(
        Build(definition={"id": definition.id}, source_branch="refs/heads/main"), "ml"
    )
    served.rest()
    found = builds.get_builds("ml", definitions=[definition.id], result_filter="succeeded")
    assert [build.id for build in found] == [queued.id]
    assert builds.add_build_tag("ml", queued.id, "good") == ["good"]
    with pytest.raises(AzureDevOpsServiceError, match="The requested build 99 could not be found"):
        builds.get_build("ml", 99)


def test_a_pipeline_is_created_and_previewed(connect, pushed, served):
    pipelines = connect().clients_v7_1.get_pipelines_client()
    # The SDK's model of a configuration leaves path and repository out, so this one goes without it.
    repository = {"name": "model_build", "type": "azureReposGit"}
    given = {"type": "yaml", "path": "/azure-pipelines.yml", "repository": repository}
    with served.client("grace") as client:
        made = client.post("ml/_apis/pipelines", json={"name": "second", "configuration": given}).json()
        again = client.post("ml/_apis/pipelines", json={"name": "second", "configuration": given})
    assert again.status_code == 409
    shown = pipelines.preview(RunPipelineParameters(preview_run=True), "ml", made["id"])
    assert "hello world" in shown.final_yaml
    with pytest.raises(AzureDevOpsServiceError, match="Unexpected parameter 'x'"):
        pipelines.run_pipeline(RunPipelineParameters(template_parameters={"x": "1"}), "ml", made["id"])


def test_a_variable_group_keeps_its_secrets(connect, served):
    client = connect("operator").clients_v7_1.get_task_agent_client()
    (found,) = client.get_variable_groups("ml", group_name="ml*")
    assert found.variables["AWS_REGION"].value == "us-east-1"
    reference = VariableGroupProjectReference(name="own", project_reference=GroupProject(name="ml"))
    wanted = VariableGroupParameters(
        name="own",
        type="Vsts",
        variables={"key": VariableValue(value="hidden-value", is_secret=True)},
        variable_group_project_references=[reference],
    )
    made = client.add_variable_group(wanted)
    assert made.variables["key"].is_secret
    assert made.variables["key"].value is None
    with served.client() as raw:
        assert "hidden-value" not in raw.get("ml/_apis/distributedtask/variablegroups").text


def test_service_connections_show_no_secrets(connect, served):
    client = connect().clients_v7_1.get_service_endpoint_client()
    found = client.get_service_endpoints("ml", type="aws")
    assert sorted(one.name for one in found) == ["aws-automation", "aws-production", "aws-staging"]
    assert all(one.authorization.parameters["password"] is None for one in found)
    reference = ServiceEndpointProjectReference(name="more", project_reference=ProjectReference(name="ml"))
    parameters = {"username": "AKIA", "password": "hidden-value"}
    wanted = ServiceEndpoint(
        name="more",
        type="aws",
        url="https://aws.amazon.com/",
        authorization=EndpointAuthorization(scheme="UsernamePassword", parameters=parameters),
        service_endpoint_project_references=[reference],
    )
    made = client.create_service_endpoint(wanted)
    assert client.get_service_endpoint_details("ml", made.id).name == "more"
    with served.client() as raw:
        assert "hidden-value" not in raw.get("ml/_apis/serviceendpoint/endpoints").text


def test_an_environment_gets_an_approval_check(connect):
    clients = connect().clients_v7_1
    agents, checks = clients.get_task_agent_client(), clients.get_pipelines_checks_client()
    made = agents.add_environment(EnvironmentCreateParameter(name="canary", description="first"), "ml")
    assert [one.name for one in agents.get_environments("ml")] == ["staging", "production", "canary"]
    resource = Resource(type="environment", id=str(made.id), name="canary")
    (existing,) = checks.get_check_configurations_on_resource("ml", "environment", "2")
    assert existing.type.name == "Approval"
    approval = CheckType(id="8c6f20a7-a545-4486-9777-f762fafe0d4d", name="Approval")
    given = CheckConfiguration(type=approval, resource=resource, timeout=60)
    given.settings = {"approvers": [{"id": "grace@example.com"}]}
    with pytest.raises(AzureDevOpsServiceError, match="at least one approver"):
        checks.add_check_configuration(given, "ml")
