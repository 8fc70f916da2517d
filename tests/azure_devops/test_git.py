"""Azure Repos with the real git client: clone, push, rights, and what a push becomes."""

from __future__ import annotations

import subprocess
from dataclasses import replace

import httpx
import pytest

from simulator.topology import load


def test_a_pushed_commit_can_be_cloned_and_is_a_fact(git, served, tmp_path):
    commit = git.commit({"a.txt": "hello"})
    git("push", "-q", "origin", "main")
    git("clone", "-q", git.url(), str(tmp_path / "clone"))
    assert (tmp_path / "clone" / "a.txt").read_text() == "hello"
    (fact,) = served.facts("RefUpdated")
    assert fact.detail["newObjectId"] == commit
    assert (fact.detail["name"], fact.detail["pushedBy"]) == ("refs/heads/main", "grace")


def test_the_url_of_a_client_may_be_written_in_any_case(git):
    git.commit({"a.txt": "1"})
    git("push", "-q", git.url("MODEL_BUILD", "ML/"), "main")
    assert "refs/heads/main" in git("ls-remote", git.url())


def test_a_commit_is_fetched_by_its_id_alone_and_without_blobs(git, tmp_path):
    commit = git.commit({"a.txt": "1"})
    git.commit({"a.txt": "2"})
    git("push", "-q", "origin", "main")
    other = replace(git, directory=tmp_path / "other")
    other.directory.mkdir()
    other("init", "-q")
    other("fetch", "-q", "--depth=1", "--filter=blob:none", git.url(), commit)
    assert other("rev-parse", "FETCH_HEAD").strip() == commit


def test_without_a_token_git_is_asked_for_one(served):
    answer = httpx.get(f"{served.url}/ml/_git/model_build/info/refs?service=git-upload-pack", trust_env=False)
    assert answer.status_code == 401
    assert any(
        value.startswith("Basic realm=") for value in answer.headers.get_list("www-authenticate", True)
    )
    assert answer.content == b""


def test_a_person_of_another_team_sees_no_repository(git, served, topology):
    ada = replace(git, person="ada")
    assert "not found" in ada("ls-remote", ada.url("fraud_model", "fraud/"), check=False)


def test_a_token_without_the_code_scope_cannot_push(git):
    git.commit({"a.txt": "1"})
    edsger = replace(git, person="edsger")
    assert "403" in edsger("push", edsger.url(), "main", check=False)


def test_a_large_push_arrives_whole(git, served, tmp_path):
    content = bytes(range(256)) * 20_000
    (git.directory / "big.bin").write_bytes(content)
    git.commit({"a.txt": "1"})
    git("-c", "http.postBuffer=65536", "push", "-q", "origin", "main")
    with served.client() as client:
        answer = client.get(
            "ml/_apis/git/repositories/model_build/items/big.bin",
            headers={"accept": "application/octet-stream"},
        )
    assert answer.content == content


def test_main_takes_pull_requests_only_where_the_topology_says_so(tmp_path, git_on):
    topology = load()
    project = replace(topology.projects[0], pull_request_required=("model_build",))
    git = git_on(replace(topology, projects=(project,)))
    git.commit({"a.txt": "1"})
    git("push", "-q", "origin", "main")
    git.commit({"a.txt": "2"})
    refused = git("push", "origin", "main", check=False)
    assert "[remote rejected] main -> main (TF402455: Pushes to this branch are not permitted" in refused
    git("push", "-q", "origin", "main:refs/heads/change")
    assert [fact.detail["name"] for fact in git.served.facts("RefUpdated")] == [
        "refs/heads/main",
        "refs/heads/change",
    ]


def test_a_push_that_nobody_recorded_is_found_at_the_next_start(served, git):
    first = git.commit({"a.txt": "1"})
    git("push", "-q", "origin", "main")
    bare = served.call(lambda: served.azure.refs.path(served.azure.organization.repository("model_build")))
    served.stop()
    second = git.commit({"a.txt": "2"})
    subprocess.run(["git", "push", "-q", str(bare), "main"], cwd=git.directory, check=True)
    served.start()
    updates = served.facts("RefUpdated")
    assert [(fact.detail["oldObjectId"], fact.detail["newObjectId"]) for fact in updates][1:] == [
        (first, second)
    ]


@pytest.mark.parametrize("version", ["0", "2"])
def test_both_protocol_versions_work(git, version, tmp_path):
    git.commit({"a.txt": "1"})
    git("push", "-q", "origin", "main")
    git("-c", f"protocol.version={version}", "clone", "-q", git.url(), str(tmp_path / "clone"))
    assert (tmp_path / "clone" / "a.txt").exists()
