"""CopyFiles, DeleteFiles, ArchiveFiles and ExtractFiles: their programs over real files."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from simulator.azure_devops.pipelines.tasks import programs
from simulator.azure_devops.task_definitions.catalogue import BUILT_IN, canonical_inputs

PROGRAMS = Path(programs.__file__).parent


@pytest.fixture
def task(tmp_path):
    """Run a task's program in a folder with files; its exit code and output."""
    for name in ("a.txt", "b.log", "deep/c.txt", "deep/.hidden"):
        path = tmp_path / "src" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)

    def run(program, name, version, **inputs):
        definition = BUILT_IN.find(name, version)
        assert definition is not None
        given = {
            key: value.replace("$(Build.ArtifactStagingDirectory)", "staging").replace(
                "$(Build.BuildId)", "7"
            )
            for key, value in canonical_inputs(definition, inputs).items()
        }
        environment = {f"INPUT_{key.upper()}": value for key, value in given.items()}
        done = subprocess.run(
            [sys.executable, "-B", PROGRAMS / f"{program}.py"],
            cwd=tmp_path,
            env={"PATH": os.environ["PATH"], **environment},
            capture_output=True,
            text=True,
            check=False,
        )
        assert not done.stderr, done.stderr
        return done.returncode, done.stdout

    return run


def tree(top):
    return sorted(path.relative_to(top).as_posix() for path in top.rglob("*") if path.is_file())


def test_files_are_copied_with_their_folders_or_flat(task, tmp_path):
    code, told = task(
        "copy_files", "CopyFiles", 2, SourceFolder="src", Contents="**/*.txt", TargetFolder="out"
    )
    assert (code, tree(tmp_path / "out")) == (0, ["a.txt", "deep/c.txt"])
    assert "found 2 files" in told
    task("copy_files", "CopyFiles", 2, SourceFolder="src", TargetFolder="flat", flattenFolders="true")
    assert tree(tmp_path / "flat") == [".hidden", "a.txt", "b.log", "c.txt"]


def test_a_file_that_is_there_is_kept_unless_it_may_be_overwritten(task, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "a.txt").write_text("old")
    _, told = task("copy_files", "CopyFiles", 2, SourceFolder="src", Contents="a.txt", TargetFolder="out")
    assert "already exist at" in told
    assert (tmp_path / "out" / "a.txt").read_text() == "old"
    task(
        "copy_files",
        "CopyFiles",
        2,
        SourceFolder="src",
        Contents="a.txt",
        TargetFolder="out",
        OverWrite="true",
    )
    assert (tmp_path / "out" / "a.txt").read_text() == "a.txt"
    task(
        "copy_files",
        "CopyFiles",
        2,
        SourceFolder="src",
        Contents="b*",
        TargetFolder="out",
        CleanTargetFolder="true",
    )
    assert tree(tmp_path / "out") == ["b.log"]


def test_a_source_that_is_not_there_fails(task):
    code, told = task("copy_files", "CopyFiles", 2, SourceFolder="none", TargetFolder="out")
    assert code == 1
    assert "Not found SourceFolder" in told


def test_files_and_folders_are_deleted_and_hidden_ones_only_where_asked(task, tmp_path):
    code, _ = task("delete_files", "DeleteFiles", 1, SourceFolder="src", Contents="**/*.txt\n!**/c.txt")
    assert (code, tree(tmp_path / "src")) == (0, ["b.log", "deep/.hidden", "deep/c.txt"])
    task(
        "delete_files",
        "DeleteFiles",
        1,
        SourceFolder="src",
        Contents="deep\n*.{log,zip}",
        RemoveSourceFolder="true",
    )
    assert not (tmp_path / "src").exists()
    assert (
        "No files to delete." in task("delete_files", "DeleteFiles", 1, SourceFolder="src", Contents="*")[1]
    )


@pytest.mark.parametrize(
    ("kind", "name", "more"),
    [("zip", "x.zip", {}), ("tar", "x.tar.gz", {}), ("tar", "x.tar", {"tarCompression": "none"})],
)
def test_an_archive_is_made_and_extracted_again(task, tmp_path, kind, name, more):
    given = {"rootFolderOrFile": "src", "archiveFile": f"out/{name}", "includeRootFolder": "false"}
    code, told = task("archive_files", "ArchiveFiles", 2, **given, archiveType=kind, **more)
    assert code == 0, told
    code, told = task(
        "extract_files", "ExtractFiles", 1, archiveFilePatterns=f"**/{name}", destinationFolder="back"
    )
    assert code == 0, told
    assert "Successfully extracted all files." in told
    assert tree(tmp_path / "back") == tree(tmp_path / "src")


def test_the_root_folder_is_part_of_the_archive_where_it_is_asked_for(task, tmp_path):
    task("archive_files", "ArchiveFiles", 2, rootFolderOrFile="src", archiveFile="x.zip")
    assert "src/deep/c.txt" in zipfile.ZipFile(tmp_path / "x.zip").namelist()


def test_an_archive_of_another_kind_is_refused_by_name(task):
    code, told = task(
        "archive_files", "ArchiveFiles", 2, rootFolderOrFile="src", archiveFile="x.7z", archiveType="7z"
    )
    assert code == 1
    assert "archives of type 7z are not simulated" in told


def test_no_archive_is_a_failure_and_none_leaves_its_folder(task, tmp_path):
    assert (
        task("extract_files", "ExtractFiles", 1, archiveFilePatterns="**/*.zip", destinationFolder="back")[0]
        == 1
    )
    with zipfile.ZipFile(tmp_path / "evil.zip", "w") as evil:
        evil.writestr("../escaped.txt", "x")
    code, told = task(
        "extract_files", "ExtractFiles", 1, archiveFilePatterns="evil.zip", destinationFolder="back"
    )
    assert code == 1
    assert "lies outside" in told
    assert not (tmp_path / "escaped.txt").exists()
