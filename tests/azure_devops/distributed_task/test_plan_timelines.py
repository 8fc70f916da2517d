"""Timelines and attachments of a plan by the SDK's task client, as an orchestrator or a task of its own would ask."""

from __future__ import annotations

import io

import pytest

from tests.azure_devops.scripted import SIMPLE


@pytest.fixture
def plan(queued, served):
    build = queued(SIMPLE)
    with served.client() as client:
        found = client.get(f"ml/_apis/build/builds/{build['id']}").json()
        records = client.get(f"ml/_apis/build/builds/{build['id']}/timeline").json()["records"]
    task = next(row for row in records if row["name"] == "Say hello")
    return found["orchestrationPlan"]["planId"], found["project"]["id"], task["id"]


def test_the_task_client_reads_timelines_and_adds_attachments(plan, connect):
    identifier, project, record = plan
    tasks = connect("operator").clients_v7_1.get_task_client()
    (reference,) = tasks.get_timelines(project, "build", identifier)
    timeline = tasks.get_timeline(project, "build", identifier, reference.id, include_records=True)
    assert (timeline.id, record in [row.id for row in timeline.records]) == (reference.id, True)
    assert tasks.get_timeline(project, "build", identifier, reference.id).records is None
    where = (project, "build", identifier, reference.id, record)
    made = tasks.create_attachment(io.BytesIO(b"\x00 a report"), *where, "report", "first.md")
    assert (made.type, made.name, made.record_id) == ("report", "first.md", record)
    content = tasks.get_attachment_content(*where, "report", "first.md")
    assert b"".join(content) == b"\x00 a report"
    assert [one.name for one in tasks.get_attachments(*where, "report")] == ["first.md"]
    assert tasks.get_attachment(*where, "report", "first.md").created_on == made.created_on
    assert [one.name for one in tasks.get_plan_attachments(project, "build", identifier, "report")] == [
        "first.md"
    ]
    assert tasks.get_plan_attachments(project, "build", identifier, "other") == []
    builds = connect("operator").clients_v7_1.get_build_client()
    assert [one.name for one in builds.get_attachments("ml", 1, "report")] == ["first.md"]
    with pytest.raises(Exception, match="could not be found"):
        tasks.get_attachment(*where, "report", "second.md")


def test_what_is_sent_for_a_record_needs_the_record_and_the_permission(plan, served):
    identifier, project, record = plan
    path = (
        f"{project}/_apis/distributedtask/hubs/build/plans/{identifier}/timelines/{record}/records/{record}"
    )
    with served.client("ada") as client:
        assert client.put(f"{path}/attachments/report/a", content=b"x").status_code == 403
    with served.client() as client:
        assert client.put(f"{path}/attachments/%2E%2E/a", content=b"x").status_code in (400, 404, 405)
        feed = f"{path}/feed"
        assert client.post(feed, json={"value": ["one", "two"], "count": 2}).status_code == 204
        missing = path.replace(f"records/{record}", f"records/{identifier}")
        assert client.put(f"{missing}/attachments/report/a", content=b"x").status_code == 404
        assert client.post(f"{missing}/feed", json={"value": ["one"]}).status_code == 404
    assert [fact.detail["lines"] for fact in served.facts("LiveLinesReceived")] == [2]
