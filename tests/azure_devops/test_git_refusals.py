"""What the git area refuses, and what an empty repository answers, by plain HTTP."""

from __future__ import annotations

import pytest

from tests.azure_devops.repositories import call


def tip(repository, branch="main"):
    return repository.git("rev-parse", f"origin/{branch}").strip()


def change(kind, path, content=None, **more):
    value = {"changeType": kind, "item": {"path": path}, **more}
    return {**value, "newContent": content} if content else value


@pytest.mark.parametrize(
    "changes, told",
    [
        ([change("add", "/a.txt", {"content": "x"})], "already exists"),
        ([change("edit", "/none.txt", {"content": "x"})], "TF401174"),
        ([change("delete", "/none.txt")], "TF401174"),
        ([change("add", "/../x", {"content": "x"})], "not valid"),
        ([change("add", "/.git/config", {"content": "x"})], "not valid"),
        ([change("add", "/b", {"content": "!", "contentType": "base64encoded"})], "base64"),
        ([change("sort", "/a.txt")], "Path 'commits[0].changes[0].changeType'"),
        ([], "at least one change"),
    ],
)
def test_a_wrong_push_by_rest_is_refused(repository, changes, told):
    push = {
        "refUpdates": [{"name": "refs/heads/main", "oldObjectId": tip(repository)}],
        "commits": [{"comment": "c", "changes": changes}],
    }
    assert told in repository.call("POST", "pushes", status=400, json=push)["message"]


def test_a_host_beyond_the_simulator_is_not_imported(repository):
    name = f"{repository.name}-outside"
    call(repository.served, "POST", "ml/_apis/git/repositories", status=201, json={"name": name})
    body = {"parameters": {"gitSource": {"url": "https://github.com/a/b.git"}}}
    path = f"ml/_apis/git/repositories/{name}/importRequests"
    assert "github.com" in call(repository.served, "POST", path, status=501, json=body)["message"]


def test_an_empty_repository_has_no_commits_and_no_items(repository):
    name = f"{repository.name}-empty"
    call(repository.served, "POST", "ml/_apis/git/repositories", status=201, json={"name": name})
    base = f"ml/_apis/git/repositories/{name}"
    assert call(repository.served, "GET", f"{base}/commits")["value"] == []
    assert call(repository.served, "GET", f"{base}/refs")["count"] == 0
    assert "TF401175" in call(repository.served, "GET", f"{base}/items", status=404)["message"]
