"""What starts runs and what they are told: new branches, schedules, pull requests, counters."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from simulator.runtime.engine_scripted import Script
from simulator.topology import load
from tests.azure_devops import repositories
from tests.azure_devops.conftest import Served
from tests.azure_devops.repositories import BUILD, call
from tests.azure_devops.scripted import prints, script_of, started

STEPS = "steps: [{checkout: none}, {script: echo on}]\n"
DAY = 86400


@pytest.fixture(scope="module")
def shared():
    service = Served(load(), engine=prints())
    service.engine.script("agent", Script(held=True), when=lambda work: "hold on" in script_of(work))
    service.start()
    yield service
    service.stop()


def pipeline(repository, yaml, branch="main"):
    """A new pipeline of the repository; its number."""
    repository.git("checkout", "-q", branch)
    repository.push(branch, {"azure-pipelines.yml": yaml})
    source = {"id": repository.id, "type": "azureReposGit"}
    place = {"type": "yaml", "path": "azure-pipelines.yml", "repository": source}
    body = {"name": f"pipeline of {repository.name}", "configuration": place}
    return call(repository.served, "POST", "ml/_apis/pipelines", json=body)["id"]


def builds(repository, number):
    repository.served.hear()
    found = call(repository.served, "GET", "ml/_apis/build/builds", params={"definitions": number})["value"]
    return sorted(found, key=lambda build: build["id"])


def run(repository, number, **body):
    made = call(repository.served, "POST", f"ml/_apis/pipelines/{number}/runs", json=body)
    repository.served.rest()
    return call(repository.served, "GET", f"ml/_apis/build/builds/{made['id']}")


def advance(served, seconds):
    served.run(served.kernel.scheduler.advance(seconds))


def until(served, hour):
    """Seconds until shortly after the next time that it is so late, in UTC."""
    now = datetime.fromtimestamp(served.call(served.kernel.clock.now), UTC)
    then = now.replace(hour=hour, minute=1, second=0, microsecond=0)
    return ((then - now) % timedelta(days=1)).total_seconds()


def test_a_new_branch_starts_a_pipeline_with_path_filters_only_for_its_own_changes(repository):
    filtered = "trigger: {branches: {include: ['*']}, paths: {include: [src]}}\n" + STEPS
    number = pipeline(repository, filtered)
    repository.push("main", {"src/a.txt": "a"})
    repository.served.rest()
    before = len(builds(repository, number))
    repository.git("push", "-q", "origin", "main:refs/heads/same")
    repository.push("docs", {"docs/a.md": "d"})
    assert len(builds(repository, number)) == before
    repository.git("checkout", "-q", "main")
    repository.push("work", {"src/b.txt": "b"})
    assert [build["sourceBranch"] for build in builds(repository, number)[before:]] == ["refs/heads/work"]


def test_a_new_branch_without_changes_starts_a_pipeline_without_path_filters(repository):
    number = pipeline(repository, "trigger: ['*']\n" + STEPS)
    before = len(builds(repository, number))
    repository.git("push", "-q", "origin", "main:refs/heads/same")
    assert [build["sourceBranch"] for build in builds(repository, number)[before:]] == ["refs/heads/same"]


def test_several_schedules_run_at_their_times_on_their_branches_under_their_names(repository):
    yaml = """
trigger: none
name: $(Build.CronSchedule.DisplayName)$(Rev:.r)
schedules:
  - {cron: '0 2 * * *', displayName: Nightly, always: true, branches: {include: ['*'], exclude: [old/*]}}
  - {cron: '0 5 * * *', displayName: Early, always: true, branches: {include: [main]}}
"""
    advance(repository.served, until(repository.served, 1))
    number = pipeline(repository, yaml + STEPS)
    for name in ("work", "old/one"):
        repository.git("push", "-q", "origin", f"main:refs/heads/{name}")
    repository.served.hear()
    first = len(builds(repository, number))
    advance(repository.served, DAY)
    found = builds(repository, number)[first:]
    named = sorted(
        (build["sourceBranch"].removeprefix("refs/heads/"), build["buildNumber"].split(".")[0])
        for build in found
    )
    # The branch `change` was there before the file was.
    assert named == [("main", "Early"), ("main", "Nightly"), ("work", "Nightly")]
    assert {build["reason"] for build in found} == {"schedule"}


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ("always: false, batch: false", [1, 1, 2]),
        ("always: true, batch: true", [1, 2, 3]),
    ],
)
def test_a_schedule_runs_only_after_a_change_unless_it_always_runs(repository, settings, expected):
    schedule = f"{{cron: '0 2 * * *', {settings}, branches: {{include: [main]}}}}"
    advance(repository.served, until(repository.served, 1))
    number = pipeline(repository, f"trigger: none\nschedules: [{schedule}]\n" + STEPS)
    first = len(builds(repository, number))
    counts = []
    for day in range(3):
        if day == 2:
            # A change of the pipeline's settings counts as one of the code does.
            path = f"ml/_apis/build/definitions/{number}"
            known = call(repository.served, "GET", path)
            call(repository.served, "PUT", path, json={**known, "description": "other"})
        advance(repository.served, DAY)
        counts.append(len(builds(repository, number)) - first)
    assert counts == expected


@pytest.mark.parametrize(("batch", "expected"), [("true", 1), ("false", 2)])
def test_a_batched_schedule_waits_for_its_last_run(repository, batch, expected):
    schedule = f"{{cron: '0 2 * * *', batch: {batch}, branches: {{include: [main]}}}}"
    waits = "jobs: [{job: J, pool: server, steps: [{task: ManualValidation@1, inputs: {notifyUsers: a@b.c}}],"
    yaml = f"trigger: none\nschedules: [{schedule}]\n{waits} timeoutInMinutes: 0}}]\n"
    advance(repository.served, until(repository.served, 1))
    number = pipeline(repository, yaml)
    first = len(builds(repository, number))
    for text in "12":
        repository.push("main", {"change.txt": text})
        repository.served.hear()
        advance(repository.served, DAY)
    found = builds(repository, number)[first:]
    assert len(found) == expected
    for build in found:
        path = f"ml/_apis/build/builds/{build['id']}"
        call(repository.served, "PATCH", path, json={"status": "cancelling"})
    path = f"ml/_apis/build/definitions/{number}"
    known = call(repository.served, "GET", path)
    call(repository.served, "PUT", path, json={**known, "queueStatus": "disabled"})
    repository.served.rest()


PR_VARIABLES = (
    "PullRequestId",
    "IsFork",
    "SourceBranch",
    "SourceCommitId",
    "SourceRepositoryURI",
    "TargetBranch",
    "TargetBranchName",
)


def test_a_pull_requests_run_is_told_of_it_and_an_older_one_is_canceled_by_the_next_iteration(repository):
    served = repository.served
    said = "; ".join(f"echo {name} is [$(System.PullRequest.{name})]" for name in PR_VARIABLES)
    script = "steps: [{checkout: none}, {script: '%s'}, {script: hold on}]\n"
    number = pipeline(repository, "trigger: none\n" + script % said)
    repository.policy(BUILD, buildDefinitionId=number, queueOnSourceUpdateOnly=True, validDuration=60)
    source = repository.push("work", {"b.txt": "1"})
    request = repository.request("work")["pullRequestId"]
    first = served.run(started(served, "hold on"))
    told = script_of(next(work for work in served.engine.started if "PullRequestId is" in script_of(work)))
    values = dict(part.removeprefix("echo ").split(" is ") for part in told.strip().split("; "))
    assert values.pop("SourceRepositoryURI").endswith(f"/ml/_git/{repository.name}]")
    assert values == {
        "PullRequestId": f"[{request}]",
        "IsFork": "[False]",
        "SourceBranch": "[refs/heads/work]",
        "SourceCommitId": f"[{source}]",
        "TargetBranch": "[refs/heads/main]",
        "TargetBranchName": "[main]",
    }
    repository.push("work", {"b.txt": "2"})
    second = served.run(started(served, "hold on", but=first))
    served.run(served.engine.finish(second))
    served.rest()
    assert [build["result"] for build in builds(repository, number)] == ["canceled", "succeeded"]
    assert repository.evaluations(request)["Build"]["status"] == "approved"


def test_a_validation_is_valid_so_long_on_the_virtual_clock_once_the_target_has_moved(repository):
    number = pipeline(repository, "trigger: none\n" + STEPS)
    repository.policy(BUILD, buildDefinitionId=number, queueOnSourceUpdateOnly=True, validDuration=60)
    repository.push("work", {"w.txt": "1"})
    request = repository.request("work")["pullRequestId"]
    repository.served.hear()
    repository.served.rest()
    advance(repository.served, 61 * 60)
    assert repository.evaluations(request)["Build"]["status"] == "approved"
    repository.git("checkout", "-q", "main")
    repository.git.commit({"other.txt": "1"})
    repository.git("push", "-q", "origin", "HEAD:refs/heads/moving")
    other = repository.request("moving")["pullRequestId"]
    repository.served.hear()
    repository.served.rest()
    repository.complete(other)
    repository.served.hear()
    repository.served.rest()
    evaluation = repository.evaluations(request)["Build"]
    assert (evaluation["status"], evaluation["context"]["isExpired"]) == ("queued", True)


def test_a_counter_counts_the_runs_of_its_pipeline_by_prefix_from_its_seed(repository):
    yaml = """
parameters: [{name: major, type: string, default: '1'}]
trigger: none
name: $(major).$(minor)
variables:
  major: ${{ parameters.major }}
  minor: $[counter(variables['major'], 100)]
steps: [{checkout: none}, {script: exit 3}]
"""
    number = pipeline(repository, yaml)
    names = [run(repository, number)["buildNumber"] for _ in range(2)]
    names.append(run(repository, number, templateParameters={"major": "2"})["buildNumber"])
    with repository.served.client() as client:
        refused = client.post(f"ml/_apis/pipelines/{number}/runs", json={"stagesToSkip": ["Nowhere"]})
    last = run(repository, number)
    assert refused.status_code == 400
    assert last["result"] == "failed"
    assert [*names, last["buildNumber"]] == ["1.100", "1.101", "2.100", "1.102"]


def test_a_repository_that_a_checkout_names_in_place_is_found_and_asks_for_its_permit(repository, tmp_path):
    served, other = repository.served, repositories.new(repository.served, tmp_path)
    project = other.call("GET", "")["project"]["id"]
    permission = f"ml/_apis/pipelines/pipelinepermissions/repository/{project}.{other.id}"
    call(served, "PATCH", permission, json={"allPipelines": {"authorized": False}})
    yaml = "trigger: none\nsteps: [{{checkout: self}}, {{checkout: 'git://ml/{}@change'}}, {{script: hold on}}]\n"
    number = pipeline(repository, yaml.format(other.name))
    made = call(served, "POST", f"ml/_apis/pipelines/{number}/runs", json={})["id"]
    served.rest()
    path = f"ml/_apis/build/builds/{made}/timeline"
    records = {row["type"]: row for row in call(served, "GET", path)["records"]}
    assert records["Checkpoint.Authorization"]["state"] == "inProgress"
    call(served, "PATCH", permission, json={"pipelines": [{"id": number, "authorized": True}]})
    name = served.run(started(served, "hold on"))
    checkouts = [work.environment for work in served.engine.started if "CHECKOUT_URL" in work.environment]
    (mine,) = [each for each in checkouts if each["CHECKOUT_URL"].endswith(f"/_git/{other.name}")]
    assert mine["CHECKOUT_COMMIT"] == other.git("rev-parse", "change").strip()
    served.run(served.engine.finish(name))
    served.rest()


def test_a_repository_named_in_place_that_is_not_there_refuses_the_run(repository):
    number = pipeline(repository, "trigger: none\nsteps: [{checkout: 'git://ml/nowhere'}]\n")
    place = f"ml/_apis/pipelines/{number}/runs"
    told = call(repository.served, "POST", place, status=400, json={})["message"]
    assert "'git://ml/nowhere' which could not be found" in told


STAGED = """
trigger: none
stages:
- stage: A
  jobs: [{job: J, steps: [{checkout: none}, {script: say colour, name: s}]}]
- stage: B
  variables:
    got: $[ stageDependencies.A.J.outputs['s.colour'] ]
    loud: $[ upper(variables['got']) ]
    number: $[ counter('stage', 7) ]
  jobs:
  - job: J
    condition: eq(variables['got'], 'blue')
    variables: {own: "$[ counter('job') ]"}
    steps: [{checkout: none}, {script: look at it}]
"""


def test_variables_of_stages_and_jobs_are_evaluated_once_when_they_begin(repository):
    served = repository.served
    says = Script(effect=lambda work: "##vso[task.setvariable variable=colour;isOutput=true]blue")
    served.engine.script("agent", says, when=lambda work: "say colour" in script_of(work))
    number = pipeline(repository, STAGED)
    for _ in range(2):
        assert run(repository, number)["result"] == "succeeded"
    names = ("GOT", "LOUD", "NUMBER", "OWN")
    found = [
        tuple(work.environment.get(name) for name in names)
        for work in served.engine.started
        if "look at it" in script_of(work) or "OWN" in work.environment
    ]
    assert found == [("blue", "BLUE", "7", "0"), ("blue", "BLUE", "8", "1")]
