"""S3Download@1: objects of a bucket whose keys patterns take become files of a folder.

Source: S3Download of aws/aws-toolkit-azure-devops (order, defaults, texts).
"""

import posixpath
from pathlib import Path
from typing import Any

import sdk  # type: ignore[import-not-found]  # beside this file when it runs
from botocore.exceptions import ClientError
from file_patterns import key_matches  # type: ignore[import-not-found]
from task_library import debug, fail, flag, given, lines, required, say  # type: ignore[import-not-found]


def main() -> None:
    """Download what matches."""
    bucket, target, prefix = required("bucketName"), required("targetFolder"), given("sourceFolder")
    s3, secret_key = sdk.client("s3"), _customer_key()
    try:
        s3.head_bucket(Bucket=bucket)
    except ClientError:
        fail(f"Error: Bucket {bucket} does not exist")
    say(f"Downloading files from {prefix or '/'} in bucket {bucket} to {target}")
    Path(target).mkdir(parents=True, exist_ok=True)
    keys = _keys(s3, bucket, prefix)
    queued: list[tuple[str, Path]] = []
    refused = _queue(keys, prefix, target, queued)
    for key, place in queued:
        _download(s3, bucket, key, place, secret_key)
    if refused:
        fail(refused)
    say("Downloads from S3 completed")


def _keys(s3: Any, bucket: str, prefix: str) -> list[str]:
    said = (
        f"object keys with prefix {prefix} for bucket {bucket}"
        if prefix
        else f"object keys for bucket {bucket}"
    )
    say(f"Querying {said}")
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
    found = (item["Key"] for page in pages for item in page.get("Contents", ()))
    return [key for key in found if not key.endswith("_$folder$")]


def _matched(keys: list[str], prefix: str, pattern: str) -> list[str]:
    start = f"object keys with prefix {prefix}" if prefix else "object keys from bucket root"
    say(f"Globbing {start} against {pattern} to determine file downloads")
    skip = len(prefix) + 1 if prefix else 0
    found = [key for key in keys if key_matches(key[skip:], pattern)]
    for key in found:
        debug(f"...matched key {key}")
    return found


def _queue(keys: list[str], prefix: str, target: str, queued: list[tuple[str, Path]]) -> str:
    """Line up what is to be downloaded, before any of it is; why not the rest, where a file must not be overwritten."""
    for pattern in lines("globExpressions"):
        for key in _matched(keys, prefix, pattern):
            name = posixpath.basename(key.rstrip("/")) if flag("flattenFolders") else key
            place = Path(posixpath.join(target, name))
            if place.exists():
                there = f"Target file {place} exists for matched key {key}"
                if not flag("overwrite"):
                    return f"Error: {there}, overwrite switch not set, cannot download"
                say(f"{there}, overwriting")
            say(f"Queueing download of {key}")
            queued.append((key, place))
    return ""


def _download(s3: Any, bucket: str, key: str, place: Path, secret_key: dict[str, str | bytes]) -> None:
    if key.endswith("/") and not flag("flattenFolders"):
        place.mkdir(parents=True, exist_ok=True)
        return
    place.parent.mkdir(parents=True, exist_ok=True)
    body = s3.get_object(Bucket=bucket, Key=key, **secret_key)["Body"]
    with place.open("wb") as file:
        for chunk in body.iter_chunks():
            file.write(chunk)


def _customer_key() -> dict[str, str | bytes]:
    if given("keyManagement") != "customerManaged":
        return {}
    try:
        key = bytes.fromhex(required("customerKey"))
    except ValueError:
        fail("Error: The customer key is not in hexadecimal digits")
        raise
    return {"SSECustomerAlgorithm": "AES256", "SSECustomerKey": key}


if __name__ == "__main__":
    sdk.run(main)
