"""Runs over the wire with scripted work: stages, jobs, steps, outputs, conditions, approvals, cancelling."""

from __future__ import annotations

import pytest

from simulator.runtime.engine_scripted import Script, ScriptedEngine

SIMPLE = """
trigger: none
steps:
  - checkout: none
  - script: echo hello
    displayName: Say hello
"""


def script_of(work):
    """The text of the script that a step runs."""
    for mount in work.mounts:
        if mount.target == "/home/vsts":
            inside = work.command[-1].removeprefix("/home/vsts/")
            return (mount.source / inside).read_text()
    return ""


def prints(**answers):
    """An engine whose works print what the test says for a word of their script, and fail for `fail`."""

    def effect(work):
        text = script_of(work) if work.command[-1].endswith(".sh") else ""
        return "\n".join(line for word, line in answers.items() if word in text)

    engine = ScriptedEngine()
    engine.script("agent", Script(effect=effect))
    engine.script("agent", Script(code=3), when=lambda work: "exit 3" in script_of(work))
    return engine


@pytest.fixture
def queued(git, served):
    """Push a YAML file and start its pipeline by REST; the finished build."""

    def run(yaml, engine=None, person="ada", rest=True, **body):
        engine = engine or prints()
        served.engine._scripts[:] = engine._scripts
        git.commit({"azure-pipelines.yml": yaml})
        git("push", "-q", "origin", "main")
        with served.client(person) as client:
            answer = client.post("ml/_apis/pipelines/1/runs", json=body)
            assert answer.status_code == 200, answer.text
            if rest:
                served.rest()
            return client.get(f"ml/_apis/build/builds/{answer.json()['id']}").json()

    return run


def records(served, build, kind):
    with served.client() as client:
        found = client.get(f"ml/_apis/build/builds/{build['id']}/timeline").json()["records"]
    return sorted(
        ((row["name"], row["state"], row["result"]) for row in found if row["type"] == kind),
        key=lambda row: row[0],
    )


def log_text(served, build):
    with served.client() as client:
        base = f"ml/_apis/build/builds/{build['id']}/logs"
        logs = client.get(base).json()["value"]
        return "".join(
            client.get(f"{base}/{log['id']}", headers={"accept": "text/plain"}).text for log in logs
        )


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


async def started(served, word):
    """The name of the work whose script holds `word`, as soon as it runs."""
    at = 0
    while not (found := [work.name for work in served.engine.started if word in script_of(work)]):
        await served.kernel.log.wait(at, 0.05)
        at = served.kernel.log.last()
    return found[0]


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
