"""A job proves to AWS who it is: token, documents, trust policy, session; and what AWS says when it does not hold."""

from __future__ import annotations

import json

import boto3
import httpx
import pytest
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import ClientError

from simulator.azure_devops import id_tokens
from simulator.formats import jwt

ACCOUNT = "333333333333"
SHOW = 'aws sts get-caller-identity --query Arn --output text; echo "region $AWS_REGION"'
STEP = """
  - checkout: none
  - task: AWSShellScript@1
    inputs:
      awsCredentials: {connection}
      regionName: US-East-1
      scriptType: inline
      inlineScript: |
        {script}
"""
ASK = """
  - checkout: none
  - task: AWSShellScript@1
    inputs: {{ awsCredentials: {connection}, regionName: us-east-1, scriptType: inline, inlineScript: "true" }}
  - bash: |
      asked="$SYSTEM_OIDCREQUESTURI?api-version=7.1{more}"
      curl -s -X POST -H "Content-Length: 0" -H "Authorization: Bearer $TOKEN" "$asked"
    env: {{ TOKEN: $(System.AccessToken) }}
"""


@pytest.fixture(scope="module")
def issuer(world):
    return id_tokens.issuer(world.simulator.simulator.azure_devops.organization)


@pytest.fixture(scope="module")
def provider(world, issuer):
    """The organization as an identity provider of the staging account."""
    iam = world.simulator.client("iam", "azure-devops", role=f"arn:aws:iam::{ACCOUNT}:role/AzureDevOpsRole")
    made = iam.create_open_id_connect_provider(Url=issuer, ClientIDList=["api://AzureADTokenExchange"])
    return made["OpenIDConnectProviderArn"]


@pytest.fixture(scope="module")
def role(world, issuer, provider):
    """Make a role that trusts the provider for one subject: its ARN."""

    def make(name, subject, audience="api://AzureADTokenExchange"):
        iam = world.simulator.client(
            "iam", "azure-devops", role=f"arn:aws:iam::{ACCOUNT}:role/AzureDevOpsRole"
        )
        prefix = issuer.removeprefix("https://")
        trust = {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Principal": {"Federated": provider},
                    "Action": "sts:AssumeRoleWithWebIdentity",
                    "Condition": {"StringEquals": {f"{prefix}:aud": audience, f"{prefix}:sub": subject}},
                }
            ],
        }
        made = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust))
        return made["Role"]["Arn"]

    return make


@pytest.fixture(scope="module")
def issued(world):
    """A token with claims of the test's own, signed by the service's own key, or by another."""
    simulator = world.simulator.simulator

    def issue(key=None, **claims):
        async def sign(_):
            organization = simulator.azure_devops.organization
            good = jwt.parse(await id_tokens.issue(organization, {"sub": "sc://x", "aud": "x"})).claims
            own = simulator.kernel.store.get("azure_devops.secret", "id token")["key"]
            return jwt.sign({**good, **claims}, key or own)

        return world.simulator.do(sign)

    return issue


@pytest.fixture(scope="module")
def sts(world):
    return boto3.client(
        "sts",
        region_name="us-east-1",
        endpoint_url=world.simulator.aws_url,
        config=Config(signature_version=UNSIGNED, retries={"max_attempts": 0}),
    )


def refused(sts, role_arn, token):
    with pytest.raises(ClientError) as error:
        sts.assume_role_with_web_identity(RoleArn=role_arn, RoleSessionName="test", WebIdentityToken=token)
    return error.value.response["Error"]["Code"], error.value.response["Error"]["Message"]


def test_a_job_assumes_a_role_by_its_connections_token(world, role):
    arn = role("by-token", "sc://acme/ml/by-token")
    world.connection("by-token", assumeRoleArn=arn, roleSessionName="from-a-job", useOIDC="true")
    result, log = world.run(STEP.format(connection="by-token", script=SHOW))
    assert result == "succeeded", log
    assert f"arn:aws:sts::{ACCOUNT}:assumed-role/by-token/from-a-job" in log
    assert "sub: {sc://acme/ml/by-token}, aud: {api://AzureADTokenExchange}" in log
    assert "region us-east-1" in log


def test_a_role_that_trusts_another_connection_lets_nobody_in(world, role):
    arn = role("for-another", "sc://acme/ml/another")
    world.connection("not-it", assumeRoleArn=arn, useOIDC="true")
    result, log = world.run(STEP.format(connection="not-it", script=SHOW))
    assert result == "failed", log
    told = "Failed to assume role with OIDC: AccessDenied: Not authorized to perform sts:AssumeRoleWithWebIdentity"
    assert told in log


def test_the_pipelines_own_token_names_its_run_and_the_connections_names_nothing_of_it(world, role):
    made = world.connection("told", assumeRoleArn=role("told", "sc://acme/ml/told"), useOIDC="true")
    result, log = world.run(ASK.format(connection="told", more=""))
    assert result == "succeeded", log
    claims = jwt.parse(json.loads(line_with("oidcToken", log))["oidcToken"]).claims
    assert claims["sub"] == "p://acme/ml/model-build"
    assert claims["rpo_ref"] == "refs/heads/main"
    assert claims["exp"] - claims["iat"] == 300
    result, log = world.run(ASK.format(connection="told", more=f"&serviceConnectionId={made['id']}"))
    claims = jwt.parse(json.loads(line_with("oidcToken", log))["oidcToken"]).claims
    assert set(claims) == {"jti", "sub", "aud", "iss", "nbf", "exp", "iat"}


def test_a_connection_that_no_step_of_the_run_names_gives_no_token(world, role):
    told = world.connection("named", assumeRoleArn=role("named", "sc://acme/ml/named"), useOIDC="true")
    other = world.connection("other", assumeRoleArn=str(told["id"]), useOIDC="true")
    _, log = world.run(ASK.format(connection="named", more=f"&serviceConnectionId={other['id']}"))
    assert f"Service connection {other['id']} does not exist." in log


def test_only_the_job_itself_may_ask(world):
    url = "distributedtask/hubs/build/plans/0/jobs/0/oidctoken"
    assert world.azure.post(url, json={}, params={"api-version": "7.1"}).status_code == 401


def test_the_documents_of_the_issuer_are_public_and_verify_the_tokens(world, issuer, issued):
    port = world.simulator.simulator.listeners.port("azure_devops")

    def get(path):
        host = {"host": "vstoken.dev.azure.com"}
        return httpx.get(f"http://127.0.0.1:{port}{path}", headers=host, trust_env=False)

    identifier = issuer.rpartition("/")[2]
    document = get(f"/{identifier}/.well-known/openid-configuration").json()
    assert document["issuer"] == issuer
    keys = get(document["jwks_uri"].removeprefix("https://vstoken.dev.azure.com")).json()["keys"]
    token = jwt.parse(issued())
    key = jwt.key_of(token, keys)
    assert key is not None
    assert jwt.verified(token, key)
    assert get("/other/.well-known/openid-configuration").status_code == 404


def test_aws_refuses_each_token_for_what_is_wrong_with_it(sts, role, issuer, issued):
    arn, audience = role("strict", "sc://x"), "api://AzureADTokenExchange"
    assert refused(sts, arn, "no.tok.en")[0] == "InvalidIdentityToken"
    assert refused(sts, arn, issued(aud="someone-else")) == (
        "InvalidIdentityToken",
        "Incorrect token audience",
    )
    assert refused(sts, arn, issued(aud=audience, exp=1))[0] == "ExpiredTokenException"
    forged = issued(key=jwt.new_private_key(), aud=audience)
    assert refused(sts, arn, forged)[0] == "InvalidIdentityToken"
    code, text = refused(sts, arn, issued(aud=audience, iss="https://token.example.com"))
    assert code == "InvalidIdentityToken"
    assert text.startswith("No OpenIDConnect provider found in your account for https://token.example.com")
    assert refused(sts, arn, issued(aud=audience, sub="sc://y"))[0] == "AccessDenied"
    missing = arn.replace("strict", "missing")
    assert refused(sts, missing, issued(aud=audience)) == (
        "AccessDenied",
        "Not authorized to perform sts:AssumeRoleWithWebIdentity",
    )
    given = sts.assume_role_with_web_identity(
        RoleArn=arn, RoleSessionName="test", WebIdentityToken=issued(aud=audience)
    )
    assert given["SubjectFromWebIdentityToken"] == "sc://x"


def test_a_provider_that_the_network_does_not_reach_is_told_as_such(world, sts, role, issued, provider):
    iam = world.simulator.client("iam", "azure-devops", role=f"arn:aws:iam::{ACCOUNT}:role/AzureDevOpsRole")
    iam.create_open_id_connect_provider(Url="https://idp.example.com", ClientIDList=["x"])
    token = issued(iss="https://idp.example.com")
    assert refused(sts, role("far", "sc://x"), token)[0] == "IDPCommunicationError"


def line_with(word, log):
    found = next(line for line in log.splitlines() if word in line)
    return found[found.index("{") :]
