"""The proxy of service connections over the wire: what it asks with the secrets, and whom it never asks."""

from __future__ import annotations

import base64
from typing import Any

import pytest

PROXY = "ml/_apis/serviceendpoint/endpointproxy"


@pytest.fixture
def connection(served, outside):
    outside.by_path["/items?page=2"] = [
        (200, b'{"value": [{"id": 1, "name": "one"}, {"id": 2, "name": "two"}]}')
    ]
    outside.by_path["/gone"] = [(404, b"nothing here")]
    reference = {"projectReference": {"name": "ml"}, "name": "asked"}
    parameters = {"username": "u", "password": "hidden"}
    body: dict[str, Any] = {"name": "asked", "type": "generic", "url": "https://outside.example/"}
    body |= {"serviceEndpointProjectReferences": [reference]}
    body |= {"authorization": {"scheme": "UsernamePassword", "parameters": parameters}}
    with served.client("operator") as client:
        return client.post("_apis/serviceendpoint/endpoints", json=body).json()["id"]


def ask(served, connection, source, template="", person="operator"):
    body = {"dataSourceDetails": source, "resultTransformationDetails": {"resultTemplate": template}}
    with served.client(person) as client:
        return client.post(PROXY, params={"endpointId": connection}, json=body)


def test_the_connections_host_is_asked_with_its_secrets(served, outside, connection):
    source: dict[str, Any] = {
        "dataSourceUrl": "{{endpoint.url}}/items?page={{page}}",
        "parameters": {"page": "2"},
    }
    source |= {
        "resultSelector": "jsonpath:$.value[*]",
        "headers": [{"name": "X-User", "value": "{{endpoint.username}}"}],
    }
    answer = ask(served, connection, source, '{"Value":"{{{id}}}","DisplayValue":"{{name}}"}').json()
    assert answer["result"] == ['{"Value":"1","DisplayValue":"one"}', '{"Value":"2","DisplayValue":"two"}']
    assert (answer["statusCode"], answer["errorMessage"]) == ("ok", "")
    (asked,) = outside.asked
    assert base64.b64decode(asked.headers["authorization"].removeprefix("Basic ")) == b"u:hidden"
    assert asked.headers["x-user"] == "u"
    assert "hidden" not in str(answer)


def made(served, kind, parameters, url="https://outside.example/", scheme="UsernamePassword", **more):
    body: dict[str, Any] = {"name": f"of {kind}", "type": kind, "url": url, **more}
    body |= {"serviceEndpointProjectReferences": [{"projectReference": {"name": "ml"}, "name": body["name"]}]}
    body |= {"authorization": {"scheme": scheme, "parameters": parameters}}
    with served.client("operator") as client:
        answer = client.post("_apis/serviceendpoint/endpoints", json=body)
    assert answer.is_success, answer.text
    return answer.json()["id"]


def test_the_data_source_of_the_aws_toolkit_is_asked_by_its_name_at_the_connections_host(served, outside):
    outside.by_path["/api/projects/index"] = [(200, b'[{"nm": "one"}, {"nm": "two"}]')]
    aws = made(served, "AWS", {"username": "key", "password": "hidden"})
    assert ask(served, aws, {"dataSourceName": "AWS"}).json()["result"] == ["one", "two"]
    with served.client("operator") as client:
        (kind,) = client.get("_apis/serviceendpoint/types", params={"type": "AWS"}).json()["value"]
    assert [each["name"] for each in kind["dataSources"]] == ["AWS"]
    real = made(
        served, "AWS", {"username": "key", "password": "hidden"}, "https://aws.amazon.com/", name="real"
    )
    refused = ask(served, real, {"dataSourceName": "AWS"}).json()
    assert (refused["result"], refused["statusCode"]) == ([], "badGateway")


def test_connections_that_have_no_host_or_are_only_stored_are_refused(served, outside):
    outside.by_path["/v2/"] = [(200, b"{}")]
    registry = made(
        served, "dockerregistry", {"registry": "https://outside.example/", "username": "u", "password": "p"}
    )
    assert ask(served, registry, {"dataSourceUrl": "{{endpoint.url}}/v2/"}).json()["result"] == ["{}"]
    hook = made(served, "incomingwebhook", {"webhookname": "w"}, "", "None")
    answer = ask(served, hook, {"dataSourceUrl": "{{endpoint.url}}/x"})
    assert (answer.status_code, "no URL" in answer.text) == (400, True)
    github = made(served, "github", {"accessToken": "t"}, "https://github.com", "PersonalAccessToken")
    assert ask(served, github, {"dataSourceUrl": "{{endpoint.url}}/x"}).status_code == 501


def test_the_older_form_answers_the_list_alone(served, outside, connection):
    body = {"endpointId": connection, "endpointUrl": "{{endpoint.url}}/items?page=2"}
    with served.client("operator") as client:
        answer = client.post(PROXY, json={**body, "resultSelector": "jsonpath:$.value[*].name"})
    assert answer.json() == {"count": 2, "value": ["one", "two"]}


def test_what_the_host_refuses_is_told(served, connection):
    answer = ask(served, connection, {"dataSourceUrl": "{{endpoint.url}}/gone"}).json()
    assert (answer["result"], answer["statusCode"]) == ([], "notFound")
    assert "nothing here" in answer["errorMessage"]


@pytest.mark.parametrize(
    ("source", "status", "word"),
    [
        ({"dataSourceUrl": "https://elsewhere.example/steal"}, 400, "outside.example"),
        ({"dataSourceUrl": "{{endpoint.url}}.elsewhere.example/"}, 400, "outside.example"),
        ({"dataSourceName": "TestConnection"}, 400, "TestConnection"),
        ({"dataSourceUrl": "{{#base64}}x{{/base64}}"}, 501, "base64"),
        ({"requestVerb": "TRACE"}, 400, "TRACE"),
        ({"headers": [{"name": "a\nb", "value": "x"}]}, 400, "header"),
        ({"resultSelector": "xpath://a"}, 501, "xpath"),
    ],
)
def test_the_secrets_go_nowhere_else_and_what_is_not_there_is_named(served, connection, source, status, word):
    answer = ask(served, connection, source)
    assert (answer.status_code, word in answer.json()["message"]) == (status, True), answer.text
