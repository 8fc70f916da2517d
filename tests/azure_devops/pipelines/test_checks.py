"""Checks before a stage, over the wire: each kind lets pass or ends the stage by its own rules."""

from __future__ import annotations

import json

from simulator.azure_devops.identities import descriptor_of, of_person, stable_id
from simulator.azure_devops.security import namespaces
from tests.azure_devops.scripted import prints, records

DEPLOY = """
trigger: none
lockBehavior: sequential
stages:
  - stage: Deploy
    jobs:
      - deployment: D
        environment: staging
        strategy:
          runOnce:
            deploy:
              steps:
                - script: echo deploy
"""
TASK_CHECK = {"id": "fe1de3ee-a436-41b4-bb20-f6eb4cb879a7", "name": "Task Check"}
APPROVAL = {"id": "8c6f20a7-a545-4486-9777-f762fafe0d4d", "name": "Approval"}
LOCK = {"id": "2ef31ad6-baa0-403a-8b45-2cbc9b4e5563", "name": "ExclusiveLock"}
TASKS = {
    "hours": ("445fde2f-6c39-441c-807f-8a59ff2e075f", "evaluateBusinessHours"),
    "branch": ("86b05a0c-73e6-4f7d-b3cf-e38f3b39a75b", "evaluatebranchProtection"),
    "rest": ("9c3e8943-130d-4c78-ac63-8af81df62dfb", "InvokeRESTAPI"),
    "function": ("537fdb7a-a601-4537-aa70-92645a2b5ce4", "AzureFunction"),
}
PASSED, FAILED = ("Deploy", "completed", "succeeded"), ("Deploy", "completed", "failed")


def add(served, kind, settings, timeout=43200, resource=None):
    body = {"type": kind, "settings": settings, "timeout": timeout}
    body["resource"] = resource or {"type": "environment", "id": "1", "name": "staging"}
    with served.client() as client:
        answer = client.post("ml/_apis/pipelines/checks/configurations", json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()


def task(served, name, retry=0, timeout=43200, **inputs):
    identifier, called = TASKS[name]
    reference = {"id": identifier, "name": called, "version": "0.0.1"}
    settings = {"definitionRef": reference, "displayName": name, "inputs": inputs, "retryInterval": retry}
    return add(served, TASK_CHECK, settings, timeout)


def stage(served, build):
    return records(served, build, "Stage")[0]


def issues(served, build, kind):
    with served.client() as client:
        found = client.get(f"ml/_apis/build/builds/{build['id']}/timeline").json()["records"]
    return [issue["message"] for row in found if row["type"] == kind for issue in row["issues"] or []]


def advance(served, seconds):
    served.run(served.kernel.scheduler.advance(seconds))


def connection(served, url="https://outside.example/gate"):
    project = {"projectReference": {"name": "ml"}, "name": "outside"}
    body = {"name": "outside", "type": "generic", "url": url, "serviceEndpointProjectReferences": [project]}
    body["authorization"] = {"scheme": "UsernamePassword", "parameters": {"username": "u", "password": "pw"}}
    with served.client() as client:
        answer = client.post("_apis/serviceendpoint/endpoints", json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()["id"]


def test_branch_control_lets_the_allowed_branches_through_and_no_other(queued, served):
    check = task(served, "branch", allowedBranches="refs/heads/release/*")
    build = queued(DEPLOY)
    assert stage(served, build) == FAILED
    assert (
        "refs/heads/main is not in the list of allowed branches"
        in issues(served, build, "Checkpoint.TaskCheck")[0]
    )
    body = {**check, "settings": {**check["settings"], "inputs": {"allowedBranches": "refs/heads/main"}}}
    with served.client() as client:
        url = f"ml/_apis/pipelines/checks/configurations/{check['id']}"
        assert client.patch(url, json=body).json()["version"] == 2
    assert stage(served, queued(DEPLOY)) == PASSED


def test_business_hours_open_on_the_virtual_clock(queued, served):
    every = "Monday,Tuesday,Wednesday,Thursday,Friday,Saturday,Sunday"
    now = served.kernel.clock.datetime().hour
    begins, ends = f"{(now + 3) % 24:02}:00", f"{(now + 5) % 24:02}:00"
    task(served, "hours", 5, businessDays=every, timeZone="UTC", startTime=begins, endTime=ends)
    build = queued(DEPLOY)
    assert stage(served, build) == ("Deploy", "pending", None)
    advance(served, 3600)
    assert stage(served, build) == ("Deploy", "pending", None)
    advance(served, 3 * 3600)
    assert stage(served, build) == PASSED


def test_a_rest_check_asks_again_until_its_criteria_hold(queued, served, outside):
    name = connection(served)
    outside.answers = [(200, b'{"status": "waiting"}'), (503, b""), (200, b'{"status": "successful"}')]
    criteria = "eq(root['status'], 'successful')"
    body = '{"run": "$(Build.BuildId)"}'
    inputs = {"connectedServiceName": name, "method": "POST", "body": body, "urlSuffix": "/ask"}
    task(served, "rest", 5, **inputs, waitForCompletion="false", successCriteria=criteria)
    build = queued(DEPLOY)
    assert stage(served, build) == ("Deploy", "pending", None)
    advance(served, 601)
    assert stage(served, build) == PASSED
    assert [asked.path for asked in outside.asked] == ["/gate/ask"] * 3
    assert json.loads(outside.asked[0].body) == {"run": str(build["id"])}
    assert outside.asked[0].headers["authorization"].startswith("Basic ")
    assert "pw" not in json.dumps([fact.detail for fact in served.facts()])


def test_a_rest_check_without_an_interval_is_final_and_one_out_of_time_skips_the_stage(
    queued, served, outside
):
    name = connection(served)
    outside.answers = [(200, b'{"status": "no"}')]
    check = task(served, "rest", 0, 10, connectedServiceName=name, successCriteria="eq(root.status, 'yes')")
    assert stage(served, queued(DEPLOY)) == FAILED
    with served.client() as client:
        url = f"ml/_apis/pipelines/checks/configurations/{check['id']}"
        settings = {**check["settings"], "retryInterval": 4}
        assert client.patch(url, json={**check, "settings": settings}).status_code == 200
    build = queued(DEPLOY)
    advance(served, 601)
    assert stage(served, build) == ("Deploy", "completed", "skipped")


def test_a_function_check_in_callback_mode_ends_with_the_event_that_it_posts(queued, served, outside):
    function = "https://outside.example/api/check"
    created = task(served, "function", 0, function=function, key="hidden", waitForCompletion="true")
    assert created["settings"]["inputs"]["key"] is None
    build = queued(DEPLOY)
    (asked,) = outside.asked
    assert asked.path == "/api/check?code=hidden"
    assert stage(served, build) == ("Deploy", "pending", None)
    given = asked.headers
    plan = f"{given['projectid']}/_apis/distributedtask/hubs/{given['hubname']}/plans/{given['planid']}"
    event = {
        "name": "TaskCompleted",
        "taskId": given["taskinstanceid"],
        "jobId": given["jobid"],
        "result": "succeeded",
    }
    with served.client() as client:
        client.auth = None
        client.headers["authorization"] = f"Bearer {given['authtoken']}"
        log = client.post(f"{plan}/logs", json={"path": "logs\\check"}).json()
        octets = {"content-type": "application/octet-stream"}
        written = client.post(f"{plan}/logs/{log['id']}", content=b"looked at it\n", headers=octets)
        assert written.json()["lineCount"] == 1
        record = {"count": 1, "value": [{"id": given["taskinstanceid"], "currentOperation": "looking"}]}
        url = f"{plan}/timelines/{given['timelineid']}/records"
        assert client.patch(url, json=record).status_code == 200
        assert client.post(f"{plan}/events", json=event).status_code in (200, 204)
    served.rest()
    assert stage(served, build) == PASSED


def test_a_required_template_must_be_extended(queued, served, git):
    wanted = {"repositoryType": "git", "repositoryName": "ml/model_build", "repositoryRef": "refs/heads/main"}
    settings = {"extendsChecks": [{**wanted, "templatePath": "safe.yml"}]}
    add(served, {"id": "4020e66e-b0f3-47e1-bc88-48f3cc59b5f3", "name": "ExtendsCheck"}, settings)
    assert stage(served, queued(DEPLOY)) == FAILED
    git.commit({"safe.yml": DEPLOY.replace("trigger: none\nlockBehavior: sequential\n", "")})
    build = queued("trigger: none\nextends:\n  template: safe.yml\n")
    assert stage(served, build) == PASSED


def test_an_exclusive_lock_lets_the_runs_through_one_by_one_or_only_the_latest(queued, served):
    add(served, LOCK, {})
    first = queued(DEPLOY)
    assert stage(served, first) == PASSED
    now = {"run": first["id"] + 90, "stage": "Deploy"}
    served.call(lambda: served.kernel.store.put("azure_devops.exclusive_lock", "environment/1", now))
    served.call(lambda: _pretend(served, now["run"]))
    second, third = queued(DEPLOY), queued(DEPLOY)
    assert [stage(served, one)[1] for one in (second, third)] == ["pending", "pending"]
    latest = DEPLOY.replace("sequential", "runLatest")
    fourth, fifth = queued(latest), queued(latest)
    assert stage(served, fourth) == ("Deploy", "completed", "canceled")
    served.call(lambda: _over(served, now["run"]))
    served.rest()
    assert [stage(served, one) for one in (second, third, fifth)] == [PASSED] * 3
    begun = [f.detail["run"] for f in served.facts("CheckResolved") if f.detail["status"] == "approved"]
    assert begun == [first["id"], second["id"], third["id"], fifth["id"]]


def _pretend(served, run):
    """A stage of another run goes on."""
    from simulator.azure_devops.pipelines.timeline import Timeline

    timeline = Timeline(served.kernel, run)
    timeline.add(timeline.record_id("Deploy"), "Stage", "Deploy", None, 1, identifier="Deploy")
    timeline.start(timeline.record_id("Deploy"))


def _over(served, run):
    from simulator.azure_devops.pipelines.results import Result
    from simulator.azure_devops.pipelines.timeline import Timeline

    timeline = Timeline(served.kernel, run)
    timeline.finish(timeline.record_id("Deploy"), Result.SUCCEEDED)


def test_kinds_that_are_not_simulated_are_refused_by_name(served):
    resource = {"type": "environment", "id": "1"}
    named = {"id": "b5a7ea0e-bf22-4a9f-9d1d-9d3c1f1b9e1d", "name": "EvaluateArtifact"}
    body = {"type": TASK_CHECK, "settings": {"definitionRef": named, "inputs": {}}, "resource": resource}
    with served.client() as client:
        refused = client.post("ml/_apis/pipelines/checks/configurations", json=body)
    assert refused.status_code == 501
    assert "EvaluateArtifact" in refused.json()["message"]


def deny(served, name, permission):
    """Take a permission on all pipelines of the project from a person."""
    space = namespaces.BUILD
    descriptor = descriptor_of(of_person(served.topology.person(name)))
    entry = {"descriptor": descriptor, "allow": 0, "deny": namespaces.known(space).mask(permission)}
    body = {"token": stable_id("project", "ml"), "merge": True, "accessControlEntries": [entry]}
    with served.client() as client:
        assert client.post(f"_apis/accesscontrolentries/{space}", json=body).status_code == 200


def test_a_suite_shows_the_checks_of_a_stage_and_an_administrator_may_bypass_one(queued, served):
    task(served, "hours", 5, businessDays="Monday", timeZone="UTC", startTime="00:00", endTime="00:00")
    build = queued(DEPLOY)
    with served.client() as client:
        found = client.get(f"ml/_apis/build/builds/{build['id']}/timeline").json()["records"]
        (checkpoint,) = [row["id"] for row in found if row["type"] == "Checkpoint"]
        suite = client.get(f"ml/_apis/pipelines/checks/runs/{checkpoint}").json()
        assert (suite["status"], suite["context"]["GraphNode"]["Name"]) == ("running", "Deploy")
        body = {"action": "bypass", "checkId": suite["checkRuns"][0]["id"]}
        with served.client("ada") as other:
            refused = other.patch(f"ml/_apis/pipelines/checks/runs/{checkpoint}", json=body)
            assert refused.status_code in (401, 403)
            again = other.patch(
                f"ml/_apis/pipelines/checks/runs/{checkpoint}", json={**body, "action": "rerun"}
            )
            assert again.status_code == 200
            deny(served, "ada", "QueueBuilds")
            again = other.patch(
                f"ml/_apis/pipelines/checks/runs/{checkpoint}", json={**body, "action": "rerun"}
            )
            assert (again.status_code, "Queue builds" in again.text) == (403, True)
        done = client.patch(f"ml/_apis/pipelines/checks/runs/{checkpoint}", json=body).json()
        assert done["checkRuns"][0]["status"] == "bypassed"
    served.rest()
    assert stage(served, build) == PASSED


def test_a_check_that_waits_goes_on_after_a_restart(queued, served, outside):
    name = connection(served)
    outside.answers = [(200, b'{"status": "no"}'), (200, b'{"status": "yes"}')]
    task(served, "rest", 5, connectedServiceName=name, successCriteria="eq(root.status, 'yes')")
    build = queued(DEPLOY)
    served.stop()
    served.engine = prints()
    served.start()
    advance(served, 301)
    assert stage(served, build) == PASSED
    assert len(outside.asked) == 2
