"""What CreateTrainingJob refuses of one channel: pure.

Source: API reference, Channel and S3DataSource; developer guide, "Set up training jobs to access datasets". AWS's own
words for these refusals are not recorded: the texts are ours.
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from typing import Any

from simulator.aws.sagemaker import storage
from simulator.kernel.errors import CallerError, NotSimulated


def check_channel(channel: Mapping[str, Any], default_mode: str, groups: Set[str]) -> None:
    """Raises CallerError for what AWS refuses, NotSimulated for a data source that is not here."""
    name = channel["ChannelName"]
    source = channel["DataSource"].get("S3DataSource")
    if source is None:
        given = ", ".join(channel["DataSource"]) or "nothing"
        raise NotSimulated(f"channel {name}: the data source {given}", "Use S3DataSource.")
    storage.split(source["S3Uri"])
    if source["S3DataType"] == "Converse":
        raise NotSimulated(f"S3DataType Converse of channel {name}", "Use S3Prefix.")
    for text in _refusals(channel, source, channel.get("InputMode") or default_mode):
        raise CallerError("ValidationException", f"Channel {name}: {text}")
    unknown = sorted(set(source.get("InstanceGroupNames", ())) - groups)
    if unknown:
        text = f"Channel {name}: InstanceGroupNames has {', '.join(unknown)}, which ResourceConfig does not have."
        raise CallerError("ValidationException", text)


def _refusals(channel: Mapping[str, Any], source: Mapping[str, Any], mode: str) -> list[str]:
    """Every reason to refuse it."""
    kind, names = source["S3DataType"], source.get("AttributeNames")
    compressed = channel.get("CompressionType", "None") == "Gzip"
    framed = channel.get("RecordWrapperType", "None") == "RecordIO"
    reasons = {
        "S3DataType AugmentedManifestFile is only supported with the input mode Pipe.": (
            kind == "AugmentedManifestFile" and mode != "Pipe"
        ),
        "AttributeNames must be specified for S3DataType AugmentedManifestFile.": (
            kind == "AugmentedManifestFile" and not names
        ),
        "AttributeNames are only supported with S3DataType AugmentedManifestFile.": (
            bool(names) and kind != "AugmentedManifestFile"
        ),
        "the input mode FastFile is only supported with S3DataType S3Prefix.": (
            mode == "FastFile" and kind != "S3Prefix"
        ),
        "CompressionType Gzip is only supported with the input mode Pipe.": compressed and mode != "Pipe",
        "RecordWrapperType RecordIO is only supported with the input mode Pipe.": framed and mode != "Pipe",
    }
    return [text for text, holds in reasons.items() if holds]
