"""What can be subscribed to, over the wire: listed with its inputs; what never comes is refused by name."""

from __future__ import annotations

from azure.devops.v7_1.service_hooks.models import (
    InputFilter,
    InputFilterCondition,
    Subscription,
    SubscriptionsQuery,
)

from simulator.azure_devops.identities import stable_id


def subscription(**changed):
    body: dict[str, object] = {"publisherId": "tfs", "eventType": "build.complete", "consumerId": "webHooks"}
    body |= {
        "consumerActionId": "httpRequest",
        "consumerInputs": {"url": "https://a.example/"},
        "publisherInputs": {},
    }
    return {**body, **changed}


def test_the_sdk_lists_publishers_consumers_and_what_they_ask_for(connect):
    hooks = connect("operator").clients_v7_1.get_service_hooks_client()
    assert [one.id for one in hooks.list_publishers()] == ["tfs", "pipelines"]
    events = {one.id for one in hooks.list_event_types("tfs")}
    assert {"git.push", "build.complete", "git.pullrequest.created"} <= events
    status = hooks.get_event_type("tfs", "build.complete").input_descriptors[1]
    assert "Failed" in [one.value for one in status.values.possible_values]
    action = hooks.get_consumer_action("webHooks", "httpRequest")
    assert {"url", "httpHeaders", "resourceDetailsToSend"} <= {one.id for one in action.input_descriptors}
    assert "azureStorageQueue" in [one.id for one in hooks.list_consumers()]


def test_the_sdk_makes_queries_and_removes_a_subscription(connect, served):
    hooks = connect("operator").clients_v7_1.get_service_hooks_client()
    made = hooks.create_subscription(
        Subscription(
            publisher_id="tfs",
            event_type="git.push",
            resource_version="1.0",
            consumer_id="webHooks",
            consumer_action_id="httpRequest",
            publisher_inputs={"branch": "main"},
            consumer_inputs={"url": "https://a.example/in"},
        )
    )
    assert (made.status, made.action_description) == ("enabled", "To host a.example")
    condition = InputFilterCondition(input_id="branch", input_value="MAIN", operator="equals")
    query = SubscriptionsQuery(
        publisher_id="tfs", publisher_input_filters=[InputFilter(conditions=[condition])]
    )
    assert [one.id for one in hooks.create_subscriptions_query(query).results] == [made.id]
    with served.client() as client:
        # The SDK leaves the connection of a 204 open, and the garbage collector complains.
        assert client.delete(f"_apis/hooks/subscriptions/{made.id}").status_code == 204
    assert hooks.list_subscriptions() == []


def test_what_never_comes_and_who_is_not_told_is_refused_by_name(served):
    cases = [
        (subscription(eventType="workitem.created"), 501, "workitem.created"),
        (subscription(consumerId="slack", consumerActionId="postMessageToChannel"), 501, "slack"),
        (subscription(eventType="no.such"), 404, "no.such"),
        (subscription(publisherId="rm"), 404, "rm"),
        (subscription(consumerInputs={}), 400, "url"),
        (subscription(consumerInputs={"url": "ftp://a"}), 400, "ftp://a"),
        (subscription(publisherInputs={"buildStatus": "Odd"}), 400, "buildStatus"),
        (subscription(consumerInputs={"url": "http://a.example", "basicAuthPassword": "x"}), 400, "HTTPS"),
    ]
    with served.client() as client:
        for body, status, word in cases:
            answer = client.post("_apis/hooks/subscriptions", json=body)
            assert (answer.status_code, word in answer.json()["message"]) == (status, True), answer.text


def test_inputs_name_the_values_that_they_may_have(served):
    with served.client() as client:
        project = stable_id("project", "ml")
        body = {"currentValues": {"projectId": project}, "inputValues": [{"inputId": "definitionName"}]}
        found = client.post("_apis/hooks/publishers/tfs/inputValuesQuery", json=body).json()
    assert "model-build" in [one["value"] for one in found["inputValues"][0]["possibleValues"]]


def test_a_subscription_of_a_project_is_seen_by_its_people_only(served):
    with served.client() as client:
        fraud = stable_id("project", "fraud")
        made = client.post(
            "_apis/hooks/subscriptions", json=subscription(publisherInputs={"projectId": fraud})
        ).json()
    with served.client("ada") as client:
        assert client.get(f"_apis/hooks/subscriptions/{made['id']}").status_code == 404
        assert client.get("_apis/hooks/subscriptions").json()["value"] == []
