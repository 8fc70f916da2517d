"""Production watched: traffic, the hourly monitor, the alarm, and the retraining it starts."""

from __future__ import annotations

import csv
import json
import random
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from simulator.harness.eventually import eventually
from simulator.harness.story.infrastructure import artifact_bucket
from simulator.harness.world import World

SCHEDULE = "abalone-production"
ENDPOINT = "abalone-production"
HOUR = 3600.0
SETTLED_SECONDS = 300.0
"""By then the monitor of the hour before has started: it does so a minute after the hour."""
ROOM_SECONDS = 600.0
"""What traffic and the steps around it take of an hour at most."""
CLIENTS = 8
_SEXES = ("F", "I", "M")


def rows(world: World, count: int, *, drift: float = 1.0, seed: int = 7) -> list[str]:
    """Feature rows as the model takes them, drawn from the real data; `drift` scales the sizes."""
    with (world.fixtures / "data" / "abalone" / "abalone-dataset.csv").open(newline="") as file:
        raw = list(csv.reader(file))
    drawn = random.Random(seed).sample(raw, count)
    return [_features(row, drift) for row in drawn]


def _features(row: list[str], drift: float) -> str:
    """Numbers first, then the sex as three columns: the order in which the training data has them."""
    numbers = [f"{float(value) * drift:.4f}" for value in row[1:8]]
    return ",".join(numbers + [str(int(row[0] == sex)) for sex in _SEXES])


def send(world: World, sent: list[str]) -> None:
    """Real requests to the production endpoint, one row each, from a few clients at a time as traffic is.

    All of them fall into one hour of the monitor, whatever the time of day is.
    """
    wait_for_room(world)
    runtime = world.aws(account="production").client("sagemaker-runtime")

    def ask(row: str) -> None:
        runtime.invoke_endpoint(EndpointName=ENDPOINT, ContentType="text/csv", Body=row.encode())

    with ThreadPoolExecutor(CLIENTS) as clients:
        deque(clients.map(ask, sent), maxlen=0)  # raises what a request raised


def wait_for_room(world: World) -> None:
    """Advance to the next hour's fifth minute when the monitor's hour is about to change, or has only just."""
    second = world.control.now() % HOUR
    if not SETTLED_SECONDS <= second < HOUR - ROOM_SECONDS:
        world.control.advance((SETTLED_SECONDS - second) % HOUR)


def monitoring_executions(world: World) -> list[dict[str, Any]]:
    """The executions of the schedule, the newest first."""
    sagemaker = world.aws(account="automation").client("sagemaker")
    found = sagemaker.list_monitoring_executions(
        MonitoringScheduleName=SCHEDULE, SortBy="ScheduledTime", SortOrder="Descending"
    )
    summaries: list[dict[str, Any]] = found["MonitoringExecutionSummaries"]
    return summaries


def next_execution(world: World, before: int, timeout_seconds: float = 120) -> dict[str, Any]:
    """Advance an hour and give the execution that the hour brought."""
    world.control.advance(HOUR)

    def ended() -> dict[str, Any] | None:
        found = monitoring_executions(world)
        done = [e for e in found if e["MonitoringExecutionStatus"] not in ("Pending", "InProgress")]
        return done[0] if len(done) > before else None

    return eventually(
        ended, "an execution of the monitor", timeout_seconds=timeout_seconds, pause=world.pause
    )


def violations(world: World) -> list[dict[str, str]]:
    """What the newest report of the monitor found."""
    s3 = world.aws(account="automation").client("s3")
    pages = s3.get_paginator("list_objects_v2").paginate(
        Bucket=artifact_bucket(world), Prefix="abalone/monitoring/reports"
    )
    found = [
        entry
        for page in pages
        for entry in page.get("Contents", [])
        if entry["Key"].endswith("constraint_violations.json")
    ]
    if not found:
        return []
    newest = max(found, key=lambda entry: entry["LastModified"])["Key"]
    body = s3.get_object(Bucket=artifact_bucket(world), Key=newest)["Body"].read()
    listed: list[dict[str, str]] = json.loads(body)["violations"]
    return listed


def alarm(world: World) -> str:
    """The state of the drift alarm."""
    cloudwatch = world.aws(account="automation").client("cloudwatch")
    alarms = cloudwatch.describe_alarms(AlarmNamePrefix="abalone-monitoring")["MetricAlarms"]
    return str(alarms[0]["StateValue"]) if alarms else "absent"
