"""Jobs without an agent: they wait on the virtual clock, ask people, and call what is outside."""

from __future__ import annotations

import asyncio
import json
from datetime import datetime

import pytest

from simulator.runtime.engine_scripted import Script
from tests.azure_devops.pipelines.test_checks import advance, connection
from tests.azure_devops.scripted import log_text, records, script_of, started

JOB = """
trigger: none
jobs:
  - job: Wait
    pool: server
    timeoutInMinutes: 60
    steps:
"""


def build_now(served, build):
    with served.client() as client:
        return client.get(f"ml/_apis/build/builds/{build['id']}").json()


def step(task, **inputs):
    lines = "".join(f"\n          {name}: {json.dumps(value)}" for name, value in inputs.items())
    return JOB + f"      - task: {task}\n        name: it\n        inputs:{lines}\n"


def test_a_delay_lasts_its_minutes_of_the_virtual_clock(queued, served):
    build = queued(step("Delay@1", delayForMinutes="30"))
    assert build["status"] == "inProgress"
    advance(served, 29 * 60)
    assert build_now(served, build)["status"] == "inProgress"
    advance(served, 61)
    served.rest()
    assert build_now(served, build)["result"] == "succeeded"
    assert served.engine.started == []


def permitted(served, url="https://outside.example/gate"):
    """A generic connection that every pipeline may use."""
    identifier = connection(served, url)
    with served.client() as client:
        place = f"ml/_apis/pipelines/pipelinePermissions/endpoint/{identifier}"
        said = client.patch(place, json={"allPipelines": {"authorized": True}})
    assert said.status_code == 200, said.text


def approval_of(served):
    with served.client("grace") as client:
        (found,) = client.get("ml/_apis/pipelines/approvals", params={"state": "pending"}).json()["value"]
    return found


def answer(served, approval, status, person="grace"):
    body = [{"approvalId": approval["id"], "status": status, "comment": "looked at it"}]
    with served.client(person) as client:
        said = client.patch("ml/_apis/pipelines/approvals", json=body)
    assert said.status_code == 200, said.text
    served.rest()


@pytest.mark.parametrize(("said", "result"), [("approved", "succeeded"), ("rejected", "failed")])
def test_a_manual_validation_goes_on_as_a_person_says(queued, served, said, result):
    yaml = step("ManualValidation@1", notifyUsers="grace@example.com", instructions="Look at the metrics")
    build = queued(yaml)
    approval = approval_of(served)
    assert (build["status"], approval["instructions"]) == ("inProgress", "Look at the metrics")
    answer(served, approval, said)
    assert build_now(served, build)["result"] == result
    assert "Look at the metrics" in log_text(served, build)


@pytest.mark.parametrize(("then", "result"), [("reject", "failed"), ("resume", "succeeded")])
def test_a_manual_validation_that_nobody_answers_times_out(queued, served, then, result):
    build = queued(step("ManualValidation@0", notifyUsers="", onTimeout=then).replace('""', '"x@y.z"'))
    advance(served, 61 * 60)
    served.rest()
    assert build_now(served, build)["result"] == result


def test_a_canceled_run_no_longer_waits(queued, served):
    build = queued(step("ManualValidation@1", notifyUsers="x@y.z"))
    with served.client() as client:
        client.patch(f"ml/_apis/build/builds/{build['id']}", json={"status": "cancelling"})
    served.rest()
    assert build_now(served, build)["result"] == "canceled"


def test_a_request_goes_to_the_connection_and_its_answer_is_judged(queued, served, outside):
    permitted(served, "https://outside.example/api")
    outside.answers = [(200, b'{"state": "ready"}')]
    given = {
        "serviceConnection": "outside",
        "method": "POST",
        "urlSuffix": "/go",
        "body": '{"run": "$(Build.BuildId)"}',
    }
    good = queued(step("InvokeRESTAPI@1", **given, successCriteria="eq(root['state'], 'ready')"))
    assert good["result"] == "succeeded", log_text(served, good)
    asked = outside.asked[0]
    assert (asked.method, asked.path, asked.body) == (
        "POST",
        "/api/go",
        f'{{"run": "{good["id"]}"}}'.encode(),
    )
    assert asked.headers["planurl"].startswith(served.url)
    bad = queued(step("InvokeRESTAPI@1", **given, successCriteria="eq(root['state'], 'done')"))
    assert bad["result"] == "failed"


def test_a_task_that_waits_for_completion_ends_by_its_callback(queued, served, outside):
    permitted(served)
    build = queued(step("InvokeRESTAPI@1", serviceConnection="outside", waitForCompletion="true"))
    assert build["status"] == "inProgress"
    said = outside.asked[0].headers
    body = {
        "name": "TaskCompleted",
        "taskId": said["taskinstanceid"],
        "jobId": said["jobid"],
        "result": "succeeded",
    }
    url = f"{said['projectid']}/_apis/distributedtask/hubs/{said['hubname']}/plans/{said['planid']}/events"
    with served.client() as client:
        client.auth = ("", said["authtoken"])
        answered = client.post(url, json=body)
    assert answered.status_code in (200, 204), answered.text
    served.rest()
    assert build_now(served, build)["result"] == "succeeded"


def test_an_azure_function_is_called_with_its_key_and_the_key_is_no_secret_told(queued, served, outside):
    build = queued(step("AzureFunction@1", function="https://outside.example/api/f", key="verysecretkey"))
    assert build["result"] == "succeeded", log_text(served, build)
    assert outside.asked[0].path == "/api/f?code=verysecretkey"
    assert "verysecretkey" not in log_text(served, build)


def test_a_task_of_an_agent_does_not_run_without_one(queued, served):
    build = queued(JOB + "      - script: echo hello\n")
    assert build["result"] == "failed"
    assert "runs in a job on an agent only" in log_text(served, build)
    assert records(served, build, "Task")[0][2] == "failed"


def test_time_does_not_jump_past_a_job_that_runs_beside_one_that_waits(git, served):
    served.engine.script("agent", Script(held=True), when=lambda work: "wait here" in script_of(work))
    works = "  - job: Work\n    steps: [{checkout: none}, {script: wait here}]\n"
    git.commit({"azure-pipelines.yml": step("Delay@1", delayForMinutes="30") + works})
    git("push", "-q", "origin", "main")
    with served.client("ada") as client:
        client.post("ml/_apis/pipelines/1/runs", json={})
    name = served.run(started(served, "wait here"))
    jump = asyncio.run_coroutine_threadsafe(served.kernel.scheduler.advance(31 * 60), served.loop)
    served.hear()
    assert served.call(served.kernel.activity.running) == ["pipeline run 1"]
    assert not jump.done()
    served.run(served.engine.finish(name))
    jump.result(60)
    assert records(served, {"id": 1}, "Job") == [
        ("Wait", "completed", "succeeded"),
        ("Work", "completed", "succeeded"),
    ]


def test_delays_one_after_another_end_at_their_own_moments_of_one_advance(queued, served):
    waits = "".join(f"      - {{task: Delay@1, inputs: {{delayForMinutes: {n}}}}}\n" for n in (5, 7))
    build = queued(JOB + waits)
    advance(served, 20 * 60)
    with served.client() as client:
        found = client.get(f"ml/_apis/build/builds/{build['id']}/timeline").json()["records"]
    tasks = [row for row in found if row["type"] == "Task"]
    lasted = [_moment(row["finishTime"]) - _moment(row["startTime"]) for row in tasks]
    assert [round(each.total_seconds() / 60, 1) for each in lasted] == [5, 7]


def _moment(text):
    return datetime.fromisoformat(text[:19])


def test_a_task_without_an_agent_has_its_time_and_its_jobs_time_on_the_virtual_clock(queued, served):
    slow = "      - {{task: Delay@1, {0}inputs: {{delayForMinutes: 120}}}}\n"
    own = queued(JOB + slow.format("timeoutInMinutes: 10, "))
    long = queued(JOB + slow.format(""))
    advance(served, 11 * 60)
    assert (build_now(served, own)["result"], build_now(served, long)["status"]) == ("failed", "inProgress")
    assert "The task has timed out." in log_text(served, own)
    advance(served, 50 * 60)
    assert build_now(served, long)["result"] == "canceled"
    with served.client() as client:
        found = client.get(f"ml/_apis/build/builds/{long['id']}/timeline").json()["records"]
    (told,) = [issue["message"] for row in found if row["type"] == "Job" for issue in row["issues"]]
    assert told.startswith("The job ran longer than the maximum time of 60 minutes.")


def test_a_stage_that_is_retried_asks_outside_anew(queued, served, outside):
    permitted(served)
    outside.answers = [(200, b'{"state": "bad"}'), (200, b'{"state": "good"}')]
    build = queued(
        step("InvokeRESTAPI@1", serviceConnection="outside", successCriteria="eq(root['state'], 'good')")
    )
    assert build["result"] == "failed"
    with served.client() as client:
        client.patch(f"ml/_apis/build/builds/{build['id']}/stages/__default", json={"state": "retry"})
    served.rest()
    assert (build_now(served, build)["result"], len(outside.asked)) == ("succeeded", 2)
