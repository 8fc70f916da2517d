"""Schedules run on the virtual clock; their executions are processing jobs over the hour's captured data."""

import itertools
import json

import pytest

from simulator.kernel.errors import CallerError
from simulator.runtime.engine_scripted import Script
from simulator.runtime.work import Work
from tests.aws.sagemaker.fake_cloud import FakeCloud, play
from tests.aws.sagemaker.monitoring.test_monitor import HOURLY, definition
from tests.aws.sagemaker.test_endpoints import CAPTURE, invoke, up

METRIC = {
    "MetricName": "feature_baseline_drift_length",
    "Value": 0.4,
    "Dimensions": [{"Name": "MonitoringSchedule", "Value": "hourly"}],
    "Unit": "None",
}


def analyse(work: Work) -> None:
    """The monitor's container: it says how many captured lines it has seen."""
    ml = work.mounts[0].source
    files = list((ml / "processing/input/captured").rglob("*.jsonl"))
    lines = sum(len(p.read_text().splitlines()) for p in files)
    (ml / "processing/output/constraint_violations.json").write_text(json.dumps({"lines": lines}))
    (ml / "output/metrics/cloudwatch").mkdir(parents=True)
    metric = {**METRIC, "Timestamp": work.environment["end_time"]}
    (ml / "output/metrics/cloudwatch/metrics.jsonl").write_text(json.dumps(metric) + "\n")
    (ml / "output/message").write_text(
        "CompletedWithViolations: Job completed successfully with 1 violations."
    )


async def prepare(cloud: FakeCloud, batch: bool = False, effect=analyse, code: int = 0) -> None:
    # Half past, whatever the time of day: the next full hour and what it brings are well inside the hour to come.
    await cloud.kernel.scheduler.advance((1800 - cloud.kernel.clock.now() % 3600) % 3600)
    for uri in ("s3://b/statistics.json", "s3://b/constraints.json", "s3://code/pre.py"):
        cloud.objects[uri] = b"{}"
    cloud.engine.script("model_monitor", Script(effect=effect, code=code))
    await cloud.ask("CreateDataQualityJobDefinition", **definition(batch))
    config = {"ScheduleConfig": {"ScheduleExpression": HOURLY}, "MonitoringJobDefinitionName": "quality",
              "MonitoringType": "DataQuality"}  # fmt: skip
    await cloud.ask(
        "CreateMonitoringSchedule", MonitoringScheduleName="hourly", MonitoringScheduleConfig=config
    )


async def last(cloud: FakeCloud):
    listed = await cloud.ask(
        "ListMonitoringExecutions", MonitoringScheduleName="hourly", SortBy="ScheduledTime"
    )
    return listed["MonitoringExecutionSummaries"][0]


def test_an_hour_of_captured_data_is_analysed_and_its_violations_are_the_status():
    async def story(cloud: FakeCloud) -> None:
        await up(cloud, DataCaptureConfig=CAPTURE)
        await prepare(cloud)
        for _ in range(3):
            await invoke(cloud)
        await cloud.kernel.scheduler.advance(3600 + 120)
        execution = await last(cloud)
        assert execution["MonitoringExecutionStatus"] == "CompletedWithViolations", execution
        job = await cloud.ask(
            "DescribeProcessingJob", ProcessingJobName=execution["ProcessingJobArn"].rsplit("/")[-1]
        )
        assert job["ExitMessage"].endswith("1 violations.")
        assert job["MonitoringScheduleArn"].endswith("monitoring-schedule/hourly")
        report = next(uri for uri in cloud.objects if uri.startswith("s3://reports/abalone/hourly/"))
        assert report.endswith("/constraint_violations.json")
        assert json.loads(cloud.objects[report]) == {"lines": 3}
        (metric,) = cloud.metrics["aws/sagemaker/Endpoints/data-metrics"]
        assert (metric["MetricName"], metric["Value"]) == ("feature_baseline_drift_length", 0.4)

    play(story)


def test_each_hour_has_one_execution():
    async def story(cloud: FakeCloud) -> None:
        await prepare(cloud, batch=True)
        await cloud.kernel.scheduler.advance(5 * 3600)
        listed = await cloud.ask("ListMonitoringExecutions", MonitoringScheduleName="hourly")
        executions = listed["MonitoringExecutionSummaries"]
        times = sorted(each["ScheduledTime"] for each in executions)
        assert len(times) == 5
        assert {b - a for a, b in itertools.pairwise(times)} == {3600}
        assert {each["FailureReason"] for each in executions} == {"Job inputs had no data"}

    play(story)


def test_a_bucket_that_may_not_be_read_fails_the_execution_naming_the_denial():
    async def story(cloud: FakeCloud) -> None:
        await prepare(cloud, batch=True)
        cloud.denied.add(("ListObjectsV2", "c"))
        await cloud.kernel.scheduler.advance(3600)
        execution = await last(cloud)
        assert execution["MonitoringExecutionStatus"] == "Failed"
        assert "AccessDenied (403): Access Denied" in execution["FailureReason"]
        assert "s3://c/x/" in execution["FailureReason"]

    play(story)


def test_a_monitor_that_fails_gives_its_message_as_the_reason():
    async def story(cloud: FakeCloud) -> None:
        def fail(work: Work) -> None:
            (work.mounts[0].source / "output/message").write_text("Error: no such column")

        await up(cloud, DataCaptureConfig=CAPTURE)
        await prepare(cloud, effect=fail, code=1)
        await invoke(cloud)
        await cloud.kernel.scheduler.advance(3600 + 120)
        execution = await last(cloud)
        assert execution["FailureReason"] == "AlgorithmError: Error: no such column, exit code: 1"
        schedule = await cloud.ask("DescribeMonitoringSchedule", MonitoringScheduleName="hourly")
        assert schedule["LastMonitoringExecutionSummary"]["MonitoringExecutionStatus"] == "Failed"

    play(story)


def test_a_stopped_schedule_rests_until_it_is_started():
    async def story(cloud: FakeCloud) -> None:
        await prepare(cloud, batch=True)
        await cloud.ask("StopMonitoringSchedule", MonitoringScheduleName="hourly")
        await cloud.kernel.scheduler.advance(2 * 3600)
        assert not (await cloud.ask("ListMonitoringExecutions"))["MonitoringExecutionSummaries"]
        await cloud.ask("StartMonitoringSchedule", MonitoringScheduleName="hourly")
        await cloud.kernel.scheduler.advance(3600)
        assert len((await cloud.ask("ListMonitoringExecutions"))["MonitoringExecutionSummaries"]) == 1
        await cloud.ask("DeleteMonitoringSchedule", MonitoringScheduleName="hourly")
        with pytest.raises(CallerError) as missing:
            await cloud.ask("DescribeMonitoringSchedule", MonitoringScheduleName="hourly")
        assert missing.value.code == "ResourceNotFound"

    play(story)


def test_a_schedule_needs_a_definition_and_a_known_expression():
    async def story(cloud: FakeCloud) -> None:
        await prepare(cloud, batch=True)
        for config, text in (
            ({"MonitoringJobDefinitionName": "nobody"}, "not found"),
            (
                {"MonitoringJobDefinitionName": "quality", "ScheduleConfig": {"ScheduleExpression": "x"}},
                "not supported",
            ),
        ):
            whole = {
                "ScheduleConfig": {"ScheduleExpression": HOURLY},
                "MonitoringType": "DataQuality",
                **config,
            }
            with pytest.raises(CallerError, match=text):
                await cloud.ask(
                    "CreateMonitoringSchedule", MonitoringScheduleName="s", MonitoringScheduleConfig=whole
                )

    play(story)


def test_definitions_are_listed_and_described():
    async def story(cloud: FakeCloud) -> None:
        await prepare(cloud, batch=True)
        described = await cloud.ask("DescribeDataQualityJobDefinition", JobDefinitionName="quality")
        assert described["JobDefinitionArn"].endswith(":data-quality-job-definition/quality")
        listed = await cloud.ask("ListDataQualityJobDefinitions")
        assert listed["JobDefinitionSummaries"][0]["MonitoringJobDefinitionName"] == "quality"

    play(story)


def test_a_one_time_schedule_runs_at_once_over_its_window():
    async def story(cloud: FakeCloud) -> None:
        await up(cloud, DataCaptureConfig=CAPTURE)
        await prepare(cloud)
        await invoke(cloud)
        await cloud.kernel.scheduler.rest()
        once = {"ScheduleExpression": "NOW", "DataAnalysisStartTime": "-PT1H", "DataAnalysisEndTime": "PT1H"}
        config = {
            "ScheduleConfig": once,
            "MonitoringJobDefinitionName": "quality",
            "MonitoringType": "DataQuality",
        }
        await cloud.ask(
            "CreateMonitoringSchedule", MonitoringScheduleName="once", MonitoringScheduleConfig=config
        )
        await cloud.kernel.scheduler.advance(1)
        (execution,) = (await cloud.ask("ListMonitoringExecutions", MonitoringScheduleName="once"))[
            "MonitoringExecutionSummaries"
        ]
        assert execution["MonitoringExecutionStatus"] == "CompletedWithViolations"

    play(story)
