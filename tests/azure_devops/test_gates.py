"""Gates over the wire: approvals on environments, who may answer them, and what the answer does."""

from __future__ import annotations

from tests.azure_devops.scripted import prints, records

GATED = """
trigger: none
stages:
  - stage: Deploy
    jobs:
      - deployment: D
        environment: production
        strategy:
          runOnce:
            deploy:
              steps:
                - script: echo deploy
                  displayName: Deploy it
  - stage: After
    jobs:
      - job: J
        steps:
          - checkout: none
          - script: echo after
"""


def pending(client):
    return client.get("ml/_apis/pipelines/approvals", params={"state": "pending", "$expand": "steps"}).json()[
        "value"
    ]


def answer(client, approval, status, comment=""):
    body = [{"approvalId": approval["id"], "status": status, "comment": comment}]
    return client.patch("ml/_apis/pipelines/approvals", json=body)


def test_a_gate_waits_for_an_approver_and_the_world_rests_meanwhile(queued, served):
    build = queued(GATED)
    assert build["status"] == "inProgress"
    assert records(served, build, "Stage") == [("After", "pending", None), ("Deploy", "pending", None)]
    with served.client("grace") as client:
        (approval,) = pending(client)
        assert ("Checkpoint.Approval", "inProgress", None) in records(served, build, "Checkpoint.Approval")
        assert [step["assignedApprover"]["displayName"] for step in approval["steps"]] == [
            "Grace Hopper",
            "Edsger Dijkstra",
        ]
        assert answer(client, approval, "approved", "fine").json()["value"][0]["status"] == "approved"
        again = answer(client, approval, "approved")
    assert again.status_code == 400
    served.rest()
    assert records(served, build, "Stage") == [
        ("After", "completed", "succeeded"),
        ("Deploy", "completed", "succeeded"),
    ]
    (asked,), (resolved,) = served.facts("ApprovalPending"), served.facts("ApprovalResolved")
    assert asked.detail["approval"] == approval["id"]
    started = next(
        fact
        for fact in served.facts("StageStateChanged")
        if fact.detail["name"] == "Deploy" and fact.detail["state"] == "inProgress"
    )
    assert started.cause == resolved.sequence


def test_a_rejected_gate_fails_the_stage_and_nothing_after_it_runs(queued, served):
    build = queued(GATED)
    with served.client("edsger") as client:
        answer(client, pending(client)[0], "rejected", "not today")
    served.rest()
    assert records(served, build, "Stage") == [
        ("After", "completed", "skipped"),
        ("Deploy", "completed", "failed"),
    ]
    assert served.engine.started == []


def test_who_is_no_approver_or_asked_for_the_run_may_not_approve(queued, served):
    queued(GATED, person="grace")
    with served.client("ada") as client:
        refused = answer(client, pending(client)[0], "approved")
    assert (refused.status_code, refused.json()["typeKey"]) == (403, "ApprovalUnauthorizedException")
    with served.client("grace") as client:
        refused = answer(client, pending(client)[0], "approved")
    assert (refused.status_code, refused.json()["typeKey"]) == (403, "ApprovalRequesterException")
    assert served.facts("ApprovalResolved") == []


def test_a_gate_that_nobody_answers_is_skipped_after_thirty_days(queued, served):
    build = queued(GATED)
    served.run(served.kernel.scheduler.advance(43200 * 60 + 1))
    assert records(served, build, "Stage") == [
        ("After", "completed", "skipped"),
        ("Deploy", "completed", "skipped"),
    ]


def test_a_gate_is_still_there_after_a_restart(queued, served):
    build = queued(GATED)
    served.stop()
    engine = prints()
    served.engine = engine
    served.start()
    with served.client("grace") as client:
        assert answer(client, pending(client)[0], "approved").status_code == 200
    served.rest()
    assert records(served, build, "Stage")[1] == ("Deploy", "completed", "succeeded")


def test_a_run_that_waits_at_a_gate_can_be_canceled(queued, served):
    build = queued(GATED)
    with served.client("ada") as client:
        client.patch(f"ml/_apis/build/builds/{build['id']}", json={"status": "cancelling"})
        served.rest()
        assert client.get(f"ml/_apis/build/builds/{build['id']}").json()["result"] == "canceled"
        assert pending(client) == []
    assert served.facts("ApprovalResolved")[0].detail["status"] == "canceled"
