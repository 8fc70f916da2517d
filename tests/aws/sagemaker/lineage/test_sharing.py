"""Lineage across accounts: who accepted a share of a lineage group sees and extends what is in it."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.wire import RunningSimulator

OWNER, OTHER = "222222222222", "444444444444"
GROUP = f"arn:aws:sagemaker:us-east-1:{OWNER}:lineage-group/sagemaker-default-lineage-group"
DEPLOYER = f"arn:aws:iam::{OTHER}:role/AzureDevOpsRole"


class Accounts:
    """Data and a model of the owner, and what the other account made of it."""

    def __init__(self, running: RunningSimulator) -> None:
        self.running = running
        self.owner = running.client("sagemaker")
        self.data = self.artifact(self.owner, "s3://owner/data", "DataSet")
        self.model = self.artifact(self.owner, "s3://owner/model", "Model")
        self.owner.add_association(SourceArn=self.data, DestinationArn=self.model)
        admin = self.other("iam")
        may = {"Effect": "Allow", "Action": ["sagemaker:*", "ram:*"], "Resource": "*"}
        document = json.dumps({"Version": "2012-10-17", "Statement": [may]})
        admin.put_role_policy(RoleName="AzureDevOpsRole", PolicyName="lineage", PolicyDocument=document)
        self.theirs = self.other("sagemaker")
        self.served = self.artifact(self.theirs, "s3://other/served", "Model")

    def other(self, service: str) -> Any:
        """A client of the other account."""
        return self.running.client(service, person="azure-devops", role=DEPLOYER)

    @staticmethod
    def artifact(client: Any, uri: str, kind: str) -> str:
        """The ARN of a new artifact."""
        return str(client.create_artifact(Source={"SourceUri": uri}, ArtifactType=kind)["ArtifactArn"])

    def share(self) -> str:
        """The ARN of a share that the other account has accepted."""
        ram = self.running.client("ram")
        made = ram.create_resource_share(name="lineage", resourceArns=[GROUP], principals=[OTHER])
        receiver = self.other("ram")
        (invitation,) = receiver.get_resource_share_invitations()["resourceShareInvitations"]
        assert invitation["senderAccountId"] == OWNER
        arn = invitation["resourceShareInvitationArn"]
        receiver.accept_resource_share_invitation(resourceShareInvitationArn=arn)
        assert (
            receiver.get_resource_shares(resourceOwner="OTHER-ACCOUNTS")["resourceShares"][0]["name"]
            == "lineage"
        )
        return str(made["resourceShare"]["resourceShareArn"])


@pytest.fixture
def accounts(simulator: RunningSimulator) -> Accounts:
    return Accounts(simulator)


def reached(client: Any, start: str, direction: str) -> list[str]:
    found = client.query_lineage(StartArns=[start], Direction=direction)
    return [vertex["Arn"] for vertex in found["Vertices"]]


def denied(ask: Any, **params: Any) -> str:
    with pytest.raises(ClientError) as refused:
        ask(**params)
    assert refused.value.response["Error"]["Code"] == "AccessDeniedException"
    return str(refused.value.response["Error"]["Message"])


def test_without_a_share_the_other_account_sees_nothing(accounts):
    assert accounts.model in denied(accounts.theirs.describe_artifact, ArtifactArn=accounts.model)
    assert accounts.model in denied(accounts.theirs.query_lineage, StartArns=[accounts.model])
    assert accounts.model in denied(
        accounts.theirs.add_association, SourceArn=accounts.model, DestinationArn=accounts.served
    )
    with pytest.raises(ClientError, match="Cannot find resource policy for"):
        accounts.owner.get_lineage_group_policy(LineageGroupName="sagemaker-default-lineage-group")


def test_what_is_shared_is_described_associated_and_walked(accounts):
    accounts.share()
    assert accounts.theirs.describe_artifact(ArtifactArn=accounts.model)["ArtifactType"] == "Model"
    accounts.theirs.add_association(
        SourceArn=accounts.model, DestinationArn=accounts.served, AssociationType="DerivedFrom"
    )
    assert reached(accounts.theirs, accounts.served, "Ascendants") == [
        accounts.served,
        accounts.model,
        accounts.data,
    ]
    assert reached(accounts.theirs, accounts.data, "Descendants")[-1] == accounts.served
    # The owner was not let in to the other account: its own walk ends at the border.
    assert reached(accounts.owner, accounts.data, "Descendants") == [accounts.data, accounts.model]
    answer = accounts.owner.get_lineage_group_policy(LineageGroupName="sagemaker-default-lineage-group")
    (statement,) = json.loads(answer["ResourcePolicy"])["Statement"]
    assert statement["Principal"]["AWS"] == [f"arn:aws:iam::{OTHER}:root"]
    assert "sagemaker:QueryLineage" in statement["Action"]
    accounts.theirs.delete_association(SourceArn=accounts.model, DestinationArn=accounts.served)
    assert reached(accounts.theirs, accounts.served, "Ascendants") == [accounts.served]


def test_only_what_the_policy_names_is_allowed_and_a_share_is_taken_back(accounts):
    share = accounts.share()
    denied(accounts.theirs.update_artifact, ArtifactArn=accounts.model, ArtifactName="mine")
    denied(accounts.theirs.delete_artifact, ArtifactArn=accounts.model)
    accounts.running.client("ram").delete_resource_share(resourceShareArn=share)
    denied(accounts.theirs.describe_artifact, ArtifactArn=accounts.model)


def test_an_invitation_is_answered_once_and_other_kinds_are_refused_by_name(accounts):
    accounts.share()
    ram, receiver = accounts.running.client("ram"), accounts.other("ram")
    (invitation,) = receiver.get_resource_share_invitations()["resourceShareInvitations"]
    arn = invitation["resourceShareInvitationArn"]
    with pytest.raises(receiver.exceptions.ResourceShareInvitationAlreadyAcceptedException):
        receiver.accept_resource_share_invitation(resourceShareInvitationArn=arn)
    with pytest.raises(ClientError, match="Only SageMaker's lineage groups are shared here"):
        ram.create_resource_share(name="x", resourceArns=[f"arn:aws:ec2:us-east-1:{OWNER}:subnet/s-1"])
    with pytest.raises(ram.exceptions.OperationNotPermittedException):
        ram.create_resource_share(name="x", resourceArns=[GROUP.replace(OWNER, OTHER)])
