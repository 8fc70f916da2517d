"""Pull requests over the wire: the SDK over every resource, each merge strategy, drafts, votes, iterations."""

from __future__ import annotations

import pytest
from azure.devops.exceptions import AzureDevOpsServiceError
from azure.devops.v7_1.git import models

from tests.azure_devops import repositories, sdk
from tests.azure_devops.conftest import Served
from tests.azure_devops.repositories import call, identity


@pytest.fixture(params=["clients", "clients_v7_1"])
def client(shared, request, tmp_path):
    """Grace's git client of one of the two sets."""
    with sdk.connections(tmp_path) as connect:
        yield getattr(connect(shared.url, shared.token("grace")), request.param).get_git_client()


def test_the_sdk_finds_what_it_puts_on_a_pull_request(client, repository):
    wanted = models.GitPullRequest(
        source_ref_name="refs/heads/change",
        target_ref_name="refs/heads/main",
        title="Change",
        description="Why",
        reviewers=[models.IdentityRefWithVote(id=identity(repository.served, "ada"))],
        labels=[models.WebApiTagDefinition(name="first")],
    )
    number = client.create_pull_request(wanted, repository.name, "ml").pull_request_id
    at = {"repository_id": repository.name, "pull_request_id": number, "project": "ml"}
    label = client.create_pull_request_label(models.WebApiTagDefinition(name="urgent"), **at)
    assert [each.name for each in client.get_pull_request_labels(**at)] == ["first", "urgent"]
    client.delete_pull_request_labels(label_id_or_name=label.id, **at)
    comment = models.Comment(content="Look", comment_type="text")
    thread = models.GitPullRequestCommentThread(comments=[comment], status="active")
    thread = client.create_thread(thread, **at)
    answer = models.Comment(content="I did", parent_comment_id=1)
    second = client.create_comment(answer, thread_id=thread.id, **at)
    client.create_like(thread_id=thread.id, comment_id=second.id, **at)
    (liked,) = client.get_likes(thread_id=thread.id, comment_id=second.id, **at)
    assert liked.unique_name == "grace@example.com"
    client.update_comment(
        models.Comment(content="I did not"), thread_id=thread.id, comment_id=second.id, **at
    )
    client.delete_comment(thread_id=thread.id, comment_id=1, **at)
    (shown,) = client.get_threads(**at)
    assert [(each.content, bool(each.is_deleted)) for each in shown.comments] == [
        (None, True),
        ("I did not", False),
    ]
    status = models.GitPullRequestStatus(
        state="succeeded", description="fine", context=models.GitStatusContext(name="scan", genre="ci")
    )
    client.create_pull_request_iteration_status(status, iteration_id=1, **at)
    (posted,) = client.get_pull_request_statuses(**at)
    assert (posted.state, posted.iteration_id) == ("succeeded", 1)
    client.delete_pull_request_status(status_id=posted.id, **at)
    patch = [{"op": "add", "path": "/sling", "value": 7}]
    client.update_pull_request_properties(patch, **at)
    assert client.get_pull_request_properties(**at)["value"]["sling"]["$value"] == 7
    assert client.get_pull_request_work_item_refs(**at) == []
    (reviewer,) = client.get_pull_request_reviewers(**at)
    assert (reviewer.unique_name, reviewer.vote) == ("ada@example.com", 0)
    (brought,) = client.get_pull_request_commits(**at)
    query = models.GitPullRequestQuery(
        queries=[models.GitPullRequestQueryInput(items=[brought.commit_id], type="commit")]
    )
    results = client.get_pull_request_query(query, repository.name, "ml").results
    assert [each.pull_request_id for each in results[0][brought.commit_id]] == [number]
    assert client.get_pull_request_by_id(number).description == "Why"


def test_attachments_keep_their_bytes(repository):
    number = repository.request()["pullRequestId"]
    path = f"pullRequests/{number}/attachments/notes.bin"
    headers = {"content-type": "application/octet-stream"}
    made = repository.call("POST", path, content=b"\x00\x01", headers=headers)
    assert made["displayName"] == "notes.bin"
    assert repository.call("GET", path).content == b"\x00\x01"
    repository.call("DELETE", path)
    assert repository.call("GET", f"pullRequests/{number}/attachments")["value"] == []


@pytest.mark.parametrize(
    "strategy, parents, linear",
    [("noFastForward", 2, False), ("squash", 1, True), ("rebase", 1, True), ("rebaseMerge", 2, False)],
)
def test_each_strategy_leaves_its_own_history(repository, strategy, parents, linear):
    repository.push("change", {"c.txt": "c\n"})
    repository.git("checkout", "-q", "main")
    repository.push("main", {"m.txt": "m\n"})
    before = repository.git("rev-parse", "main").strip()
    number = repository.request()["pullRequestId"]
    done = repository.complete(number, mergeStrategy=strategy)
    assert (done["status"], done["completionOptions"]["mergeStrategy"]) == ("completed", strategy)
    repository.git("fetch", "-q", "origin")
    graph = repository.git("log", "--format=%H %P %s", f"{before}..origin/main").splitlines()
    assert graph[0].split()[0] == done["lastMergeCommit"]["commitId"]
    assert len(repository.git("log", "-1", "--format=%P", "origin/main").split()) == parents
    assert linear == (not repository.git("rev-list", "--merges", f"{before}..origin/main"))
    names = repository.git("ls-tree", "--name-only", "origin/main").split()
    assert {"a.txt", "c.txt", "m.txt"} <= set(names)
    assert repository.git("show", "origin/main:a.txt") == "two\n"


def test_a_rebase_keeps_the_authors_of_commits(repository):
    repository.git("checkout", "-q", "main")
    repository.push("main", {"m.txt": "m\n"})
    repository.complete(repository.request()["pullRequestId"], mergeStrategy="rebase")
    repository.git("fetch", "-q", "origin")
    assert (
        repository.git("log", "-1", "--format=%an, %cn", "origin/main").strip()
        == "Ada Lovelace, Grace Hopper"
    )


def test_the_answer_to_a_completion_says_that_it_is_queued(repository):
    number = repository.request()["pullRequestId"]
    seen = repository.get(number)["lastMergeSourceCommit"]
    body = {"status": "completed", "lastMergeSourceCommit": seen}
    queued = repository.call("PATCH", f"pullrequests/{number}", json=body)
    assert (queued["status"], queued["mergeStatus"]) == ("active", "queued")
    assert queued["completionOptions"] == {"mergeStrategy": "noFastForward"}
    assert {"completionQueueTime", "closedBy"} <= set(queued)
    repository.served.hear()
    assert repository.get(number)["status"] == "completed"


def test_the_merge_that_would_be_can_be_fetched(repository):
    number = repository.request()["pullRequestId"]
    merge = repository.get(number)["lastMergeCommit"]["commitId"]
    repository.git("fetch", "-q", "origin", f"refs/pull/{number}/merge")
    assert repository.git("rev-parse", "FETCH_HEAD").strip() == merge
    assert (
        repository.git("log", "-1", "--format=%s", "FETCH_HEAD").strip()
        == f"Merge pull request {number} from change into main"
    )
    assert not [
        fact for fact in repository.served.facts("RefUpdated") if fact.detail["name"].startswith("refs/pull/")
    ]


def test_a_push_is_a_new_iteration_with_its_own_changes(repository):
    number = repository.request()["pullRequestId"]
    repository.push("change", {"b.txt": "b\n"})
    path = f"pullRequests/{number}/iterations"
    first, second = repository.call("GET", path)["value"]
    assert (first["reason"], second["reason"]) == ("create", "push")
    assert second["push"]["pushId"] > 0
    entries = repository.call("GET", f"{path}/2/changes")["changeEntries"]
    assert [each["item"]["path"] for each in entries] == ["/a.txt", "/b.txt"]
    entries = repository.call("GET", f"{path}/2/changes", params={"$compareTo": 1})["changeEntries"]
    assert [(each["item"]["path"], each["changeType"]) for each in entries] == [("/b.txt", "add")]
    assert len(repository.call("GET", f"{path}/2/commits")["value"]) == 2
    repository.git("commit", "-q", "--amend", "-m", "again")
    repository.git("push", "-q", "--force", "origin", "change")
    assert repository.call("GET", path)["value"][-1]["reason"] == "forcePush"
    repository.call("GET", f"{path}/9", status=404)


def test_a_stale_view_of_the_source_completes_nothing(repository):
    number = repository.request()["pullRequestId"]
    seen = repository.get(number)["lastMergeSourceCommit"]
    repository.push("change", {"b.txt": "b\n"})
    body = {"status": "completed", "lastMergeSourceCommit": seen}
    refused = repository.call("PATCH", f"pullrequests/{number}", status=409, json=body)
    assert refused["message"].startswith("TF401192")


def test_an_abandoned_pull_request_can_be_taken_up_again(repository):
    number = repository.request()["pullRequestId"]
    gone = repository.call("PATCH", f"pullrequests/{number}", json={"status": "abandoned"})
    assert (gone["status"], "mergeStatus" in gone, "closedDate" in gone) == ("abandoned", False, True)
    refused = repository.call("PATCH", f"pullrequests/{number}", status=400, json={"title": "No"})
    assert refused["message"].startswith("TF401181")
    again = repository.call("PATCH", f"pullrequests/{number}", json={"status": "active"})
    assert (again["status"], again["mergeStatus"]) == ("active", "queued")
    assert repository.get(number)["mergeStatus"] == "succeeded"


def test_nobody_votes_for_another_nor_on_a_draft(repository):
    number = repository.request(isDraft=True)["pullRequestId"]
    refused = repository.vote(number, "ada", 10, status=400)
    assert refused["typeKey"] == "GitPullRequestDraftCannotVoteException"
    repository.complete(number, status=400)
    repository.call("PATCH", f"pullrequests/{number}", json={"isDraft": False})
    path = f"pullrequests/{number}/reviewers/{identity(repository.served, 'ada')}"
    repository.call("PUT", path, "grace", 400, json={"vote": 10})
    assert repository.vote(number, "ada", -5)["vote"] == -5
    refused = repository.vote(number, "ada", 7, status=400)
    assert "vote" in refused["message"]
    repository.call(
        "PATCH", f"pullrequests/{number}/reviewers", json=[{"id": identity(repository.served, "ada")}]
    )
    assert repository.get(number)["reviewers"][0]["vote"] == 0


def test_a_vote_of_a_member_counts_for_the_team(repository):
    number = repository.request()["pullRequestId"]
    teams = call(repository.served, "GET", "_apis/projects/ml/teams")["value"]
    team = next(each["id"] for each in teams if each["name"] == "data-science")
    repository.call("POST", f"pullrequests/{number}/reviewers", json=[{"id": team}])
    voted = repository.vote(number, "ada", 10)
    assert [each["id"] for each in voted["votedFor"]] == [team]


def test_pull_requests_are_found_by_criteria_and_across_repositories(repository):
    made = repository.request(reviewers=[{"id": identity(repository.served, "ada")}])
    number = made["pullRequestId"]

    def found(**criteria):
        params = {f"searchCriteria.{name}": value for name, value in criteria.items()}
        listed = call(repository.served, "GET", "ml/_apis/git/pullrequests", params=params)["value"]
        return number in [each["pullRequestId"] for each in listed]

    assert found(repositoryId=repository.id, sourceRefName="refs/heads/change")
    assert found(reviewerId=identity(repository.served, "ada"), repositoryId=repository.id)
    assert not found(creatorId=identity(repository.served, "ada"))
    assert not found(status="completed")
    repository.complete(number)
    assert found(status="completed", targetRefName="refs/heads/main")
    assert call(repository.served, "GET", f"_apis/git/pullrequests/{number}")["status"] == "completed"


def test_the_target_can_change_and_the_merge_with_it(repository):
    repository.git("checkout", "-q", "main")
    repository.push("release", {"r.txt": "r\n"})
    number = repository.request()["pullRequestId"]
    repository.call("PATCH", f"pullrequests/{number}", json={"targetRefName": "refs/heads/release"})
    moved = repository.get(number)
    assert (moved["targetRefName"], moved["mergeStatus"]) == ("refs/heads/release", "succeeded")
    assert moved["lastMergeTargetCommit"]["commitId"] == repository.git("rev-parse", "release").strip()


def test_bypassing_policies_needs_the_permission(repository):
    number = repository.request()["pullRequestId"]
    refused = repository.complete(number, status=403, bypassPolicy=True)
    assert "PullRequestBypassPolicy" in refused["message"]


def test_a_completion_that_was_ordered_is_carried_out_after_a_restart(topology, tmp_path):
    served = Served(topology, tmp_path / "state")
    served.start()
    repository = repositories.new(served, tmp_path)
    number = repository.request()["pullRequestId"]
    seen = repository.get(number)["lastMergeSourceCommit"]["commitId"]

    def order():
        from simulator.azure_devops.pull_requests.editing import order

        requests = served.azure.pull_requests
        row = requests.find(number)
        order(requests, row, served.azure.organization.identity("grace"), seen, row["completionOptions"])

    served.run(served.kernel.log.stop())
    served.call(order)
    served.stop()
    served.start()
    try:
        served.hear()
        assert repository.get(number)["status"] == "completed"
    finally:
        served.stop()


def test_what_is_not_there_has_the_services_errors(client, repository):
    wanted = models.GitPullRequest(
        source_ref_name="refs/heads/none", target_ref_name="refs/heads/main", title="Change"
    )
    with pytest.raises(AzureDevOpsServiceError, match="TF401175"):
        client.create_pull_request(wanted, repository.name, "ml")
    with pytest.raises(AzureDevOpsServiceError, match="TF401180"):
        client.get_pull_request_by_id(4711)
