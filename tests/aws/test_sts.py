"""Sessions of roles over the wire: external ids, session names, and how long they last."""

from __future__ import annotations

import json

import pytest
from botocore.exceptions import ClientError

STAGING = "arn:aws:iam::333333333333:role/AzureDevOpsRole"
USER = "arn:aws:iam::222222222222:user/azure-devops"


@pytest.fixture
def role(simulator):
    """Make a role of the staging account that trusts the pipelines' user under a condition: its ARN."""

    def make(condition, **more):
        iam = simulator.client("iam", "azure-devops", role=STAGING)
        statement = {
            "Effect": "Allow",
            "Principal": {"AWS": USER},
            "Action": "sts:AssumeRole",
            "Condition": condition,
        }
        document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        return iam.create_role(RoleName="AzureDevOpsRole2", AssumeRolePolicyDocument=document, **more)[
            "Role"
        ]["Arn"]

    # The user may assume roles named AzureDevOpsRole only: its own policy is opened for these.
    users = simulator.client("iam", "operator")
    users.put_user_policy(
        UserName="azure-devops",
        PolicyName="assume",
        PolicyDocument=json.dumps(
            {
                "Version": "2012-10-17",
                "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "*"}],
            }
        ),
    )
    return make


def refused(simulator, **params):
    with pytest.raises(ClientError) as error:
        simulator.client("sts", "azure-devops").assume_role(**params)
    return error.value.response["Error"]["Code"], error.value.response["Error"]["Message"]


def test_a_role_that_asks_for_an_external_id_lets_in_who_says_it(simulator, role):
    arn = role({"StringEquals": {"sts:ExternalId": "agreed"}})
    asked = {"RoleArn": arn, "RoleSessionName": "test"}
    assert refused(simulator, **asked)[0] == "AccessDenied"
    assert refused(simulator, **asked, ExternalId="other")[0] == "AccessDenied"
    made = simulator.client("sts", "azure-devops").assume_role(**asked, ExternalId="agreed")
    assert made["AssumedRoleUser"]["Arn"].endswith(":assumed-role/AzureDevOpsRole2/test")


def test_a_session_lasts_no_longer_than_its_role_allows(simulator, role):
    arn = role({"StringLike": {"sts:RoleSessionName": "long-*"}}, MaxSessionDuration=7200)
    asked = {"RoleArn": arn, "RoleSessionName": "long-one"}
    assert refused(simulator, **{**asked, "RoleSessionName": "short"})[0] == "AccessDenied"
    assert refused(simulator, **asked, DurationSeconds=7201) == (
        "ValidationError",
        "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
    )
    sts = simulator.client("sts", "azure-devops")
    assert sts.assume_role(**asked, DurationSeconds=7200)["Credentials"]["AccessKeyId"].startswith("ASIA")
