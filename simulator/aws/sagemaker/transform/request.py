"""What a transform job may ask for: AWS's refusals first, then ours by name; pure.

Source: API reference, CreateTransformJob, DataProcessing, TransformS3DataSource. AWS's words for these refusals are not
published: the texts are ours.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from simulator.aws.sagemaker import storage
from simulator.aws.sagemaker.transform import association, paths
from simulator.kernel.errors import CallerError

MOST_MB = 100


def check(params: Mapping[str, Any]) -> None:
    """Raises CallerError for what AWS refuses."""
    given, target = params["TransformInput"], params["TransformOutput"]
    source = given["DataSource"]["S3DataSource"]
    storage.split(source["S3Uri"])
    storage.split(target["S3OutputPath"])
    if capture := params.get("DataCaptureConfig"):
        storage.split(capture["DestinationS3Uri"])
    if source["S3DataType"] == "AugmentedManifestFile":
        raise _invalid("S3DataType AugmentedManifestFile is not supported for transform jobs.")
    megabytes = params.get("MaxConcurrentTransforms", 0) * params.get("MaxPayloadInMB", 0)
    if megabytes > MOST_MB:
        raise _invalid(f"MaxConcurrentTransforms * MaxPayloadInMB must not exceed {MOST_MB} MB.")
    _check_association(params)


def _check_association(params: Mapping[str, Any]) -> None:
    try:
        wanted = association.Association.of(params)
    except paths.InvalidPath as error:
        raise _invalid(f"DataProcessing has an unsupported JSONPath: {error}") from error
    if wanted.plain:
        return
    for what, content_type in (("ContentType", wanted.content_type), ("Accept", wanted.accept)):
        if association.media(content_type) not in association.FORMATS:
            raise _invalid(f"DataProcessing needs {what} to be one of {', '.join(association.FORMATS)}.")
    if wanted.join and association.media(wanted.content_type) != association.media(wanted.accept):
        raise _invalid("JoinSource Input needs ContentType and Accept to be the same.")
    how = (wanted.split, params["TransformOutput"].get("AssembleWith", "None"))
    if association.media(wanted.content_type) == "text/csv" and how != ("Line", "Line"):
        raise _invalid("DataProcessing of text/csv needs SplitType Line and AssembleWith Line.")
    if how[0] != how[1]:
        raise _invalid("DataProcessing needs SplitType and AssembleWith to be the same.")


def _invalid(text: str) -> CallerError:
    return CallerError("ValidationException", text)
