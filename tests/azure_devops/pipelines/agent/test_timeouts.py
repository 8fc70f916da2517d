"""timeoutInMinutes and cancelTimeoutInMinutes of jobs and steps: minutes of real time, here shorter ones."""

from __future__ import annotations

import pytest

from simulator.runtime.engine_scripted import Script
from tests.azure_devops.scripted import log_text, prints, records, script_of


@pytest.fixture(autouse=True)
def minutes(monkeypatch):
    monkeypatch.setattr("simulator.azure_devops.pipelines.agent.job_room.MINUTE_SECONDS", 0.3)


def holding():
    """An engine whose steps that `hold` go on until they are stopped."""
    engine = prints()
    engine.script("agent", Script(held=True), when=lambda work: "hold" in script_of(work))
    return engine


def issues(served, build, kind):
    with served.client() as client:
        rows = client.get(f"ml/_apis/build/builds/{build['id']}/timeline").json()["records"]
    return [one["message"] for row in rows if row["type"] == kind for one in row.get("issues") or []]


def test_a_step_out_of_time_fails_and_is_not_tried_again(queued, served):
    build = queued(
        """
trigger: none
steps:
  - checkout: none
  - script: hold
    displayName: Long
    timeoutInMinutes: 1
    retryCountOnTaskFailure: 3
  - script: skipped
    displayName: After
  - script: clean up
    displayName: Failed
    condition: failed()
""",
        holding(),
    )
    assert build["result"] == "failed"
    assert issues(served, build, "Task") == ["The task has timed out."]
    results = {name: result for name, _, result in records(served, build, "Task")}
    assert results == {"Long": "failed", "After": "skipped", "Failed": "succeeded"}
    assert "will retry" not in log_text(served, build)


def test_a_job_out_of_time_is_canceled_and_says_so(queued, served):
    build = queued(
        """
trigger: none
jobs:
  - job: Long
    timeoutInMinutes: 1
    steps:
      - checkout: none
      - script: hold
        displayName: Held
      - script: skipped
        displayName: After
      - script: clean up
        displayName: Always
        condition: always()
  - job: Other
    steps: [{checkout: none}, {script: echo short}]
""",
        holding(),
    )
    assert build["result"] == "canceled"
    (told,) = issues(served, build, "Job")
    assert "ran longer than the maximum time of 1 minutes" in told
    jobs = {name: result for name, _, result in records(served, build, "Job")}
    assert jobs == {"Long": "canceled", "Other": "succeeded"}
    steps = {name: result for name, _, result in records(served, build, "Task")}
    assert [steps[name] for name in ("Held", "After", "Always")] == ["canceled", "skipped", "succeeded"]


def test_what_goes_on_in_a_canceled_job_has_the_time_to_cancel_and_no_more(queued, served):
    build = queued(
        """
trigger: none
jobs:
  - job: Long
    timeoutInMinutes: 1
    cancelTimeoutInMinutes: 1
    steps:
      - checkout: none
      - script: hold
        displayName: Held
      - script: hold on and on
        displayName: Always
        condition: always()
""",
        holding(),
    )
    assert build["result"] == "canceled"
    steps = {name: result for name, _, result in records(served, build, "Task")}
    assert steps == {"Held": "canceled", "Always": "canceled"}
