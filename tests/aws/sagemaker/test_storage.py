"""Prefixes land below their channel's directory, and archives stay below theirs."""

import asyncio
import io
import tarfile

import pytest

from simulator.aws.sagemaker import archive, storage
from simulator.kernel.errors import CallerError


@pytest.mark.parametrize(
    ("prefix", "key", "path"),
    [
        ("a/train", "a/train/x.csv", "x.csv"),
        ("a/train/", "a/train/deep/x.csv", "deep/x.csv"),
        ("a/train/x.csv", "a/train/x.csv", "x.csv"),
        ("a/tr", "a/train/x.csv", "train/x.csv"),
        ("", "x.csv", "x.csv"),
    ],
)
def test_an_object_lands_where_its_key_says_below_the_prefix(prefix, key, path):
    assert storage.relative(prefix, key) == path


def test_what_is_no_s3_uri_is_refused():
    assert storage.split("s3://bucket/a/b") == ("bucket", "a/b")
    with pytest.raises(CallerError, match="Invalid S3 URI: http://x"):
        storage.split("http://x")


def test_a_directory_comes_back_from_its_archive(tmp_path):
    source, target = tmp_path / "a", tmp_path / "b"
    (source / "deep").mkdir(parents=True)
    (source / "deep" / "model").write_text("trees")
    asyncio.run(archive.unpack(asyncio.run(archive.pack(source)), target))
    assert (target / "deep" / "model").read_text() == "trees"


def test_an_archive_that_leaves_its_directory_is_refused(tmp_path):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as tar:
        tar.addfile(tarfile.TarInfo("../outside"), io.BytesIO())
    with pytest.raises(archive.NotAnArchive):
        asyncio.run(archive.unpack(buffer.getvalue(), tmp_path / "b"))
    with pytest.raises(archive.NotAnArchive):
        asyncio.run(archive.unpack(b"no archive", tmp_path / "b"))
