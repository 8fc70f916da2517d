"""Pipelines and their versions: created, updated, described, listed, deleted."""

from __future__ import annotations

from collections.abc import Iterable

from simulator.aws.behaviour import Answer, Call, behaviour
from simulator.aws.sagemaker import resources
from simulator.aws.sagemaker.kinds.kind import Row
from simulator.aws.sagemaker.kinds.pipelines import PIPELINE, PIPELINE_EXECUTION
from simulator.aws.sagemaker.order import descends
from simulator.aws.sagemaker.pipelines.execution import DEFINITION, STEP
from simulator.aws.sagemaker.pipelines.operations.requests import (
    VERSION,
    given_definition,
    pipeline_of,
    version,
    version_of,
    versions,
    who,
)
from simulator.aws.sagemaker.remembering.once import once
from simulator.kernel.errors import CallerError

_SUMMARY = ("PipelineArn", "PipelineVersionId", "CreationTime", "PipelineVersionDescription",
            "PipelineVersionDisplayName", "LastExecutionPipelineExecutionArn", "PipelineVersionAliases")  # fmt: skip


@behaviour("sagemaker", "CreatePipeline")
async def create_pipeline(call: Call) -> Answer:
    """Check the definition whole, then keep it as version 1; the same ClientRequestToken gives the same pipeline."""
    params = dict(call.params)
    key, tags, aliases = (
        call.key(params["PipelineName"]),
        params.pop("Tags", ()),
        params.pop("PipelineVersionAliases", ()),
    )
    token = params.pop("ClientRequestToken", None)
    there = call.kernel.store.get(PIPELINE.row, key)
    if there is not None and token and there.get("_token") == token:
        return {"PipelineArn": there["PipelineArn"]}
    if there is None:
        text = await given_definition(call)
        if text is None:
            said = "Either Pipeline Definition or Pipeline Definition S3 location should be provided"
            raise CallerError("ValidationException", said)
        params["PipelineDefinition"] = text
    params.pop("PipelineDefinitionS3Location", None)
    params.setdefault("PipelineDisplayName", params["PipelineName"])
    people = {"CreatedBy": who(call), "LastModifiedBy": who(call)}
    with call.kernel.store.transaction():
        row = resources.insert(
            call.kernel, PIPELINE, key, {**params, **people, "_token": token, "_version": 0}, tags
        )
        _new_version(call, key, row, aliases)
    return {"PipelineArn": row["PipelineArn"]}


def _new_version(call: Call, key: str, row: Row, aliases: Iterable[str]) -> int:
    """Keep the definition of the pipeline's row as its next version; an alias moves to it."""
    number = int(row.get("_version", 0)) + 1
    _take_aliases(call, key, aliases)
    kept = {
        "PipelineArn": row["PipelineArn"],
        "PipelineVersionId": number,
        "CreationTime": round(call.kernel.clock.now(), 3),
        "PipelineDefinition": row["PipelineDefinition"],
        "PipelineVersionAliases": list(aliases),
    }
    call.kernel.store.put(VERSION, f"{key}/version/{number:08d}", kept)
    resources.change(call.kernel, PIPELINE, key, {"_version": number}, quiet=True)
    return number


def _take_aliases(call: Call, key: str, aliases: Iterable[str]) -> None:
    wanted = set(aliases)
    for row in versions(call.kernel, key) if wanted else ():
        left = [each for each in row["PipelineVersionAliases"] if each not in wanted]
        if left != row["PipelineVersionAliases"]:
            row["PipelineVersionAliases"] = left
            call.kernel.store.put(VERSION, f"{key}/version/{row['PipelineVersionId']:08d}", row)


@behaviour("sagemaker", "UpdatePipeline")
async def update_pipeline(call: Call) -> Answer:
    """Replace what is given; a definition is a new version. Executions that run keep what they started with."""
    params, (key, before) = dict(call.params), pipeline_of(call)
    text = await given_definition(call)
    if text is not None:
        params["PipelineDefinition"] = text
    aliases = params.pop("PipelineVersionAliases", ())
    for member in ("PipelineDefinitionS3Location", "PipelineName"):
        params.pop(member, None)
    with call.kernel.store.transaction():
        row = resources.change(call.kernel, PIPELINE, key, {**params, "LastModifiedBy": who(call)})
        number = int(before.get("_version", 1))
        if text is not None:
            number = _new_version(call, key, row, aliases)
    return {"PipelineArn": row["PipelineArn"], "PipelineVersionId": number}


@behaviour("sagemaker", "DescribePipeline")
async def describe_pipeline(call: Call) -> Answer:
    """A pipeline as it is now, or with the definition of one of its versions."""
    key, row = pipeline_of(call)
    chosen = version_of(call, key) or call.kernel.store.get(
        VERSION, f"{key}/version/{int(row.get('_version', 0)):08d}"
    )
    return resources.visible(call, {**row, **_described(chosen or {})})


def _described(row: Row) -> Row:
    members = ("PipelineDefinition", "PipelineVersionDisplayName", "PipelineVersionDescription")
    found = {member: row[member] for member in members if member in row}
    if row.get("PipelineVersionAliases"):
        found["PipelineVersionAliases"] = row["PipelineVersionAliases"]
    return found


@behaviour("sagemaker", "DeletePipeline")
@once
async def delete_pipeline(call: Call) -> Answer:
    """Delete a pipeline with its executions; refused while one runs. Source: API reference of DeletePipeline."""
    key, row = pipeline_of(call)
    store = call.kernel.store
    executions = store.scan(PIPELINE_EXECUTION.row, f"{key}/execution/")
    if any(each["PipelineExecutionStatus"] in PIPELINE_EXECUTION.in_progress for _, each in executions):
        said = f"Pipeline '{row['PipelineArn']}' has running executions; stop them before you delete it."
        raise CallerError("ConflictException", said)
    with store.transaction():
        for execution, _ in executions:
            store.delete(PIPELINE_EXECUTION.row, execution)
            store.delete(DEFINITION, execution)
        for kind, prefix in ((STEP, f"{key}/execution/"), (VERSION, f"{key}/version/")):
            for each, _ in store.scan(kind, prefix):
                store.delete(kind, each)
        resources.remove(call.kernel, PIPELINE, key)
    return {"PipelineArn": row["PipelineArn"]}


@behaviour("sagemaker", "ListPipelineVersions")
async def list_pipeline_versions(call: Call) -> Answer:
    """The versions of a pipeline, the newest first unless asked otherwise."""
    key, _ = pipeline_of(call)
    rows = [row for row in versions(call.kernel, key) if _within(row, call)]
    if descends(call.params, falling=True):
        rows.reverse()
    start, size = resources.offset(call.params.get("NextToken")), int(call.params.get("MaxResults", 100))
    shown = [{m: row[m] for m in _SUMMARY if row.get(m)} for row in rows[start : start + size]]
    answer: Answer = {"PipelineVersionSummaries": shown}
    if start + size < len(rows):
        answer["NextToken"] = resources.token(start + size)
    return answer


def _within(row: Row, call: Call) -> bool:
    after, before = call.params.get("CreatedAfter"), call.params.get("CreatedBefore")
    made = row["CreationTime"]
    return (after is None or made >= resources.epoch(after)) and (
        before is None or made <= resources.epoch(before)
    )


@behaviour("sagemaker", "UpdatePipelineVersion")
async def update_pipeline_version(call: Call) -> Answer:
    """Name, description and aliases of one version."""
    key, _ = pipeline_of(call, "PipelineArn")
    row = version(call.kernel, key, int(call.params["PipelineVersionId"]))
    for member in ("PipelineVersionDisplayName", "PipelineVersionDescription"):
        if member in call.params:
            row[member] = call.params[member]
    asked = call.params.get("PipelineVersionAliasOperations", {})
    with call.kernel.store.transaction():
        _take_aliases(call, key, [*asked.get("Add", ()), *asked.get("Remove", ())])
        kept = [each for each in row["PipelineVersionAliases"] if each not in asked.get("Remove", ())]
        row["PipelineVersionAliases"] = list(dict.fromkeys([*kept, *asked.get("Add", ())]))
        call.kernel.store.put(VERSION, f"{key}/version/{row['PipelineVersionId']:08d}", row)
    return {"PipelineArn": row["PipelineArn"], "PipelineVersionId": row["PipelineVersionId"]}


resources.lists(PIPELINE)
