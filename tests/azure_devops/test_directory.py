"""Who there is, as clients ask: identities, graph, profile, accounts, entitlements."""

from __future__ import annotations

import pytest

from simulator.topology import load
from tests.azure_devops.conftest import Served


@pytest.fixture(scope="module")
def served():
    """One service for the whole file: nothing here changes it."""
    service = Served(load())
    service.start()
    yield service
    service.stop()


@pytest.fixture
def client(served):
    with served.client() as client:
        yield client


def test_an_identity_is_found_by_every_name_that_it_has(client):
    search = {"searchFilter": "General", "filterValue": "ada@example.com"}
    (ada,) = client.get("_apis/identities", params=search).json()["value"]
    assert ada["providerDisplayName"] == "Ada Lovelace"
    for name in ("identityIds", "descriptors", "subjectDescriptors"):
        value = ada[{"identityIds": "id", "descriptors": "descriptor"}.get(name, "subjectDescriptor")]
        assert client.get("_apis/identities", params={name: value}).json()["value"][0]["id"] == ada["id"]
    assert client.get(f"_apis/identities/{ada['id']}").json()["descriptor"] == ada["descriptor"]
    nobody = client.get("_apis/identities", params={"identityIds": "00000000-0000-0000-0000-000000000000"})
    assert nobody.json() == {"count": 1, "value": [None]}
    assert client.get("_apis/identities").status_code == 400


def test_the_graph_says_who_is_in_which_team(client):
    users = {row["displayName"]: row for row in client.get("_apis/graph/users").json()["value"]}
    groups = {row["principalName"]: row for row in client.get("_apis/graph/groups").json()["value"]}
    ada, team = users["Ada Lovelace"]["descriptor"], groups["[ml]\\data-science"]["descriptor"]
    up = client.get(f"_apis/graph/memberships/{ada}").json()["value"]
    down = client.get(f"_apis/graph/memberships/{team}", params={"direction": "down"}).json()["value"]
    assert team in {row["containerDescriptor"] for row in up}
    assert ada in {row["memberDescriptor"] for row in down}
    assert client.head(f"_apis/graph/memberships/{ada}/{team}").status_code == 200
    assert client.head(f"_apis/graph/memberships/{team}/{ada}").status_code == 404
    key = client.get(f"_apis/graph/storageKeys/{ada}").json()["value"]
    assert client.get(f"_apis/graph/descriptors/{key}").json()["value"] == ada
    lookup = client.post("_apis/graph/subjectLookup", json={"lookupKeys": [{"descriptor": ada}]}).json()
    assert list(lookup["value"]) == [ada]
    found = client.post("_apis/graph/subjectQuery", json={"query": "lovelace", "subjectKind": ["User"]})
    assert [row["descriptor"] for row in found.json()["value"]] == [ada]


def test_what_is_not_in_the_graph_is_said_to_be_missing(client):
    answer = client.get("_apis/graph/users/aad.nobody")
    assert (answer.status_code, answer.json()["typeKey"]) == (404, "GraphSubjectNotFoundException")


def test_a_person_sees_their_profile_and_organization(client):
    me = client.get("_apis/profile/profiles/me").json()
    assert (me["displayName"], me["emailAddress"]) == ("Simulator Operator", "operator@example.com")
    (account,) = client.get("_apis/accounts", params={"memberId": me["id"]}).json()["value"]
    assert account["accountName"] == "acme"
    assert client.get("_apis/profile/profiles/nobody").status_code == 404


def test_everyone_has_a_licence(client):
    members = client.get("_apis/userentitlements").json()["members"]
    assert "Ada Lovelace" in {row["user"]["displayName"] for row in members}
    one = client.get(f"_apis/userentitlements/{members[0]['id']}").json()
    assert one["accessLevel"]["licenseDisplayName"] == "Basic"


def test_somebody_is_taken_out_brought_back_and_licensed(served):
    with served.client() as client, served.client("edsger") as edsger:
        base = "_apis/userentitlements"
        found = {one["user"]["mailAddress"]: one["id"] for one in client.get(base).json()["members"]}
        one = f"{base}/{found['edsger@example.com']}"
        assert edsger.get("_apis/projects").status_code == 200
        assert client.delete(one).status_code == 204
        assert client.get(one).status_code == 404
        assert edsger.get("_apis/projects").status_code == 203  # the page to sign in
        user = {"principalName": "edsger@example.com", "subjectKind": "user"}
        given = {"accessLevel": {"accountLicenseType": "stakeholder"}, "user": user}
        made = client.patch(base, json=[{"op": "add", "path": "", "value": given}]).json()
        assert made["results"][0]["result"]["accessLevel"]["licenseDisplayName"] == "Stakeholder"
        assert edsger.get("_apis/projects").json()["count"] == 0  # teams and groups are given anew
        level = {"op": "replace", "path": "/accessLevel", "value": {"accountLicenseType": "express"}}
        assert client.patch(one, json=[level]).json()["userEntitlement"]["id"] == found["edsger@example.com"]
        assert client.get(one).json()["accessLevel"]["accountLicenseType"] == "express"
        unknown = {**given, "user": {"principalName": "nobody@example.com"}}
        assert client.post(base, json=unknown).status_code == 501


def test_who_has_no_right_to_read_people_does_not(served):
    with served.client("ada") as client:
        assert client.get("_apis/graph/users").status_code == 401
        assert client.get("_apis/profile/profiles/me").status_code == 200
