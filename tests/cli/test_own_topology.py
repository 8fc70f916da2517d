"""A topology of somebody's own: other names, ids, region and roles, and a second team with its own project."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import yaml
from botocore.exceptions import ClientError

from simulator.topology import TopologyInvalid, default_file, load
from tests.wire import RunningSimulator

RESEARCH = "555555555555"
REVIEW = f"arn:aws:iam::{RESEARCH}:role/Review"
MARY = {"name": "mary", "display": "Mary Somerville", "email": "mary@example.org", "account": "research",
        "team": "risk-science", "scopes": ["vso.code_full", "vso.build_execute"],
        "statements": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "*"}]}  # fmt: skip
RISK = {"name": "risk", "teams": ["risk-science"], "repositories": ["risk_model"],
        "environments": [{"name": "live", "approvers": ["mary"]}], "service_connections": [],
        "variable_groups": [], "pipelines": [{"name": "risk-build", "repository": "risk_model"}]}  # fmt: skip


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSimulator]:
    """The company as it ships, edited."""
    whole = yaml.safe_load(default_file().read_text())
    whole["region"] = "eu-central-1"
    whole["accounts"]["research"] = {"id": RESEARCH}
    trust = {"Principal": {"AWS": f"arn:aws:iam::{RESEARCH}:user/mary"}}
    statement = {"Effect": "Allow", "Action": "s3:ListAllMyBuckets", "Resource": "*"}
    whole["roles"].append(
        {"account": "research", "name": "Review", "trust": trust, "statements": [statement]}
    )
    whole["people"].append(MARY)
    whole["azure_devops"]["organization"] = "globex"
    whole["azure_devops"]["projects"].append(RISK)
    file: Path = tmp_path_factory.mktemp("topology") / "topology.yaml"
    file.write_text(yaml.safe_dump(whole))
    simulator = RunningSimulator(topology=file)
    yield simulator
    simulator.stop()


def projects(running: RunningSimulator, person: str) -> list[str]:
    answer = httpx.get(f"{running.azure_devops_url}/_apis/projects", auth=("", running.token(person)))
    return [project["name"] for project in answer.json()["value"]]


def test_its_accounts_people_and_roles_are_there_for_aws(running: RunningSimulator) -> None:
    listed = running.client("organizations").list_accounts()["Accounts"]
    role = running.client("s3", "mary", role=REVIEW)

    assert {account["Name"]: account["Id"] for account in listed}["research"] == RESEARCH
    assert running.client("sts", "mary").get_caller_identity()["Arn"].endswith(f"{RESEARCH}:user/mary")
    assert role.list_buckets()["Buckets"] == []
    with pytest.raises(ClientError, match="s3:CreateBucket"):
        role.create_bucket(Bucket="not-hers")
    with pytest.raises(ClientError, match="sts:AssumeRole"):
        running.client("sts", "ada", role=REVIEW)


def test_its_organization_and_second_team_are_there_for_azure_devops(running: RunningSimulator) -> None:
    assert running.azure_devops_url.endswith("/globex")
    assert projects(running, "mary") == ["risk"]
    assert projects(running, "ada") == ["ml"]
    with httpx.Client(auth=("", running.token("mary")), params={"api-version": "7.1"}) as client:
        base = f"{running.azure_devops_url}/risk/_apis"
        repositories = client.get(f"{base}/git/repositories").json()["value"]
        pipelines = client.get(f"{base}/pipelines").json()["value"]
        hidden = client.get(f"{running.azure_devops_url}/ml/_apis/git/repositories")

    assert [repository["name"] for repository in repositories] == ["risk_model"]
    assert [pipeline["name"] for pipeline in pipelines] == ["risk-build"]
    assert hidden.status_code == 404


def test_its_region_is_what_clients_are_told(running: RunningSimulator) -> None:
    assert httpx.get(f"{running.console_url}/_simulator/status").json()["region"] == "eu-central-1"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("people:", "poeple:", "the topology has no 'poeple'; expected region, accounts"),
        ("scopes: []", "scope: []", "person azure-devops has no 'scope'; expected name, display"),
        ("approvers:", "approver:", "environments production has no 'approver'; expected name, approvers"),
        ('"111111111111"}', "1234}", "account dev: '1234' is no account id; expected 12 digits"),
        ("[grace, edsger]", "[nobody]", "the topology has no person 'nobody'; it has ada, grace"),
        ("Build Administrators:", "Builders:", "project ml has no group 'Builders'; expected Project Admin"),
        ("Contributors: [eventbridge]", "Contributors: [nobody]", "the topology has no person 'nobody'"),
        ("administrators: [operator]", "administrators: [nobody]", "the topology has no person 'nobody'"),
        ("region: us-east-1", "", "region is missing or not defined"),
    ],
)
def test_what_is_misspelt_is_refused_and_not_a_right_that_nobody_has(
    tmp_path: Path, old: str, new: str, said: str
) -> None:
    text = default_file().read_text()
    assert old in text
    file = tmp_path / "topology.yaml"
    file.write_text(text.replace(old, new, 1))

    with pytest.raises(TopologyInvalid) as error:
        load(file)

    assert said in str(error.value)
