"""Branch policies over the wire: what they protect, what they decide of a pull request, and what they refuse."""

from __future__ import annotations

from tests.azure_devops.repositories import (
    BUILD,
    COMMENTS,
    MERGE_STRATEGY,
    MINIMUM_REVIEWERS,
    REQUIRED_REVIEWERS,
    STATUS,
    WORK_ITEMS,
    ZERO,
    call,
    identity,
)

PIPELINE = "trigger: none\nsteps:\n  - checkout: none\n  - script: {}\n"


def test_a_protected_branch_refuses_a_push_by_git_and_by_rest_alike(repository):
    repository.policy(COMMENTS)
    repository.git("checkout", "-q", "main")
    repository.git.commit({"a.txt": "three\n"})
    refused = repository.git("push", "origin", "main", check=False)
    assert (
        "! [remote rejected] main -> main (TF402455: Pushes to this branch are not permitted; you must use a pull"
        " request to update this branch.)" in refused
    )
    tip = repository.git("rev-parse", "origin/main").strip()
    change = {"changeType": "add", "item": {"path": "/n.txt"}, "newContent": {"content": "n"}}
    push = {
        "refUpdates": [{"name": "refs/heads/main", "oldObjectId": tip}],
        "commits": [{"comment": "c", "changes": [change]}],
    }
    answer = repository.call("POST", "pushes", status=403, json=push)
    assert answer["typeKey"] == "GitRefUpdateRejectedByPolicyException"
    update = [{"name": "refs/heads/main", "oldObjectId": tip, "newObjectId": ZERO}]
    (result,) = repository.call("POST", "refs", json=update)["value"]
    assert (result["success"], result["updateStatus"]) == (False, "rejectedByPolicy")
    refused = repository.git("push", "origin", ":main", check=False)
    assert "TF402455" in refused


def test_the_other_refs_of_a_push_go_through_unless_it_is_atomic(repository):
    repository.policy(COMMENTS)
    repository.git("checkout", "-q", "main")
    repository.git.commit({"a.txt": "three\n"})
    both = ("origin", "main", "main:refs/heads/other")
    refused = repository.git("push", "--atomic", *both, check=False)
    assert "TF402455" in refused
    assert "refs/heads/other" not in repository.git("ls-remote", "origin")
    mixed = repository.git("push", *both, check=False)
    assert "TF402455" in mixed
    assert "refs/heads/other" in repository.git("ls-remote", "origin")


def test_the_author_alone_does_not_satisfy_a_minimum_of_reviewers(repository):
    repository.policy(MINIMUM_REVIEWERS, minimumApproverCount=1, creatorVoteCounts=False)
    number = repository.request()["pullRequestId"]
    repository.vote(number, "grace", 10)
    assert repository.evaluations(number)["Minimum number of reviewers"]["status"] == "queued"
    refused = repository.complete(number, status=403)
    assert refused["typeKey"] == "GitPullRequestUpdateRejectedByPolicyException"
    repository.vote(number, "ada", 5)
    assert repository.evaluations(number)["Minimum number of reviewers"]["status"] == "approved"
    assert repository.complete(number)["status"] == "completed"


def test_a_rejection_blocks_unless_it_is_allowed(repository):
    policy = repository.policy(MINIMUM_REVIEWERS, minimumApproverCount=1, creatorVoteCounts=True)
    number = repository.request()["pullRequestId"]
    repository.vote(number, "grace", 10)
    repository.vote(number, "ada", -10)
    assert repository.evaluations(number)["Minimum number of reviewers"]["status"] == "rejected"
    policy["settings"]["allowDownvotes"] = True
    call(repository.served, "PUT", f"ml/_apis/policy/configurations/{policy['id']}", json=policy)
    assert repository.complete(number)["status"] == "completed"


def test_a_push_resets_approvals_where_the_policy_says_so(repository):
    repository.policy(MINIMUM_REVIEWERS, minimumApproverCount=1, resetOnSourcePush=True)
    number = repository.request()["pullRequestId"]
    repository.vote(number, "ada", 10)
    repository.push("change", {"a.txt": "four\n"})
    (reviewer,) = repository.get(number)["reviewers"]
    assert reviewer["vote"] == 0
    repository.complete(number, status=403)


def test_a_vote_on_an_older_iteration_may_not_count(repository):
    repository.policy(MINIMUM_REVIEWERS, minimumApproverCount=1, requireVoteOnLastIteration=True)
    number = repository.request()["pullRequestId"]
    repository.vote(number, "ada", 10)
    repository.push("change", {"a.txt": "four\n"})
    repository.complete(number, status=403)
    repository.vote(number, "ada", 10)
    assert repository.complete(number)["status"] == "completed"


def test_required_reviewers_join_when_their_files_change(repository):
    ada = identity(repository.served, "ada")
    repository.policy(REQUIRED_REVIEWERS, requiredReviewerIds=[ada], filenamePatterns=["/sub/*"])
    elsewhere = repository.request()
    assert elsewhere["reviewers"] == []
    repository.git("checkout", "-q", "main")
    repository.push("inside", {"sub/b.txt": "y\n"})
    number = repository.request("inside")["pullRequestId"]
    (reviewer,) = repository.get(number)["reviewers"]
    assert (reviewer["id"], reviewer["isRequired"]) == (ada, True)
    repository.complete(number, status=403)
    repository.vote(number, "ada", 10)
    assert repository.complete(number)["status"] == "completed"
    assert repository.complete(elsewhere["pullRequestId"])["status"] == "completed"


def test_open_comments_hold_a_pull_request_back(repository):
    repository.policy(COMMENTS)
    number = repository.request()["pullRequestId"]
    path = f"pullrequests/{number}/threads"
    thread = repository.call("POST", path, json={"comments": [{"content": "why?"}], "status": "active"})
    assert repository.evaluations(number)["Comment requirements"]["status"] == "rejected"
    refused = repository.complete(number, status=403)
    assert "comments must be resolved" in refused["message"]
    repository.call("PATCH", f"{path}/{thread['id']}", json={"status": "fixed"})
    assert repository.complete(number)["status"] == "completed"


def test_a_status_policy_waits_for_its_status_on_the_last_iteration(repository):
    repository.policy(STATUS, statusName="scan", statusGenre="security", invalidateOnSourceUpdate=True)
    number = repository.request()["pullRequestId"]
    status = {"state": "succeeded", "context": {"name": "scan", "genre": "security"}}
    refused = repository.call("POST", f"pullrequests/{number}/statuses", status=403, json=status)
    assert refused["typeKey"] == "GitPullRequestStatusRejectedByPolicyException"
    repository.call("POST", f"pullrequests/{number}/iterations/1/statuses", json=status)
    assert repository.evaluations(number)["Status"]["status"] == "approved"
    repository.push("change", {"a.txt": "four\n"})
    assert repository.evaluations(number)["Status"]["status"] == "queued"
    repository.complete(number, status=403)


def test_a_merge_strategy_that_is_not_allowed_is_refused(repository):
    repository.policy(MERGE_STRATEGY, allowSquash=True)
    number = repository.request()["pullRequestId"]
    refused = repository.complete(number, status=403, mergeStrategy="rebase")
    assert "merge strategy rebase is not allowed" in refused["message"]
    assert repository.complete(number, mergeStrategy="squash")["status"] == "completed"


def test_linked_work_items_may_be_required(repository):
    repository.policy(WORK_ITEMS)
    number = repository.request()["pullRequestId"]
    repository.complete(number, status=403)
    repository.call("PATCH", f"pullrequests/{number}", json={"status": "abandoned"})
    number = repository.request(workItemRefs=[{"id": "7"}])["pullRequestId"]
    assert repository.complete(number)["status"] == "completed"


def definition(repository, script="echo ok"):
    repository.git("checkout", "-q", "main")
    repository.push("main", {"azure-pipelines.yml": PIPELINE.format(script)})
    body = {
        "name": f"validate {repository.name}",
        "configuration": {
            "type": "yaml",
            "path": "azure-pipelines.yml",
            "repository": {"id": repository.id, "type": "azureReposGit"},
        },
    }
    return call(repository.served, "POST", "ml/_apis/pipelines", json=body)["id"]


def branch(repository, name="work", text="w\n"):
    repository.git("checkout", "-q", "main")
    repository.push(name, {f"{name}.txt": text})


def test_build_validation_runs_the_merge_and_its_result_decides(repository):
    pipeline = definition(repository)
    repository.policy(
        BUILD, buildDefinitionId=pipeline, displayName="Validation", queueOnSourceUpdateOnly=True
    )
    branch(repository)
    number = repository.request("work")["pullRequestId"]
    repository.served.rest()
    (run,) = call(repository.served, "GET", "ml/_apis/build/builds", params={"definitions": pipeline})[
        "value"
    ]
    merge = repository.get(number)["lastMergeCommit"]["commitId"]
    assert (run["reason"], run["sourceBranch"]) == ("pullRequest", f"refs/pull/{number}/merge")
    assert run["sourceVersion"] == merge
    evaluation = repository.evaluations(number)["Build"]
    assert (evaluation["status"], evaluation["context"]["buildId"]) == ("approved", run["id"])
    assert repository.complete(number)["status"] == "completed"


def test_a_failed_validation_refuses_and_a_new_push_is_built_again(repository):
    pipeline = definition(repository, "exit 3")
    repository.policy(
        BUILD, buildDefinitionId=pipeline, displayName="Validation", queueOnSourceUpdateOnly=True
    )
    branch(repository)
    number = repository.request("work")["pullRequestId"]
    repository.served.rest()
    assert repository.evaluations(number)["Build"]["status"] == "rejected"
    refused = repository.complete(number, status=403)
    assert "Validation must succeed to update main." in refused["message"]
    repository.git("checkout", "-q", "work")
    repository.push("work", {"azure-pipelines.yml": PIPELINE.format("echo ok")})
    repository.served.hear()
    repository.served.rest()
    assert repository.evaluations(number)["Build"]["status"] == "approved"


def test_a_manual_validation_waits_until_it_is_queued(repository):
    pipeline = definition(repository)
    repository.policy(BUILD, buildDefinitionId=pipeline, manualQueueOnly=True)
    branch(repository)
    number = repository.request("work")["pullRequestId"]
    repository.served.hear()
    evaluation = repository.evaluations(number)["Build"]
    assert (evaluation["status"], "buildId" in evaluation["context"]) == ("queued", False)
    path = f"ml/_apis/policy/evaluations/{evaluation['evaluationId']}"
    call(repository.served, "PATCH", path)
    repository.served.rest()
    assert repository.evaluations(number)["Build"]["status"] == "approved"


def test_a_moved_target_makes_a_validation_old(repository):
    pipeline = definition(repository)
    policy = repository.policy(BUILD, buildDefinitionId=pipeline, queueOnSourceUpdateOnly=False)
    branch(repository)
    branch(repository, "faster", "f\n")
    number = repository.request("work")["pullRequestId"]
    other = repository.request("faster")["pullRequestId"]
    repository.served.hear()
    repository.served.rest()
    first = repository.evaluations(number)["Build"]["context"]["buildId"]
    assert repository.complete(other, mergeStrategy="squash")["status"] == "completed"
    repository.served.hear()
    repository.served.rest()
    again = repository.evaluations(number)["Build"]
    assert again["status"] == "approved"
    assert again["context"]["buildId"] > first
    assert policy["type"]["displayName"] == "Build"


def test_a_pull_request_completes_itself_when_its_policies_are_met(repository):
    repository.policy(MINIMUM_REVIEWERS, minimumApproverCount=1)
    number = repository.request()["pullRequestId"]
    set_by = {"autoCompleteSetBy": {"id": identity(repository.served, "grace")}}
    options = {"completionOptions": {"deleteSourceBranch": "true", "squashMerge": "true"}}
    set_up = repository.call("PATCH", f"pullrequests/{number}", json={**set_by, **options})
    assert set_up["status"] == "active"
    repository.served.hear()
    assert repository.get(number)["status"] == "active"
    repository.vote(number, "ada", 10)
    repository.served.hear()
    done = repository.get(number)
    assert (done["status"], done["closedBy"]["uniqueName"]) == ("completed", "grace@example.com")
    assert "refs/heads/change" not in repository.git("ls-remote", "origin")


def test_configurations_have_revisions_and_the_services_form(repository):
    made = repository.policy(MERGE_STRATEGY, useSquashMerge=False)
    assert made["settings"] == {
        "scope": [{"refName": "refs/heads/main", "matchKind": "Exact", "repositoryId": repository.id}]
    }
    path = f"ml/_apis/policy/configurations/{made['id']}"
    made["settings"]["useSquashMerge"] = True
    changed = call(repository.served, "PUT", path, json=made)
    assert (changed["revision"], changed["settings"]["useSquashMerge"]) == (2, True)
    revisions = call(repository.served, "GET", f"{path}/revisions")["value"]
    assert [each["revision"] for each in revisions] == [2, 1]
    listed = call(
        repository.served,
        "GET",
        "ml/_apis/git/policy/configurations",
        params={"repositoryId": repository.id, "refName": "refs/heads/main"},
    )
    assert [each["id"] for each in listed["value"]] == [made["id"]]
    call(repository.served, "DELETE", path, status=204)
    assert (
        call(repository.served, "GET", path, status=404)["typeKey"] == "PolicyConfigurationNotFoundException"
    )


def test_policy_types_are_listed(repository):
    types = call(repository.served, "GET", "ml/_apis/policy/types")["value"]
    assert {"Build", "Status", "Minimum number of reviewers"} <= {each["displayName"] for each in types}


def test_settings_that_a_type_needs_are_demanded(repository):
    scope = [{"repositoryId": repository.id, "refName": "refs/heads/main", "matchKind": "exact"}]
    body = {"type": {"id": MINIMUM_REVIEWERS}, "settings": {"scope": scope}}
    refused = call(repository.served, "POST", "ml/_apis/policy/configurations", status=400, json=body)
    assert "minimumApproverCount" in refused["message"]
    body = {"type": {"id": BUILD}, "settings": {"scope": scope, "buildDefinitionId": 4711}}
    call(repository.served, "POST", "ml/_apis/policy/configurations", status=404, json=body)
