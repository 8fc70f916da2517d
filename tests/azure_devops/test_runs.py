"""Runs over the wire with scripted work: stages, jobs, steps, outputs, conditions, cancelling, retries."""

from __future__ import annotations

from simulator.runtime.engine_scripted import Script
from tests.azure_devops.scripted import SIMPLE, log_text, prints, records, script_of, started


def test_a_run_ends_and_its_facts_form_one_chain(queued, served):
    build = queued(SIMPLE)
    assert (build["status"], build["result"], build["reason"]) == ("completed", "succeeded", "manual")
    assert ("Say hello", "completed", "succeeded") in records(served, build, "Task")
    kinds = {fact.kind: fact for fact in served.facts()}
    chain, fact = [], served.facts("StepStateChanged")[-1]
    by_sequence = {one.sequence: one for one in served.facts()}
    while fact is not None:
        chain.append(fact.kind)
        fact = by_sequence.get(fact.cause)
    assert chain[-1] == "RunQueued"
    assert {"RunQueued", "RunStarted", "StageStateChanged", "JobStateChanged", "RunCompleted"} <= set(kinds)


def test_a_failing_step_skips_what_follows_unless_its_condition_says_otherwise(queued, served):
    build = queued(
        """
trigger: none
steps:
  - checkout: none
  - script: exit 3
    displayName: A fails
  - script: echo b
    displayName: B skipped
  - script: echo c
    displayName: C always
    condition: always()
  - script: exit 3
    displayName: D ignored
    condition: failed()
    continueOnError: true
"""
    )
    assert build["result"] == "failed"
    states = {name: result for name, _, result in records(served, build, "Task")}
    assert states["A fails"] == "failed"
    assert states["B skipped"] == "skipped"
    assert states["C always"] == "succeeded"
    assert states["D ignored"] == "succeededWithIssues"
    assert "Bash exited with code '3'." in log_text(served, build)


def test_outputs_travel_between_steps_jobs_and_stages(queued, served):
    build = queued(
        """
trigger: none
stages:
  - stage: One
    jobs:
      - job: A
        steps:
          - checkout: none
          - script: set it
            name: step
          - script: echo read $(step.colour)
  - stage: Two
    jobs:
      - job: B
        variables:
          colour: $[ stageDependencies.One.A.outputs['step.colour'] ]
        steps:
          - checkout: none
          - script: echo use $(colour)
            env:
              GIVEN: $(colour)
""",
        prints(**{"set it": "##vso[task.setvariable variable=colour;isOutput=true]blue"}),
    )
    assert build["result"] == "succeeded"
    works = served.engine.started
    assert works[-1].environment["GIVEN"] == "blue"
    assert works[-1].environment["COLOUR"] == "blue"
    assert works[-2].environment["STEP_COLOUR"] == "blue"


def test_secrets_are_masked_in_logs_and_not_in_the_environment(queued, served):
    build = queued(
        """
trigger: none
steps:
  - checkout: none
  - script: make a secret
  - script: leak $(password)
""",
        prints(
            **{
                "make a secret": "##vso[task.setvariable variable=password;isSecret=true]hunter22",
                "leak": "the password is hunter22",
            }
        ),
    )
    text = log_text(served, build)
    assert "the password is ***" in text
    assert "hunter22" not in text
    assert not [value for value in served.engine.started[-1].environment.values() if value == "hunter22"]


def test_all_errors_of_the_yaml_are_a_400(git, served):
    git.commit({"azure-pipelines.yml": "trigger: none\nnonsense: 1\nsteps:\n  - script: a\n    odd: 1\n"})
    git("push", "-q", "origin", "main")
    with served.client("ada") as client:
        answer = client.post("ml/_apis/pipelines/1/runs", json={})
    assert answer.status_code == 400
    assert answer.json()["typeKey"] == "PipelineValidationException"
    assert "nonsense" in answer.json()["message"]
    assert "odd" in answer.json()["message"]


def test_a_push_starts_the_pipelines_whose_trigger_takes_it(git, served):
    served.engine._scripts[:] = prints()._scripts
    git.commit({"azure-pipelines.yml": SIMPLE.replace("trigger: none", "trigger: [main]")})
    git("push", "-q", "origin", "main:other")
    git("push", "-q", "origin", "main")
    served.rest()
    with served.client() as client:
        (build,) = client.get("ml/_apis/build/builds").json()["value"]
    assert (build["reason"], build["sourceBranch"], build["requestedFor"]["displayName"]) == (
        "individualCI",
        "refs/heads/main",
        "Grace Hopper",
    )
    pushed = served.facts("RefUpdated")[-1]
    assert served.facts("RunQueued")[0].cause == pushed.sequence


def test_a_delivery_that_is_repeated_starts_one_run(queued, served):
    first = queued(SIMPLE)
    with served.client("eventbridge") as client:
        answers = [
            client.post(
                "ml/_apis/pipelines/1/runs", json={}, headers={"x-simulator-delivery": "event-1"}
            ).json()
            for _ in range(2)
        ]
        other = client.post(
            "ml/_apis/pipelines/1/runs", json={}, headers={"x-simulator-delivery": "event-2"}
        ).json()
    assert answers[0]["id"] == answers[1]["id"] != first["id"]
    assert other["id"] != answers[0]["id"]


def test_a_canceled_run_stops_its_step_and_skips_the_rest(queued, served):
    engine = prints()
    engine.script("agent", Script(held=True), when=lambda work: "wait" in script_of(work))
    build = queued(
        SIMPLE + "  - script: wait\n  - script: echo no\n    displayName: never\n", engine, rest=False
    )
    served.run(started(served, "wait"))
    with served.client("ada") as client:
        client.patch(f"ml/_apis/build/builds/{build['id']}", json={"status": "cancelling"})
        served.rest()
        assert client.get(f"ml/_apis/build/builds/{build['id']}").json()["result"] == "canceled"
    assert ("never", "completed", "skipped") in records(served, build, "Task")


def test_parameters_and_the_preview(git, served):
    yaml = "parameters:\n  - {name: who, type: string}\ntrigger: none\nsteps:\n  - script: echo ${{ parameters.who }}\n"
    git.commit({"azure-pipelines.yml": yaml})
    git("push", "-q", "origin", "main")
    with served.client("ada") as client:
        missing = client.post("ml/_apis/pipelines/1/runs", json={})
        body = {"previewRun": True, "templateParameters": {"who": "world"}}
        shown = client.post("ml/_apis/pipelines/1/preview", json=body)
    assert "A value for the 'who' parameter must be provided." in missing.json()["message"]
    assert "echo world" in shown.json()["finalYaml"]
    assert served.facts("RunQueued") == []


def test_a_variable_that_is_not_settable_is_refused(queued, git, served):
    git.commit({"azure-pipelines.yml": SIMPLE})
    git("push", "-q", "origin", "main")
    with served.client("ada") as client:
        answer = client.post("ml/_apis/pipelines/1/runs", json={"variables": {"x": {"value": "1"}}})
    assert answer.status_code == 400
    assert "You can't set the following variables (x)" in answer.json()["message"]


SCHEDULED = """
trigger: none
schedules:
  - cron: '0 2 * * *'
    branches: {include: [main]}
    always: false
steps:
  - checkout: none
  - script: echo night
"""


def test_a_schedule_starts_runs_on_the_virtual_clock_while_the_branch_changes(git, served):
    served.engine._scripts[:] = prints()._scripts
    git.commit({"azure-pipelines.yml": SCHEDULED})
    git("push", "-q", "origin", "main")
    served.rest()
    served.run(served.kernel.scheduler.advance(86400))
    served.run(served.kernel.scheduler.advance(86400))
    assert [fact.detail["reason"] for fact in served.facts("RunQueued")] == ["Schedule"]
    git.commit({"other.txt": "a change"})
    git("push", "-q", "origin", "main")
    served.rest()
    served.run(served.kernel.scheduler.advance(2 * 86400))
    assert len(served.facts("RunQueued")) == 2


def test_a_failed_stage_is_retried_with_those_after_it(queued, served):
    engine = prints()
    outcomes = iter([1, 0])
    engine.script(
        "agent", Script(code=1), when=lambda work: "flaky" in script_of(work) and next(outcomes) == 1
    )
    build = queued(
        """
trigger: none
stages:
  - stage: A
    jobs: [{job: J, steps: [{checkout: none}, {script: echo a}]}]
  - stage: B
    jobs: [{job: J, steps: [{checkout: none}, {script: flaky}]}]
  - stage: C
    jobs: [{job: J, steps: [{checkout: none}, {script: echo c}]}]
""",
        engine,
    )
    assert [result for _, _, result in records(served, build, "Stage")] == ["succeeded", "failed", "skipped"]
    with served.client("ada") as client:
        url = f"ml/_apis/build/builds/{build['id']}/stages/B"
        assert client.patch(url, json={"state": "retry"}).status_code == 204
        served.rest()
        refused = client.patch(url, json={"state": "retry"})
    assert [result for _, _, result in records(served, build, "Stage")] == ["succeeded"] * 3
    assert refused.json()["typeKey"] == "StageNotInRetriableStateException"
    assert len(served.engine.started) == 4


def test_a_stage_left_out_by_the_request_does_not_hold_up_the_others(queued, served):
    build = queued(
        "trigger: none\nstages:\n"
        "  - stage: A\n    jobs: [{job: J, steps: [{checkout: none}, {script: echo a}]}]\n"
        "  - stage: B\n    jobs: [{job: J, steps: [{checkout: none}, {script: echo b}]}]\n",
        stagesToSkip=["A"],
    )
    assert [result for _, _, result in records(served, build, "Stage")] == ["skipped", "succeeded"]


def test_a_matrix_runs_a_job_for_each_leg(queued, served):
    build = queued(
        """
trigger: none
jobs:
  - job: J
    strategy:
      matrix:
        one: {colour: red}
        two: {colour: blue}
    steps:
      - checkout: none
      - script: echo $(colour)
"""
    )
    assert records(served, build, "Job") == [
        ("J one", "completed", "succeeded"),
        ("J two", "completed", "succeeded"),
    ]
    assert sorted(work.environment["COLOUR"] for work in served.engine.started) == ["blue", "red"]


def test_read_only_variables_cannot_be_set(queued, served):
    build = queued(
        SIMPLE,
        prints(**{"echo hello": "##vso[task.setvariable variable=Build.BuildId]7"}),
    )
    assert build["result"] == "failed"
    assert "Overwriting readonly variable 'Build.BuildId' is not permitted." in log_text(served, build)


def test_retries_wait_longer_each_time_and_stop_at_the_first_success(queued, served):
    engine, codes, waited = prints(), iter([1, 1, 0]), []

    async def pause(seconds):
        waited.append(seconds)

    served.call(lambda: object.__setattr__(served.azure.coordinator._room, "pause", pause))
    engine.script("agent", Script(code=1), when=lambda work: "flaky" in script_of(work) and next(codes) == 1)
    build = queued(SIMPLE + "  - script: flaky\n    retryCountOnTaskFailure: 3\n", engine)
    assert (build["result"], waited) == ("succeeded", [1, 4])


def test_a_defect_of_the_simulator_ends_the_run_in_the_open(queued, served, caplog):
    engine = prints()

    def broken(work):
        raise ZeroDivisionError("a defect")

    engine.script("agent", Script(effect=broken))
    build = queued(SIMPLE, engine)
    assert build["result"] == "failed"
    assert records(served, build, "Task") == [("Say hello", "completed", "failed")]
    assert "a defect" in served.facts("RunCompleted")[0].detail["error"]
