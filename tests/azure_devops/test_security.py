"""Security namespaces, access control lists and questions about permissions, as the clients write and read them."""

from __future__ import annotations

import pytest
from azure.devops.v7_1.security.models import PermissionEvaluation, PermissionEvaluationBatch

from simulator.azure_devops.identities import descriptor_of, of_person, stable_id
from simulator.azure_devops.security import namespaces, tokens

PROJECT_SPACE = "52d39943-cb85-4d7f-8fa8-c6baac873819"
TAGGING_SPACE = "bb50f182-8e5e-40b8-bc21-e8752a1e7ae2"
WHO = "Microsoft.IdentityModel.Claims.ClaimsIdentity;tenant\\ada@example.com"
ML = stable_id("project", "ml")
TOKEN = tokens.project(ML)
REPOSITORY = tokens.repository(ML, stable_id("repository", "ml", "model_build"))


def test_namespaces_have_their_actions_and_bits(served):
    with served.client() as client:
        every = client.get("_apis/securitynamespaces").json()
        (project,) = client.get(f"_apis/securitynamespaces/{PROJECT_SPACE}").json()["value"]
        missing = client.get("_apis/securitynamespaces/00000000-0000-0000-0000-000000000000")
    assert every["count"] == 61
    assert (project["name"], project["actions"][0]["bit"]) == ("Project", 1)
    assert missing.json()["typeKey"] == "InvalidSecurityNamespaceException"


def test_entries_are_merged_read_and_taken_back(served):
    entries = f"_apis/accesscontrolentries/{PROJECT_SPACE}"
    wanted = {"token": TOKEN, "descriptors": WHO}
    with served.client() as client:
        for bits in (1, 65536):
            entry = {"descriptor": WHO, "allow": bits, "deny": 0}
            told = client.post(
                entries, json={"token": TOKEN, "merge": True, "accessControlEntries": [entry]}
            ).json()
        (read,) = client.get(f"_apis/accesscontrollists/{PROJECT_SPACE}", params=wanted).json()["value"]
        gone = {"token": TOKEN, "descriptor": WHO}
        left = client.delete(f"_apis/permissions/{PROJECT_SPACE}/65536", params=gone).json()
        removed = client.delete(entries, params=wanted).json()
    assert told["value"] == [{"descriptor": WHO, "allow": 65537, "deny": 0}]
    assert read["acesDictionary"][WHO]["allow"] == 65537
    assert (left["allow"], removed) == (1, True)
    assert not served.facts("AcceptedNotSimulated")


def test_the_ledger_names_lists_of_areas_that_are_not_simulated(served):
    entry = {"descriptor": WHO, "allow": 1, "deny": 0}
    body = {"token": "/x", "merge": True, "accessControlEntries": [entry]}
    with served.client() as client:
        assert client.post(f"_apis/accesscontrolentries/{TAGGING_SPACE}", json=body).status_code == 200
    assert [fact.subject for fact in served.facts("AcceptedNotSimulated")] == [
        "access control list of Tagging"
    ]


@pytest.mark.parametrize(("person", "force"), [("ada", False), ("grace", False)])
def test_the_sdk_is_told_what_decides(served, connect, person, force):
    security = connect(person).clients_v7_1.get_security_client()
    git = namespaces.known(namespaces.GIT)
    asked = [git.mask("GenericContribute"), git.mask("ForcePush"), git.mask("EditPolicies")]
    expected = [True, force, person == "grace"]
    assert [security.has_permissions(git.id, mask, REPOSITORY)[0] for mask in asked] == expected
    batch = PermissionEvaluationBatch(
        False, [PermissionEvaluation(mask, git.id, REPOSITORY) for mask in asked]
    )
    assert [one.value for one in security.has_permissions_batch(batch).evaluations] == expected


def test_extended_information_says_what_comes_from_above(served, connect):
    security = connect("operator").clients_v7_1.get_security_client()
    git, ada = namespaces.known(namespaces.GIT), descriptor_of(of_person(served.topology.person("ada")))
    denied = git.mask("GenericContribute")
    entry = {"descriptor": ada, "allow": 0, "deny": denied}
    container = {"token": REPOSITORY, "merge": True, "accessControlEntries": [entry]}
    security.set_access_control_entries(container, git.id)
    (found,) = security.query_access_control_lists(git.id, REPOSITORY, ada, include_extended_info=True)
    told = found.aces_dictionary[ada].extended_info
    assert told.inherited_allow & denied
    assert told.effective_deny & denied
    assert not told.effective_allow & denied
    assert told.effective_allow & git.mask("GenericRead")


def test_who_may_not_change_a_list_is_refused(served):
    made = {"displayName": "t", "scope": "app_token"}
    with served.client("operator") as client:
        assert client.post("_apis/tokens/pats", json=made).status_code == 200
    entry = {"descriptor": WHO, "allow": 4, "deny": 0}
    body = {"token": REPOSITORY, "merge": True, "accessControlEntries": [entry]}
    with served.client("ada") as client:
        refused = client.post(f"_apis/accesscontrolentries/{namespaces.GIT}", json=body)
    assert refused.status_code == 401  # her token has no scope for it
