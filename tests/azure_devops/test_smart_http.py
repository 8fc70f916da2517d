"""Git over HTTP as Azure Repos speaks it: protocols, URLs, messages, refusals, and a server that holds no pack."""

from __future__ import annotations

import gzip
import os
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from simulator.azure_devops.git.pkt_line import packet
from simulator.azure_devops.git.smart_http import parse
from tests.azure_devops.conftest import working_copy

LARGE_BYTES = 64 * 1024 * 1024
# Far less than the pack: what streams through needs a few buffers of 64 KiB.
GROWTH_KIB = 32 * 1024


@pytest.mark.parametrize("version", ["0", "2"])
def test_a_fetch_says_who_answers_and_how_much_comes(repository, tmp_path, version):
    url, place = repository.git.url(repository.name), str(tmp_path / "clone")
    said = repository.git("-c", f"protocol.version={version}", "clone", "--progress", url, place)
    assert "remote: Azure Repos" in said
    assert "remote: Found 8 objects to send. (" in said
    assert "remote: Enumerating" not in said
    assert "remote:" not in repository.git("clone", "-q", url, str(tmp_path / "quiet"))


def test_a_push_says_what_the_server_does_with_it(repository):
    repository.git.commit({"n.txt": "n"})
    said = repository.git("push", "--progress", "origin", "HEAD:refs/heads/n")
    assert "remote: Analyzing objects... (3/3) (" in said
    assert "remote: Storing packfile... done (" in said
    assert "remote: Storing index... done (" in said


@pytest.mark.parametrize(
    "path, project",
    [
        ("ml/_git/r/info/refs", "ml"),
        ("_git/r/info/refs", "r"),
        ("ml/_git/_optimized/r/info/refs", "ml"),
        ("ml/_git/_full/r/info/refs", "ml"),
        ("DefaultCollection/ml/_git/r/info/refs", "ml"),
        ("DefaultCollection/_git/r/info/refs", "r"),
    ],
)
def test_every_shape_of_url_finds_the_repository(path, project):
    asked = parse(path)
    assert asked is not None
    assert (asked.project, asked.repository, asked.service) == (project, "r", "info/refs")


@pytest.mark.parametrize(
    "path", ["ml/r/info/refs", "a/b/_git/r/info/refs", "ml/_git/r", "ml_git/r/info/refs"]
)
def test_what_is_no_url_of_a_repository_is_not_git(path):
    assert parse(path) is None


@pytest.mark.parametrize("shape", ["ml/_git/_optimized/", "ml/_git/_full/", "DefaultCollection/ml/_git/"])
def test_git_works_through_the_other_shapes(repository, shape):
    host = repository.git.url(repository.name).split("/ml/_git/")[0]
    assert "refs/heads/main" in repository.git("ls-remote", f"{host}/{shape}{repository.name}")


def test_a_repository_that_is_not_there_is_told_in_the_services_words(shared, repository):
    said = repository.git("ls-remote", repository.git.url("nothing"), check=False)
    assert "remote: TF401019: The Git repository with name or identifier nothing does not exist" in said


def test_a_clone_can_be_shallow_and_then_whole(repository, tmp_path):
    repository.push("main", {"a.txt": "three\n"})
    other = replace(repository.git, directory=tmp_path / "other")
    repository.git("clone", "-q", "--depth=1", repository.git.url(repository.name), str(other.directory))
    assert other("rev-list", "--count", "HEAD").strip() == "1"
    other("fetch", "-q", "--unshallow")
    assert int(other("rev-list", "--count", "HEAD")) > 1


def test_a_clone_without_blobs_fetches_them_when_they_are_needed(repository, tmp_path):
    other = replace(repository.git, directory=tmp_path / "other")
    url = repository.git.url(repository.name)
    repository.git("clone", "-q", "--filter=blob:none", "--no-checkout", url, str(other.directory))
    missing = other("rev-list", "--objects", "--all", "--missing=print")
    assert "?" in missing
    assert other("show", "origin/main:a.txt") == "one\n"


def test_push_options_arrive_with_the_push(repository):
    repository.git.commit({"n.txt": "n"})
    repository.git("push", "-q", "-o", "ci.skip", "origin", "HEAD:refs/heads/n")
    fact = repository.served.facts("RefUpdated")[-1]
    assert (fact.detail["name"], fact.detail["pushOptions"]) == ("refs/heads/n", ["ci.skip"])


def test_a_ref_can_be_deleted_and_the_names_of_pull_requests_are_the_servers(repository):
    repository.git("push", "-q", "origin", ":change")
    assert "refs/heads/change" not in repository.git("ls-remote", "origin")
    refused = repository.git("push", "origin", "main:refs/pull/1/merge", check=False)
    assert "[remote rejected] main -> refs/pull/1/merge" in refused


def test_a_client_without_multi_ack_is_refused_in_the_services_words(shared, repository):
    tip = repository.git("rev-parse", "main").strip()
    body = packet(f"want {tip} side-band-64k ofs-delta\n".encode()) + b"0000" + packet(b"done\n")
    answer = httpx.post(
        f"{shared.url}/ml/_git/{repository.name}/git-upload-pack",
        content=gzip.compress(body),
        headers={"content-type": "application/x-git-upload-pack-request", "content-encoding": "gzip"},
        auth=("", shared.token("grace")),
        trust_env=False,
    )
    assert (answer.status_code, answer.text[:8]) == (400, "TF401041")


def test_a_push_may_come_compressed(shared, repository):
    tip = repository.git("rev-parse", "main").strip()
    line = f"{'0' * 40} {tip} refs/heads/zipped\0 report-status".encode()
    empty_pack = bytes.fromhex("5041434b0000000200000000029d08823bd8a8eab510ad6ac75c823cfd3ed31e")
    answer = httpx.post(
        f"{shared.url}/ml/_git/{repository.name}/git-receive-pack",
        content=gzip.compress(packet(line) + b"0000" + empty_pack),
        headers={"content-type": "application/x-git-receive-pack-request", "content-encoding": "gzip"},
        auth=("", shared.token("grace")),
        trust_env=False,
    )
    assert b"ok refs/heads/zipped" in answer.content
    assert "refs/heads/zipped" in repository.git("ls-remote", "origin")


def test_large_files_are_refused_by_name(shared, repository):
    answer = httpx.post(
        f"{shared.url}/ml/_git/{repository.name}/info/lfs/objects/batch",
        json={"operation": "upload", "objects": []},
        auth=("", shared.token("grace")),
        trust_env=False,
    )
    assert answer.status_code == 501
    assert "Git LFS" in answer.json()["message"]


def test_a_body_that_is_no_push_is_refused(shared, repository):
    answer = httpx.post(
        f"{shared.url}/ml/_git/{repository.name}/git-receive-pack",
        content=b"this is no push at all",
        headers={"content-type": "application/x-git-receive-pack-request"},
        auth=("", shared.token("grace")),
        trust_env=False,
    )
    assert answer.status_code == 400


def peak_kib(process: int) -> int:
    """The most memory that a process ever held (Linux)."""
    text = Path(f"/proc/{process}/status").read_text()
    return next(int(line.split()[1]) for line in text.splitlines() if line.startswith("VmHWM:"))


def test_the_server_holds_no_pack_in_memory_neither_on_push_nor_on_clone(killable, tmp_path):
    git = working_copy(killable, tmp_path)
    git.commit({"a.txt": "1"})
    git("push", "-q", "origin", "main")
    git("clone", "-q", git.url(), str(tmp_path / "small"))
    before = peak_kib(killable.process.pid)
    (git.directory / "large.bin").write_bytes(os.urandom(LARGE_BYTES))
    git.commit({"a.txt": "2"})
    git("-c", "core.compression=0", "push", "-q", "origin", "main")
    git("clone", "-q", git.url(), str(tmp_path / "large"))
    assert (tmp_path / "large" / "large.bin").stat().st_size == LARGE_BYTES
    assert peak_kib(killable.process.pid) - before < GROWTH_KIB
