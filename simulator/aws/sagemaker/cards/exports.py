"""Export jobs of model cards: the PDF is written, as the caller, before the job is answered.

AWS's job runs behind the answer; ours has ended by then, Completed or Failed by what S3 said.
"""

from __future__ import annotations

import asyncio
import json
from typing import Any

from simulator.aws.behaviour import Answer, Call, behaviour
from simulator.aws.sagemaker import resources, storage
from simulator.aws.sagemaker.acting import Actor
from simulator.aws.sagemaker.cards.operations import version_of
from simulator.aws.sagemaker.kinds.cards import MODEL_CARD, MODEL_CARD_EXPORT_JOB
from simulator.aws.sagemaker.kinds.kind import Row
from simulator.aws.sagemaker.order import descends
from simulator.kernel.errors import CallerError

_SUMMARY = ("ModelCardExportJobName", "ModelCardExportJobArn", "Status", "ModelCardName", "ModelCardVersion",
            "CreatedAt", "LastModifiedAt")  # fmt: skip


@behaviour("sagemaker", "CreateModelCardExportJob")
async def create_model_card_export_job(call: Call) -> Answer:
    """Write the PDF of a version below the output path."""
    params = call.params
    card_key = resources.key_of(call, params["ModelCardName"])
    card = version_of(call.kernel, card_key, params.get("ModelCardVersion"))
    job, now = params["ModelCardExportJobName"], call.kernel.clock.now()
    key = f"{card_key}/export-job/{job}"
    if call.kernel.store.get(MODEL_CARD_EXPORT_JOB.row, key) is not None:
        code, text = MODEL_CARD_EXPORT_JOB.taken
        raise CallerError(code, text.format(name=job))
    members = {
        "ModelCardName": card["ModelCardName"],
        "ModelCardVersion": card["ModelCardVersion"],
        "OutputConfig": params["OutputConfig"],
        "CreatedAt": now,
        **await _written(call, card, job),
        "LastModifiedAt": call.kernel.clock.now(),
    }
    with call.kernel.store.transaction():
        row = resources.insert(call.kernel, MODEL_CARD_EXPORT_JOB, key, members)
        call.kernel.store.put(MODEL_CARD_EXPORT_JOB.row, key, {**row, "ModelCardExportJobName": job})
    return {"ModelCardExportJobArn": row["ModelCardExportJobArn"]}


async def _written(call: Call, card: Row, job: str) -> dict[str, Any]:
    """Status and artifacts of the job, by what S3 said."""
    name, version = card["ModelCardName"], card["ModelCardVersion"]
    uri = storage.join(call.params["OutputConfig"]["S3OutputPath"], name, str(version), f"{job}.pdf")
    title = f"Model card {name}, version {version} ({card['ModelCardStatus']})"
    body = await asyncio.to_thread(_document, title, card["Content"])
    try:
        await storage.put(Actor(call.cloud, call.account, call.region, call.principal), uri, body)
    except CallerError as error:
        return {"Status": "Failed", "FailureReason": f"{error.code}: {error.message}"[:1024]}
    return {"Status": "Completed", "ExportArtifacts": {"S3ExportArtifacts": uri}}


def _document(title: str, content: str) -> bytes:
    from simulator.aws.sagemaker.cards.document import pdf  # reportlab takes a moment to import

    return pdf(title, json.loads(content))


@behaviour("sagemaker", "DescribeModelCardExportJob")
async def describe_model_card_export_job(call: Call) -> Answer:
    """One job, by ARN."""
    key = resources.key_of(call, call.params["ModelCardExportJobArn"])
    return resources.visible(call, resources.fetch(call.kernel, MODEL_CARD_EXPORT_JOB, key))


@behaviour("sagemaker", "ListModelCardExportJobs")
async def list_model_card_export_jobs(call: Call) -> Answer:
    """The jobs of a card."""
    params, key = call.params, resources.key_of(call, call.params["ModelCardName"])
    resources.fetch(call.kernel, MODEL_CARD, key)
    rows = call.kernel.store.scan(MODEL_CARD_EXPORT_JOB.row, f"{key}/export-job/")
    found = [row for _, row in rows if _passes(row, params)]
    member = {"Name": "ModelCardExportJobName", "Status": "Status"}.get(params.get("SortBy", ""), "CreatedAt")
    found.sort(key=lambda row: row[member], reverse=descends(params, falling=True))
    start, size = resources.offset(params.get("NextToken")), int(params.get("MaxResults") or 10)
    answer: Answer = {
        "ModelCardExportJobSummaries": [{m: row[m] for m in _SUMMARY} for row in found[start : start + size]]
    }
    if start + size < len(found):
        answer["NextToken"] = resources.token(start + size)
    return answer


def _passes(row: Row, params: dict[str, Any]) -> bool:
    return (
        params.get("ModelCardVersion", row["ModelCardVersion"]) == row["ModelCardVersion"]
        and params.get("ModelCardExportJobNameContains", "") in row["ModelCardExportJobName"]
        and params.get("StatusEquals", row["Status"]) == row["Status"]
        and resources.epoch(params.get("CreationTimeAfter", 0)) <= row["CreatedAt"]
        and row["CreatedAt"] <= resources.epoch(params.get("CreationTimeBefore", float("inf")))
    )
