"""PutMetricAlarm and its kin: alarms are made, described, switched and deleted."""

from __future__ import annotations

from typing import Any

from simulator.aws.behaviour import Answer, Call, behaviour
from simulator.aws.cloudwatch.alarm_rows import ALARM, HISTORY, TAGS, find_alarm, write_history
from simulator.aws.cloudwatch.alarm_settings import settings
from simulator.aws.cloudwatch.evaluation import State
from simulator.aws.cloudwatch.paging import page
from simulator.aws.cloudwatch.put_metric_data import epoch
from simulator.aws.cloudwatch.reasons import INITIAL
from simulator.aws.cloudwatch.watch import LOOK, change_state, metric_of
from simulator.kernel.errors import CallerError

_HIDDEN = ("metric", "metric_id", "shown_datapoints", "shown_missing", "StateReasonData")
_STATE = (
    "StateValue",
    "StateReason",
    "StateReasonData",
    "StateUpdatedTimestamp",
    "StateTransitionedTimestamp",
)


@behaviour("cloudwatch", "PutMetricAlarm")
async def put_metric_alarm(call: Call) -> Answer:
    """Create an alarm (INSUFFICIENT_DATA until it is looked at) or replace its settings, keeping its state."""
    kernel, key, now = call.kernel, call.key(call.params["AlarmName"]), call.kernel.clock.now()
    alarm = settings(call.params)
    old = kernel.store.get(ALARM, key)
    initial = {
        "StateValue": str(State.INSUFFICIENT_DATA),
        "StateReason": INITIAL,
        "StateUpdatedTimestamp": now,
        "StateTransitionedTimestamp": now,
    }
    row = {
        **alarm,
        **({name: old[name] for name in _STATE if name in old} if old else initial),
        "AlarmArn": f"arn:aws:cloudwatch:{call.region}:{call.account}:alarm:{alarm['AlarmName']}",
        "AlarmConfigurationUpdatedTimestamp": now,
        "metric": metric_of(call.account, call.region, alarm),
        "metric_id": old["metric_id"] if old else kernel.ids.uuid(),
    }
    with kernel.store.transaction():
        kernel.store.put(ALARM, key, row)
        if not old:
            kernel.store.put(TAGS, row["AlarmArn"], {"Tags": call.params.get("Tags", [])})
        summary = f'Alarm "{row["AlarmName"]}" {"updated" if old else "created"}'
        write_history(
            kernel, key, row, "ConfigurationUpdate", summary, {"type": "Update" if old else "Create"}
        )
        _record(call, "AlarmChanged" if old else "AlarmCreated", row)
        # CloudWatch evaluates once a minute; until then a new alarm has INSUFFICIENT_DATA.
        kernel.scheduler.at((now // 60 + 1) * 60, LOOK, {"alarm": key}, f"{LOOK}/{key}")
    return {}


@behaviour("cloudwatch", "DescribeAlarms")
async def describe_alarms(call: Call) -> Answer:
    """The alarms that match all that is given; there are no composite ones."""
    params = call.params
    rows = [row for _, row in call.kernel.store.scan(ALARM, call.key(params.get("AlarmNamePrefix", "")))]
    if "MetricAlarm" not in params.get("AlarmTypes", ["MetricAlarm"]):
        rows = []
    if "AlarmNames" in params:
        rows = [row for row in rows if row["AlarmName"] in params["AlarmNames"]]
    if "StateValue" in params:
        rows = [row for row in rows if row["StateValue"] == params["StateValue"]]
    if prefix := params.get("ActionPrefix"):
        names = ("OKActions", "AlarmActions", "InsufficientDataActions")
        rows = [row for row in rows if any(a.startswith(prefix) for name in names for a in row[name])]
    found = page(
        "MetricAlarms", [_shown(row) for row in rows], params.get("NextToken"), params.get("MaxRecords", 50)
    )
    return {"CompositeAlarms": [], **found}


@behaviour("cloudwatch", "DescribeAlarmsForMetric")
async def describe_alarms_for_metric(call: Call) -> Answer:
    """The alarms on one metric."""
    wanted = metric_of(call.account, call.region, {"Dimensions": [], **call.params})
    narrow = ("Statistic", "ExtendedStatistic", "Period", "Unit")
    rows = [row for _, row in call.kernel.store.scan(ALARM, call.key("")) if row["metric"] == wanted]
    asked = {name: call.params[name] for name in narrow if name in call.params}
    found = [row for row in rows if all(row.get(name) == value for name, value in asked.items())]
    return {"MetricAlarms": [_shown(row) for row in found]}


@behaviour("cloudwatch", "DescribeAlarmHistory")
async def describe_alarm_history(call: Call) -> Answer:
    """What happened to alarms, the newest first unless asked otherwise."""
    params = call.params
    prefix = call.key(f"{params['AlarmName']}/") if "AlarmName" in params else call.key("")
    rows = [row for _, row in call.kernel.store.scan(HISTORY, prefix)]
    if "HistoryItemType" in params:
        rows = [row for row in rows if row["HistoryItemType"] == params["HistoryItemType"]]
    if "StartDate" in params:
        rows = [row for row in rows if row["Timestamp"] >= epoch(params["StartDate"])]
    if "EndDate" in params:
        rows = [row for row in rows if row["Timestamp"] <= epoch(params["EndDate"])]
    rows = sorted(rows, key=lambda row: float(row["Timestamp"]))
    if params.get("ScanBy", "TimestampDescending") == "TimestampDescending":
        rows.reverse()
    return page("AlarmHistoryItems", rows, params.get("NextToken"), params.get("MaxRecords", 100))


@behaviour("cloudwatch", "SetAlarmState")
async def set_alarm_state(call: Call) -> Answer:
    """Put an alarm into a state until it is looked at next; its event and actions follow as for any change."""
    key = call.key(call.params["AlarmName"])
    alarm = find_alarm(call.kernel.store, key, call.params["AlarmName"])
    state = State(call.params["StateValue"])
    if state != alarm["StateValue"]:
        with call.kernel.store.transaction():
            data = call.params.get("StateReasonData", "")
            change_state(call.kernel, key, alarm, state, call.params["StateReason"], data)
    return {}


@behaviour("cloudwatch", "EnableAlarmActions")
async def enable_alarm_actions(call: Call) -> Answer:
    """Changes of state act again."""
    return _switch(call, True)


@behaviour("cloudwatch", "DisableAlarmActions")
async def disable_alarm_actions(call: Call) -> Answer:
    """Changes of state act no more; their events still come."""
    return _switch(call, False)


@behaviour("cloudwatch", "DeleteAlarms")
async def delete_alarms(call: Call) -> Answer:
    """Delete all of the named alarms, or none if one is not there."""
    store = call.kernel.store
    names = call.params["AlarmNames"]
    missing = [name for name in names if store.get(ALARM, call.key(name)) is None]
    if missing:
        text = f"The following alarms do not exist: {', '.join(missing)}"
        raise CallerError("ResourceNotFound", text, 404)
    with store.transaction():
        for name in names:
            row = find_alarm(store, call.key(name), name)
            store.delete(ALARM, call.key(name))
            store.delete(TAGS, row["AlarmArn"])
            call.kernel.scheduler.cancel(f"{LOOK}/{call.key(name)}")
            _record(call, "AlarmDeleted", row)
    return {}


def _switch(call: Call, enabled: bool) -> Answer:
    with call.kernel.store.transaction():
        for name in call.params["AlarmNames"]:
            row = find_alarm(call.kernel.store, call.key(name), name)
            call.kernel.store.put(ALARM, call.key(name), {**row, "ActionsEnabled": enabled})
    return {}


def _record(call: Call, kind: str, row: dict[str, Any]) -> None:
    detail: dict[str, object] = {"state": row["StateValue"]}
    call.kernel.log.record(kind, row["AlarmArn"], detail, account=call.account, region=call.region)


def _shown(row: dict[str, Any]) -> Answer:
    """An alarm as it is described; what was not given at creation is not shown."""
    shown = {name: value for name, value in row.items() if name not in _HIDDEN}
    if row.get("StateReasonData"):
        shown["StateReasonData"] = row["StateReasonData"]
    if not row["shown_datapoints"]:
        del shown["DatapointsToAlarm"]
    if not row["shown_missing"]:
        del shown["TreatMissingData"]
    return shown
