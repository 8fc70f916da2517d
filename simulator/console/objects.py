"""Objects of S3 by their URI, as an account sees them."""

from __future__ import annotations

from simulator.console.aws import Account
from simulator.console.refusals import NotThere


def place(uri: str) -> tuple[str, str]:
    """Bucket and key of `s3://bucket/key`; raises NotThere for anything else."""
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    if not uri.startswith("s3://") or not bucket:
        raise NotThere(f"{uri!r} is no S3 URI")
    return bucket, key


async def read_object(account: Account, uri: str) -> str:
    """The object's text; raises Refused in S3's words."""
    bucket, key = place(uri)
    return await account.text(bucket, key)
