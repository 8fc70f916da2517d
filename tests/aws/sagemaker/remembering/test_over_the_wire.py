"""What only remembers: kept, found, listed, changed, tagged and forgotten, in its first state and told as such."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from simulator.reality import ledger
from tests.wire import RunningSimulator

ROLE = "arn:aws:iam::222222222222:role/anyone"


def domain(client) -> str:
    settings = {"ExecutionRole": ROLE}
    made = client.create_domain(
        DomainName="team", AuthMode="IAM", DefaultUserSettings=settings, SubnetIds=["s"], VpcId="v"
    )
    return str(made["DomainArn"].rsplit("/", 1)[1])


def refusal(ask, **params) -> tuple[str, str]:
    with pytest.raises(ClientError) as refused:
        ask(**params)
    error = refused.value.response["Error"]
    return error["Code"], error["Message"]


def test_a_domain_and_what_is_in_it(simulator: RunningSimulator):
    client = simulator.client("sagemaker")
    ident = domain(client)
    profile = client.create_user_profile(DomainId=ident, UserProfileName="ada")["UserProfileArn"]
    assert profile.endswith(f":user-profile/{ident}/ada")
    client.create_app(DomainId=ident, UserProfileName="ada", AppType="JupyterServer", AppName="default")
    app = client.describe_app(
        DomainId=ident, UserProfileName="ada", AppType="JupyterServer", AppName="default"
    )
    assert app["Status"] == "Pending"
    assert client.list_apps(DomainIdEquals=ident)["Apps"][0]["AppName"] == "default"
    assert client.list_apps(DomainIdEquals="d-other")["Apps"] == []
    code, text = refusal(client.delete_domain, DomainId=ident)
    assert code == "ResourceInUse"
    assert "UserProfile" in text
    assert refusal(client.create_space, DomainId="d-none", SpaceName="mine")[0] in (
        "ResourceNotFound",
        "ValidationException",
    )


def test_memory_says_so_in_a_header_and_in_the_ledger(simulator: RunningSimulator):
    client = simulator.client("sagemaker")
    made = client.create_code_repository(
        CodeRepositoryName="code", GitConfig={"RepositoryUrl": "https://git.example/team/code.git"}
    )
    assert made["ResponseMetadata"]["HTTPHeaders"]["x-simulator"] == "remembers"
    for _ in range(3):
        found = client.describe_code_repository(CodeRepositoryName="code")
        assert found["ResponseMetadata"]["HTTPHeaders"]["x-simulator"] == "remembers"
    told = [entry["what"] for entry in ledger(simulator.facts(), "scripted") if entry["kind"] == "remembered"]
    assert told == ["sagemaker:CreateCodeRepository", "sagemaker:DescribeCodeRepository"]
    listed = client.list_models()
    assert "x-simulator" not in listed["ResponseMetadata"]["HTTPHeaders"]


def test_a_client_token_makes_once(simulator: RunningSimulator):
    client = simulator.client("sagemaker")
    client.create_image(ImageName="mine", RoleArn=ROLE)
    asked = {"Name": "app", "Type": "comet", "ExecutionRoleArn": ROLE, "Tier": "small", "AuthType": "IAM"}
    first = client.create_partner_app(**asked, ClientToken="token-1")["Arn"]
    assert client.create_partner_app(**asked, ClientToken="token-1")["Arn"] == first
    assert client.create_partner_app(**asked, ClientToken="token-2")["Arn"] != first
    assert len(client.list_partner_apps()["Summaries"]) == 2
    code, _ = refusal(client.create_partner_app, **{**asked, "Tier": "large"}, ClientToken="token-1")
    assert code == "ConflictException"


def test_what_is_referred_to_must_be_there(simulator: RunningSimulator):
    client = simulator.client("sagemaker")
    code, text = refusal(
        client.create_inference_component,
        InferenceComponentName="part",
        EndpointName="none",
        Specification={"ModelName": "m", "ComputeResourceRequirements": {"MinMemoryRequiredInMb": 128}},
    )
    assert (code, text) == (
        "ValidationException",
        'Could not find endpoint "arn:aws:sagemaker:us-east-1:222222222222:endpoint/none".',
    )


def test_names_are_taken_once_and_limits_hold(simulator: RunningSimulator):
    client = simulator.client("sagemaker")
    client.create_hub(HubName="models", HubDescription="ours")
    assert refusal(client.create_hub, HubName="models", HubDescription="ours")[0] == "ResourceInUse"
    assert refusal(client.describe_hub, HubName="other")[0] == "ResourceNotFound"
    client.create_workforce(WorkforceName="people")
    code, text = refusal(client.create_workforce, WorkforceName="more")
    assert code == "ResourceLimitExceeded"
    assert text.startswith("The account-level service limit")


def test_a_cluster_is_told_by_its_name_and_its_scripts_lie_where_sagemaker_may_read(
    simulator: RunningSimulator,
):
    client = simulator.client("sagemaker")
    group: dict[str, Any] = {
        "InstanceGroupName": "workers",
        "InstanceType": "ml.m5.large",
        "InstanceCount": 25,
        "ExecutionRole": ROLE,
        "LifeCycleConfig": {"SourceS3Uri": "s3://sagemaker-scripts", "OnCreate": "on_create.sh"},
    }
    client.create_cluster(ClusterName="pod", InstanceGroups=[group])
    assert len(client.list_cluster_nodes(ClusterName="pod")["ClusterNodeSummaries"]) == 25
    code, text = refusal(client.create_cluster, ClusterName="pod", InstanceGroups=[group])
    assert code == "ResourceInUse"
    assert "Cluster with name pod already exists" in text
    group["LifeCycleConfig"]["SourceS3Uri"] = "s3://elsewhere"
    assert "does not start with" in refusal(client.create_cluster, ClusterName="b", InstanceGroups=[group])[1]


def test_stopping_what_remembers_goes_no_further(simulator: RunningSimulator):
    client = simulator.client("sagemaker")
    store = "s3://bucket/artifacts"
    client.create_mlflow_tracking_server(TrackingServerName="runs", ArtifactStoreUri=store, RoleArn=ROLE)
    client.stop_mlflow_tracking_server(TrackingServerName="runs")
    for _ in range(2):
        state = client.describe_mlflow_tracking_server(TrackingServerName="runs")["TrackingServerStatus"]
        assert state == "Stopping"


def test_a_notebook_instance_is_changed_and_deleted_when_it_is_stopped(simulator: RunningSimulator):
    client, name = simulator.client("sagemaker"), {"NotebookInstanceName": "notes"}
    arn = client.create_notebook_instance(**name, InstanceType="ml.t3.medium", RoleArn=ROLE)[
        "NotebookInstanceArn"
    ]

    def refused(ask: Any, **members: Any) -> str:
        with pytest.raises(ClientError) as error:
            ask(**name, **members)
        return str(error.value.response["Error"]["Message"])

    said = "Status (Pending) not in ([Stopped, Failed]). Unable to transition to"
    assert refused(client.delete_notebook_instance) == f"{said} (Deleting) for Notebook Instance ({arn})"
    assert refused(client.update_notebook_instance, VolumeSizeInGB=9).startswith(f"{said} (Updating)")
    assert refused(client.start_notebook_instance).startswith(f"{said} (Pending)")

    client.stop_notebook_instance(**name)
    client.update_notebook_instance(**name, VolumeSizeInGB=9)
    stopped = client.describe_notebook_instance(**name)
    assert (stopped["NotebookInstanceStatus"], stopped["VolumeSizeInGB"]) == ("Stopped", 9)
    client.delete_notebook_instance(**name)
    assert refused(client.describe_notebook_instance) == "RecordNotFound"


def test_a_memory_lasts(tmp_path):
    running = RunningSimulator(state=tmp_path)
    try:
        running.client("sagemaker").create_hub(HubName="models", HubDescription="ours")
    finally:
        running.stop()
    again = RunningSimulator(state=tmp_path)
    try:
        assert again.client("sagemaker").list_hubs()["HubSummaries"][0]["HubName"] == "models"
    finally:
        again.stop()
