"""Decisions at the console are a person's: the service hears who it was, and says no in its own words."""

from __future__ import annotations

from tests.console import loop
from tests.console.conftest import Pending
from tests.console.desk import Desk, text
from tests.wire import RunningSimulator


def test_an_approval_is_the_persons_with_the_comment(pending: Pending):
    with Desk(pending.running, "grace") as desk:
        answer = desk.send(f"{pending.path}/decide", decision="approve", comment="Better than the last")
        assert (answer.status_code, answer.headers["location"]) == (303, f"{pending.path}?said=approved")
        shown = desk.text(f"{pending.path}?said=approved")
    found = pending.described()
    assert (found["ModelApprovalStatus"], found["ApprovalDescription"]) == (
        "Approved",
        "Better than the last",
    )
    assert found["LastModifiedBy"]["IamIdentity"]["Arn"] == "arn:aws:iam::222222222222:user/grace"
    assert "Approved. What follows is on its way." in shown
    assert "approved by user/grace" in shown
    assert "Better than the last" in shown


def test_a_rejection_is_possible_without_a_comment(pending: Pending):
    with Desk(pending.running, "grace") as desk:
        assert desk.send(f"{pending.path}/decide", decision="reject").status_code == 303
    assert pending.status() == "Rejected"


def test_whoever_may_only_read_is_refused_in_the_words_of_aws(pending: Pending):
    with Desk(pending.running, "ada") as desk:
        assert "By role ReadOnly in account automation." in desk.text(pending.path)
        answer = desk.send(f"{pending.path}/decide", decision="approve", comment="please")
    said = text(answer.text)
    assert answer.status_code == 403
    assert (
        "assumed-role/ReadOnly/console-ada is not authorized to perform: sagemaker:UpdateModelPackage" in said
    )
    assert "Ada Lovelace lacks this right" in said
    assert pending.status() == "PendingManualApproval"


def test_a_decision_that_is_none_changes_nothing(pending: Pending):
    with Desk(pending.running, "grace") as desk:
        answer = desk.send(f"{pending.path}/decide", decision="perhaps")
    assert answer.status_code == 404
    assert pending.status() == "PendingManualApproval"


def test_the_gate_opens_for_an_approver_with_the_comment(deciding: RunningSimulator):
    run = loop.start_run(deciding)
    gate = loop.gate_of(deciding, run)["id"]
    with Desk(deciding, "grace") as desk:
        answer = desk.send(f"/runs/ml/{run}/approvals/{gate}", decision="approve", comment="Tests are green")
        assert answer.headers["location"] == f"/runs/ml/{run}?said=approved"
        deciding.rest()
        shown = desk.text(f"/runs/ml/{run}")
    assert "by Grace Hopper" in shown
    assert "“Tests are green”" in shown
    assert loop.azure(deciding, "grace", "GET", f"build/builds/{run}")["result"] == "succeeded"


def test_a_closed_gate_ends_the_run_before_production(deciding: RunningSimulator):
    run = loop.start_run(deciding)
    gate = loop.gate_of(deciding, run)["id"]
    with Desk(deciding, "edsger") as desk:
        assert desk.send(f"/runs/ml/{run}/approvals/{gate}", decision="reject").status_code == 303
    deciding.rest()
    assert loop.azure(deciding, "grace", "GET", f"build/builds/{run}")["result"] == "failed"


def test_the_requester_may_not_pass_the_own_gate(deciding: RunningSimulator):
    run = loop.start_run(deciding, person="grace")
    gate = loop.gate_of(deciding, run)["id"]
    with Desk(deciding, "grace") as desk:
        answer = desk.send(f"/runs/ml/{run}/approvals/{gate}", decision="approve")
    assert answer.status_code == 403 or answer.status_code == 400
    assert "four eyes" in text(answer.text)
    assert loop.gate_of(deciding, run)["status"] == "pending"


def test_somebody_who_is_no_approver_is_refused_and_told_who_is_asked(deciding: RunningSimulator):
    run = loop.start_run(deciding, person="grace")
    gate = loop.gate_of(deciding, run)["id"]
    with Desk(deciding, "ada") as desk:
        answer = desk.send(f"/runs/ml/{run}/approvals/{gate}", decision="approve")
    assert answer.status_code >= 400
    assert "Ada Lovelace is no approver of this environment" in text(answer.text)
    assert loop.gate_of(deciding, run)["status"] == "pending"
