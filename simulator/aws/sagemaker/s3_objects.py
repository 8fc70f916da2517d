"""Which objects an S3 data source names: those under a prefix or those that a manifest lists, and one host's share.

Source: API reference, S3DataSource and ProcessingS3Input (S3DataType, S3DataDistributionType).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from simulator.aws.sagemaker import storage
from simulator.aws.sagemaker.acting import Actor


class NotAManifest(Exception):
    """The object is no manifest; the text says why."""


@dataclass(frozen=True)
class Source:
    """One object: its URI, and its path below the prefix by which it was found."""

    uri: str
    relative: str


def listed(text: bytes, uri: str) -> list[Source]:
    """What a manifest lists: `[{"prefix": "s3://..."}, "relative/path", ...]`; raises NotAManifest."""
    try:
        document: Any = json.loads(text)
    except ValueError as error:
        raise NotAManifest(f"The manifest {uri} is not valid JSON") from error
    if not isinstance(document, list) or not document or not isinstance(document[0], dict):
        raise NotAManifest(f"The manifest {uri} must be an array that begins with a prefix")
    prefix, names = document[0].get("prefix"), document[1:]
    if not isinstance(prefix, str) or not prefix.startswith("s3://"):
        raise NotAManifest(f"The manifest {uri} has no prefix")
    if not all(isinstance(name, str) and ".." not in name.split("/") for name in names):
        raise NotAManifest(f"The manifest {uri} must list paths relative to its prefix")
    # Source: API reference, S3DataSource: prefix and path are put one after the other, as they are.
    return [Source(f"{prefix}{name}", name.lstrip("/")) for name in names]


async def named(actor: Actor, uri: str, kind: str) -> list[Source]:
    """The objects of a data source of `kind` S3Prefix or ManifestFile; a prefix that is a whole key names one.

    Raises CallerError with S3's code, and NotAManifest.
    """
    if kind == "ManifestFile":
        return listed(await storage.get(actor, uri), uri)
    bucket, prefix = storage.split(uri)
    keys = await storage.list_keys(actor, uri)
    if prefix in keys:
        keys = [prefix]
    return [Source(f"s3://{bucket}/{key}", storage.relative(prefix, key)) for key in keys]


def share(sources: Sequence[Source], host: int, hosts: int, distribution: str) -> list[Source]:
    """What host number `host` (from 0) of `hosts` gets: everything, or its part for ShardedByS3Key."""
    return list(sources[host::hosts]) if distribution == "ShardedByS3Key" else list(sources)
