"""Alarms on the virtual clock: looked at when data comes and when data grows old, and what follows a change."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from simulator.aws.behaviour import Cloud
from simulator.aws.cloudwatch.alarm_rows import ALARM, write_history
from simulator.aws.cloudwatch.alarm_shapes import notice, stat_of, state_change_event
from simulator.aws.cloudwatch.evaluation import EXTRA_PERIODS, Question, State, evaluate
from simulator.aws.cloudwatch.metric_rows import metric_key, samples
from simulator.aws.cloudwatch.reasons import reason, reason_data
from simulator.aws.cloudwatch.windows import Range, next_change, points
from simulator.aws.principal import Principal
from simulator.kernel.errors import CallerError, NotSimulated
from simulator.kernel.facts import cause
from simulator.kernel.world import Kernel

LOOK, ACT = "cloudwatch.look", "cloudwatch.act"
_ACTIONS = {
    State.OK: "OKActions",
    State.ALARM: "AlarmActions",
    State.INSUFFICIENT_DATA: "InsufficientDataActions",
}


def look_at_metrics(kernel: Kernel, account: str, region: str, metrics: Collection[str]) -> None:
    """Ask every alarm that watches one of these metrics (by row key); call it inside a transaction."""
    for key, alarm in kernel.store.scan(ALARM, f"{account}/{region}/"):
        if alarm["metric"] in metrics:
            look(kernel, key, alarm)


def look(kernel: Kernel, key: str, alarm: dict[str, Any]) -> None:
    """Decide the alarm's state as of now, change it if need be, and plan the next look; inside a transaction."""
    now = kernel.clock.now()
    question = Question(
        threshold=alarm["Threshold"],
        operator=alarm["ComparisonOperator"],
        evaluation_periods=alarm["EvaluationPeriods"],
        datapoints_to_alarm=alarm["DatapointsToAlarm"],
        missing=alarm["TreatMissingData"],
    )
    range_ = Range.at(now, alarm["Period"], question.evaluation_periods + EXTRA_PERIODS)
    found = samples(kernel.store, alarm["metric"], range_.start, range_.end, alarm.get("Unit", ""))
    values = points(range_, found, stat_of(alarm))
    old = State(alarm["StateValue"])
    verdict = evaluate(question, values, old)
    if verdict.state is not old:
        text = reason(question, verdict, values, range_.starts(), old)
        data = reason_data(question, range_, values, stat_of(alarm), alarm.get("Unit", ""), now)
        change_state(kernel, key, alarm, verdict.state, text, data)
    moment = next_change(range_, list(found))
    if moment is not None:
        # What the passing of time brings has no cause but the data itself: the request is long over.
        with cause(None):
            kernel.scheduler.at(max(moment, now), LOOK, {"alarm": key}, f"{LOOK}/{key}")
    else:
        kernel.scheduler.cancel(f"{LOOK}/{key}")


def change_state(kernel: Kernel, key: str, alarm: dict[str, Any], state: State, text: str, data: str) -> None:
    """Write the new state, its history, the fact with its event, and the timers of its actions; in a transaction."""
    account, region = key.split("/")[:2]
    now = kernel.clock.now()
    changed = {
        **alarm,
        "StateValue": str(state),
        "StateReason": text,
        "StateReasonData": data,
        "StateUpdatedTimestamp": now,
        "StateTransitionedTimestamp": now,
    }
    kernel.store.put(ALARM, key, changed)
    old = alarm["StateValue"]
    summary = f"Alarm updated from {old} to {state}"
    states = {"oldState": {"stateValue": old}, "newState": {"stateValue": str(state), "stateReason": text}}
    write_history(kernel, key, changed, "StateUpdate", summary, states)
    event = state_change_event(changed, alarm, alarm["metric_id"])
    detail = {"from": old, "to": str(state), "reason": text, "event": event}
    fact = kernel.log.record("AlarmStateChanged", alarm["AlarmArn"], detail, account=account, region=region)
    if alarm["ActionsEnabled"]:
        with cause(fact):
            for action in alarm.get(_ACTIONS[state], []):
                payload = {"alarm": changed, "previous": old, "key": key, "action": action}
                kernel.scheduler.at(now, ACT, payload)


class Watch:
    """The actions of CloudWatch's timers."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud
        self._kernel: Kernel = cloud.kernel

    async def look(self, payload: dict[str, Any]) -> None:
        """Look at one alarm again, if it still is there."""
        alarm = self._kernel.store.get(ALARM, payload["alarm"])
        if alarm is not None:
            with self._kernel.store.transaction():
                look(self._kernel, payload["alarm"], alarm)

    async def act(self, payload: dict[str, Any]) -> None:
        """Publish the notice of a change to its topic, and say in history and log how that went."""
        alarm, action, key = payload["alarm"], payload["action"], payload["key"]
        account, region = key.split("/")[:2]
        subject, message = notice(alarm, payload["previous"], account, region)
        asker = Principal.of_service("cloudwatch.amazonaws.com", account)
        params = {"TopicArn": action, "Subject": subject, "Message": message}
        failure = ""
        try:
            await self._cloud.call(
                "sns", "Publish", params, account=action.split(":")[4], region=region, principal=asker
            )
        except (CallerError, NotSimulated) as error:
            failure = str(error)
        done = "Failed to execute action" if failure else "Successfully executed action"
        with self._kernel.store.transaction():
            state = {"actionState": "Failed" if failure else "Succeeded", "notificationResource": action}
            write_history(self._kernel, key, alarm, "Action", f"{done} {action}", state)
            kind = "AlarmActionFailed" if failure else "AlarmActionExecuted"
            detail: dict[str, object] = {"action": action, "error": failure}
            self._kernel.log.record(kind, alarm["AlarmArn"], detail, account=account, region=region)


def metric_of(account: str, region: str, alarm: dict[str, Any]) -> str:
    """The row key of the metric that an alarm watches."""
    return metric_key(account, region, alarm["Namespace"], alarm["MetricName"], alarm["Dimensions"])
