"""Kinds of hubs: the hub and its versioned content."""

from __future__ import annotations

from simulator.aws.sagemaker.kinds.kind import IN_USE, NOT_FOUND, Kind

_SUMMARY = (
    "HubContentName", "HubContentArn", "SageMakerPublicHubContentArn", "HubContentVersion", "HubContentType",
    "DocumentSchemaVersion", "HubContentDisplayName", "HubContentDescription", "SupportStatus",
    "HubContentSearchKeywords", "HubContentStatus", "CreationTime",
)  # fmt: skip

HUB = Kind("Hub", "hub", begins="Creating", missing=NOT_FOUND, taken=IN_USE)
HUB_CONTENT = Kind(
    "HubContent", "hub-content", "HubContentSummaries", _SUMMARY,
    begins="Importing", missing=NOT_FOUND, taken=IN_USE, within="Hub", nested=True,
    identity="{HubName}/{HubContentType}/{HubContentName}/{HubContentVersion}",
    unfiltered=("MaxSchemaVersion", "HubName"),
)  # fmt: skip
