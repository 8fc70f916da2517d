"""Projects, teams and personal access tokens over the wire: made, polled, changed, refused and gone."""

from __future__ import annotations

import subprocess

import httpx
import pytest

PROCESS = "adcc42ab-9882-485e-a3ed-7678f01f66bc"
CREATE = {
    "name": "fresh",
    "description": "A project of a test.",
    "visibility": "private",
    "capabilities": {
        "versioncontrol": {"sourceControlType": "Git"},
        "processTemplate": {"templateTypeId": PROCESS},
    },
}


@pytest.fixture
def client(served):
    with served.client() as client:
        yield client


def done(served, client, answer):
    """The operation that an answer queued, at its end."""
    assert answer.status_code == 202, answer.text
    assert answer.json()["status"] == "notSet"
    served.hear()
    told = client.get(answer.json()["url"]).json()
    assert told["status"] == "succeeded", told
    return told


def test_a_project_is_made_with_repository_team_and_queues_that_work(served, client, tmp_path):
    done(served, client, client.post("_apis/projects", json=CREATE))
    project = client.get("_apis/projects/FRESH", params={"includeCapabilities": "true"}).json()
    assert (project["state"], project["defaultTeam"]["name"]) == ("wellFormed", "fresh Team")
    assert project["capabilities"]["processTemplate"] == {"templateName": "Agile", "templateTypeId": PROCESS}
    (repository,) = client.get(f"{project['id']}/_apis/git/repositories").json()["value"]
    assert repository["name"] == "fresh"
    members = client.get(f"_apis/projects/fresh/teams/{project['defaultTeam']['id']}/members").json()
    assert "Simulator Operator" in {member["identity"]["displayName"] for member in members["value"]}
    remote = repository["remoteUrl"].replace("http://", f"http://x:{served.token('operator')}@")
    cloned = subprocess.run(["git", "clone", "-q", remote, tmp_path / "c"], capture_output=True, check=False)
    assert cloned.returncode == 0, cloned.stderr


def test_an_operation_is_not_done_before_its_work(served, client):
    answer = client.post("_apis/projects", json=CREATE)
    seen = {answer.json()["status"]}
    while not seen & {"succeeded", "failed"}:
        seen.add(client.get(answer.json()["url"]).json()["status"])
    assert client.get("_apis/projects/fresh").status_code == 200
    assert seen <= {"notSet", "queued", "inProgress", "succeeded"}


def test_a_project_is_renamed_and_deleted_with_all_that_is_in_it(served, client):
    done(served, client, client.post("_apis/projects", json=CREATE))
    identifier = client.get("_apis/projects/fresh").json()["id"]
    (repository,) = client.get("fresh/_apis/git/repositories").json()["value"]
    done(served, client, client.patch(f"_apis/projects/{identifier}", json={"name": "older"}))
    assert client.get("_apis/projects/fresh").status_code == 404
    assert client.get("older/_apis/git/repositories").json()["value"][0]["id"] == repository["id"]
    done(served, client, client.delete(f"_apis/projects/{identifier}"))
    gone = client.get(f"_apis/projects/{identifier}")
    assert (gone.status_code, gone.json()["typeKey"]) == (404, "ProjectDoesNotExistWithNameException")
    assert client.get(f"_apis/git/repositories/{repository['id']}").status_code == 404
    listed = client.get("_apis/projects", params={"stateFilter": "deleted"}).json()["value"]
    assert [(row["id"], row["state"]) for row in listed] == [(identifier, "deleted")]
    done(served, client, client.post("_apis/projects", json={**CREATE, "name": "older"}))
    assert client.get("_apis/projects/older").json()["id"] != identifier


@pytest.mark.parametrize(
    "change, status, key",
    [
        ({"name": "ml"}, 400, "ProjectAlreadyExistsException"),
        ({"name": "a/b"}, 400, "InvalidProjectNameException"),
        ({"name": "x" * 65}, 400, "InvalidProjectNameException"),
        (
            {"capabilities": {"processTemplate": {"templateTypeId": "0"}}},
            404,
            "ProcessNotFoundByTypeIdException",
        ),
        ({"capabilities": {"versioncontrol": {"sourceControlType": "Tfvc"}}}, 501, "NotSimulated"),
        ({"visibility": "secret"}, 400, "JsonSerializationException"),
        ({"name": None}, 400, "VssPropertyValidationException"),
    ],
)
def test_a_project_that_cannot_be_is_refused_at_once(client, change, status, key):
    answer = client.post("_apis/projects", json={**CREATE, **change})
    assert (answer.status_code, answer.json()["typeKey"]) == (status, key)


def test_projects_come_page_by_page(served, client):
    for name in ("a1", "a2", "a3"):
        done(served, client, client.post("_apis/projects", json={**CREATE, "name": name}))
    first = client.get("_apis/projects", params={"$top": 2})
    rest = client.get(
        "_apis/projects", params={"$top": 90, "continuationToken": first.headers["x-ms-continuationtoken"]}
    )
    names = [row["name"] for answer in (first, rest) for row in answer.json()["value"]]
    assert names == sorted(names)
    assert {"a1", "a2", "a3", "ml"} <= set(names)
    assert first.json()["count"] == 2
    assert "x-ms-continuationtoken" not in rest.headers


def test_properties_are_patched_and_those_of_the_service_stay(client):
    media = {"content-type": "application/json-patch+json"}
    path = "_apis/projects/ml/properties"
    patch = [{"op": "add", "path": "/team.colour", "value": "green"}]
    assert client.patch(path, json=patch, headers=media).status_code == 204
    told = client.get(path, params={"keys": "team.*,System.Process Template"}).json()["value"]
    assert told == [
        {"name": "System.Process Template", "value": "Basic"},
        {"name": "team.colour", "value": "green"},
    ]
    forbidden = [{"op": "remove", "path": "/System.Process Template"}]
    assert client.patch(path, json=forbidden, headers=media).status_code == 403


def test_a_team_is_made_changed_and_deleted_but_the_default_stays(client):
    made = client.post("_apis/projects/ml/teams", json={"name": "night shift"})
    assert made.status_code == 201
    place = f"_apis/projects/ml/teams/{made.json()['id']}"
    assert client.patch(place, json={"description": "at night"}).json()["description"] == "at night"
    assert client.post("_apis/projects/ml/teams", json={"name": "Night Shift"}).status_code == 400
    assert client.delete(place).status_code == 204
    assert client.get(place).json()["typeKey"] == "TeamNotFoundException"
    default = client.get("_apis/projects/ml").json()["defaultTeam"]
    assert client.delete(f"_apis/projects/ml/teams/{default['id']}").status_code == 403


def test_processes_and_collections_are_those_of_an_organization(client):
    processes = client.get("_apis/process/processes").json()["value"]
    assert [row["name"] for row in processes if row["isDefault"]] == ["Basic"]
    (own,) = client.get("_apis/projectCollections").json()["value"]
    assert client.get(f"_apis/projectCollections/{own['id']}").json()["state"] == "Started"


def pat(client, **change):
    """A token made by REST."""
    given = {"displayName": "a token", "scope": "vso.code", "allOrgs": False, **change}
    return client.post("_apis/tokens/pats", json=given).json()


def test_a_token_does_what_its_scope_says_until_it_expires(served, client):
    token = pat(client)["patToken"]
    asked = httpx.Client(auth=("", token["token"]), trust_env=False, base_url=f"{served.url}/")
    assert asked.get("ml/_apis/git/repositories").status_code == 200
    refused = asked.post("ml/_apis/git/repositories?api-version=7.1", json={"name": "x"})
    assert (refused.status_code, refused.json()["message"][:9]) == (401, "TF400813:")
    served.run(served.kernel.scheduler.advance(31 * 24 * 3600))
    ended = asked.get("ml/_apis/git/repositories")
    assert (ended.status_code, ended.text) == (
        401,
        "Access Denied: The Personal Access Token used has expired.",
    )
    asked.close()


def test_a_token_is_shown_once_changed_listed_and_revoked(served, client):
    token = pat(client)["patToken"]
    identifier = token["authorizationId"]
    asked = {"authorizationId": identifier}
    told = client.get("_apis/tokens/pats", params=asked).json()["patToken"]
    assert (told["token"], told["displayName"]) == (None, "a token")
    changed = client.put("_apis/tokens/pats", json={**asked, "displayName": "renamed"}).json()
    assert (changed["patToken"]["displayName"], changed["patToken"]["scope"]) == ("renamed", "vso.code")
    assert client.delete("_apis/tokens/pats", params=asked).status_code == 204
    assert client.get("_apis/tokens/pats", params=asked).status_code == 404
    listed = client.get("_apis/tokens/pats", params={"displayFilterOption": "revoked"}).json()["patTokens"]
    assert [row["authorizationId"] for row in listed] == [identifier]
    with httpx.Client(auth=("", token["token"]), trust_env=False) as revoked:
        answer = revoked.get(f"{served.url}/_apis/projects")
    assert (answer.status_code, "revoked" in answer.text) == (401, True)


@pytest.mark.parametrize(
    "change, error", [({"displayName": ""}, "displayNameRequired"), ({"scope": "vso.all"}, "invalidScope")]
)
def test_a_token_that_cannot_be_says_why(client, change, error):
    assert pat(client, **change) == {"patToken": None, "patTokenError": error}
