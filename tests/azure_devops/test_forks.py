"""Forks over the wire: they are brought up to date with their origin, and offer their work to it."""

from __future__ import annotations

import pytest

from tests.azure_devops import repositories
from tests.azure_devops.repositories import BUILD, call

MAIN = "refs/heads/main"


@pytest.fixture
def origin(repository):
    return repository


@pytest.fixture
def fork(origin):
    body = {"name": f"{origin.name}-fork", "parentRepository": {"id": origin.id}}
    made = call(origin.served, "POST", "ml/_apis/git/repositories", status=201, json=body)
    origin.git("remote", "add", "fork", origin.git.url(made["name"]))
    return made


def synchronize(origin, fork, **more):
    path = f"ml/_apis/git/repositories/{fork['id']}/forkSyncRequests"
    asked = call(origin.served, "POST", path, json={"source": {"repositoryId": origin.id}, **more})
    assert asked["status"] == "queued"
    found = call(origin.served, "GET", f"{path}/{asked['operationId']}")
    assert found in call(origin.served, "GET", path)["value"]
    return found


def tip(origin, repository, branch="main"):
    path = f"ml/_apis/git/repositories/{repository}/refs"
    found = call(origin.served, "GET", path, params={"filter": f"heads/{branch}"})["value"]
    return found[0]["objectId"] if found else None


def test_a_fork_gets_what_its_origin_has(origin, fork):
    newest = origin.push("main", {"n.txt": "new\n"})
    done = synchronize(origin, fork, sourceToTargetRefs=[{"sourceRef": MAIN, "targetRef": MAIN}])
    assert (done["status"], done["detailedStatus"]["currentStep"]) == ("completed", 4)
    assert tip(origin, fork["id"]) == newest
    synchronize(origin, fork, sourceToTargetRefs=[{"sourceRef": MAIN, "targetRef": "refs/heads/theirs"}])
    assert tip(origin, fork["id"], "theirs") == newest


def test_a_branch_with_commits_of_its_own_stays(origin, fork):
    origin.push("main", {"n.txt": "theirs\n"})
    origin.git("fetch", "-q", "fork")
    origin.git("checkout", "-q", "-B", "own", "fork/main")
    own = origin.git.commit({"n.txt": "ours\n"})
    origin.git("push", "-q", "fork", "own:main")
    failed = synchronize(origin, fork)
    assert failed["status"] == "failed"
    assert "has commits of its own" in failed["detailedStatus"]["errorMessage"]
    assert tip(origin, fork["id"]) == own


def test_only_repositories_of_one_origin_are_synchronized(origin, fork, tmp_path):
    other = repositories.new(origin.served, tmp_path)
    path = f"ml/_apis/git/repositories/{fork['id']}/forkSyncRequests"
    refused = call(origin.served, "POST", path, status=400, json={"source": {"repositoryId": other.id}})
    assert "is not a fork of the same origin" in refused["message"]


def offered(origin, fork, source="work"):
    origin.git("checkout", "-q", "-B", source, "main")
    commit = origin.git.commit({f"{source}.txt": "from the fork\n"})
    origin.git("push", "-q", "fork", source)
    made = origin.request(source, forkSource={"repository": {"id": fork["id"]}})
    return made, commit


def test_a_pull_request_from_a_fork_follows_its_branch_and_is_completed(origin, fork):
    made, commit = offered(origin, fork)
    assert (made["forkSource"]["repository"]["id"], made["forkSource"]["objectId"]) == (fork["id"], commit)
    assert tip(origin, origin.id, "work") is None
    commit = origin.git.commit({"work.txt": "more\n"})
    origin.git("push", "-q", "fork", "work")
    origin.served.hear()
    seen = origin.get(made["pullRequestId"])
    assert (seen["lastMergeSourceCommit"]["commitId"], seen["mergeStatus"]) == (commit, "succeeded")
    done = origin.complete(made["pullRequestId"], deleteSourceBranch=True)
    assert done["status"] == "completed"
    assert tip(origin, fork["id"], "work") is None
    origin.git("fetch", "-q", "origin")
    assert origin.git("show", "origin/main:work.txt") == "more\n"


def test_main_of_a_fork_may_be_offered_to_main_and_only_once(origin, fork):
    origin.git("checkout", "-q", "main")
    origin.git.commit({"n.txt": "n\n"})
    origin.git("push", "-q", "fork", "main")
    source = {"repository": {"id": fork["id"]}}
    origin.request("main", forkSource=source)
    body = {"sourceRefName": MAIN, "targetRefName": MAIN, "title": "again"}
    again = origin.call("POST", "pullrequests", status=409, json={**body, "forkSource": source})
    assert again["typeKey"] == "GitPullRequestExistsException"
    origin.call("POST", "pullrequests", status=400, json=body)


def test_a_repository_that_is_no_fork_offers_nothing(origin, tmp_path):
    other = repositories.new(origin.served, tmp_path)
    body = {"sourceRefName": "refs/heads/change", "targetRefName": MAIN, "title": "t"}
    refused = origin.call(
        "POST", "pullrequests", status=400, json={**body, "forkSource": {"repository": {"id": other.id}}}
    )
    assert "is not a fork of" in refused["message"]


def test_the_build_of_a_pull_request_knows_that_it_comes_from_a_fork(origin, fork):
    condition = "ne(variables['System.PullRequest.IsFork'], 'True')"
    step = f"  - script: exit 3\n    condition: {condition}\n"
    pipeline = f"trigger: none\nsteps:\n  - checkout: none\n{step}"
    origin.push("main", {"azure-pipelines.yml": pipeline})
    repository = {"id": origin.id, "type": "azureReposGit"}
    configuration = {"type": "yaml", "path": "azure-pipelines.yml", "repository": repository}
    body = {"name": origin.name, "configuration": configuration}
    made = call(origin.served, "POST", "ml/_apis/pipelines", "operator", json=body)
    origin.policy(BUILD, buildDefinitionId=made["id"], queueOnSourceUpdateOnly=False)
    offered(origin, fork)
    origin.served.hear()
    origin.served.rest()
    path = f"ml/_apis/build/builds?definitions={made['id']}"
    (build,) = call(origin.served, "GET", path)["value"]
    assert (build["reason"], build["result"]) == ("pullRequest", "succeeded")
