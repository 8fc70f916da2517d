"""Security namespaces and access control lists as the clients write and read them."""

from __future__ import annotations

PROJECT_SPACE = "52d39943-cb85-4d7f-8fa8-c6baac873819"
WHO = "Microsoft.IdentityModel.Claims.ClaimsIdentity;tenant\\ada@example.com"
TOKEN = "$PROJECT:vstfs:///Classification/TeamProject/1"


def test_namespaces_have_their_actions_and_bits(served):
    with served.client() as client:
        every = client.get("_apis/securitynamespaces").json()
        (project,) = client.get(f"_apis/securitynamespaces/{PROJECT_SPACE}").json()["value"]
        missing = client.get("_apis/securitynamespaces/00000000-0000-0000-0000-000000000000")
    assert every["count"] == 61
    assert (project["name"], project["actions"][0]["bit"]) == ("Project", 1)
    assert missing.json()["typeKey"] == "InvalidSecurityNamespaceException"


def test_entries_are_merged_read_and_taken_back_and_the_ledger_says_that_they_decide_nothing(served):
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
    assert "access control list of Project" in {fact.subject for fact in served.facts("AcceptedNotSimulated")}
