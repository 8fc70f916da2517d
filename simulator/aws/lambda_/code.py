"""The archive of a function or layer: where it comes from, its checks, and its place in the state directory."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import io
import os
import shutil
import stat
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from simulator.aws.behaviour import Call
from simulator.aws.lambda_.errors import invalid
from simulator.kernel.errors import CallerError, NotSimulated
from simulator.kernel.store import Store

# Source: developer guide, "Lambda quotas": deployment package, zipped for direct upload and unzipped.
ZIPPED_BYTES, UNZIPPED_BYTES = 52_428_800, 262_144_000


@dataclass(frozen=True)
class Archive:
    """A checked archive: its digest in hex, and its size in bytes."""

    digest: str
    size: int

    @property
    def sha256(self) -> str:
        """CodeSha256: the digest in base64."""
        return base64.b64encode(bytes.fromhex(self.digest)).decode()


async def read(call: Call, given: Mapping[str, Any]) -> bytes:
    """The bytes behind ZipFile or S3Bucket, S3Key and S3ObjectVersion, fetched as the caller."""
    for member in ("ImageUri", "SourceKMSKeyArn"):
        if given.get(member):
            raise NotSimulated(f"{member} of lambda:{call.operation}", "Give the code as a zip archive.")
    if "ZipFile" in given:
        body = bytes(given["ZipFile"])
        if len(body) > ZIPPED_BYTES:
            text = f"Request must be smaller than {ZIPPED_BYTES} bytes for the {call.operation} operation"
            raise CallerError("RequestEntityTooLargeException", text, 413)
        return body
    if not given.get("S3Bucket") or not given.get("S3Key"):
        raise invalid("Please provide a source for function code.")
    return await _from_s3(call, given)


async def _from_s3(call: Call, given: Mapping[str, Any]) -> bytes:
    params = {"Bucket": given["S3Bucket"], "Key": given["S3Key"]}
    if given.get("S3ObjectVersion"):
        params["VersionId"] = given["S3ObjectVersion"]
    try:
        answer = await call.cloud.call(
            "s3", "GetObject", params, account=call.account, region=call.region, principal=call.principal
        )
    except CallerError as error:
        if error.code in ("AccessDenied", "403"):
            text = (
                "Your access has been denied by S3, please make sure your request credentials have permission to "
                f"GetObject for {given['S3Bucket']}/{given['S3Key']}. S3 Error Code: AccessDenied. "
                f"S3 Error Message: {error.message}"
            )
            raise CallerError("AccessDeniedException", text, 403, Type="User") from error
        raise invalid(
            f"Error occurred while GetObject. S3 Error Code: {error.code}. S3 Error Message: {error.message}"
        ) from error
    body = answer["Body"]
    return bytes(body if isinstance(body, bytes | bytearray) else body.read())


async def keep(store: Store, body: bytes) -> Archive:
    """Check the archive and write it to the state directory; raises AWS's texts for what is no zip or too large."""
    digest = hashlib.sha256(body).hexdigest()
    await asyncio.to_thread(_keep, _file(store, digest), body)
    return Archive(digest, len(body))


async def unpacked(store: Store, digest: str) -> Path:
    """The directory with the archive's files, unpacked at its first use."""
    directory = store.directory / "lambda" / "unpacked" / digest
    if not directory.is_dir():
        await asyncio.to_thread(_unpack, _file(store, digest), directory)
    return directory


def blob(store: Store, digest: str) -> bytes:
    """The archive's bytes."""
    return _file(store, digest).read_bytes()


def forget(store: Store, digest: str) -> None:
    """Remove an archive that nothing refers to any more."""
    _file(store, digest).unlink(missing_ok=True)
    shutil.rmtree(store.directory / "lambda" / "unpacked" / digest, ignore_errors=True)


def _file(store: Store, digest: str) -> Path:
    return store.directory / "lambda" / "code" / f"{digest}.zip"


def _keep(file: Path, body: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            size = sum(entry.file_size for entry in archive.infolist())
    except zipfile.BadZipFile as error:
        raise invalid(
            "Could not unzip uploaded file. Please check your file, then try to upload again."
        ) from error
    if size > UNZIPPED_BYTES:
        raise invalid(f"Unzipped size must be smaller than {UNZIPPED_BYTES} bytes")
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = file.with_suffix(f".{os.getpid()}.new")
    fresh.write_bytes(body)
    fresh.rename(file)


def _unpack(file: Path, directory: Path) -> None:
    """Unpack beside the place and rename, so that a directory that is there is whole; modes come from the archive."""
    fresh = directory.with_name(f"{directory.name}.new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    with zipfile.ZipFile(file) as archive:
        for entry in archive.infolist():
            written = Path(archive.extract(entry, fresh))
            mode = stat.S_IMODE(entry.external_attr >> 16)
            written.chmod((mode or 0o644) | (0o755 if entry.is_dir() else 0o400))
    fresh.chmod(0o755)
    if directory.is_dir():  # somebody else was as quick
        shutil.rmtree(fresh)
    else:
        fresh.rename(directory)
