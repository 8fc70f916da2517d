"""Service connections over the wire: types, checks of what is given, sharing, and what used them."""

from __future__ import annotations

import pytest

from simulator.azure_devops.identities import stable_id
from tests.azure_devops.scripted import prints

ENDPOINTS = "_apis/serviceendpoint/endpoints"


def body(kind, name="made", project="ml", scheme="UsernamePassword", **parameters):
    reference = {"projectReference": {"name": project}, "name": name}
    given = {
        "name": name,
        "type": kind,
        "url": "https://a.example/",
        "serviceEndpointProjectReferences": [reference],
    }
    return {**given, "authorization": {"scheme": scheme, "parameters": parameters}}


def test_the_sdk_reads_types_with_what_they_ask_for(connect):
    client = connect("operator").clients_v7_1.get_service_endpoint_client()
    types = {one.name: one for one in client.get_service_endpoint_types()}
    registries = {"externalnpmregistry", "externalPythonDownloadFeed", "externalPythonUploadFeed"}
    others = {"AWS", "generic", "incomingwebhook", "dockerregistry", "github", "azurerm"}
    assert others | registries == set(types)
    inputs = {one.id: one for one in types["AWS"].authentication_schemes[0].input_descriptors}
    assert inputs["password"].is_confidential
    assert inputs["password"].group_name == "AuthenticationParameter"


@pytest.mark.parametrize(
    ("given", "status", "word"),
    [
        (body("dockerregistry", registry="https://r.example", username="u"), 400, "password"),
        (body("incomingwebhook", scheme="None"), 400, "webhookname"),
        (body("generic", scheme="OAuth9"), 400, "OAuth9"),
        ({**body("generic"), "url": ""}, 400, "URL"),
        (body("kubernetes"), 501, "kubernetes"),
        ({"type": "generic"}, 400, "name"),
    ],
)
def test_what_a_type_does_not_allow_is_refused(served, given, status, word):
    with served.client() as client:
        answer = client.post(ENDPOINTS, json=given)
    assert (answer.status_code, word in answer.json()["message"]) == (status, True), answer.text


def test_secrets_go_in_and_never_come_out_and_are_kept_when_not_given(served):
    with served.client("grace") as client:
        made = client.post(
            ENDPOINTS, json=body("aws", username="AKIA", password="hidden", sessionToken="hidden")
        ).json()
        assert (made["isReady"], made["authorization"]["parameters"]["password"]) == (True, None)
        changed = client.put(f"{ENDPOINTS}/{made['id']}", json=body("aws", name="other", username="AKIA2"))
        assert changed.json()["name"] == "other"
        for text in (client.get(f"ml/{ENDPOINTS}").text, changed.text):
            assert "hidden" not in text
    row = served.call(lambda: served.kernel.store.get("azure_devops.service_endpoint", made["id"]))
    assert row["authorization"]["parameters"]["password"] == "hidden"


def test_a_shared_connection_has_its_own_name_in_each_project(served):
    with served.client() as client:
        made = client.post(ENDPOINTS, json=body("generic")).json()
        shared = [{"projectReference": {"name": "fraud"}, "name": "theirs"}]
        assert client.patch(f"{ENDPOINTS}/{made['id']}", json=shared).status_code == 204
        (theirs,) = client.get(f"fraud/{ENDPOINTS}").json()["value"]
        assert (theirs["id"], theirs["name"], theirs["isShared"]) == (made["id"], "theirs", True)
        ml = stable_id("project", "ml")
        assert client.delete(f"{ENDPOINTS}/{made['id']}", params={"projectIds": ml}).status_code == 204
        assert [one["name"] for one in client.get(f"fraud/{ENDPOINTS}").json()["value"]] == ["theirs"]
        assert "made" not in [one["name"] for one in client.get(f"ml/{ENDPOINTS}").json()["value"]]


def test_what_used_a_connection_and_an_environment_is_on_record(queued, served):
    yaml = """
trigger: none
stages:
  - stage: Deploy
    jobs:
      - deployment: D
        environment: staging
        strategy:
          runOnce:
            deploy:
              steps:
                - task: AWSShellScript@1
                  inputs: {awsCredentials: aws-staging, scriptType: inline, inlineScript: echo hello}
"""
    build = queued(yaml, prints())
    assert build["result"] == "succeeded"
    served.hear()
    with served.client() as client:
        (used,) = client.get(f"ml/{ENDPOINTS}", params={"endpointNames": "aws-staging"}).json()["value"]
        (record,) = client.get(f"ml/_apis/serviceendpoint/{used['id']}/executionhistory").json()["value"]
        assert (record["data"]["owner"]["id"], record["data"]["result"]) == (build["id"], "succeeded")
        url = "ml/_apis/distributedtask/environments/1/environmentdeploymentrecords"
        (deployment,) = client.get(url).json()["value"]
    assert (deployment["stageName"], deployment["jobName"], deployment["result"]) == (
        "Deploy",
        "D",
        "succeeded",
    )
    assert deployment["owner"]["id"] == build["id"]
