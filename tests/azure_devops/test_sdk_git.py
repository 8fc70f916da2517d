"""Repositories and pull requests with the unmodified azure-devops SDK."""

from __future__ import annotations

import pytest
from azure.devops.exceptions import AzureDevOpsServiceError
from azure.devops.v7_1.git.models import (
    GitPullRequest,
    GitPullRequestCompletionOptions,
    GitPullRequestSearchCriteria,
    GitVersionDescriptor,
)


def branches(git):
    git.commit({"a.txt": "one\n", "sub/b.txt": "x\n"}, "first")
    git("push", "-q", "origin", "main")
    git("checkout", "-q", "-b", "change")
    git.commit({"a.txt": "two\n"}, "second")
    git("push", "-q", "origin", "change")


def open_request(client, source="refs/heads/change"):
    wanted = GitPullRequest(source_ref_name=source, target_ref_name="refs/heads/main", title="Change")
    return client.create_pull_request(wanted, "model_build", project="ml")


def test_projects_teams_and_connection_data(connect):
    clients = connect().clients_v7_1
    (project,) = clients.get_core_client().get_projects()
    assert (project.name, project.state) == ("ml", "wellFormed")
    teams = clients.get_core_client().get_teams("ml")
    assert [team.name for team in teams] == ["data-science", "ml-engineering", "operations"]
    data = clients.get_location_client().get_connection_data()
    assert data.authenticated_user.provider_display_name == "Grace Hopper"


def test_repositories_refs_commits_and_items(connect, git):
    branches(git)
    client = connect().clients_v7_1.get_git_client()
    assert [row.name for row in client.get_repositories("ml")] == ["model_build", "model_deploy"]
    assert client.get_repository("model_build", "ml").default_branch == "refs/heads/main"
    assert [ref.name for ref in client.get_refs("model_build", "ml", filter="heads/c")] == [
        "refs/heads/change"
    ]
    descriptor = GitVersionDescriptor(version="change", version_type="branch")
    text = b"".join(client.get_item_content("model_build", "/a.txt", "ml", version_descriptor=descriptor))
    assert text == b"two\n"
    item = client.get_item("model_build", "/a.txt", "ml", include_content=True)
    assert item.content == "one\n"
    listed = client.get_items("model_build", "ml", scope_path="/", recursion_level="full")
    assert [item.path for item in listed if not item.is_folder] == ["/a.txt", "/sub/b.txt"]


@pytest.mark.parametrize("path", ["/nosuch", "/../../etc/passwd", "/./a.txt"])
def test_what_is_not_in_the_repository_is_not_found_as_item_and_as_folder(connect, git, path):
    branches(git)
    client = connect().clients_v7_1.get_git_client()
    with pytest.raises(AzureDevOpsServiceError, match="TF401174"):
        client.get_item("model_build", path, "ml")
    with pytest.raises(AzureDevOpsServiceError, match="TF401174"):
        client.get_items("model_build", "ml", scope_path=path)


def test_completing_a_pull_request_merges_and_the_fact_names_main(connect, git, served):
    branches(git)
    client = connect().clients_v7_1.get_git_client()
    opened = open_request(client)
    assert (opened.status, opened.merge_status) == ("active", "queued")
    change = GitPullRequest(status="completed", last_merge_source_commit=opened.last_merge_source_commit)
    queued = client.update_pull_request(change, "model_build", opened.pull_request_id, project="ml")
    assert (queued.status, queued.merge_status) == ("active", "queued")
    done = client.get_pull_request_by_id(opened.pull_request_id)
    assert (done.status, done.merge_status) == ("completed", "succeeded")
    git("fetch", "-q", "origin")
    assert git("log", "-1", "--format=%s %P", "origin/main").startswith("Merged PR 1: Change")
    assert len(git("log", "-1", "--format=%P", "origin/main").split()) == 2
    last = served.facts("RefUpdated")[-1]
    assert (last.detail["name"], last.detail["newObjectId"]) == (
        "refs/heads/main",
        done.last_merge_commit.commit_id,
    )


def test_a_squash_leaves_one_parent_and_may_delete_the_branch(connect, git):
    branches(git)
    client = connect().clients_v7_1.get_git_client()
    opened = open_request(client)
    options = GitPullRequestCompletionOptions(merge_strategy="squash", delete_source_branch=True)
    change = GitPullRequest(
        status="completed",
        last_merge_source_commit=opened.last_merge_source_commit,
        completion_options=options,
    )
    client.update_pull_request(change, "model_build", opened.pull_request_id, project="ml")
    client.get_pull_request_by_id(opened.pull_request_id)
    git("fetch", "-q", "--prune", "origin")
    assert len(git("log", "-1", "--format=%P", "origin/main").split()) == 1
    assert "origin/change" not in git("branch", "-r")


def test_a_conflict_is_shown_and_cannot_be_completed(connect, git):
    branches(git)
    git("checkout", "-q", "main")
    git.commit({"a.txt": "three\n"}, "other")
    git("push", "-q", "origin", "main")
    client = connect().clients_v7_1.get_git_client()
    opened = open_request(client)
    number = opened.pull_request_id
    assert client.get_pull_request_by_id(number).merge_status == "conflicts"
    change = GitPullRequest(status="completed", last_merge_source_commit=opened.last_merge_source_commit)
    client.update_pull_request(change, "model_build", number, project="ml")
    still = client.get_pull_request_by_id(number)
    assert (still.status, still.merge_status) == ("active", "conflicts")


def test_a_second_pull_request_for_the_same_branches_is_refused(connect, git):
    branches(git)
    client = connect().clients_v7_1.get_git_client()
    open_request(client)
    with pytest.raises(AzureDevOpsServiceError, match="TF401179: An active pull request"):
        open_request(client)
    found = client.get_pull_requests(
        "model_build", GitPullRequestSearchCriteria(status="active"), project="ml"
    )
    assert len(found) == 1


def test_a_push_by_rest_is_a_push(connect, git, served):
    client = connect().clients_v7_1.get_git_client()
    zero = "0" * 40
    push = {
        "refUpdates": [{"name": "refs/heads/main", "oldObjectId": zero}],
        "commits": [
            {
                "comment": "by REST",
                "changes": [
                    {
                        "changeType": "add",
                        "item": {"path": "/dir/a.txt"},
                        "newContent": {"content": "hi", "contentType": "rawtext"},
                    }
                ],
            }
        ],
    }
    made = client.create_push(push, "model_build", project="ml")
    git("fetch", "-q", "origin")
    assert git("show", "origin/main:dir/a.txt") == "hi"
    assert made.commits[0].commit_id == served.facts("RefUpdated")[0].detail["newObjectId"]
    with pytest.raises(AzureDevOpsServiceError, match="TF401028"):
        client.create_push(push, "model_build", project="ml")


def test_an_unknown_repository_has_the_services_error(connect):
    with pytest.raises(
        AzureDevOpsServiceError, match="TF401019: The Git repository with name or identifier nothing"
    ):
        connect().clients_v7_1.get_git_client().get_repository("nothing", "ml")
