"""The list of public pipelines, and how the runner finds, compiles and groups; the pipelines are not kept here."""

from __future__ import annotations

import re
import subprocess

from tests.conformance.public_yaml import Folder, Listed, candidates, compiled, listed, reason, steps


def test_five_hundred_files_are_listed_by_repository_and_commit():
    files = listed()
    assert len(files) == len(set(files)) == 500
    assert len({file.repository for file in files}) > 100
    assert all(re.fullmatch(r"[0-9a-f]{40}", file.commit) for file in files)


def test_pipelines_of_a_clone_are_found_and_compiled_and_templates_are_left_out(tmp_path):
    clone = tmp_path / "owner" / "name"
    clone.mkdir(parents=True)
    (clone / "azure-pipelines.yml").write_text("steps:\n- template: part.yml\n- task: Somebody.else@3\n")
    (clone / "part.yml").write_text("steps:\n- script: x\n")
    identity = ("-c", "user.name=a", "-c", "user.email=a@b.c")
    for arguments in (("init", "-q"), ("add", "."), (*identity, "commit", "-qm", "one")):
        subprocess.run(["git", "-C", str(clone), *arguments], check=True)
    folder = Folder(tmp_path)
    found = list(candidates(folder, "owner/name"))
    assert [(file.repository, file.path) for file in found] == [("owner/name", "azure-pipelines.yml")]
    assert [step.known for step in steps(compiled(folder, found[0]))] == [True, False]
    assert folder.text(Listed("owner/other", "HEAD", "azure-pipelines.yml")) is None


def test_sentences_are_grouped_without_places_and_names():
    assert reason("/a/b.yml (Line: 3, Col: 4): Unexpected value 'foo'") == "Unexpected value '<text>'"
