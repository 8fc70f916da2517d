"""Monitoring: schedules, their executions and violations, distributions against the baseline, and alarms."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from simulator.console.aws import Account
from simulator.console.objects import read_object
from simulator.console.plot import plots
from simulator.console.visit import Hidden, Page, Visit, optional

Row = dict[str, Any]


async def read_schedules(visit: Visit) -> tuple[list[Row], list[Hidden]]:
    """Every monitoring schedule that the person sees, with its executions, the newest first."""

    async def of(account: Account) -> list[Row]:
        found = await account.listed("sagemaker", "list_monitoring_schedules", "MonitoringScheduleSummaries")
        names = [str(row["MonitoringScheduleName"]) for row in found]
        listed = await asyncio.gather(*(_executions(account, name) for name in names))
        return [
            {**row, "account": account.name, "executions": each}
            for row, each in zip(found, listed, strict=True)
        ]

    return await visit.across(of)


async def read_alarms(visit: Visit) -> tuple[list[Row], list[Hidden]]:
    """Every alarm that the person sees; those that ring come first."""

    async def of(account: Account) -> list[Row]:
        found = await account.listed("cloudwatch", "describe_alarms", "MetricAlarms")
        return [{**alarm, "account": account.name} for alarm in found]

    found, hidden = await visit.across(of)
    return sorted(found, key=lambda alarm: alarm["StateValue"] != "ALARM"), hidden


async def _executions(account: Account, name: str) -> list[Row]:
    return await account.listed(
        "sagemaker",
        "list_monitoring_executions",
        "MonitoringExecutionSummaries",
        most=48,
        MonitoringScheduleName=name,
        SortBy="ScheduledTime",
        SortOrder="Descending",
    )


async def schedules(visit: Visit) -> Page:
    """All schedules and alarms."""
    (found, hidden), (alarms, _) = await asyncio.gather(read_schedules(visit), read_alarms(visit))
    values = {"rows": found, "alarms": alarms, "hidden": hidden}
    return Page("monitoring.html.jinja", values, "Monitoring")


async def schedule(visit: Visit) -> Page:
    """One schedule; the execution that `at` names (else the newest) with its violations and plots."""
    account, name = await visit.account(visit.route["account"]), visit.route["name"]
    described, executions, alarms = await asyncio.gather(
        account.call("sagemaker", "describe_monitoring_schedule", MonitoringScheduleName=name),
        _executions(account, name),
        account.listed("cloudwatch", "describe_alarms", "MetricAlarms"),
    )
    config = described["MonitoringScheduleConfig"]
    inline = config.get("MonitoringJobDefinition", {})
    definition = await _definition(account, config.get("MonitoringJobDefinitionName", ""))
    baseline = definition.get("DataQualityBaselineConfig") or inline.get("BaselineConfig", {})
    chosen = _chosen(executions, visit.query.get("at", ""))
    report = await _report(account, chosen, baseline) if chosen else {}
    values = {
        "account": account,
        "schedule": described,
        "expression": config.get("ScheduleConfig", {}).get("ScheduleExpression", ""),
        "executions": [{**each, "at": _at(each)} for each in executions],
        "chosen": {**chosen, "at": _at(chosen)} if chosen else None,
        "job": chosen["ProcessingJobArn"].rsplit("/", 1)[1]
        if chosen and chosen.get("ProcessingJobArn")
        else "",
        "violations": report.get("violations", []),
        "plots": report.get("plots", []),
        "alarms": [alarm for alarm in alarms if _watches(alarm, name)],
    }
    return Page("schedule.html.jinja", values, name)


def _chosen(executions: list[Row], at: str) -> Row | None:
    """The execution of that moment; else the newest that left a report, else the newest. Pure."""
    named = [each for each in executions if _at(each) == at]
    reported = [each for each in executions if str(each["MonitoringExecutionStatus"]).startswith("Completed")]
    return next(iter(named + reported + executions), None)


def _at(execution: Row) -> str:
    return str(execution["ScheduledTime"].strftime("%Y-%m-%dT%H:%M"))


def _watches(alarm: Row, name: str) -> bool:
    return any(dimension.get("Value") == name for dimension in alarm.get("Dimensions", []))


async def _definition(account: Account, name: str) -> Row:
    if not name:
        return {}
    found = await optional(
        account.call("sagemaker", "describe_data_quality_job_definition", JobDefinitionName=name)
    )
    return found or {}


async def _report(account: Account, execution: Row, baseline: Row) -> Row:
    """Violations and plots of an execution, as far as its report is there and may be read."""
    arn = execution.get("ProcessingJobArn", "")
    job = await optional(
        account.call("sagemaker", "describe_processing_job", ProcessingJobName=arn.rsplit("/", 1)[-1])
    ) if arn else None  # fmt: skip
    outputs = (job or {}).get("ProcessingOutputConfig", {}).get("Outputs", [])
    if not outputs:
        return {}
    folder = outputs[0]["S3Output"]["S3Uri"].rstrip("/")
    before, after, found = await asyncio.gather(
        _document(account, baseline.get("StatisticsResource", {}).get("S3Uri", "")),
        _document(account, f"{folder}/statistics.json"),
        _document(account, f"{folder}/constraint_violations.json"),
    )
    violations: list[Row] = found.get("violations", [])
    told = {str(each["feature_name"]): str(each["description"]) for each in violations}
    return {"violations": violations, "plots": plots(before, after, told)}


async def _document(account: Account, uri: str) -> Row:
    """A JSON object of S3, empty where it is not there or is no JSON object."""
    text = await optional(read_object(account, uri)) if uri else None
    try:
        found = json.loads(text) if text else {}
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
