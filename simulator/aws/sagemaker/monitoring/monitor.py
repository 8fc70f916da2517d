"""What a schedule monitors, from either form of definition, and the processing job that one execution is: pure.

Source: developer guide, "Container contract inputs" of Model Monitor; botocore's model.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from simulator.aws.sagemaker import storage
from simulator.formats.cron import CronError, parse_aws_cron

CODE = "/opt/ml/processing/code"
BASELINE = "/opt/ml/processing/baseline"
ENDPOINT_NAMESPACE = "aws/sagemaker/Endpoints/data-metrics"
BATCH_NAMESPACE = "aws/sagemaker/ModelMonitoring/data-metrics"
_FORMS = re.compile(r"cron\((0 (?:\*|\d{1,2}|\d{1,2}/\d{1,2}) \? \* \* \*)\)")
_HOUR = 3600
_OFFSET = re.compile(r"(-?)P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?)?")


class InvalidSchedule(Exception):
    """The schedule expression is none of the forms that monitoring knows."""


@dataclass(frozen=True)
class Monitor:
    """A data quality monitor: what it runs, on what, against which baseline, and where it reports."""

    role: str
    image: str
    entrypoint: tuple[str, ...]
    arguments: tuple[str, ...]
    environment: Mapping[str, str]
    preprocessor: str
    postprocessor: str
    statistics: str
    constraints: str
    endpoint: str
    captured: str
    format: Mapping[str, Any]
    local_path: str
    offsets: tuple[str, str]
    output: Mapping[str, Any]
    resources: Mapping[str, Any]
    rest: Mapping[str, Any] = field(default_factory=dict)

    @property
    def namespace(self) -> str:
        """Where CloudWatch keeps its metrics."""
        return ENDPOINT_NAMESPACE if self.endpoint else BATCH_NAMESPACE


def of_definition(row: Mapping[str, Any]) -> Monitor:
    """From a row of a data quality job definition."""
    return _monitor(
        row,
        row["DataQualityAppSpecification"],
        row.get("DataQualityBaselineConfig", {}),
        row["DataQualityJobInput"],
        row["DataQualityJobOutputConfig"],
        row["JobResources"],
        row["DataQualityAppSpecification"].get("Environment", {}),
    )


def of_inline(definition: Mapping[str, Any]) -> Monitor:
    """From the MonitoringJobDefinition within a schedule."""
    return _monitor(
        definition,
        definition["MonitoringAppSpecification"],
        definition.get("BaselineConfig", {}),
        definition["MonitoringInputs"][0],
        definition["MonitoringOutputConfig"],
        definition["MonitoringResources"],
        definition.get("Environment", {}),
    )


def _monitor(
    whole: Mapping[str, Any],
    app: Mapping[str, Any],
    baseline: Mapping[str, Any],
    given: Mapping[str, Any],
    output: Mapping[str, Any],
    resources: Mapping[str, Any],
    environment: Mapping[str, str],
) -> Monitor:
    source = given.get("EndpointInput") or given["BatchTransformInput"]
    return Monitor(
        role=whole["RoleArn"],
        image=app["ImageUri"],
        entrypoint=tuple(app.get("ContainerEntrypoint", ())),
        arguments=tuple(app.get("ContainerArguments", ())),
        environment=environment,
        preprocessor=app.get("RecordPreprocessorSourceUri", ""),
        postprocessor=app.get("PostAnalyticsProcessorSourceUri", ""),
        statistics=baseline.get("StatisticsResource", {}).get("S3Uri", ""),
        constraints=baseline.get("ConstraintsResource", {}).get("S3Uri", ""),
        endpoint=source.get("EndpointName", ""),
        captured=source.get("DataCapturedDestinationS3Uri", ""),
        format=source.get("DatasetFormat", {}),
        local_path=source["LocalPath"],
        offsets=(source.get("StartTimeOffset", ""), source.get("EndTimeOffset", "")),
        output=output["MonitoringOutputs"][0]["S3Output"],
        resources=resources,
        rest={m: whole[m] for m in ("StoppingCondition", "NetworkConfig") if m in whole},
    )


def next_time(expression: str, after: float) -> float | None:
    """The next scheduled instant; raises InvalidSchedule. Hourly, daily, and every few hours are the forms of AWS."""
    match = _FORMS.fullmatch(expression.strip())
    if match is None:
        raise InvalidSchedule(
            f"ScheduleExpression {expression} is not supported: use NOW, cron(0 * ? * * *), cron(0 H ? * * *) or "
            "cron(0 S/N ? * * *)"
        )
    try:
        return parse_aws_cron(match[1]).next_after(after)
    except CronError as error:
        raise InvalidSchedule(f"ScheduleExpression {expression} is not valid: {error}") from error


def window(expression: str, scheduled: float, offsets: tuple[str, str]) -> tuple[float, float]:
    """Start and end of the time that an execution looks at: since the one before, or as the offsets say."""
    if offsets[0]:
        return scheduled + seconds(offsets[0]), scheduled + seconds(offsets[1] or "-PT0H")
    following = next_time(expression, scheduled)
    return scheduled - ((following - scheduled) if following else _HOUR), scheduled


def seconds(offset: str) -> float:
    """An ISO 8601 duration such as `-PT1H` or `-P1D` in seconds; raises InvalidSchedule."""
    match = _OFFSET.fullmatch(offset)
    if match is None:
        raise InvalidSchedule(f"{offset} is not an ISO 8601 duration")
    sign, days, hours, minutes = match.groups()
    length = int(days or 0) * 86400 + int(hours or 0) * _HOUR + int(minutes or 0) * 60
    return -float(length) if sign else float(length)


def hours(start: float, end: float) -> list[str]:
    """The `yyyy/mm/dd/hh` folders of a window."""
    first = int(start) // _HOUR * _HOUR
    return [f"{datetime.fromtimestamp(t, UTC):%Y/%m/%d/%H}" for t in range(first, int(end), _HOUR)]


def report_uri(monitor: Monitor, schedule: str, scheduled: float) -> str:
    """Where an execution's report goes: output / endpoint / schedule / YYYY/MM/DD/HH."""
    names = [monitor.endpoint, schedule] if monitor.endpoint else [schedule]
    folder = f"{datetime.fromtimestamp(scheduled, UTC):%Y/%m/%d/%H}"
    return storage.join(monitor.output["S3Uri"], *names, folder)


def environment(monitor: Monitor, schedule: str, start: float, end: float) -> dict[str, str]:
    """The variables of the container contract."""
    if monitor.endpoint:
        form: dict[str, Any] = {
            "sagemakerCaptureJson": {"captureIndexNames": ["endpointInput", "endpointOutput"]}
        }
    else:
        form = {
            name.lower(): {k.lower(): v for k, v in each.items()} for name, each in monitor.format.items()
        }
    variables = {
        "dataset_format": json.dumps(form),
        "dataset_source": monitor.local_path,
        "output_path": monitor.output["LocalPath"],
        "start_time": _stamp(start),
        "end_time": _stamp(end),
        "publish_cloudwatch_metrics": "Enabled",
        "sagemaker_monitoring_schedule_name": schedule,
    }
    if monitor.endpoint:
        variables["sagemaker_endpoint_name"] = monitor.endpoint
    for name, _, uri, path in _helpers(monitor):
        variables[name] = f"{path}/{uri.rsplit('/', 1)[-1]}"
    return {**variables, **monitor.environment}


def _stamp(moment: float) -> str:
    return f"{datetime.fromtimestamp(moment, UTC):%Y-%m-%dT%H:%M:%SZ}"


def _helpers(monitor: Monitor) -> list[tuple[str, str, str, str]]:
    """What is brought besides the data, as (variable, input name, URI, local path)."""
    all_of_them = [
        ("baseline_constraints", "constraints", monitor.constraints, f"{BASELINE}/constraints"),
        ("baseline_statistics", "baseline", monitor.statistics, f"{BASELINE}/stats"),
        ("record_preprocessor_script", "pre_processor_script", monitor.preprocessor, f"{CODE}/preprocessing"),
        (
            "post_analytics_processor_script",
            "post_processor_script",
            monitor.postprocessor,
            f"{CODE}/postprocessing",
        ),
    ]
    return [each for each in all_of_them if each[2]]


def job_request(
    monitor: Monitor,
    schedule: str,
    scheduled: float,
    span: tuple[float, float],
    data: Mapping[str, str],
    name: str,
) -> dict[str, Any]:
    """The CreateProcessingJob request of an execution; `data` is local folder -> S3 prefix, one for each hour."""
    inputs = [
        (f"input_{number}", uri, f"{monitor.local_path}/{folder}")
        for number, (folder, uri) in enumerate(data.items(), 1)
    ]
    inputs += [(title, uri, path) for _, title, uri, path in _helpers(monitor)]
    output = {"S3Uri": report_uri(monitor, schedule, scheduled), "LocalPath": monitor.output["LocalPath"]}
    app: dict[str, Any] = {"ImageUri": monitor.image}
    if monitor.entrypoint:
        app["ContainerEntrypoint"] = list(monitor.entrypoint)
    if monitor.arguments:
        app["ContainerArguments"] = list(monitor.arguments)
    return {
        "ProcessingJobName": name,
        "RoleArn": monitor.role,
        "AppSpecification": app,
        "Environment": environment(monitor, schedule, *span),
        "ProcessingInputs": [
            {
                "InputName": title,
                "S3Input": {
                    "S3Uri": uri,
                    "LocalPath": path,
                    "S3DataType": "S3Prefix",
                    "S3InputMode": "File",
                    "S3DataDistributionType": "FullyReplicated",
                    "S3CompressionType": "None",
                },
            }
            for title, uri, path in inputs
        ],
        "ProcessingOutputConfig": {
            "Outputs": [{"OutputName": "result", "S3Output": {**output, "S3UploadMode": "EndOfJob"}}]
        },
        "ProcessingResources": dict(monitor.resources),
        **monitor.rest,
    }


def metric_data(lines: list[Any]) -> list[dict[str, Any]]:
    """What the container left for CloudWatch, with times as epoch seconds."""
    return [
        {**line, "Timestamp": _epoch(line["Timestamp"])} if "Timestamp" in line else dict(line)
        for line in lines
    ]


def _epoch(value: Any) -> float:
    if isinstance(value, str):
        return datetime.fromisoformat(value).timestamp()
    return float(value)
