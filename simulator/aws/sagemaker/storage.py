"""Objects of S3 as a job sees them: whole prefixes down to a directory, whole directories up to a prefix."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from simulator.aws.sagemaker.acting import Actor
from simulator.kernel.errors import CallerError


def split(uri: str) -> tuple[str, str]:
    """Bucket and key of an `s3://` URI; raises AWS's error for anything else."""
    parts = urlsplit(uri)
    if parts.scheme != "s3" or not parts.netloc:
        raise CallerError("ValidationException", f"Invalid S3 URI: {uri}")
    return parts.netloc, uri[len("s3://") + len(parts.netloc) :].lstrip("/")


def join(uri: str, *names: str) -> str:
    """The URI of something below a prefix, whose last slash it goes on from."""
    return "/".join([uri.removesuffix("/"), *(name.strip("/") for name in names)])


def relative(prefix: str, key: str) -> str:
    """Where an object lands below the directory of its channel: the key without the prefix.

    A prefix that is a whole key gives the object's own name, as does one that ends within a name.
    """
    folder = prefix if prefix.endswith("/") or not prefix else f"{prefix}/"
    if key != prefix and key.startswith(folder):
        return key[len(folder) :]
    return key[prefix.rfind("/") + 1 :]


def no_objects(uri: str, region: str, role_arn: str) -> str:
    """AWS's text for a prefix without data."""
    bucket = split(uri)[0]
    return (
        f'ClientError: No S3 objects found under S3 URL "{uri}" given in input data source. Please ensure that the '
        f"bucket exists in the selected region ({region}), that objects exist under that S3 prefix, and that the role "
        f'"{role_arn}" has "s3:ListBucket" permissions on bucket "{bucket}".'
    )


async def list_keys(actor: Actor, uri: str) -> list[str]:
    """The keys under a prefix, without folder markers, in order."""
    bucket, prefix = split(uri)
    keys: list[str] = []
    params: dict[str, Any] = {"Bucket": bucket, "Prefix": prefix}
    while True:
        answer = await actor.call("s3", "ListObjectsV2", params)
        keys += [each["Key"] for each in answer.get("Contents", ()) if not each["Key"].endswith("/")]
        if not answer.get("IsTruncated"):
            return keys
        params["ContinuationToken"] = answer["NextContinuationToken"]


async def get(actor: Actor, uri: str) -> bytes:
    """The bytes of one object."""
    bucket, key = split(uri)
    body = (await actor.call("s3", "GetObject", {"Bucket": bucket, "Key": key}))["Body"]
    if isinstance(body, str):
        return body.encode()
    if isinstance(body, (bytes, bytearray, memoryview)):
        return bytes(body)
    content = await asyncio.to_thread(body.read)
    return bytes(content)


async def put(actor: Actor, uri: str, body: bytes, content_type: str = "", key: str = "") -> None:
    """Write one object, encrypted with the KMS key `key` if there is one."""
    bucket, name = split(uri)
    more = {"ContentType": content_type} if content_type else {}
    if key:
        more |= {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": key}
    await actor.call("s3", "PutObject", {"Bucket": bucket, "Key": name, "Body": body, **more})


async def download(actor: Actor, uri: str, directory: Path) -> int:
    """Bring every object under the prefix into `directory`; says how many there were."""
    bucket, prefix = split(uri)
    keys = await list_keys(actor, uri)
    if prefix in keys:
        keys = [prefix]
    for key in keys:
        target = directory / relative(prefix, key)
        if ".." in target.parts:
            raise CallerError("ValidationException", f"the key {key} leaves its directory")
        body = await get(actor, f"s3://{bucket}/{key}")
        await asyncio.to_thread(_write, target, body)
    return len(keys)


def _write(target: Path, body: bytes) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(body)


async def upload(actor: Actor, directory: Path, uri: str, *, key: str = "") -> list[str]:
    """Put every file below `directory` under the prefix; links are left out. Gives the URIs written."""
    files = await asyncio.to_thread(_files, directory)
    written = []
    for file in files:
        target = join(uri, file.relative_to(directory).as_posix())
        await put(actor, target, await asyncio.to_thread(file.read_bytes), key=key)
        written.append(target)
    return written


def _files(directory: Path) -> list[Path]:
    return sorted(path for path in directory.rglob("*") if path.is_file() and not path.is_symlink())
