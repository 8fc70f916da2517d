"""The gateway over the wire: who may, which version, what is not there and what is not simulated."""

from __future__ import annotations

import httpx
import pytest

from simulator.kernel.facts import CAUSE_HEADER

# What every official client sends, so that it is told 401 and not shown a page.
SUPPRESSED = {"X-TFS-FedAuthRedirect": "Suppress"}


def test_health_needs_no_token(served):
    answer = httpx.get(f"http://localhost:{served.port}/_simulator/health", trust_env=False)
    assert answer.json()["status"] == "ready"


@pytest.mark.parametrize("host", ["dev.azure.com", "ACME.visualstudio.com"])
def test_the_real_hosts_are_answered_too(served, host):
    path = "/_apis/projects" if host.startswith("ACME") else "/Acme/_apis/projects"
    url = f"http://localhost:{served.port}{path}"
    answer = httpx.get(url, headers={"host": host}, auth=("", served.token("grace")), trust_env=False)
    assert [project["name"] for project in answer.json()["value"]] == ["ml"]


def test_a_wrong_token_gets_the_services_challenges_and_no_body(served):
    answer = httpx.get(
        f"{served.url}/_apis/projects", auth=("", "wrong"), headers=SUPPRESSED, trust_env=False
    )
    assert (answer.status_code, answer.content) == (401, b"")
    assert f'Basic realm="{served.url}/"' in answer.headers.get_list("www-authenticate")


def test_a_token_without_the_scope_is_not_authorized(served):
    with served.client("edsger") as client:
        answer = client.get("ml/_apis/git/repositories")
    assert answer.status_code == 401
    assert answer.json()["message"].startswith("TF400813: The user '")


def test_the_project_of_another_team_does_not_exist_for_you(served):
    with served.client("ada") as client:
        answer = client.get("fraud/_apis/git/repositories")
    assert answer.status_code == 404
    assert answer.json()["typeKey"] == "ProjectDoesNotExistWithNameException"
    assert answer.json()["message"].startswith("TF200016: The following project does not exist: fraud.")


def test_the_version_is_echoed_in_the_content_type(served):
    with served.client() as client:
        answer = client.get("ML/_APIS/Git/Repositories", params={"api-version": "7.1"})
    assert answer.headers["content-type"] == "application/json; charset=utf-8; api-version=7.1"


def test_a_project_is_meant_by_its_name_in_any_case_or_by_its_id(served):
    with served.client() as client:
        (ml,) = (row for row in client.get("_apis/projects").json()["value"] if row["name"] == "ml")
        for project in ("ml", "ML", ml["id"], ml["id"].upper()):
            found = client.get(f"{project}/_apis/GIT/repositories/Model_Build").json()
            assert (found["name"], found["project"]["id"]) == ("model_build", ml["id"])


@pytest.mark.parametrize(
    "method, path, version, key",
    [
        ("POST", "ml/_apis/git/repositories", None, "VssVersionNotSpecifiedException"),
        ("GET", "_apis/connectionData", "7.1", "VssInvalidPreviewVersionException"),
        ("GET", "_apis/projects", "9.9", "VssVersionOutOfRangeException"),
        ("GET", "_apis/projects", "new", "VssInvalidApiVersionStringException"),
    ],
)
def test_a_version_that_will_not_do_is_refused_as_the_service_does(served, method, path, version, key):
    parameters = {"api-version": version} if version else {}
    answer = httpx.request(
        method,
        f"{served.url}/{path}",
        params=parameters,
        auth=("", served.token("operator")),
        trust_env=False,
    )
    assert (answer.status_code, answer.json()["typeKey"], answer.json()["eventId"]) == (400, key, 3000)


def test_an_unknown_path_gets_the_services_plain_text(served):
    with served.client() as client:
        answer = client.get("ml/_apis/nonsense")
    assert answer.status_code == 404
    assert (
        answer.text
        == "The controller for path '/acme/ml/_apis/nonsense' was not found or does not implement IController."
    )


def test_what_the_real_service_has_and_this_has_not_is_refused_by_name(served):
    with served.client() as client:
        answer = client.get("_apis/wit/workitemtypecategories")
        work_item = client.post("ml/_apis/wit/workitems/$Bug", json=[])
    assert answer.status_code == 501
    assert "GET wit/" in answer.json()["message"]
    assert "POST wit/workItems" in work_item.json()["message"]
    assert [fact.subject for fact in served.facts("NotSimulated")] != []


def test_the_cause_in_the_header_is_the_cause_of_what_happens(served):
    with served.client() as client:
        client.post("ml/_apis/git/repositories", json={"name": "new"}, headers={CAUSE_HEADER: "1234"})
    assert [fact.cause for fact in served.facts("RepositoryCreated")] == [1234]


def test_a_body_that_is_no_json_is_the_callers_error(served):
    with served.client() as client:
        answer = client.post("ml/_apis/git/repositories", content=b"{")
    assert answer.json()["typeKey"] == "JsonReaderException"


@pytest.mark.parametrize(
    "method, path, body, status, words",
    [
        (
            "POST",
            "ml/_apis/pipelines",
            {"name": "x", "configuration": 5},
            400,
            "Path 'configuration'",
        ),
        ("POST", "ml/_apis/build/builds", {"definition": 5}, 400, "Path 'definition'"),
        ("PATCH", "ml/_apis/pipelines/approvals", [5], 400, "Path '[0]'"),
        (
            "POST",
            "ml/_apis/git/repositories/model_build/pushes",
            {"refUpdates": 5},
            400,
            "Path 'refUpdates'",
        ),
        ("GET", "ml/_apis/build/builds?$top=x", None, 400, "$top is not a number"),
    ],
)
def test_a_body_of_the_wrong_shape_is_the_callers_error(served, method, path, body, status, words):
    url = f"{served.url}/{path}{'&' if '?' in path else '?'}api-version=7.1-preview.1"
    answer = httpx.request(method, url, json=body, auth=("", served.token("operator")), trust_env=False)
    assert (answer.status_code, words in answer.json()["message"]) == (status, True), answer.text


def test_a_defect_of_ours_is_a_500_in_the_services_form(served, monkeypatch, caplog):
    def broken(*_):
        raise ZeroDivisionError("a defect")

    monkeypatch.setattr(served.azure.organization, "projects", broken)
    with served.client() as client:
        answer = client.get("_apis/projects")
    assert (answer.status_code, answer.json()["typeKey"]) == (500, "InternalErrorException")
    assert "a defect" in caplog.text


@pytest.mark.parametrize("value", ["Bearer a.b.c", "Bearer é.é.é", "Basic !!!", "Negotiate x", "Bearer"])
def test_what_is_no_credential_is_asked_for_one(served, value):
    headers = {"authorization": value.encode(), **SUPPRESSED}
    answer = httpx.get(f"{served.url}/_apis/projects", headers=headers, trust_env=False)
    assert answer.status_code == 401
