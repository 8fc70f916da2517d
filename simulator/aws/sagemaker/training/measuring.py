"""The metrics of one running job: values that its log lines report, the last of each, and their way to CloudWatch.

Source: developer guide, "Monitor and Analyze Training Jobs Using Amazon CloudWatch Metrics"; namespace
/aws/sagemaker/TrainingJobs, dimension TrainingJobName. All hosts of a job report to the same metrics.
"""

from __future__ import annotations

from typing import Any

from simulator.aws.sagemaker import images, watched
from simulator.aws.sagemaker.acting import as_service
from simulator.aws.sagemaker.job import Job
from simulator.aws.sagemaker.metrics import publish

NAMESPACE = "/aws/sagemaker/TrainingJobs"


class Measurements:
    """What the lines of one job have said so far. After a restart lines come again, and nothing is published twice."""

    def __init__(self, job: Job) -> None:
        self._job = job
        row = job.row
        self._definitions = row["AlgorithmSpecification"].get("MetricDefinitions", ())
        self._final: dict[str, dict[str, Any]] = {}
        self._waiting: list[dict[str, Any]] = []
        self._published = int(row.get("_published", 0))
        self._again = self._published

    def read(self, line: str) -> None:
        """Take the values of one line."""
        found = images.measured(self._definitions, line)
        if not found:
            return
        job, now = self._job, self._job.kernel.clock.now()
        watched.note(job, found)
        for name, value in found:
            self._final[name] = {"MetricName": name, "Value": value, "Timestamp": now}
            if self._again:
                self._again -= 1
            else:
                self._waiting.append(self._final[name])

    async def publish(self) -> None:
        """Give CloudWatch what it has not got yet; the last values are the job's. Once a while, not once a line."""
        job, waiting = self._job, self._waiting
        if not waiting:
            return
        self._waiting = []
        dimensions = [{"Name": "TrainingJobName", "Value": job.place[2]}]
        data = [{**each, "Dimensions": dimensions} for each in waiting]
        await publish(as_service(job.cloud, *job.place[:2]), NAMESPACE, data)
        self._published += len(data)
        final = {"FinalMetricDataList": list(self._final.values())}
        job.change({**final, "_published": self._published}, quiet=True)
