"""Stages over the wire: started by hand, canceled one by one, left out, retried, and one at a time under a lock."""

from __future__ import annotations

import pytest

from simulator.runtime.engine_scripted import Script
from tests.azure_devops.scripted import prints, records, script_of, started

EXCLUSIVE_LOCK = "2ef31ad6-baa0-403a-8b45-2cbc9b4e5563"


def stages(served, build):
    return {name: result or state for name, state, result in records(served, build, "Stage")}


def patch_stage(served, build, name, **body):
    with served.client("ada") as client:
        answer = client.patch(f"ml/_apis/build/builds/{build['id']}/stages/{name}", json=body)
    return answer.status_code if answer.status_code == 204 else answer.json()["typeKey"]


def build_now(served, build):
    with served.client() as client:
        return client.get(f"ml/_apis/build/builds/{build['id']}").json()


def holding(word):
    engine = prints()
    engine.script("agent", Script(held=True), when=lambda work: word in script_of(work))
    return engine


def test_a_manual_stage_waits_for_somebody_and_the_run_completes_without_it(queued, served):
    build = queued(
        "trigger: none\nstages:\n"
        "  - stage: A\n    jobs: [{job: J, steps: [{checkout: none}, {script: echo a}]}]\n"
        "  - stage: B\n    trigger: manual\n    jobs: [{job: J, steps: [{checkout: none}, {script: echo b}]}]\n"
        "  - stage: C\n    jobs: [{job: J, steps: [{checkout: none}, {script: echo c}]}]\n"
    )
    assert (build["status"], build["result"]) == ("completed", "succeeded")
    assert stages(served, build) == {"A": "succeeded", "B": "pending", "C": "pending"}
    assert patch_stage(served, build, "A", state="run") == "StageNotInRetriableStateException"
    assert patch_stage(served, build, "b", state="run") == 204
    served.rest()
    assert stages(served, build) == {"A": "succeeded", "B": "succeeded", "C": "succeeded"}
    assert build_now(served, build)["status"] == "completed"


def test_a_manual_stage_started_early_runs_beside_the_others(queued, served):
    build = queued(
        "trigger: none\nstages:\n"
        "  - stage: A\n    jobs: [{job: J, steps: [{checkout: none}, {script: wait here}]}]\n"
        "  - stage: B\n    trigger: manual\n    jobs: [{job: J, steps: [{checkout: none}, {script: echo b}]}]\n",
        holding("wait here"),
        rest=False,
    )
    name = served.run(started(served, "wait here"))
    assert patch_stage(served, build, "B", state="run") == 204
    served.run(started(served, "echo b", but=name))
    served.run(served.engine.finish(name))
    served.rest()
    assert stages(served, build) == {"A": "succeeded", "B": "succeeded"}


def test_one_stage_is_canceled_and_its_neighbour_goes_on(queued, served):
    build = queued(
        "trigger: none\nstages:\n"
        "  - stage: A\n    jobs: [{job: J, steps: [{checkout: none}, {script: wait here}]}]\n"
        "  - stage: B\n    dependsOn: []\n    jobs: [{job: J, steps: [{checkout: none}, {script: also wait}]}]\n",
        holding("wait"),
        rest=False,
    )
    served.run(started(served, "wait here"))
    other = served.run(started(served, "also wait"))
    assert patch_stage(served, build, "A", state="cancel") == 204
    served.run(served.engine.finish(other))
    served.rest()
    assert stages(served, build) == {"A": "canceled", "B": "succeeded"}
    assert build_now(served, build)["result"] == "canceled"
    assert patch_stage(served, build, "A", state="cancel") == "StageNotInRetriableStateException"


def test_a_step_that_always_runs_outlives_the_cancel_that_ends_the_others(queued, served):
    build = queued(
        "trigger: none\nsteps:\n  - checkout: none\n  - script: wait here\n    displayName: works\n"
        "  - script: clean up\n    displayName: cleans\n    condition: always()\n"
        "  - script: echo no\n    displayName: never\n",
        holding("wait here"),
        rest=False,
    )
    served.run(started(served, "wait here"))
    with served.client("ada") as client:
        client.patch(f"ml/_apis/build/builds/{build['id']}", json={"status": "cancelling"})
    served.rest()
    found = {name: result for name, _, result in records(served, build, "Task")}
    assert found == {"works": "canceled", "cleans": "succeeded", "never": "skipped"}


def test_a_job_that_waits_for_an_agent_is_canceled_without_a_step(queued, served):
    jobs = "".join(
        f"  - job: J{number}\n    steps: [{{checkout: none}}, {{script: wait}}]\n" for number in range(5)
    )
    build = queued(f"trigger: none\njobs:\n{jobs}", holding("wait"), rest=False)
    served.run(started(served, "wait"))
    with served.client("ada") as client:
        client.patch(f"ml/_apis/build/builds/{build['id']}", json={"status": "cancelling"})
    served.rest()
    assert {result for _, _, result in records(served, build, "Job")} == {"canceled"}
    assert len(served.engine.started) <= 4


def test_a_stage_that_may_not_be_skipped_is_not(git, served):
    git.commit(
        {
            "azure-pipelines.yml": "trigger: none\nstages:\n- stage: A\n  isSkippable: false\n"
            "  jobs: [{job: J, steps: [{script: a}]}]\n"
        }
    )
    git("push", "-q", "origin", "main")
    with served.client("ada") as client:
        refused = client.post("ml/_apis/pipelines/1/runs", json={"stagesToSkip": ["A"]})
        unknown = client.post("ml/_apis/pipelines/1/runs", json={"stagesToSkip": ["Z"]})
    assert (refused.status_code, unknown.status_code) == (400, 400)
    assert "cannot be skipped: A" in refused.json()["message"]


def test_a_retried_stage_keeps_the_jobs_that_succeeded_and_tells_of_its_attempts(queued, served):
    engine, codes = prints(), iter([1, 0, 0])
    engine.script("agent", Script(code=1), when=lambda work: "flaky" in script_of(work) and next(codes) == 1)
    build = queued(
        "trigger: none\nstages:\n- stage: A\n  jobs:\n"
        "  - {job: Good, steps: [{checkout: none}, {script: echo good}]}\n"
        "  - {job: Bad, steps: [{checkout: none}, {script: flaky}]}\n",
        engine,
    )
    assert patch_stage(served, build, "A", state="retry") == 204
    served.rest()
    assert stages(served, build) == {"A": "succeeded"}
    assert len(served.engine.started) == 3
    base = f"ml/_apis/build/builds/{build['id']}/timeline"
    with served.client() as client:
        found = client.get(base).json()["records"]
        (stage,) = [row for row in found if row["type"] == "Stage"]
        (before,) = stage["previousAttempts"]
        old = client.get(f"{base}/{before['timelineId']}").json()["records"]
    assert (stage["attempt"], before["attempt"]) == (2, 1)
    assert {(row["type"], row["result"]) for row in old} >= {("Stage", "failed"), ("Job", "failed")}
    assert [row["attempt"] for row in found if row["type"] == "Job" and row["name"] == "Bad"] == [2]


LOCKED = """
trigger: none
{behavior}
stages:
  - stage: Deploy
    jobs:
      - deployment: D
        environment: staging
        strategy: {{runOnce: {{deploy: {{steps: [{{download: none}}, {{script: wait}}]}}}}}}
"""


@pytest.mark.parametrize(
    "behavior, expected",
    [
        ("lockBehavior: sequential", ["succeeded", "succeeded", "succeeded"]),
        ("", ["succeeded", "canceled", "succeeded"]),
    ],
)
def test_an_exclusive_lock_lets_one_stage_pass_at_a_time(queued, served, behavior, expected):
    served.call(lambda: lock_staging(served))
    builds = [queued(LOCKED.format(behavior=behavior), holding("wait"), rest=False)]
    last = served.run(started(served, "wait"))
    with served.client("ada") as client:
        builds += [client.post("ml/_apis/pipelines/1/runs", json={}).json() for _ in range(2)]
    served.hear()
    assert len(served.engine.started) == 1
    for _ in range(expected.count("succeeded")):
        served.run(served.engine.finish(last))
        names = {work.name for work in served.engine.started}
        if len(names) < expected.count("succeeded"):
            last = served.run(new_work(served, names))
    served.rest()
    assert [build_now(served, build)["result"] for build in builds] == expected


def lock_staging(served):
    """Put the check on the environment, as its REST call would."""
    organization = served.azure.organization
    project = organization.project("ml")["id"]
    environment = organization.environment_named(project, "staging")
    resource = {"type": "environment", "id": str(environment["id"]), "name": "staging"}
    lock = {"type": {"id": EXCLUSIVE_LOCK, "name": "ExclusiveLock"}, "settings": {}, "resource": resource}
    row = {**lock, "id": 999, "project": project, "timeout": 60, "version": 1}
    organization.save("azure_devops.check_configuration", row)


async def new_work(served, names):
    """The name of the next work that is not one of these."""
    while True:
        for work in served.engine.started:
            if work.name not in names:
                return work.name
        await served.kernel.log.wait(served.kernel.log.last(), 0.05)
