"""Steps about capture, drift, the alarm and the retraining."""

from __future__ import annotations

import json
from typing import Any

from pytest_bdd import given, then, when

from simulator.harness.demo.links import PRODUCTION
from simulator.harness.demo.loop import Loop
from simulator.harness.story import infrastructure, watch
from simulator.harness.world import World


@given("an hour of healthy traffic has passed")
@when("an hour of healthy traffic has passed")
def healthy_hour(loop: Loop) -> None:
    loop.reach("healthy hour")


@then("the captured records are in the production account in AWS's layout")
def captured(world: World) -> None:
    s3 = world.aws(account="production").client("s3")
    bucket = infrastructure.workload_bucket(world, "production")
    prefix = f"capture/{PRODUCTION}/AllTraffic/"
    keys = [entry["Key"] for entry in s3.list_objects_v2(Bucket=bucket, Prefix=prefix)["Contents"]]
    record = json.loads(s3.get_object(Bucket=bucket, Key=keys[0])["Body"].read().splitlines()[0])

    assert all(len(key.removeprefix(prefix).split("/")) == 5 and key.endswith(".jsonl") for key in keys)
    assert set(record) == {"captureData", "eventMetadata", "eventVersion"}
    assert record["captureData"]["endpointInput"]["encoding"] == "CSV"
    assert record["captureData"]["endpointOutput"]["mode"] == "OUTPUT"


@then("the monitor has run and the drift alarm is not raised")
def not_raised(world: World, loop: Loop) -> None:
    assert watch.monitoring_executions(world)
    if not loop.reached("drift"):
        assert watch.alarm(world) != "ALARM"


@when("an hour of drifted traffic has passed")
@given("an hour of drifted traffic has passed")
def drifted_hour(loop: Loop) -> None:
    loop.reach("drift")


@then("the monitor has completed with violations and its reports are written")
def violations_found(world: World) -> None:
    statuses = [e["MonitoringExecutionStatus"] for e in watch.monitoring_executions(world)]
    checks = {violation["constraint_check_type"] for violation in watch.violations(world)}

    assert "CompletedWithViolations" in statuses
    assert "baseline_drift_check" in checks


@then("the drift alarm is raised")
def raised(world: World) -> None:
    assert watch.alarm(world) == "ALARM"


@then("a retrained version waits for approval")
def retrained(loop: Loop) -> None:
    assert "PendingManualApproval" in loop.reach("retraining")


@when("the production bucket's policy is removed and another hour passes", target_fixture="execution")
def policy_removed(world: World, loop: Loop) -> dict[str, Any]:
    loop.reach("retraining")
    s3 = world.aws(account="production").client("s3")
    bucket = infrastructure.workload_bucket(world, "production")
    policy = s3.get_bucket_policy(Bucket=bucket)["Policy"]
    s3.delete_bucket_policy(Bucket=bucket)
    watch.send(world, watch.rows(world, 5))
    try:
        return watch.next_execution(world, len(watch.monitoring_executions(world)))
    finally:
        s3.put_bucket_policy(Bucket=bucket, Policy=policy)


@then("the monitor's execution has failed naming the access that was denied")
def denied(execution: dict[str, Any]) -> None:
    assert execution["MonitoringExecutionStatus"] == "Failed"
    assert "s3:" in execution["FailureReason"]
