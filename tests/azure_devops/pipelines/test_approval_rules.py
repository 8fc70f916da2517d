"""The rules of approvals over the wire: order, numbers, teams, deferral, reassignment, skipping."""

from __future__ import annotations

import pytest

from simulator.azure_devops.identities import stable_id
from tests.azure_devops.pipelines.test_checks import APPROVAL, DEPLOY, PASSED, add, advance, stage


@pytest.fixture
def people(served):
    return {name: {"id": stable_id("person", name)} for name in ("ada", "grace", "edsger", "operator")}


def ask(queued, served, approvers, **settings):
    add(served, APPROVAL, {"approvers": approvers, "executionOrder": "anyOrder", **settings})
    build = queued(DEPLOY)
    with served.client() as client:
        params = {"state": "pending", "$expand": "steps,permissions"}
        (approval,) = client.get("ml/_apis/pipelines/approvals", params=params).json()["value"]
    return build, approval


def answer(served, person, approval, **given):
    with served.client(person) as client:
        body = [{"approvalId": approval["id"], **given}]
        return client.patch("ml/_apis/pipelines/approvals", json=body)


def test_in_sequence_the_second_waits_for_the_first(queued, served, people):
    listed = [people["grace"], people["edsger"]]
    build, approval = ask(queued, served, listed, executionOrder="inSequence", instructions="look twice")
    assert approval["instructions"] == "look twice"
    assert answer(served, "edsger", approval, status="approved").status_code == 403
    assert answer(served, "grace", approval, status="approved").json()["value"][0]["status"] == "pending"
    assert answer(served, "edsger", approval, status="approved").json()["value"][0]["status"] == "approved"
    served.rest()
    assert stage(served, build) == PASSED


def test_so_many_approvals_as_the_check_says_are_enough(queued, served, people):
    listed = [people[name] for name in ("ada", "grace", "edsger")]
    _, approval = ask(queued, served, listed, minRequiredApprovers=2)
    assert answer(served, "edsger", approval, status="approved").json()["value"][0]["status"] == "pending"
    assert answer(served, "ada", approval, status="approved").json()["value"][0]["status"] == "approved"


def test_any_member_of_a_team_answers_for_it(queued, served):
    team = {"id": stable_id("team", "ml", "operations")}
    build, approval = ask(queued, served, [team])
    assert approval["steps"][0]["assignedApprover"]["displayName"] == "[ml]\\operations"
    assert answer(served, "grace", approval, status="approved").status_code == 403
    done = answer(served, "edsger", approval, status="approved").json()["value"][0]
    assert done["steps"][0]["actualApprover"]["displayName"] == "Edsger Dijkstra"
    served.rest()
    assert stage(served, build) == PASSED


def test_a_deferred_approval_counts_from_its_moment_on(queued, served, people):
    build, approval = ask(queued, served, [people["grace"]])
    later = served.kernel.clock.datetime().timestamp() + 7200
    from datetime import UTC, datetime

    moment = datetime.fromtimestamp(later, UTC).isoformat()
    done = answer(served, "grace", approval, status="approved", deferredTo=moment).json()["value"][0]
    assert (done["status"], done["steps"][0]["status"]) == ("deferred", "deferred")
    advance(served, 3600)
    assert stage(served, build)[1] == "pending"
    advance(served, 3700)
    assert stage(served, build) == PASSED


def test_an_approver_gives_the_step_to_somebody_else(queued, served, people):
    _, approval = ask(queued, served, [people["grace"]])
    given = {"reassignTo": people["ada"], "comment": "you know it better"}
    done = answer(served, "grace", approval, **given).json()["value"][0]
    assert done["steps"][0]["assignedApprover"]["displayName"] == "Ada Lovelace"
    assert done["steps"][0]["history"][0]["assignedTo"]["displayName"] == "Grace Hopper"
    assert answer(served, "grace", approval, status="approved").status_code == 403
    assert answer(served, "ada", approval, status="approved").json()["value"][0]["status"] == "approved"


def test_only_who_manages_the_resource_skips_an_approval(queued, served, people):
    build, approval = ask(queued, served, [people["grace"]])
    assert answer(served, "ada", approval, status="skipped").status_code in (401, 403)
    assert answer(served, "edsger", approval, status="skipped").json()["value"][0]["status"] == "skipped"
    served.rest()
    assert stage(served, build) == PASSED
