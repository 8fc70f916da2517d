"""One execution as the store has it: its row, its definition, its steps, and the changes that they go through."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from simulator.aws.sagemaker import events
from simulator.aws.sagemaker.acting import Actor, as_role
from simulator.aws.sagemaker.kept import Kept
from simulator.aws.sagemaker.kinds.kind import Kind, Row
from simulator.aws.sagemaker.kinds.pipelines import PIPELINE_EXECUTION
from simulator.aws.sagemaker.pipelines.definition.model import Definition
from simulator.aws.sagemaker.pipelines.definition.parse import parse
from simulator.aws.sagemaker.pipelines.progress import StepState
from simulator.kernel.lifecycle import Lifecycle

STEP = "sagemaker.pipeline_step"
DEFINITION = "sagemaker.pipeline_execution_definition"
RUNNING = ("Starting", "Executing", "Stopping")

STEP_LIFE = Lifecycle("PipelineExecutionStep", "Starting", {
    "Starting": ("Executing", "Succeeded", "Failed", "Stopping", "Stopped"),
    "Executing": ("Starting", "Succeeded", "Failed", "Stopping", "Stopped"),
    "Stopping": ("Stopped", "Failed", "Succeeded"),
})  # fmt: skip


@dataclass(frozen=True)
class Execution(Kept):
    """One execution; `key` is account/region/pipeline/execution/id."""

    kind: Kind = field(default=PIPELINE_EXECUTION, init=False)

    @cached_property
    def definition(self) -> Definition:
        """The definition with which the execution was started."""
        return parse((self.kernel.store.get(DEFINITION, self.key) or {})["PipelineDefinition"])

    @property
    def id(self) -> str:
        """The twelve characters at the end of its ARN."""
        return self.key.rsplit("/", 1)[-1]

    @property
    def pipeline(self) -> str:
        """The row key of its pipeline."""
        return self.key.rsplit("/execution/", 1)[0]

    @cached_property
    def arn(self) -> str:
        """Its ARN."""
        return str(self.row["PipelineExecutionArn"])

    @cached_property
    def actor(self) -> Actor:
        """The pipeline's role at work."""
        return as_role(self.cloud, self.row["RoleArn"], self.place[1], f"PipelineExecution-{self.id}")

    @property
    def stopping(self) -> bool:
        """Whether the execution was asked to stop."""
        return bool(self.row["PipelineExecutionStatus"] == "Stopping")

    def busy(self, step: str) -> str:
        """The name under which a running step keeps the world busy."""
        return f"pipeline step {self.key}/{step}"

    def change(self, members: Mapping[str, Any], *, quiet: bool = False) -> Row:
        """Set members of the row; a change of status is a fact with its event."""
        if "PipelineExecutionStatus" in members:
            members = {**members, "_previous": self.row["PipelineExecutionStatus"]}
        return super().change(members, quiet=quiet)

    def step(self, name: str) -> Row | None:
        """A step that has started."""
        return self.kernel.store.get(STEP, f"{self.key}/{name}")

    def steps(self) -> list[Row]:
        """The steps that have started, the first first."""
        rows = [row for _, row in self.kernel.store.scan(STEP, f"{self.key}/")]
        return sorted(rows, key=lambda row: row["_order"])

    def states(self) -> dict[str, StepState]:
        """How far each step that has started is."""
        return {row["StepName"]: StepState(row["StepStatus"], row.get("_outcome")) for row in self.steps()}

    def begin_step(self, name: str, suffix: str, members: Mapping[str, Any] | None = None) -> Row:
        """A step starts; `suffix` ends the names of what it makes, `members` are set at once."""
        body = self.definition.steps[name].body
        shown = {"StepDisplayName": body.get("DisplayName"), "StepDescription": body.get("Description")}
        with self.kernel.store.transaction():
            row = {
                "StepName": name,
                "StartTime": self.kernel.clock.now(),
                "StepStatus": "Starting",
                "AttemptCount": 1,
                "Metadata": {},
                "_type": body["Type"],
                "_suffix": suffix,
                "_order": self._next(),
                **{member: value for member, value in shown.items() if value},
                **(members or {}),
            }
            self._put(row)
        return row

    def _next(self) -> int:
        """Steps are listed in the order in which they started."""
        number = int(self.row.get("_steps", 0))
        self.change({"_steps": number + 1}, quiet=True)
        return number

    def change_step(self, name: str, members: Mapping[str, Any]) -> Row:
        """Set members of a step; a change of status is a fact with its event."""
        with self.kernel.store.transaction():
            row = self.step(name)
            assert row is not None, f"step {name} has not started"
            old, new = row["StepStatus"], members.get("StepStatus", row["StepStatus"])
            row |= members
            if new != old:
                row["_previous"] = STEP_LIFE.step(old, new) and old
                if not row.get("EndTime") and STEP_LIFE.final(new):
                    row["EndTime"] = self.kernel.clock.now()
                self._put(row)
            else:
                self.kernel.store.put(STEP, f"{self.key}/{name}", row)
        return row

    def forget_step(self, name: str) -> None:
        """A step that failed or was stopped is to start anew."""
        self.kernel.store.delete(STEP, f"{self.key}/{name}")

    def _put(self, row: Row) -> None:
        self.kernel.store.put(STEP, f"{self.key}/{row['StepName']}", row)
        execution = self.row
        event = events.pipeline_step(row, execution["PipelineArn"], execution["PipelineExecutionArn"])
        detail: dict[str, object] = {"status": row["StepStatus"], "step": row["StepName"], "event": event}
        if reason := row.get("FailureReason"):
            detail["failure_reason"] = reason
        account, region, _ = self.place
        subject = execution["PipelineExecutionArn"]
        self.kernel.log.record("PipelineStepStateChanged", subject, detail, account=account, region=region)
