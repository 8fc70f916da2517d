"""Policies that judge pushes: what they refuse of a push by git and by REST, and what they let through."""

from __future__ import annotations

from typing import Any

import pytest

from simulator.azure_devops.git.incoming import IncomingCommit, IncomingFile
from simulator.azure_devops.policies import types
from simulator.azure_devops.policies.push_rules import Push, refusal
from tests.azure_devops.repositories import call

COMMIT = "c" * 40


def pushed(path="a.txt", email="ada@example.com", added=True, packed=10, whole=100, **more):
    file = IncomingFile(path, "f" * 40, added, packed, whole)
    return Push(more.pop("refs", ("refs/heads/main",)), [IncomingCommit(COMMIT, email, (file,))], **more)


@pytest.mark.parametrize(
    ("kind", "settings", "push", "words"),
    [
        (types.AUTHOR_EMAIL, {"authorEmailPatterns": ["*@example.com"]}, pushed(), None),
        (
            types.AUTHOR_EMAIL,
            {"authorEmailPatterns": ["*@corp.com"]},
            pushed(),
            "VS403702: The push was rejected",
        ),
        (
            types.AUTHOR_EMAIL,
            {"authorEmailPatterns": ["*", "!ada@*"]},
            pushed(),
            "author email 'ada@example.com'",
        ),
        (types.PATH_LENGTH, {"maxPathLength": 5}, pushed(), None),
        (
            types.PATH_LENGTH,
            {"maxPathLength": 4},
            pushed(),
            f"VS403729: The push was rejected because commit '{COMMIT}'",
        ),
        (types.PATH_LENGTH, {"maxPathLength": 4}, pushed(added=False), None),
        (types.FILE_SIZE, {"maximumGitBlobSizeInBytes": 50}, pushed(), None),
        (
            types.FILE_SIZE,
            {"maximumGitBlobSizeInBytes": 50, "useUncompressedSize": True},
            pushed(),
            "larger than 50",
        ),
        (types.FILE_SIZE, {"maximumGitBlobSizeInBytes": 5}, pushed(added=False), "larger than 5 bytes"),
        (
            types.FILE_NAME,
            {"filenamePatterns": ["*.exe"]},
            pushed("b/x.EXE"),
            "matches the policy-specified patterns",
        ),
        (types.FILE_NAME, {"filenamePatterns": ["*.exe", "!/b/*"]}, pushed("b/x.exe"), None),
        (types.RESERVED_NAMES, {}, pushed("aux/b.txt"), "aux/b.txt"),
        (types.RESERVED_NAMES, {}, pushed("a/com1.log"), "com1.log"),
        (types.RESERVED_NAMES, {}, pushed("a?.txt"), "supported platforms"),
        (types.RESERVED_NAMES, {}, pushed(refs=("refs/heads/con",)), "refs/heads/con"),
        (types.RESERVED_NAMES, {}, pushed("console.txt"), None),
        (
            types.GIT_SETTINGS,
            {"enforceConsistentCase": True},
            pushed(paths=["a", "A"]),
            "differ by case only",
        ),
        (types.GIT_SETTINGS, {"enforceConsistentCase": False}, pushed(paths=["a", "A"]), None),
        (
            types.GIT_SETTINGS,
            {"enforceConsistentCase": True},
            pushed(known_refs=["refs/heads/Main"]),
            "'refs/heads/Main' and 'refs/heads/main'",
        ),
    ],
)
def test_a_policy_judges_what_a_push_brings(kind, settings, push, words):
    said = refusal(kind, settings, push)
    assert said is None if words is None else words in (said or "")


def forbid(repository, kind, **settings):
    settings["scope"] = [{"repositoryId": repository.id}]
    body = {"isEnabled": True, "isBlocking": True, "type": {"id": kind}, "settings": settings}
    made = call(repository.served, "POST", "ml/_apis/policy/configurations", json=body)
    assert made["settings"]["scope"] == [{"repositoryId": repository.id}]
    return made


def test_a_push_by_git_is_refused_and_leaves_nothing(repository):
    forbid(repository, types.FILE_NAME, filenamePatterns=["*.exe"])
    before = repository.call("GET", "refs")["value"]
    repository.git("checkout", "-q", "change")
    repository.git.commit({"tool.exe": "MZ"})
    refused = repository.git("push", "origin", "change", "change:other", check=False)
    assert "! [remote rejected] change -> change (The push was rejected because commit" in refused
    assert "tool.exe" in refused
    assert repository.call("GET", "refs")["value"] == before
    kept = repository.served.call(lambda: list(_folder(repository).glob("incoming-*")))
    assert kept == []


def test_a_push_that_fits_goes_through_and_a_deletion_is_not_looked_into(repository):
    forbid(repository, types.FILE_SIZE, maximumGitBlobSizeInBytes=100, useUncompressedSize=True)
    repository.push("change", {"small.txt": "x" * 100})
    assert "a.txt" in repository.git("ls-tree", "--name-only", "origin/change")
    repository.git.commit({"large.txt": "x" * 101})
    assert "large.txt" in repository.git("push", "origin", "change", check=False)
    repository.git("push", "-q", "origin", ":change")
    repository.git("push", "-q", "origin", "main:again")


def test_a_push_by_rest_is_refused_alike(repository):
    forbid(repository, types.AUTHOR_EMAIL, authorEmailPatterns=["*@corp.example"])
    tip = repository.git("rev-parse", "main").strip()
    change = {"changeType": "add", "item": {"path": "/n.txt"}, "newContent": {"content": "n"}}
    commit: dict[str, Any] = {"comment": "c", "changes": [change]}
    push = {"refUpdates": [{"name": "refs/heads/main", "oldObjectId": tip}], "commits": [commit]}
    refused = repository.call("POST", "pushes", status=403, json=push)
    assert refused["message"].startswith("VS403702: The push was rejected")
    commit["author"] = {"name": "Ada", "email": "ada@corp.example"}
    repository.call("POST", "pushes", status=201, json=push)


def test_a_merge_is_judged_by_what_it_adds_itself(repository):
    forbid(repository, types.PATH_LENGTH, maxPathLength=9)
    repository.git("checkout", "-q", "main")
    repository.git.commit({"b.txt": "b"})
    repository.git("merge", "-q", "-m", "merge", "change", "-X", "ours")
    repository.git("push", "-q", "origin", "main")
    repository.git("checkout", "-q", "-b", "side", "HEAD~1")
    repository.git("merge", "-q", "--no-commit", "-X", "ours", "change")
    repository.git.commit({"much-too-long.txt": "x"})
    assert "VS403729" in repository.git("push", "origin", "side", check=False)


def _folder(repository):
    row = repository.served.azure.organization.repository(repository.id)
    return repository.served.azure.refs.path(row)
