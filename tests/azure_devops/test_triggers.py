"""What starts runs by itself: pushes, batches, schedules; and what is refused when it is asked for."""

from __future__ import annotations

import json

import httpx
import pytest

from simulator.azure_devops.pipelines.starting.skipping import asks_to_skip
from simulator.azure_devops.pipelines.starting.webhooks import signature
from simulator.runtime.engine_scripted import Script
from tests.azure_devops.scripted import SIMPLE, prints, script_of, started

BATCHED = SIMPLE.replace("trigger: none", "trigger: {batch: true, branches: {include: [main]}}")


def test_a_batch_holds_pushes_back_while_a_run_goes_on_and_takes_the_newest(git, served):
    engine = prints()
    engine.script("agent", Script(held=True), when=lambda work: "hello" in script_of(work))
    served.engine._scripts[:] = engine._scripts
    commits = []
    for text in ("1", "2", "3"):
        commits.append(git.commit({"azure-pipelines.yml": BATCHED, "a.txt": text}))
        git("push", "-q", "origin", "main")
        name = served.run(started(served, "hello"))
    served.hear()
    served.run(served.engine.finish(name))
    second = served.run(started(served, "hello", but=name))
    served.run(served.engine.finish(second))
    served.rest()
    queued = served.facts("RunQueued")
    assert [(fact.detail["reason"], fact.detail["commit"]) for fact in queued] == [
        ("IndividualCI", commits[0]),
        ("BatchedCI", commits[2]),
    ]


def test_paths_and_branches_that_the_trigger_leaves_out_start_nothing(git, served):
    trigger = "trigger: {branches: {include: [main]}, paths: {exclude: [docs]}}"
    git.commit({"azure-pipelines.yml": SIMPLE.replace("trigger: none", trigger), "docs/a.md": "1"})
    git("push", "-q", "origin", "main:side")
    git.commit({"b.txt": "1"})
    git("push", "-q", "origin", "main")
    served.rest()
    git.commit({"docs/a.md": "2"})
    git("push", "-q", "origin", "main")
    served.rest()
    assert [fact.detail["branch"] for fact in served.facts("RunQueued")] == ["refs/heads/main"]


def test_a_push_with_a_broken_yaml_is_a_run_that_failed_and_says_why(git, served):
    git.commit({"azure-pipelines.yml": "steps:\n  - nonsense: 1\n"})
    git("push", "-q", "origin", "main")
    served.rest()
    assert served.facts("RunQueued") == []
    assert "nonsense" in served.facts("TriggerFailed")[0].detail["error"]
    with served.client() as client:
        (build,) = client.get("ml/_apis/build/builds").json()["value"]
        assert client.get(f"ml/_apis/build/builds/{build['id']}/timeline").json()["records"] == []
    assert (build["status"], build["result"], build["reason"]) == ("completed", "failed", "individualCI")
    (told,) = build["validationResults"]
    assert told["result"] == "error"
    assert "nonsense" in told["message"]


@pytest.mark.parametrize(
    "message, skips",
    [
        ("change [skip ci]", True),
        ("change\n\nskip-checks:true", True),
        ("[AzP Skip] change", True),
        ("***NO_CI***", True),
        ("skip this", False),
    ],
)
def test_messages_that_ask_to_skip(message, skips):
    assert asks_to_skip(["first", message]) is skips


def test_a_push_that_asks_to_be_skipped_starts_nothing(git, served):
    git.commit({"azure-pipelines.yml": SIMPLE.replace("trigger: none\n", "")}, "new [skip ci]")
    git("push", "-q", "origin", "main")
    served.rest()
    assert served.facts("RunQueued") == []


def test_merging_a_pull_request_starts_the_pipeline_of_main(git, served):
    served.engine._scripts[:] = prints()._scripts
    git.commit({"a.txt": "1"})
    git("push", "-q", "origin", "main")
    git("checkout", "-q", "-b", "change")
    git.commit({"azure-pipelines.yml": SIMPLE.replace("trigger: none", "trigger: [main]")})
    git("push", "-q", "origin", "change")
    base = "ml/_apis/git/repositories/model_build/pullrequests"
    with served.client("ada") as client:
        wanted = {"sourceRefName": "refs/heads/change", "targetRefName": "refs/heads/main", "title": "T"}
        opened = client.post(base, json=wanted).json()
        done = {"status": "completed", "lastMergeSourceCommit": opened["lastMergeSourceCommit"]}
        assert client.patch(f"{base}/{opened['pullRequestId']}", json=done).status_code == 200
    served.rest()
    (fact,) = served.facts("RunQueued")
    assert (fact.detail["reason"], fact.detail["requestedFor"]) == ("IndividualCI", "ada")


@pytest.mark.parametrize(
    "yaml, what",
    [
        ("pool: {vmImage: windows-latest}\n" + SIMPLE, "vmImage windows-latest"),
        ("steps:\n- task: PowerShell@2\n  inputs: {targetType: inline, showWarnings: true}\n", "PowerShell"),
    ],
)
def test_what_no_run_could_honour_is_refused_by_name(git, served, yaml, what):
    served.engine._scripts[:] = prints()._scripts
    git.commit({"azure-pipelines.yml": yaml})
    git("push", "-q", "origin", "main")
    with served.client("ada") as client:
        client.post("ml/_apis/pipelines/1/runs", json={})
    served.rest()
    assert any(what in fact.subject for fact in served.facts("NotSimulated"))


HOOKED = """
trigger: none
resources:
  webhooks:
    - webhook: approved
      connection: registry
      filters: [{path: detail.ModelApprovalStatus, value: Approved}]
steps:
  - checkout: none
  - script: echo ${{ parameters.approved.detail.ModelPackageArn }}
"""


def test_the_signature_is_the_services_own():
    body = b'{"resource":{"message":{"title":"Hello, world!","subtitle":"I\'m using WebHooks!"}}}'
    assert signature("secret", body) == "750D33212D3AD4932CC390819050734831A0A94F"


def test_a_signed_payload_that_passes_the_filters_starts_a_run_with_it(git, served):
    served.engine._scripts[:] = prints()._scripts
    git.commit({"azure-pipelines.yml": HOOKED})
    git("push", "-q", "origin", "main")
    url = f"{served.url}/_apis/public/distributedtask/webhooks/models?api-version=6.0-preview"

    def post(status, secret="hush"):
        body = json.dumps({"detail": {"ModelApprovalStatus": status, "ModelPackageArn": "arn:one"}}).encode()
        headers = {"x-hub": signature(secret, body), "content-type": "application/json"}
        return httpx.post(url, content=body, headers=headers, trust_env=False).status_code

    assert post("Approved") == 500
    connection = {
        "name": "registry",
        "type": "incomingwebhook",
        "authorization": {
            "scheme": "None",
            "parameters": {"webhookname": "models", "secret": "hush", "header": "X-Hub"},
        },
        "serviceEndpointProjectReferences": [{"projectReference": {"name": "ml"}}],
    }
    with served.client("grace") as client:
        made = client.post("_apis/serviceendpoint/endpoints", json=connection).json()["id"]
        assert post("Approved") == 200
        (failed,) = served.facts("TriggerFailed")
        assert "not authorized to use the service connection registry" in failed.detail["error"]
        permit = f"ml/_apis/pipelines/pipelinePermissions/endpoint/{made}"
        client.patch(permit, json={"pipelines": [{"id": 1, "authorized": True}]})
    assert post("Approved", "wrong") == 401
    assert post("Rejected") == 200
    assert post("Approved") == 200
    served.rest()
    assert [fact.detail["reason"] for fact in served.facts("RunQueued")] == ["ResourceTrigger"]
    plan = served.call(lambda: served.azure.runs.plan(1))
    assert plan.stages[0].jobs[0].steps[-1].inputs["script"] == "echo arn:one"


def test_nothing_else_is_open_without_a_token(served):
    public = f"{served.url}/_apis/public/build/builds/1/ticketedlogs"
    assert httpx.get(public, trust_env=False).status_code == 501
    signed = f"{served.url}/ml/_apis/pipelines/1/runs/1/signedlogcontent/1?urlSignature=0"
    assert httpx.get(signed, trust_env=False).status_code in (401, 404)


def test_a_push_with_the_option_ci_skip_starts_nothing(git, served):
    git.commit({"azure-pipelines.yml": "steps:\n  - checkout: none\n  - script: echo hello\n"})
    git("push", "-q", "-o", "ci.skip", "origin", "main")
    served.hear()
    assert served.facts("RunQueued") == []
    git.commit({"b.txt": "b"})
    git("push", "-q", "origin", "main")
    served.hear()
    assert len(served.facts("RunQueued")) == 1


def test_a_repository_that_was_deleted_stops_no_other_from_starting(git, served):
    git.commit({"azure-pipelines.yml": "steps:\n  - checkout: none\n  - script: echo hello\n"})
    with served.client() as client:
        gone = client.get("ml/_apis/git/repositories/model_deploy").json()["id"]
        assert client.delete(f"ml/_apis/git/repositories/{gone}").status_code == 204
    git("push", "-q", "origin", "main")
    served.rest()
    assert len(served.facts("RunQueued")) == 1
    assert served.facts("ConsumerFailed") == []


def test_the_runs_of_a_repository_that_was_deleted_are_still_shown(git, served):
    git.commit({"azure-pipelines.yml": "steps:\n  - checkout: none\n  - script: echo hello\n"})
    git("push", "-q", "origin", "main")
    served.rest()
    with served.client() as client:
        gone = client.get("ml/_apis/git/repositories/model_build").json()["id"]
        client.delete(f"ml/_apis/git/repositories/{gone}")
        assert client.get("ml/_apis/build/builds").json()["value"][0]["repository"]["id"] == gone
        client.delete(f"ml/_apis/git/recycleBin/repositories/{gone}")
        assert client.get("ml/_apis/build/builds").json()["count"] == 1
