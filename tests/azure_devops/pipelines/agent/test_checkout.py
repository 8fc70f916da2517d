"""checkout with all it takes, fetched by the real git from the simulator's own server."""

from __future__ import annotations

import pytest

from tests.azure_devops.conftest import working_copy

_JOBS = """
resources:
  repositories:
    - {repository: other, type: git, name: ml/model_deploy}
jobs:
  - job: Defaults
    steps:
      - checkout: self
      - bash: |
          echo "defaults: $(git rev-list --count HEAD) commit, tags <$(git tag)>"
          echo "defaults: shallow $(git rev-parse --is-shallow-repository)"
          git config --get-regexp extraheader || echo "defaults: no credentials"
          git ls-remote origin || echo "defaults: nobody is let in"
  - job: Whole
    steps:
      - checkout: self
        fetchDepth: 0
        fetchTags: true
      - bash: |
          test $(git rev-list --count HEAD) -gt 2 && echo "whole: all commits, tags <$(git tag)>"
          git branch -r
  - job: Directories
    steps:
      - checkout: self
        sparseCheckoutDirectories: one
        sparseCheckoutPatterns: two/*
        fetchFilter: blob:none
      - bash: echo "directories:" $(find . -name '*.txt' | sort)
  - job: Patterns
    steps:
      - checkout: self
        sparseCheckoutPatterns: 'two/*.txt /one/deep/'
      - bash: echo "patterns:" $(find . -name '*.txt' | sort)
  - job: Kept
    steps:
      - checkout: self
        persistCredentials: true
      - bash: |
          git fetch -q origin main && echo "kept: let in"
          git config --get-regexp extraheader
  - job: Level
    steps:
      - checkout: self
        submodules: true
      - bash: echo "level:" $(cat parts/lib/lib.md) $(ls parts/lib/inner | wc -l)
  - job: Levels
    steps:
      - checkout: self
        submodules: recursive
      - bash: echo "levels:" $(cat parts/lib/inner/inner.md)
  - job: Moved
    steps:
      - checkout: self
        path: elsewhere/here
      - bash: echo "moved:" $PWD $(Build.SourcesDirectory) $BUILD_REPOSITORY_LOCALPATH $(System.DefaultWorkingDirectory)
  - job: Several
    steps:
      - checkout: self
        path: mine
      - checkout: other
        workspaceRepo: true
      - publish: deploy.md
        artifact: relative
      - task: PublishTestResults@2
        inputs: {testResultsFiles: '*.xml'}
      - bash: echo "several:" $PWD $(Build.SourcesDirectory) $(Build.Repository.LocalPath) $(cat deploy.md)
  - job: Again
    steps:
      - checkout: self
      - bash: echo changed > one/a.txt; touch left
      - checkout: self
        path: s/model_build
        clean: true
      - bash: cd model_build && echo "again:" $(cat one/a.txt) $(ls left 2>&1 | wc -c)
  - job: Outside
    steps:
      - checkout: self
        path: ../../s
  - job: Large
    steps:
      - checkout: self
        lfs: true
"""


@pytest.fixture(scope="module")
def log(jobs, tmp_path_factory):
    """The log of one run whose jobs each check out in another way."""
    with jobs.served.client() as client:
        assert client.post("ml/_apis/git/repositories", json={"name": "lib"}).status_code == 201
    inner = working_copy(jobs.served, tmp_path_factory.mktemp("inner"))
    suite = '<testsuite name="s"><testcase name="one"/></testsuite>'
    inner.commit({"inner.md": "the inner one", "deploy.md": "the other one", "units.xml": suite})
    inner("push", "-q", inner.url("model_deploy"), "main")
    lib = working_copy(jobs.served, tmp_path_factory.mktemp("lib"))
    _submodule(lib, inner, "inner", "../model_deploy")
    lib.commit({"lib.md": "the library"})
    lib("push", "-q", lib.url("lib"), "main")
    git = jobs.git
    git.commit({"one/a.txt": "a", "one/deep/b.txt": "b", "two/c.txt": "c", "two/d.md": "d", "top.txt": "t"})
    git("tag", "v1")
    git("push", "-q", "origin", "main", "v1")
    _submodule(git, lib, "parts/lib", "../lib")
    _, text = jobs.run(_JOBS)
    return text


def _submodule(git, other, path, url):
    """A submodule whose commit is the head of `other`; the address is relative to the repository's own."""
    head = other("rev-parse", "HEAD").strip()
    git("update-index", "--add", "--cacheinfo", f"160000,{head},{path}")
    (git.directory / path).mkdir(parents=True)
    text = f'[submodule "{path}"]\n\tpath = {path}\n\turl = {url}\n'
    (git.directory / ".gitmodules").write_text(text)
    git("add", ".gitmodules")
    git("commit", "-q", "-m", "submodule")


def test_one_commit_and_no_tags_come_where_the_step_says_nothing_else(log):
    assert "defaults: 1 commit, tags <>" in log
    assert "defaults: shallow true" in log
    assert "whole: all commits, tags <v1>" in log
    assert "origin/main" in log


def test_the_token_is_left_behind_only_where_it_is_wanted(log):
    assert "defaults: no credentials" in log
    assert "defaults: nobody is let in" in log
    assert "kept: let in" in log
    assert "_git/model_build.extraheader AUTHORIZATION: bearer ***" in log


def test_sparse_directories_go_before_patterns(log):
    assert "directories: ./one/a.txt ./one/deep/b.txt ./top.txt" in log
    assert "patterns: ./one/deep/b.txt ./two/c.txt" in log


def test_submodules_come_with_one_level_or_with_all(log):
    assert "level: the library 0" in log
    assert "levels: the inner one" in log


def test_a_single_checkout_takes_the_directories_along_to_its_path(log):
    there = "/home/vsts/work/1/elsewhere/here"
    assert f"moved: {there} {there} {there} {there}" in log


def test_of_several_checkouts_the_workspace_repository_is_where_steps_work(log):
    base = "/home/vsts/work/1"
    assert f"several: {base}/s/model_deploy {base}/s {base}/mine the other one" in log
    # Inputs of tasks start there too.
    assert "Published 1 test results" in log
    assert "Associated artifact" in log


def test_a_clean_checkout_undoes_what_steps_did(log):
    assert "again: a " in log


def test_what_cannot_be_checked_out_says_why(log):
    told = "should resolve to a directory under '/home/vsts/work/1', current resolved path '/home/vsts/s'."
    assert f"Input path '../../s' {told}" in log
    assert "checkout input lfs (no Git LFS on the agent)" in log
