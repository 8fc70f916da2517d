"""SageMaker pipeline executions and their steps, with reasons of failure and ways to the jobs' logs."""

from __future__ import annotations

import asyncio
from typing import Any

from simulator.console.aws import Account
from simulator.console.presenting import seconds
from simulator.console.visit import Hidden, Page, Visit

Row = dict[str, Any]
_JOBS = {"TrainingJob": "training", "ProcessingJob": "processing", "TransformJob": "transform"}
_SHOWN = 25


async def read_executions(visit: Visit) -> tuple[list[Row], list[Hidden]]:
    """The executions of every pipeline that the person sees, the newest first."""

    async def of(account: Account) -> list[Row]:
        pipelines = await account.listed("sagemaker", "list_pipelines", "PipelineSummaries")
        listed = await asyncio.gather(*(_of_pipeline(account, str(p["PipelineName"])) for p in pipelines))
        return [row for rows in listed for row in rows]

    found, hidden = await visit.across(of)
    return sorted(found, key=lambda row: row["StartTime"], reverse=True), hidden


async def _of_pipeline(account: Account, pipeline: str) -> list[Row]:
    found = await account.listed(
        "sagemaker",
        "list_pipeline_executions",
        "PipelineExecutionSummaries",
        most=_SHOWN,
        PipelineName=pipeline,
        SortBy="CreationTime",
        SortOrder="Descending",
    )
    return [
        {
            **row,
            "account": account.name,
            "pipeline": pipeline,
            "id": row["PipelineExecutionArn"].rsplit("/", 1)[1],
        }
        for row in found
    ]


async def executions(visit: Visit) -> Page:
    """All executions."""
    found, hidden = await read_executions(visit)
    return Page("executions.html.jinja", {"rows": found, "hidden": hidden}, "Pipeline executions")


async def execution(visit: Visit) -> Page:
    """One execution with its steps in the order in which they began."""
    account, route = await visit.account(visit.route["account"]), visit.route
    pipeline = await account.call("sagemaker", "describe_pipeline", PipelineName=route["pipeline"])
    arn = f"{pipeline['PipelineArn']}/execution/{route['execution']}"
    described, listed, parameters = await asyncio.gather(
        account.call("sagemaker", "describe_pipeline_execution", PipelineExecutionArn=arn),
        account.listed(
            "sagemaker",
            "list_pipeline_execution_steps",
            "PipelineExecutionSteps",
            PipelineExecutionArn=arn,
            SortOrder="Ascending",
        ),
        account.listed(
            "sagemaker",
            "list_pipeline_parameters_for_execution",
            "PipelineParameters",
            PipelineExecutionArn=arn,
        ),
    )
    values = {
        "account": account,
        "pipeline": route["pipeline"],
        "execution": described,
        "steps": steps(listed),
        "parameters": parameters,
    }
    return Page("execution.html.jinja", values, f"{route['pipeline']} {route['execution']}")


def steps(listed: list[Row]) -> list[Row]:
    """Steps with what they made and where they lie in the execution's time, in percent of it. Pure."""
    began = [seconds(step.get("StartTime")) for step in listed]
    ended = [seconds(step.get("EndTime")) or seconds(step.get("StartTime")) for step in listed]
    first = min((at for at in began if at is not None), default=0.0)
    last = max((at for at in ended if at is not None), default=first)
    whole = (last - first) or 1.0
    found = []
    for step, start, end in zip(listed, began, ended, strict=True):
        left = (start - first) / whole * 100 if start is not None else 0.0
        wide = (end - start) / whole * 100 if start is not None and end is not None else 0.0
        bar = {"x": round(left, 2), "width": round(max(wide, 0.8), 2)}
        found.append({**step, "made": made(step.get("Metadata", {})), "bar": bar})
    return found


def made(metadata: Row) -> Row:
    """What a step's Metadata points to: a job, a version, an outcome. Pure."""
    for member, kind in _JOBS.items():
        if arn := metadata.get(member, {}).get("Arn"):
            return {"kind": f"{kind} job", "job": kind, "name": arn.rsplit("/", 1)[1]}
    if arn := metadata.get("RegisterModel", {}).get("Arn"):
        group, _, number = arn.split(":model-package/")[1].rpartition("/")
        return {"kind": "model package", "group": group, "version": number}
    if outcome := metadata.get("Condition", {}).get("Outcome"):
        return {"kind": "condition", "text": f"the condition was {str(outcome).lower()}"}
    if message := metadata.get("Fail", {}).get("ErrorMessage"):
        return {"kind": "fail", "text": message}
    return {"kind": next((name.lower() for name in metadata), "step"), "text": ""}
