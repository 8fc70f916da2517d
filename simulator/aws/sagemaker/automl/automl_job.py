"""One AutoML job as the store has it: its row, its candidates, and how clients see them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from simulator.aws.sagemaker.acting import Actor, as_role, as_service
from simulator.aws.sagemaker.automl.job_requests import containers, place
from simulator.aws.sagemaker.automl.request import METRICS, SMALLER_IS_BETTER, Request, first, second
from simulator.aws.sagemaker.kept import Kept
from simulator.aws.sagemaker.kinds.jobs import TRAINING_JOB
from simulator.aws.sagemaker.kinds.kind import Kind, Row
from simulator.aws.sagemaker.kinds.tuning import AUTO_ML_JOB

CANDIDATE = "sagemaker.auto_ml_candidate"
_SAME = ("CreationTime", "LastModifiedTime", "FailureReason")


@dataclass(frozen=True)
class AutoMLJob(Kept):
    """One AutoML job; `key` is account/region/name."""

    kind: Kind = field(default=AUTO_ML_JOB, init=False)

    @cached_property
    def request(self) -> Request:
        """What was asked for."""
        row = self.row
        return second(row["_request"]) if row["_version"] == 2 else first(row["_request"])

    @property
    def region(self) -> str:
        """Its region."""
        return self.place[1]

    @property
    def name(self) -> str:
        """Its name."""
        return self.place[2]

    @cached_property
    def service(self) -> Actor:
        """SageMaker itself: who starts the jobs."""
        account, region, _ = self.place
        return as_service(self.cloud, account, region)

    @cached_property
    def role(self) -> Actor:
        """The job's role: who reads what the jobs left in S3."""
        return as_role(self.cloud, self.request.role, self.region)

    def started(self, kind: Kind, name: str) -> Row | None:
        """The row of a job that this one has started."""
        account, region, _ = self.place
        return self.kernel.store.get(kind.row, f"{account}/{region}/{name}")

    def named(self, note: str, stem: str) -> str:
        """The name of a job that this one starts, noted before it is asked for, so that it is asked for once."""
        name = self.row.get(note)
        if name is None:
            name = f"{self.name}-{stem}-{self.kernel.ids.hex(8)}"
            self.change({note: name}, quiet=True)
        return str(name)

    def plan(self, index: int) -> str:
        """Note a candidate; gives its name, which is its training job's too."""
        name = f"{self.name}-t{index + 1}-{self.kernel.ids.hex(8)}"
        self.kernel.store.put(CANDIDATE, f"{self.key}/{index:04d}", {"index": index, "name": name})
        return name

    def candidates(self) -> list[str]:
        """The names of the candidates so far, the first first."""
        return [noted["name"] for _, noted in self.kernel.store.scan(CANDIDATE, f"{self.key}/")]

    def shown(self, name: str) -> dict[str, Any] | None:
        """A candidate as clients see it; None before its training job is there."""
        job, row = self.row, self.started(TRAINING_JOB, name)
        if row is None:
            return None
        problem, status = job["_problem"], row["TrainingJobStatus"]
        metric, arn = self.request.objective(problem), job["_analysis_arn"]
        values = {each["MetricName"]: float(each["Value"]) for each in row.get("FinalMetricDataList", ())}
        steps = [("ProcessingJob", arn), ("TrainingJob", row["TrainingJobArn"])]
        if arn := job.get("_report_arn") if job.get("_best") == name else None:
            steps.append(("ProcessingJob", arn))
        found: dict[str, Any] = {
            "CandidateName": name,
            "ObjectiveStatus": _objective_status(status, f"Validation:{metric}" in values),
            "CandidateSteps": [_step(kind, arn) for kind, arn in steps],
            "CandidateStatus": status,
            **{member: row[member] for member in _SAME if member in row},
        }
        if "TrainingEndTime" in row:
            found["EndTime"] = row["TrainingEndTime"]
        if found["ObjectiveStatus"] == "Succeeded":
            value = values[f"Validation:{metric}"]
            found["FinalAutoMLJobObjectiveMetric"] = {
                "MetricName": metric, "Value": value, "StandardMetricName": metric,
            }  # fmt: skip
            model = row["ModelArtifacts"]["S3ModelArtifacts"]
            found["InferenceContainers"] = containers(self.region, name, model, problem)
            found["CandidateProperties"] = self._properties(name, problem, values)
        return found

    def _properties(self, name: str, problem: str, values: Mapping[str, float]) -> dict[str, Any]:
        metrics = [
            {
                "MetricName": metric,
                "StandardMetricName": metric,
                "Value": values[f"{part}:{metric}"],
                "Set": part,
            }
            for part in ("Train", "Validation")
            for metric in METRICS[problem]
            if f"{part}:{metric}" in values
        ]
        found: dict[str, Any] = {"CandidateMetrics": metrics}
        if self.row.get("_reported") == name:
            below = (self.request, self.name, "documentation")
            found["CandidateArtifactLocations"] = {
                "Explainability": place(*below, "explainability", "output", name),
                "ModelInsights": place(*below, "model_monitor", "output", name),
            }
        return found

    def best(self) -> dict[str, Any] | None:
        """The candidate with the best objective; the earlier of equals."""
        found: dict[str, Any] | None = None
        for name in self.candidates():
            each = self.shown(name)
            if each is None or each["ObjectiveStatus"] != "Succeeded":
                continue
            if found is None or self._better(each, found):
                found = each
        return found

    def _better(self, one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
        own, theirs = one["FinalAutoMLJobObjectiveMetric"], other["FinalAutoMLJobObjectiveMetric"]
        smaller = own["MetricName"] in SMALLER_IS_BETTER
        return bool(own["Value"] < theirs["Value"] if smaller else own["Value"] > theirs["Value"])


def _objective_status(status: str, measured: bool) -> str:
    if status in ("InProgress", "Stopping"):
        return "Pending"
    return "Succeeded" if status == "Completed" and measured else "Failed"


def _step(kind: str, arn: str) -> dict[str, str]:
    return {
        "CandidateStepType": f"AWS::SageMaker::{kind}",
        "CandidateStepArn": arn,
        "CandidateStepName": arn.rsplit("/", 1)[-1],
    }
