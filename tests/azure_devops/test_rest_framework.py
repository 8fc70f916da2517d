"""The framework of the service as clients see it: where things are, versions, verbs, headers, who may not sign in."""

from __future__ import annotations

import httpx
import pytest

from tests.azure_devops.conftest import Served


def asked(served: Served, method: str, path: str, **more) -> httpx.Response:
    """A request without the api-version that the usual client adds."""
    more.setdefault("auth", ("", served.token("operator")))
    return httpx.request(method, f"{served.url}/{path}", trust_env=False, timeout=60, **more)


@pytest.fixture(scope="module")
def served():
    """One service for the whole file; each test leaves it as it was or makes things of its own."""
    from simulator.topology import load

    service = Served(load())
    service.start()
    yield service
    service.stop()


def test_options_answers_the_whole_table_and_that_of_one_area(served):
    every = asked(served, "OPTIONS", "_apis").json()
    git = asked(served, "OPTIONS", "_APIS/Git").json()
    assert every["count"] == len(every["value"]) > 700
    assert {row["area"] for row in git["value"]} == {"git"}
    assert set(git["value"][0]) == {
        *("id", "area", "resourceName", "routeTemplate", "resourceVersion"),
        *("minVersion", "maxVersion", "releasedVersion"),
    }
    assert asked(served, "OPTIONS", "_apis/nonsense").json() == {"count": 0, "value": []}


def test_resource_areas_are_here_or_at_the_real_hosts_as_the_client_asked(served):
    area = "79134c72-4a58-4b42-976c-04e7115f32bf"
    here = asked(served, "GET", f"_apis/resourceAreas/{area}").json()
    there = asked(served, "GET", "_apis/resourceAreas", headers={"host": "dev.azure.com"}).json()
    places = {row["name"]: row["locationUrl"] for row in there["value"]}
    assert here == {"id": area, "name": "core", "locationUrl": f"{served.url}/"}
    assert (places["Graph"], places["git"]) == (
        "https://vssps.dev.azure.com/acme/",
        "https://dev.azure.com/acme/",
    )
    assert asked(served, "GET", "_apis/resourceAreas/00000000-0000-0000-0000-000000000001").text == "null"


def test_urls_are_of_the_host_where_the_client_asked(served):
    path = "ml/_apis/git/repositories/model_build"
    here = asked(served, "GET", path).json()
    there = asked(served, "GET", path, headers={"host": "dev.azure.com"}).json()
    assert (here["remoteUrl"], there["remoteUrl"]) == (
        f"{served.url}/ml/_git/model_build",
        "https://dev.azure.com/acme/ml/_git/model_build",
    )
    assert "localhost" not in str(there)
    pools = asked(served, "GET", "_apis/distributedtask/pools", headers={"host": "dev.azure.com"})
    assert "localhost" not in pools.text


def test_connection_data_says_who_asks_and_where_services_are(served):
    path = "_apis/connectionData?connectOptions=includeServices&api-version=7.1-preview.1"
    told = asked(served, "GET", path).json()
    assert told["authenticatedUser"] == told["authorizedUser"]
    assert told["authenticatedUser"]["providerDisplayName"] == "Simulator Operator"
    assert told["authenticatedUser"]["properties"]["Account"]["$value"] == "operator@example.com"
    assert told["deploymentType"] == "hosted"
    assert len(told["locationServiceData"]["serviceDefinitions"]) == 230


@pytest.mark.parametrize(
    "version, echoed",
    [
        ("7.1", "7.1"),
        ("7.1-preview", "7.1-preview.4"),
        ("7.1-preview.3", "7.1-preview.3"),
        ("5.0", "5.0"),
        ("7.2-preview.4", "7.2-preview.4"),
    ],
)
def test_the_answer_names_the_version_that_was_asked_for(served, version, echoed):
    in_query = asked(served, "GET", "_apis/projects", params={"api-version": version})
    accept = {"accept": f"application/json;api-version={version}"}
    in_header = asked(served, "GET", "_apis/projects", headers=accept)
    for answer in (in_query, in_header):
        assert answer.headers["content-type"] == f"application/json; charset=utf-8; api-version={echoed}"


@pytest.mark.parametrize(
    "version, key, words",
    [
        ("7.2", "VssInvalidPreviewVersionException", 'For example: "7.2-preview"'),
        ("8.0", "VssVersionOutOfRangeException", "The latest REST API version this server supports is 7.2."),
        ("7.1-preview.9", "VssVersionOutOfRangeException", "out of range for this server"),
        ("0.1", "VssVersionTooLowException", "The oldest REST API version"),
        ("7.1.2", "VssInvalidApiVersionStringException", "could not be parsed"),
    ],
)
def test_a_version_that_the_resource_has_not_is_refused(served, version, key, words):
    answer = asked(served, "GET", "_apis/projects", params={"api-version": version})
    error = answer.json()
    assert (answer.status_code, error["typeKey"], words in error["message"]) == (400, key, True)
    assert list(error) == [
        *("$id", "innerException", "message", "typeName", "typeKey", "errorCode", "eventId")
    ]


def test_every_answer_carries_the_headers_of_the_service(served):
    sent = {"X-TFS-Session": "4b053988-f053-47e2-88c6-c9e400a49ea6", "X-VSS-E2EID": "e2e-1"}
    answer = asked(served, "GET", "_apis/projects", headers=sent)
    assert answer.headers["x-tfs-session"] == sent["X-TFS-Session"]
    assert answer.headers["x-vss-e2eid"] == "e2e-1"
    assert answer.headers["x-vss-userdata"].endswith(":operator@example.com")
    for name in ("activityid", "x-tfs-processid", "x-vss-senderdeploymentid", "p3p", "request-context"):
        assert answer.headers[name]
    assert asked(served, "GET", "_apis/projects").headers["activityid"] != answer.headers["activityid"]


def test_head_answers_as_get_without_the_body(served):
    answer = asked(served, "HEAD", "_apis/projects")
    assert (answer.status_code, answer.content) == (200, b"")


def test_a_verb_that_the_service_has_not_there_is_not_allowed(served):
    answer = asked(served, "PUT", "_apis/connectionData?api-version=7.1-preview.1")
    assert answer.status_code == 405
    assert answer.json()["value"]["Message"].endswith("does not support http method 'PUT'.")
    assert answer.headers["allow"] == "GET"


@pytest.mark.parametrize("path", ["_apis/wit/workitems/1", "ml/_apis/wiki/wikis", "_apis/tfvc/items"])
def test_a_known_location_of_another_product_is_refused_by_name(served, path):
    answer = asked(served, "GET", path)
    assert (answer.status_code, answer.json()["typeKey"]) == (501, "NotSimulated")
    assert answer.headers["x-simulator"] == "not simulated"


@pytest.mark.parametrize(
    "body", [b"[" * 100_000, b'{"name": ', b"\xff\xfe", b"nonsense", b'{"name": "\\ud800"}']
)
def test_a_malformed_body_is_the_callers_error(served, body):
    answer = asked(served, "POST", "ml/_apis/git/repositories?api-version=7.1", content=body)
    assert (answer.status_code, answer.json()["typeKey"]) == (400, "JsonReaderException")


def test_a_browser_is_sent_to_sign_in_and_a_wrong_password_is_shown_the_page(served):
    sent = httpx.get(f"{served.url}/_apis/projects", trust_env=False)
    shown = httpx.get(f"{served.url}/_apis/projects", auth=("", "wrong"), trust_env=False)
    page = httpx.get(sent.headers["location"], trust_env=False)
    assert sent.status_code == 302
    assert (shown.status_code, page.status_code) == (203, 203)
    assert shown.headers["content-type"].startswith("text/html")
    assert "Sign In" in page.text


@pytest.mark.parametrize("method, headers", [("POST", {}), ("GET", {"X-TFS-FedAuthRedirect": "Suppress"})])
def test_a_client_is_told_401_and_how_to_prove_itself(served, method, headers):
    answer = httpx.request(method, f"{served.url}/_apis/projects", headers=headers, trust_env=False)
    challenges = answer.headers.get_list("www-authenticate")
    assert (answer.status_code, answer.content) == (401, b"")
    assert [challenge.split()[0] for challenge in challenges] == ["Bearer", "Basic", "TFS-Federated"]


def test_people_ask_for_themselves_at_the_host_of_accounts(served):
    url = f"http://localhost:{served.port}/_apis/connectionData"
    answer = httpx.get(
        url,
        headers={"host": "app.vssps.visualstudio.com"},
        auth=("", served.token("ada")),
        trust_env=False,
    )
    assert answer.json()["authenticatedUser"]["providerDisplayName"] == "Ada Lovelace"


def test_a_nul_character_in_an_address_is_the_callers_error(served):
    path = "ml/_apis/git/repositories/model_build/items?path=%00&versionDescriptor.version=%00"
    assert asked(served, "GET", path).status_code == 400


@pytest.mark.parametrize("path", ["_apis/nonsense", "_apis/nonsense/deeper", "ml/_apis/nonsense"])
def test_a_path_that_no_location_has_is_not_found(served, path):
    assert asked(served, "GET", path).status_code == 404
