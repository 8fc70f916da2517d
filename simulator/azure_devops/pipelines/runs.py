"""The rows of runs: made when a run is queued, moved along their lifecycle, found by number."""

from __future__ import annotations

import base64
import pickle
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from simulator.azure_devops.language.plan import Plan
from simulator.azure_devops.organization import RUN, Organization, Row, number_key
from simulator.azure_devops.pipelines.lifecycles import RUN as LIFECYCLE
from simulator.azure_devops.pipelines.results import Result

PLAN = "azure_devops.plan"
WIRE_RESULTS = {
    Result.SUCCEEDED: "succeeded",
    Result.SUCCEEDED_WITH_ISSUES: "partiallySucceeded",
    Result.FAILED: "failed",
    Result.CANCELED: "canceled",
    Result.SKIPPED: "succeeded",
    Result.ABANDONED: "failed",
}


@dataclass(frozen=True)
class RunRequest:
    """What was asked: a pipeline at a ref (and commit), with parameters and variables, by whom and why.

    `payloads` are the bodies of incoming webhooks by their alias. `key` is the caller's own name for this request: the
    same key again is the same run. `predefined` are further predefined variables (of a pull request, of a schedule).
    `repositories`: ref and version by alias, "" for what the YAML says; `pipelines`: by alias a run's name or number;
    `packages`: by alias a version.
    """

    definition: Row
    ref: str
    commit: str
    reason: str
    requested_for: str
    parameters: dict[str, Any] = field(default_factory=dict)
    variables: dict[str, dict[str, Any]] = field(default_factory=dict)
    stages_to_skip: tuple[str, ...] = ()
    payloads: dict[str, Any] = field(default_factory=dict)
    key: str = ""
    predefined: Mapping[str, str] = field(default_factory=dict)
    repositories: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    pipelines: Mapping[str, str | int] = field(default_factory=dict)
    packages: Mapping[str, str] = field(default_factory=dict)
    trigger_info: Mapping[str, str] = field(default_factory=dict)


class Runs:
    """The runs of the organization."""

    def __init__(self, organization: Organization) -> None:
        self._organization = organization
        self._kernel = organization.kernel

    def create(self, row: Row, plan: Plan) -> None:
        """Write a new run with its frozen plan; the caller's transaction makes them one."""
        self._organization.save(RUN, {**row, "state": LIFECYCLE.initial, "result": None})
        # The plan is our own frozen value in our own store: pickle gives back exactly what was compiled.
        text = base64.b64encode(pickle.dumps(plan)).decode()
        self._kernel.store.put(PLAN, number_key(row["id"]), {"plan": text})

    def plan(self, run: int) -> Plan:
        """The frozen plan of a run."""
        row = self._kernel.store.get(PLAN, number_key(run))
        assert row is not None, f"run {run} has no plan"
        plan = pickle.loads(base64.b64decode(row["plan"]))
        assert isinstance(plan, Plan)
        return plan

    def find(self, number: str | int) -> Row | None:
        """The run of that number."""
        return self._organization.numbered(RUN, number)

    def get(self, number: int) -> Row:
        """The run of that number, which must be there."""
        row = self.find(number)
        assert row is not None, f"there is no run {number}"
        return row

    def of(self, project: str, definition: int | None = None) -> list[Row]:
        """The runs of a project (an id), or of one pipeline, the newest first."""
        rows = self._organization.rows(RUN, project)
        return sorted((r for r in rows if definition in (None, r["definition"])), key=lambda row: -row["id"])

    def unfinished(self) -> list[Row]:
        """The runs that are not completed, the oldest first."""
        return [row for row in self._organization.rows(RUN) if row["state"] != "completed"]

    def update(self, run: int, **changes: Any) -> Row:
        """Change members of a run that are not its state."""
        row = {**self.get(run), **changes}
        self._organization.save(RUN, row)
        return row

    def move(self, run: int, state: str, **changes: Any) -> Row:
        """Change the state of a run."""
        row = self.get(run)
        return self.update(run, state=LIFECYCLE.step(row["state"], state), **changes)
