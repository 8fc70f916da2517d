"""Kinds of lineage: what was used and made, what was done, what it belongs to, and how these hang together."""

from __future__ import annotations

from simulator.aws.sagemaker.kinds.kind import TIMES, Kind

ARTIFACT = Kind(
    "Artifact", "artifact", "ArtifactSummaries", ("ArtifactArn", "ArtifactName", "Source", "ArtifactType", *TIMES),
    missing=("ResourceNotFound", "Artifact '{arn}' does not exist."),
    taken=("ValidationException", "An artifact with this source already exists: {arn}"),
)  # fmt: skip
ACTION = Kind(
    "Action", "action", "ActionSummaries",
    ("ActionArn", "ActionName", "Source", "ActionType", "Status", *TIMES),
    missing=("ResourceNotFound", "Action '{arn}' does not exist."),
    taken=("ValidationException",
           "Action names must be unique within an AWS account and region. Action with name ({name}) already exists."),
)  # fmt: skip
CONTEXT = Kind(
    "Context", "context", "ContextSummaries", ("ContextArn", "ContextName", "Source", "ContextType", *TIMES),
    missing=("ResourceNotFound", "Context '{arn}' does not exist."),
    taken=("ValidationException",
           ("Context names must be unique within an AWS account and region. "
            "Context with name ({name}) already exists.")),
)  # fmt: skip
ASSOCIATION = Kind(
    "Association", "association", "AssociationSummaries",
    ("SourceArn", "DestinationArn", "SourceType", "DestinationType", "AssociationType", "SourceName",
     "DestinationName", "CreationTime"),
    missing=("ResourceNotFound", "The association does not exist."),
    taken=("ValidationException", "The association already exists."),
)  # fmt: skip
LINEAGE_GROUP = Kind(
    "LineageGroup", "lineage-group", "LineageGroupSummaries",
    ("LineageGroupArn", "LineageGroupName", "DisplayName", *TIMES),
    missing=("ResourceNotFound", "Lineage group '{arn}' does not exist."),
)  # fmt: skip
