"""Service hooks over the wire: what is sent, when it is sent again, and what failures make of a subscription."""

from __future__ import annotations

import base64
import json

from simulator.azure_devops.identities import stable_id
from tests.azure_devops.scripted import SIMPLE
from tests.azure_devops.test_gates import GATED, answer, pending

URL = "https://outside.example/hook"


def subscribe(served, event, publisher="pipelines", filters=None, person="grace", **inputs):
    with served.client(person) as client:
        project = stable_id("project", "ml")
        body = {"publisherId": publisher, "eventType": event, "consumerId": "webHooks"}
        body |= {"consumerActionId": "httpRequest", "consumerInputs": {"url": URL, **inputs}}
        body["publisherInputs"] = {"projectId": project, **(filters or {})}
        made = client.post("_apis/hooks/subscriptions", json=body)
    assert made.status_code == 200, made.text
    return made.json()


def state(served, subscription):
    with served.client() as client:
        return client.get(f"_apis/hooks/subscriptions/{subscription['id']}").json()["status"]


def history(served, subscription, **query):
    with served.client() as client:
        return client.get(
            f"_apis/hooks/subscriptions/{subscription['id']}/notifications", params=query
        ).json()["value"]


def bodies(outside):
    return [json.loads(asked.body) for asked in outside.asked]


def settle(served):
    served.hear()
    served.rest()


def advance(served, seconds):
    served.run(served.kernel.scheduler.advance(seconds))


def test_a_completed_build_is_told_with_its_payload_and_secrets_stay_secret(queued, served, outside):
    made = subscribe(
        served, "build.complete", "tfs", {"buildStatus": "Succeeded", "definitionName": "model-build"},
        basicAuthUsername="u", basicAuthPassword="hidden-word", httpHeaders="X-Token: hidden-token\nX-Other:b",
    )  # fmt: skip
    assert made["consumerInputs"]["basicAuthPassword"] == made["consumerInputs"]["httpHeaders"] == "********"
    build = queued(SIMPLE)
    settle(served)
    (asked,), (body,) = outside.asked, bodies(outside)
    assert list(body) == [
        "subscriptionId", "notificationId", "id", "eventType", "publisherId", "message", "detailedMessage",
        "resource", "resourceVersion", "resourceContainers", "createdDate",
    ]  # fmt: skip
    assert body["message"]["text"] == f"Build model-build_{build['buildNumber']} succeeded"
    assert (body["resource"]["id"], body["resource"]["result"]) == (build["id"], "succeeded")
    assert asked.headers["authorization"] == "Basic " + base64.b64encode(b"u:hidden-word").decode()
    assert asked.headers["x-token"] == "hidden-token"
    assert asked.headers["content-type"] == "application/json; charset=utf-8"
    (row,) = history(served, made)
    assert (row["status"], row["result"], row["details"]["requestAttempts"]) == ("completed", "succeeded", 1)
    assert "hidden" not in json.dumps(row)


def test_stages_jobs_and_runs_tell_their_states(queued, served, outside):
    for event in ("run-state-changed-event", "stage-state-changed-event", "job-state-changed-event"):
        subscribe(served, f"ms.vss-pipelines.{event}")
    queued(SIMPLE)
    settle(served)
    texts = {body["message"]["text"] for body in bodies(outside)}
    name = bodies(outside)[0]["resource"]["run"]["name"]
    assert {
        f"Run {name} in progress.",
        f"Run {name} succeeded.",
        f"Run {name} stage __default succeeded.",
    } <= texts
    assert f"Run {name} stage __default job Job succeeded." in texts
    shown = [
        b["resource"]["run"] for b in bodies(outside) if b["eventType"].endswith("run-state-changed-event")
    ]
    assert [one["state"] for one in shown] == ["inProgress", "completed"]


def test_an_approval_is_told_when_it_waits_and_when_it_is_given(queued, served, outside):
    filters = {"environmentName": "production", "stageName": "Deploy"}
    for word in ("pending", "completed"):
        subscribe(served, f"ms.vss-pipelinechecks-events.approval-{word}", filters=filters)
    subscribe(served, "ms.vss-pipelinechecks-events.approval-pending", filters={"environmentName": "other"})
    subscribe(served, "ms.vss-pipelines.stage-state-changed-event", filters={"stageStateId": "Waiting"})
    queued(GATED)
    settle(served)
    told = {body["eventType"].rpartition(".")[2]: body for body in bodies(outside)}
    assert sorted(told) == ["approval-pending", "stage-state-changed-event"]
    said = "Approval pending for deployment of pipeline model-build to environment production."
    assert told["approval-pending"]["message"]["text"] == said
    approval = told["approval-pending"]["resource"]["approval"]
    assert [step["assignedApprover"]["displayName"] for step in approval["steps"]] == [
        "Grace Hopper",
        "Edsger Dijkstra",
    ]
    with served.client("grace") as client:
        answer(client, pending(client)[0], "approved")
    settle(served)
    done = next(b for b in bodies(outside) if b["eventType"].endswith("approval-completed"))
    assert done["resource"]["approval"]["status"] == "approved"


def test_pushes_and_pull_requests_are_told_by_branch(git, served, outside):
    subscribe(served, "git.push", "tfs", {"branch": "main"})
    subscribe(
        served, "git.pullrequest.created", "tfs", messagesToSend="text", resourceDetailsToSend="minimal"
    )
    git.commit({"a": "1"}, "first words")
    git("push", "-q", "origin", "main")
    git("checkout", "-q", "-b", "topic")
    git.commit({"a": "2"})
    git("push", "-q", "origin", "topic")
    with served.client("grace") as client:
        body = {"sourceRefName": "refs/heads/topic", "targetRefName": "refs/heads/main", "title": "T"}
        made = client.post("ml/_apis/git/repositories/model_build/pullrequests", json=body)
        assert made.status_code in (200, 201), made.text
    settle(served)
    told = {body["eventType"]: body for body in bodies(outside)}
    assert len(outside.asked) == 2
    push = told["git.push"]
    assert push["message"]["text"] == "Grace Hopper pushed updates to branch main of repository model_build."
    assert [one["comment"].strip() for one in push["resource"]["commits"]] == ["first words"]
    created = told["git.pullrequest.created"]
    assert list(created["message"]) == ["text"]
    assert list(created["resource"]) == ["url"]


def test_what_is_transient_is_tried_again_at_the_documented_moments(queued, served, outside):
    made = subscribe(served, "build.complete", "tfs")
    outside.answers = [(503, b"")] * 3 + [(200, b"ok")]
    queued(SIMPLE)
    settle(served)
    assert len(outside.asked) == 1
    for seconds, attempts in ((1.01, 2), (2.01, 3), (3.0, 3), (1.01, 4)):
        advance(served, seconds)
        assert len(outside.asked) == attempts
    assert state(served, made) == "enabled"
    assert history(served, made)[0]["details"]["requestAttempts"] == 4


def test_retries_that_run_out_lead_to_probation_and_a_success_restores(queued, served, outside):
    made = subscribe(served, "build.complete", "tfs")
    outside.answers = [(503, b"")]
    queued(SIMPLE)
    settle(served)
    advance(served, 1 + 2 + 4 + 8 + 16 + 32 + 60 + 60 + 1)
    assert (len(outside.asked), state(served, made)) == (9, "onProbation")
    queued(SIMPLE)
    settle(served)
    assert len(outside.asked) == 9
    outside.answers = [(200, b"")]
    advance(served, 20 * 60)
    assert (len(outside.asked), state(served, made)) == (10, "enabled")


def test_enduring_failures_are_probed_seven_times_then_the_subscription_is_disabled(queued, served, outside):
    made = subscribe(served, "build.complete", "tfs")
    outside.answers = [(500, b"")]
    queued(SIMPLE)
    settle(served)
    assert (len(outside.asked), state(served, made)) == (1, "onProbation")
    advance(served, (20 + 40 + 80 + 160 + 320 + 640) * 60 + 1)
    assert (len(outside.asked), state(served, made)) == (7, "onProbation")
    advance(served, 15 * 3600)
    assert (len(outside.asked), state(served, made)) == (8, "disabledBySystem")


def test_gone_disables_at_once_and_a_user_may_enable_again(queued, served, outside):
    made = subscribe(served, "build.complete", "tfs", basicAuthPassword="hidden-word")
    outside.answers = [(410, b"")]
    queued(SIMPLE)
    settle(served)
    assert state(served, made) == "disabledBySystem"
    outside.answers = [(200, b"")]
    with served.client("grace") as client:
        masked = {**made, "status": "enabled"}
        changed = client.put(f"_apis/hooks/subscriptions/{made['id']}", json=masked)
        assert changed.json()["status"] == "enabled"
    queued(SIMPLE)
    settle(served)
    assert outside.asked[-1].headers["authorization"] == "Basic " + base64.b64encode(b":hidden-word").decode()


def test_the_history_can_be_queried_and_an_event_of_it_sent_again(queued, served, outside):
    made = subscribe(served, "build.complete", "tfs")
    queued(SIMPLE)
    settle(served)
    with served.client("grace") as client:
        body = {"subscriptionIds": [made["id"]], "includeDetails": True}
        found = client.post("_apis/hooks/notificationsquery", json=body).json()
        event = found["results"][0]["details"]["event"]
        assert found["summary"][0]["results"] == [{"result": "succeeded", "notificationCount": 1}]
        given = {"subscriptionId": made["id"], "details": {"event": event}}
        again = client.post("_apis/hooks/testnotifications", json=given).json()
        details = {key: made[key] for key in ("publisherId", "eventType", "consumerId", "consumerActionId")}
        details |= {"publisherInputs": made["publisherInputs"], "consumerInputs": {"url": URL}}
        test = client.post("_apis/hooks/testnotifications", json={"details": details}).json()
    assert (again["result"], test["result"]) == ("succeeded", "succeeded")
    assert bodies(outside)[0]["id"] == bodies(outside)[1]["id"] == event["id"]
    assert bodies(outside)[2]["message"]["text"] == "Test notification of the event Build completed."


def test_traced_subscriptions_keep_what_their_filters_left_out(queued, served, outside):
    made = subscribe(served, "build.complete", "tfs", {"buildStatus": "Failed"})
    queued(SIMPLE)
    settle(served)
    assert history(served, made) == []
    with served.client("grace") as client:
        url = f"_apis/hooks/subscriptions/{made['id']}/diagnostics"
        assert client.put(url, json={"evaluationTracing": {"enabled": True}}).json()["evaluationTracing"][
            "enabled"
        ]
    queued(SIMPLE)
    settle(served)
    assert [row["result"] for row in history(served, made)] == ["filtered"]
    assert outside.asked == []


def test_a_retry_that_waits_survives_a_restart(queued, served, outside):
    subscribe(served, "build.complete", "tfs")
    outside.answers = [(503, b""), (200, b"")]
    queued(SIMPLE)
    settle(served)
    served.stop()
    served.start()
    advance(served, 2)
    assert len(outside.asked) == 2
    assert bodies(outside)[0] == bodies(outside)[1]
