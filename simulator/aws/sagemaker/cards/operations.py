"""Cards and their versions: a change of content is a new version, a change of status is not.

Source: botocore's model; SageMaker API reference, "UpdateModelCard".
"""

from __future__ import annotations

from typing import Any

from simulator.aws.behaviour import Answer, Call, behaviour
from simulator.aws.sagemaker import resources
from simulator.aws.sagemaker.acting import who
from simulator.aws.sagemaker.cards.content import check
from simulator.aws.sagemaker.jobs import accept
from simulator.aws.sagemaker.kinds.cards import MODEL_CARD, MODEL_CARD_EXPORT_JOB
from simulator.aws.sagemaker.kinds.kind import Row
from simulator.aws.sagemaker.order import descends
from simulator.kernel.errors import CallerError
from simulator.kernel.world import Kernel

_VERSION = "sagemaker.model_card_version"
_OF_VERSION = ("ModelCardName", "ModelCardArn", "ModelCardStatus", "ModelCardVersion", "CreationTime",
               "LastModifiedTime")  # fmt: skip


def _keep(kernel: Kernel, key: str, row: Row) -> None:
    """Write the card as it is now under its version."""
    kernel.store.put(_VERSION, f"{key}/{row['ModelCardVersion']:09d}", row)


def version_of(kernel: Kernel, key: str, version: int | None) -> Row:
    """The card as it was in a version, or as it is; raises ResourceNotFound."""
    row = resources.fetch(kernel, MODEL_CARD, key)
    if version is None or version == row["ModelCardVersion"]:
        return row
    found = kernel.store.get(_VERSION, f"{key}/{version:09d}")
    if found is None:
        text = f"Model card {row['ModelCardName']} version {version} does not exist."
        raise CallerError("ResourceNotFound", text)
    return found


@behaviour("sagemaker", "CreateModelCard")
async def create_model_card(call: Call) -> Answer:
    """The first version of a card."""
    params = dict(call.params)
    check(params["Content"])
    tags, key = params.pop("Tags", ()), call.key(params["ModelCardName"])
    stamps = {"ModelCardVersion": 1, "CreatedBy": who(call), "LastModifiedBy": who(call)}
    with call.kernel.store.transaction():
        row = resources.insert(call.kernel, MODEL_CARD, key, {**params, **stamps}, tags)
        _keep(call.kernel, key, row)
        accept(call.kernel, "CreateModelCard", params, ("SecurityConfig",))
    return {"ModelCardArn": row["ModelCardArn"]}


@behaviour("sagemaker", "UpdateModelCard")
async def update_model_card(call: Call) -> Answer:
    """Content or status, not both in one call."""
    params, key = call.params, resources.key_of(call, call.params["ModelCardName"])
    row = resources.fetch(call.kernel, MODEL_CARD, key)
    if "Content" in params and "ModelCardStatus" in params:
        text = "You cannot update both model card content and model card status in a single call."
        raise CallerError("ValidationException", text)
    members: dict[str, Any] = {"LastModifiedBy": who(call)}
    if "Content" in params:
        check(params["Content"])
        members |= {"Content": params["Content"], "ModelCardVersion": row["ModelCardVersion"] + 1}
    if "ModelCardStatus" in params:
        members["ModelCardStatus"] = params["ModelCardStatus"]
    with call.kernel.store.transaction():
        row = resources.change(call.kernel, MODEL_CARD, key, members)
        _keep(call.kernel, key, row)
    return {"ModelCardArn": row["ModelCardArn"]}


@behaviour("sagemaker", "DescribeModelCard")
async def describe_model_card(call: Call) -> Answer:
    """The card, in the version that is asked for."""
    key = resources.key_of(call, call.params["ModelCardName"])
    row = version_of(call.kernel, key, call.params.get("ModelCardVersion"))
    if call.params.get("IncludedData") == "MetadataOnly":
        row["Content"] = "{}"
    return resources.visible(call, row)


@behaviour("sagemaker", "DeleteModelCard")
async def delete_model_card(call: Call) -> Answer:
    """The card, its versions and its export jobs; the PDFs in S3 stay."""
    key = resources.key_of(call, call.params["ModelCardName"])
    with call.kernel.store.transaction():
        resources.remove(call.kernel, MODEL_CARD, key)
        for kind in (_VERSION, MODEL_CARD_EXPORT_JOB.row):
            for each, _ in call.kernel.store.scan(kind, f"{key}/"):
                call.kernel.store.delete(kind, each)
    return {}


@behaviour("sagemaker", "ListModelCardVersions")
async def list_model_card_versions(call: Call) -> Answer:
    """The versions of a card, the newest first unless asked otherwise."""
    params, key = call.params, resources.key_of(call, call.params["ModelCardName"])
    resources.fetch(call.kernel, MODEL_CARD, key)
    rows = [row for _, row in call.kernel.store.scan(_VERSION, f"{key}/") if _passes(row, params)]
    if descends(params, falling=True):
        rows.reverse()
    start, size = resources.offset(params.get("NextToken")), int(params.get("MaxResults") or 10)
    shown = [{m: row[m] for m in _OF_VERSION if m in row} for row in rows[start : start + size]]
    answer: Answer = {"ModelCardVersionSummaryList": shown}
    if start + size < len(rows):
        answer["NextToken"] = resources.token(start + size)
    return answer


def _passes(row: Row, params: dict[str, Any]) -> bool:
    return bool(
        params.get("ModelCardStatus", row["ModelCardStatus"]) == row["ModelCardStatus"]
        and resources.epoch(params.get("CreationTimeAfter", 0)) <= row["CreationTime"]
        and row["CreationTime"] <= resources.epoch(params.get("CreationTimeBefore", float("inf")))
    )


resources.lists(MODEL_CARD)
