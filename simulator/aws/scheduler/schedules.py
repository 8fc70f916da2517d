"""CreateSchedule, UpdateSchedule, GetSchedule, DeleteSchedule and ListSchedules."""

from __future__ import annotations

from typing import Any

from simulator.aws.behaviour import Answer, Call, behaviour
from simulator.aws.scheduler import firing, moments, targets
from simulator.aws.scheduler.rows import (
    DEFAULT,
    SCHEDULE,
    SERVICE,
    Row,
    group_of,
    invalid,
    key_of,
    page,
    schedule_of,
)
from simulator.kernel.errors import CallerError

_GIVEN = (
    "ScheduleExpression", "StartDate", "EndDate", "Description", "KmsKeyArn", "Target", "FlexibleTimeWindow",
)  # fmt: skip
_SHOWN = (
    *_GIVEN, "Arn", "GroupName", "Name", "ScheduleExpressionTimezone", "State", "CreationDate",
    "LastModificationDate", "ActionAfterCompletion",
)  # fmt: skip


@behaviour("scheduler", "CreateSchedule")
async def create_schedule(call: Call) -> Answer:
    """A new schedule, whose first firing is planned at once."""
    group_of(call, call.params.get("GroupName", DEFAULT))
    name, old = call.params["Name"], call.kernel.store.get(SCHEDULE, key_of(call))
    if old is not None:
        if old.get("token") and old["token"] == call.params.get("ClientToken"):
            return {"ScheduleArn": old["Arn"]}
        raise CallerError("ConflictException", f"Schedule {name} already exists.", 409)
    return _write(call, {"CreationDate": call.kernel.clock.now()}, "ScheduleCreated")


@behaviour("scheduler", "UpdateSchedule")
async def update_schedule(call: Call) -> Answer:
    """All of it is set anew; what is not given takes its default. Source: API reference, UpdateSchedule."""
    return _write(call, {"CreationDate": schedule_of(call)["CreationDate"]}, "ScheduleChanged")


def _write(call: Call, kept: Row, fact: str) -> Answer:
    params, now, key = call.params, call.kernel.clock.now(), key_of(call)
    group = params.get("GroupName", DEFAULT)
    arn = f"arn:aws:scheduler:{call.region}:{call.account}:schedule/{group}/{params['Name']}"
    row: Row = {
        **kept,
        **{name: params[name] for name in _GIVEN if name in params},
        "Arn": arn,
        "GroupName": group,
        "Name": params["Name"],
        "State": params.get("State", "ENABLED"),
        "ScheduleExpressionTimezone": params.get("ScheduleExpressionTimezone", "UTC"),
        "ActionAfterCompletion": params.get("ActionAfterCompletion", "NONE"),
        "LastModificationDate": now,
        "made": now,
        "token": params.get("ClientToken", ""),
    }
    _check(call, row)
    with call.kernel.store.transaction():
        call.kernel.store.put(SCHEDULE, key, row)
        detail: dict[str, object] = {"expression": row["ScheduleExpression"], "target": row["Target"]["Arn"]}
        call.kernel.log.record(fact, arn, detail, account=call.account, region=call.region)
        firing.plan(call.kernel, key, row, now - 0.001)
    return {"ScheduleArn": arn}


def _check(call: Call, row: Row) -> None:
    try:
        firing.moments_of(row)
    except moments.WrongExpression as error:
        raise invalid(str(error)) from error
    window = row["FlexibleTimeWindow"]
    if (window["Mode"] == "FLEXIBLE") != ("MaximumWindowInMinutes" in window):
        raise invalid("MaximumWindowInMinutes must be set for FLEXIBLE windows and for no others.")
    if row.get("EndDate") and row["EndDate"] <= row.get("StartDate", row["made"]):
        raise invalid("EndDate must be after StartDate.")
    targets.check(row["Target"])
    try:
        call.cloud.session(row["Target"]["RoleArn"], "scheduler", SERVICE)
    except CallerError as error:
        raise invalid(
            "The execution role you provide must allow AWS EventBridge Scheduler to assume the role."
        ) from error


@behaviour("scheduler", "GetSchedule")
async def get_schedule(call: Call) -> Answer:
    """One schedule."""
    row = schedule_of(call)
    return {name: row[name] for name in _SHOWN if name in row}


@behaviour("scheduler", "DeleteSchedule")
async def delete_schedule(call: Call) -> Answer:
    """Delete it; what it has begun goes on."""
    row, key = schedule_of(call), key_of(call)
    with call.kernel.store.transaction():
        firing.forget(call.kernel, key)
        call.kernel.log.record("ScheduleDeleted", row["Arn"], account=call.account, region=call.region)
    return {}


@behaviour("scheduler", "ListSchedules")
async def list_schedules(call: Call) -> Answer:
    """One page, by group, beginning of the name and state."""
    params = call.params
    group = f"{params['GroupName']}/" if "GroupName" in params else ""
    found = []
    for _, row in call.kernel.store.scan(SCHEDULE, call.key(group)):
        if not row["Name"].startswith(params.get("NamePrefix", "")):
            continue
        if params.get("State") in (None, row["State"]):
            found.append(_summary(row))
    return page(call, "Schedules", found)


def _summary(row: Row) -> dict[str, Any]:
    names = ("Arn", "Name", "GroupName", "State", "CreationDate", "LastModificationDate")
    return {**{name: row[name] for name in names}, "Target": {"Arn": row["Target"]["Arn"]}}
