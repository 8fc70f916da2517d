"""Monitoring schedules: timers on the virtual clock, each beginning an execution and setting the next."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from simulator.aws.behaviour import Answer, Call, Cloud, behaviour
from simulator.aws.sagemaker import resources
from simulator.aws.sagemaker.kinds.kind import Row
from simulator.aws.sagemaker.kinds.monitoring import MONITORING_EXECUTION, MONITORING_SCHEDULE
from simulator.aws.sagemaker.kinds.serving import ENDPOINT
from simulator.aws.sagemaker.monitoring import executions
from simulator.aws.sagemaker.monitoring.monitor import InvalidSchedule, next_time, seconds
from simulator.kernel.errors import CallerError, NotSimulated

TIMER = "sagemaker.monitoring_schedule"
DELAY_SECONDS = 60.0
"""How long after the scheduled time an execution begins; AWS says 0 to 20 minutes."""
_NOW = "NOW"


def register(cloud: Cloud) -> None:
    """Say what the timer does."""

    async def fire(payload: dict[str, Any]) -> None:
        _fire(cloud, str(payload["key"]), float(payload["scheduled"]))

    cloud.kernel.scheduler.on(TIMER, fire)


def _fire(cloud: Cloud, key: str, scheduled: float) -> None:
    row = cloud.kernel.store.get(MONITORING_SCHEDULE.row, key)
    if row is None or row["MonitoringScheduleStatus"] != "Scheduled":
        return
    config = row["MonitoringScheduleConfig"]["ScheduleConfig"]
    with cloud.kernel.store.transaction():
        if config["ScheduleExpression"] == _NOW:
            executions.begin(cloud, key, scheduled, _span(config, scheduled))
            return
        _set_timer(cloud, key, config["ScheduleExpression"], scheduled)
        executions.begin(cloud, key, scheduled)


def _span(config: Mapping[str, Any], scheduled: float) -> tuple[float, float]:
    """The window of a one-time schedule: instants, or offsets from now."""
    start, end = str(config["DataAnalysisStartTime"]), str(config["DataAnalysisEndTime"])
    return _instant(start, scheduled), _instant(end, scheduled)


def _instant(text: str, now: float) -> float:
    if text.lstrip("-").startswith("P"):
        return now + seconds(text)
    return datetime.fromisoformat(text).timestamp()


def _set_timer(cloud: Cloud, key: str, expression: str, after: float) -> None:
    kernel = cloud.kernel
    scheduled = after if expression == _NOW else next_time(expression, after)
    if scheduled is None:
        return
    when = kernel.clock.now() if expression == _NOW else scheduled + DELAY_SECONDS
    kernel.scheduler.at(when, TIMER, {"key": key, "scheduled": scheduled}, key=f"{TIMER}/{key}")


def _members(call: Call) -> dict[str, Any]:
    """The members of a schedule's row; raises CallerError or NotSimulated for what cannot be."""
    config = call.params["MonitoringScheduleConfig"]
    kind = config.get("MonitoringType", "DataQuality")
    if kind != "DataQuality":
        raise NotSimulated(f"MonitoringType {kind} of sagemaker:{call.operation}", "DataQuality is.")
    if ("MonitoringJobDefinition" in config) == ("MonitoringJobDefinitionName" in config):
        text = "Exactly one of MonitoringJobDefinition and MonitoringJobDefinitionName must be given."
        raise CallerError("ValidationException", text)
    schedule = config.get("ScheduleConfig")
    if schedule is None:
        raise CallerError("ValidationException", "ScheduleConfig must be given.")
    try:
        _check(schedule)
    except InvalidSchedule as error:
        raise CallerError("ValidationException", str(error)) from error
    monitor = executions.monitor_of(call.cloud, call.key(call.params["MonitoringScheduleName"]), config)
    members = {"MonitoringScheduleConfig": config, "MonitoringType": kind}
    if monitor.endpoint:
        resources.fetch(call.kernel, ENDPOINT, call.key(monitor.endpoint))
        members["EndpointName"] = monitor.endpoint
    if name := config.get("MonitoringJobDefinitionName"):
        members["MonitoringJobDefinitionName"] = name
    return members


def _check(schedule: Mapping[str, Any]) -> None:
    if schedule["ScheduleExpression"] != _NOW:
        next_time(schedule["ScheduleExpression"], 0.0)
    elif not (schedule.get("DataAnalysisStartTime") and schedule.get("DataAnalysisEndTime")):
        raise InvalidSchedule("DataAnalysisStartTime and DataAnalysisEndTime must be given with NOW")


def _timer_of(call: Call, key: str, row: Row) -> None:
    expression = row["MonitoringScheduleConfig"]["ScheduleConfig"]["ScheduleExpression"]
    _set_timer(call.cloud, key, expression, call.kernel.clock.now())


def _key(call: Call) -> str:
    return call.key(call.params["MonitoringScheduleName"])


@behaviour("sagemaker", "CreateMonitoringSchedule")
async def create_monitoring_schedule(call: Call) -> Answer:
    """Keep the schedule and set its first timer."""
    with call.kernel.store.transaction():
        members = _members(call)
        row = resources.insert(
            call.kernel, MONITORING_SCHEDULE, _key(call), members, call.params.get("Tags", ())
        )
        _timer_of(call, _key(call), row)
    return {"MonitoringScheduleArn": row["MonitoringScheduleArn"]}


@behaviour("sagemaker", "UpdateMonitoringSchedule")
async def update_monitoring_schedule(call: Call) -> Answer:
    """Replace the configuration; the next execution follows the new one."""
    key = _key(call)
    resources.fetch(call.kernel, MONITORING_SCHEDULE, key)
    with call.kernel.store.transaction():
        row = resources.change(call.kernel, MONITORING_SCHEDULE, key, _members(call))
        if row["MonitoringScheduleStatus"] == "Scheduled":
            _timer_of(call, key, row)
    return {"MonitoringScheduleArn": row["MonitoringScheduleArn"]}


@behaviour("sagemaker", "StopMonitoringSchedule")
async def stop_monitoring_schedule(call: Call) -> Answer:
    """No more executions until it is started again."""
    key = _key(call)
    row = resources.fetch(call.kernel, MONITORING_SCHEDULE, key)
    if row["MonitoringScheduleStatus"] == "Scheduled":
        with call.kernel.store.transaction():
            resources.change(call.kernel, MONITORING_SCHEDULE, key, {"MonitoringScheduleStatus": "Stopped"})
            call.kernel.scheduler.cancel(f"{TIMER}/{key}")
    return {}


@behaviour("sagemaker", "StartMonitoringSchedule")
async def start_monitoring_schedule(call: Call) -> Answer:
    """Executions go on from the next scheduled time."""
    key = _key(call)
    row = resources.fetch(call.kernel, MONITORING_SCHEDULE, key)
    if row["MonitoringScheduleStatus"] != "Scheduled":
        with call.kernel.store.transaction():
            row = resources.change(
                call.kernel, MONITORING_SCHEDULE, key, {"MonitoringScheduleStatus": "Scheduled"}
            )
            _timer_of(call, key, row)
    return {}


@behaviour("sagemaker", "DeleteMonitoringSchedule")
async def delete_monitoring_schedule(call: Call) -> Answer:
    """Forget the schedule and its executions; AWS refuses while one runs."""
    key, store = _key(call), call.kernel.store
    row = resources.fetch(call.kernel, MONITORING_SCHEDULE, key)
    past = store.scan(MONITORING_EXECUTION.row, f"{key}/")
    if any(each["MonitoringExecutionStatus"] in MONITORING_EXECUTION.in_progress for _, each in past):
        name = row["MonitoringScheduleName"]
        text = f"Monitoring Schedule {name} can't be deleted as it has in-progress executions"
        raise CallerError("ValidationException", text)
    with store.transaction():
        call.kernel.scheduler.cancel(f"{TIMER}/{key}")
        for execution, _ in past:
            store.delete(MONITORING_EXECUTION.row, execution)
        resources.remove(call.kernel, MONITORING_SCHEDULE, key)
    return {}


@behaviour("sagemaker", "DescribeMonitoringSchedule")
async def describe_monitoring_schedule(call: Call) -> Answer:
    """The schedule and its last execution."""
    key = _key(call)
    row = resources.visible(call, resources.fetch(call.kernel, MONITORING_SCHEDULE, key))
    past = [each for _, each in call.kernel.store.scan(MONITORING_EXECUTION.row, f"{key}/")]
    if past:
        last = max(past, key=lambda each: float(each["ScheduledTime"]))
        row["LastMonitoringExecutionSummary"] = {
            m: last[m] for m in MONITORING_EXECUTION.summary if last.get(m)
        }
    return row


@behaviour("sagemaker", "ListMonitoringExecutions")
async def list_monitoring_executions(call: Call) -> Answer:
    """One page of the executions here, the newest first."""
    return resources.listed(call, MONITORING_EXECUTION)


resources.lists(MONITORING_SCHEDULE)
