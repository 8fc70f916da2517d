"""Groups and memberships changed through the graph change who may what, at once and over a restart."""

from __future__ import annotations

from dataclasses import replace

import pytest

from simulator.azure_devops.identities import group_descriptor, stable_id
from simulator.azure_devops.security import namespaces, tokens
from simulator.topology import load
from tests.azure_devops.conftest import Served

ML = stable_id("project", "ml")
FRAUD = stable_id("project", "fraud")


@pytest.fixture
def served(tmp_path):
    """A service whose people all have tokens of every scope."""
    topology = load()
    people = tuple(replace(person, scopes=("app_token",)) for person in topology.people)
    service = Served(replace(topology, people=people), tmp_path / "state")
    service.start()
    yield service
    service.stop()


def subject(client, kind, name):
    found = client.get(f"_apis/graph/{kind}").json()["value"]
    return next(row["descriptor"] for row in found if name in (row["principalName"], row["displayName"]))


def sees(served, person):
    with served.client(person) as client:
        return {row["name"] for row in client.get("_apis/projects").json()["value"]}


def test_membership_of_a_built_in_group_opens_and_closes_a_project(served):
    with served.client() as client:
        ada = subject(client, "users", "Ada Lovelace")
        readers = subject(client, "groups", "[fraud]\\Readers")
        path = f"_apis/graph/memberships/{ada}/{readers}"
        assert sees(served, "ada") == {"ml"}
        made = client.put(path)
        assert (made.status_code, made.json()["containerDescriptor"]) == (201, readers)
        assert sees(served, "ada") == {"ml", "fraud"}
        with served.client("ada") as hers:
            refused = hers.post("fraud/_apis/git/repositories", json={"name": "r"})
        assert refused.status_code == 403
        assert "CreateRepository" in refused.json()["message"]
        assert client.delete(path).status_code == 200
        assert client.delete(path).status_code == 404
    assert sees(served, "ada") == {"ml"}


def test_a_team_of_the_topology_can_be_left_and_stays_left(served):
    with served.client() as client:
        ada, team = subject(client, "users", "Ada Lovelace"), subject(client, "groups", "[ml]\\data-science")
        assert client.delete(f"_apis/graph/memberships/{ada}/{team}").status_code == 200
        assert sees(served, "ada") == set()
    served.stop()
    served.start()
    assert sees(served, "ada") == set()
    with served.client() as client:
        members = client.get(f"_apis/projects/{ML}/teams/data-science/members").json()["value"]
        assert members == []
        assert client.put(f"_apis/graph/memberships/{ada}/{team}").status_code == 201
    assert sees(served, "ada") == {"ml"}


def test_a_group_that_is_made_holds_what_it_is_given(served):
    with served.client() as client:
        scope = client.get(f"_apis/graph/descriptors/{ML}").json()["value"]
        params = {"scopeDescriptor": scope}
        group = client.post("_apis/graph/groups", params=params, json={"displayName": "releasers"}).json()
        assert group["principalName"] == "[ml]\\releasers"
        again = client.post("_apis/graph/groups", params=params, json={"displayName": "releasers"})
        assert again.json()["typeKey"] == "GraphGroupExistsException"
        ada = subject(client, "users", "Ada Lovelace")
        assert client.put(f"_apis/graph/memberships/{ada}/{group['descriptor']}").status_code == 201
        (identity,) = client.get(
            "_apis/identities", params={"subjectDescriptors": group["descriptor"]}
        ).json()["value"]
        mask = namespaces.known(namespaces.BUILD).mask("QueueBuilds")
        entry = {"descriptor": identity["descriptor"], "allow": 0, "deny": mask}
        body = {"token": tokens.builds(ML), "merge": True, "accessControlEntries": [entry]}
        client.post(f"_apis/accesscontrolentries/{namespaces.BUILD}", json=body)
        with served.client("ada") as hers:
            assert "TF215106" in hers.post("ml/_apis/pipelines/1/runs", json={}).json()["message"]
            hers_too = hers.delete(f"_apis/graph/groups/{group['descriptor']}")
            assert hers_too.json()["typeKey"] == "AccessCheckException"
            assert client.delete(f"_apis/graph/groups/{group['descriptor']}").status_code == 204
            assert "TF215106" not in hers.post("ml/_apis/pipelines/1/runs", json={}).json()["message"]


def test_what_is_always_there_stays_and_no_group_is_in_itself(served):
    with served.client() as client:
        names = ("[ml]\\Contributors", "[ml]\\data-science", "[ml]\\Project Valid Users")
        contributors, team, everybody = (subject(client, "groups", name) for name in names)
        assert (
            client.delete(f"_apis/graph/groups/{contributors}").json()["typeKey"]
            == "GroupIsWellKnownException"
        )
        assert client.put(f"_apis/graph/memberships/{contributors}/{team}").status_code == 400
        assert client.put(f"_apis/graph/memberships/{team}/{everybody}").status_code == 400
        ada = subject(client, "users", "Ada Lovelace")
        found = client.get(f"_apis/graph/memberships/{ada}").json()["value"]
        assert [row["containerDescriptor"] for row in found] == [team]
        shown = client.get(f"_apis/graph/groups/{contributors}").json()
    assert shown["displayName"] == "Contributors"
    with served.client("ada") as hers:
        refused = hers.put(
            f"_apis/graph/memberships/{ada}/{subject(hers, 'groups', '[ml]' + chr(92) + 'Readers')}"
        )
    assert refused.json()["typeKey"] == "AccessCheckException"


def test_who_makes_a_project_administers_it_and_its_groups_are_there(served):
    mask = namespaces.known(namespaces.COLLECTION).mask("CREATE_PROJECTS")
    with served.client() as client:
        grace = client.get(
            "_apis/identities", params={"searchFilter": "General", "filterValue": "grace@example.com"}
        )
        entry = {"descriptor": grace.json()["value"][0]["descriptor"], "allow": mask, "deny": 0}
        body = {"token": tokens.COLLECTION, "merge": True, "accessControlEntries": [entry]}
        client.post(f"_apis/accesscontrolentries/{namespaces.COLLECTION}", json=body)
    with served.client("grace") as hers:
        assert hers.post("_apis/projects", json={"name": "new"}).status_code == 202
        served.rest()
        groups = {row["principalName"] for row in hers.get("_apis/graph/groups").json()["value"]}
        assert {"[new]\\Contributors", "[new]\\new Team", "[new]\\Build Administrators"} <= groups
        assert hers.post("new/_apis/git/repositories", json={"name": "second"}).status_code == 201
    assert sees(served, "ada") == {"ml"}
    assert group_descriptor(FRAUD)


def test_the_sdk_reads_and_changes_memberships(served, connect):
    graph = connect("operator").clients_v7_1.get_graph_client()
    scope = graph.get_descriptor(FRAUD).value
    groups = {group.display_name: group for group in graph.list_groups(scope_descriptor=scope).graph_groups}
    assert {"Contributors", "Readers", "Project Administrators", "fraud-science"} <= set(groups)
    ada = next(user for user in graph.list_users().graph_users if user.mail_address == "ada@example.com")
    readers = groups["Readers"].descriptor
    graph.add_membership(ada.descriptor, readers)
    graph.check_membership_existence(ada.descriptor, readers)
    up = {one.container_descriptor for one in graph.list_memberships(ada.descriptor)}
    assert readers in up
    assert sees(served, "ada") == {"ml", "fraud"}
    graph.remove_membership(ada.descriptor, readers)
    assert sees(served, "ada") == {"ml"}


def test_a_state_that_is_older_than_permissions_gets_the_groups_and_lists_of_new_projects(served):
    def forget():
        store = served.kernel.store
        for kind in ("security_group", "member_of", "has_member", "access_control_list"):
            for key, _ in store.scan(f"azure_devops.{kind}"):
                store.delete(f"azure_devops.{kind}", key)
        row = served.azure.organization.project("fraud")
        row["teams"][0]["members"] = ["ada"]  # as teams kept them once
        served.azure.organization.save("azure_devops.project", row)

    served.call(forget)
    assert sees(served, "operator") == set()
    served.stop()
    served.start()
    assert sees(served, "operator") == sees(served, "ada") == {"ml", "fraud"}
