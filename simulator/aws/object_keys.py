"""Which KMS keys a request to S3 needs, and whether its caller may use them.

Source: Amazon S3 user guide, "Using server-side encryption with AWS KMS keys": PutObject and its kin ask for
kms:GenerateDataKey, GetObject and the source of a copy for kms:Decrypt, of whoever asked S3.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from urllib.parse import unquote

from simulator.aws.policies import Policies
from simulator.kernel.errors import CallerError

KEY_HEADER = "x-amz-server-side-encryption-aws-kms-key-id"
_WRITES = frozenset({"PutObject", "CreateMultipartUpload", "CopyObject"})
_READS = frozenset({"GetObject", "SelectObjectContent"})
_COPIES = frozenset({"CopyObject", "UploadPartCopy"})

Authorize = Callable[[str, str], Awaitable[None]]
"""Of a KMS operation and a key: returns when the caller may, else raises CallerError."""
Head = Callable[[str, str], Awaitable[Mapping[str, Any]]]
"""What HeadObject says of a bucket's object, asked by the simulator itself."""


async def before(
    operation: str, params: Mapping[str, Any], owner: str, policies: Policies, may: Authorize, head: Head
) -> None:
    """Raise AccessDenied where the caller may not use the key that a write or the source of a copy needs."""
    if operation in _WRITES and (key := await _key_of_write(params, owner, policies)):
        await _ask(may, "GenerateDataKey", key)
    if operation in _COPIES and (source := params.get("CopySource")):
        bucket, name = _named(source)
        if key := str((await head(bucket, name)).get("SSEKMSKeyId") or ""):
            await _ask(may, "Decrypt", key)


async def after(operation: str, key: str, may: Authorize) -> None:
    """Raise AccessDenied where the caller may not decrypt the object that is about to be answered."""
    if key and operation in _READS:
        await _ask(may, "Decrypt", key)


async def _key_of_write(params: Mapping[str, Any], owner: str, policies: Policies) -> str:
    if params.get("ServerSideEncryption"):
        return str(params.get("SSEKMSKeyId", ""))
    return await policies.bucket_key(str(params.get("Bucket", "")), owner)


async def _ask(may: Authorize, operation: str, key: str) -> None:
    try:
        await may(operation, key)
    except CallerError as error:
        raise CallerError("AccessDenied", error.message, 403) from error


def _named(source: str | Mapping[str, Any]) -> tuple[str, str]:
    if not isinstance(source, str):
        return str(source["Bucket"]), str(source["Key"])
    bucket, _, key = unquote(source.partition("?")[0]).lstrip("/").partition("/")
    return bucket, key
