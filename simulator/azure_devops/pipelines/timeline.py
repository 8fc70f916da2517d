"""The timeline of a run: one row a stage, phase, job, step and checkpoint; each change of state is a fact."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from simulator.azure_devops.identities import stable_id
from simulator.azure_devops.organization import Row, number_key
from simulator.azure_devops.pipelines.lifecycles import RECORD
from simulator.azure_devops.pipelines.results import Result
from simulator.kernel.facts import Fact
from simulator.kernel.world import Kernel

KIND = "azure_devops.record"
ATTEMPTS = "azure_devops.attempt"
# Only these become facts; a phase has no life of its own, checkpoints speak through their approvals.
_FACTS = {"Stage": "StageStateChanged", "Job": "JobStateChanged", "Task": "StepStateChanged"}
_MOST_ISSUES = 10


class Timeline:
    """The records of one run, kept in the store; their ids follow from the names, so a restart finds them."""

    def __init__(self, kernel: Kernel, run: int) -> None:
        self._kernel = kernel
        self.run = run
        self.id = stable_id("timeline", str(run))

    def record_id(self, *names: str) -> str:
        """The id of the record under these names."""
        return stable_id("record", str(self.run), *names)

    def find(self, record: str) -> Row | None:
        """The record of that id."""
        return self._kernel.store.get(KIND, self.key(record))

    def get(self, record: str) -> Row:
        """The record of that id, which must be there."""
        row = self.find(record)
        if row is None:
            raise KeyError(f"run {self.run} has no record {record}")
        return row

    def records(self) -> list[Row]:
        """Every record: each parent before its children, these in their order."""
        rows = [row for _, row in self._kernel.store.scan(KIND, f"{number_key(self.run)}/")]
        return in_order(rows)

    def add(self, record: str, kind: str, name: str, parent: str | None, order: int, **more: Any) -> Row:
        """A new pending record; one that is there already stays as it is."""
        if (known := self.find(record)) is not None:
            return known
        row: Row = {
            "id": record,
            "parentId": parent,
            "type": kind,
            "name": name,
            "order": order,
            "state": RECORD.initial,
            "result": None,
            "startTime": None,
            "finishTime": None,
            "attempt": 1,
            "issues": [],
            "errorCount": 0,
            "warningCount": 0,
            "log": None,
            **more,
        }
        self._put(row)
        return row

    def update(self, record: str, **changes: Any) -> Row:
        """Change members of a record that are not its state."""
        row = {**self.get(record), **changes}
        self._put(row)
        return row

    def start(self, record: str, **changes: Any) -> Fact | None:
        """The record is in progress from now on; one that already is (after a restart) stays so."""
        if self.get(record)["state"] == "inProgress":
            return None
        return self._move(record, "inProgress", startTime=self._now(), **changes)

    def begin_anew(self, record: str, attempt: int) -> None:
        """A further attempt of a record that has completed."""
        fresh: dict[str, Any] = {"startTime": None, "finishTime": None, "result": None, "issues": []}
        fresh.update(errorCount=0, warningCount=0)
        kept = [*self.get(record).get("previousAttempts", []), self._attempt(record, attempt - 1)]
        fresh.update(attempt=attempt, outputs={}, cause=None, previousAttempts=kept)
        if self.get(record)["state"] == "completed":
            self._move(record, "pending", **fresh)
        else:
            self.update(record, **fresh)

    def _attempt(self, record: str, attempt: int) -> Row:
        return {"attempt": attempt, "timelineId": self.attempt_id(attempt), "recordId": record}

    def attempt_id(self, attempt: int) -> str:
        """The id under which the timeline of an attempt that is over can be read."""
        return stable_id("timeline", str(self.run), str(attempt))

    def keep_attempt(self, attempt: int, rows: list[Row]) -> None:
        """Keep records as they are now under the number of the attempt that is over."""
        key = f"{number_key(self.run)}/{attempt}"
        known = (self._kernel.store.get(ATTEMPTS, key) or {"rows": []})["rows"]
        self._kernel.store.put(ATTEMPTS, key, {"rows": [*known, *rows]})

    def of_attempt(self, timeline: str) -> list[Row] | None:
        """The records of an attempt that is over, by the id of its timeline."""
        for key, row in self._kernel.store.scan(ATTEMPTS, f"{number_key(self.run)}/"):
            if self.attempt_id(int(key.rpartition("/")[2])) == timeline.lower():
                return list(row["rows"])
        return None

    def finish(self, record: str, result: Result, **changes: Any) -> Fact | None:
        """The record is completed with that result."""
        row = self.get(record)
        started = row["startTime"] or (None if result is Result.SKIPPED else self._now())
        wire = result.value[0].lower() + result.value[1:]
        return self._move(
            record,
            "completed",
            result=wire,
            startTime=started,
            finishTime=self._now(),
            percentComplete=100,
            **changes,
        )

    def add_issue(
        self,
        record: str,
        kind: str,
        message: str,
        category: str = "General",
        data: Mapping[str, str] | None = None,
    ) -> None:
        """An error or a warning on the record; ten of each kind are kept, all are counted."""
        row = self.get(record)
        kept = [issue for issue in row["issues"] if issue["type"] == kind]
        if len(kept) < _MOST_ISSUES:
            row["issues"].append(
                {"type": kind, "category": category, "message": message, "data": {**(data or {})}}
            )
        row[f"{kind}Count"] += 1
        self._put(row)

    def _move(self, record: str, state: str, **changes: Any) -> Fact | None:
        with self._kernel.store.transaction():
            row = self.get(record)
            row.update(changes, state=RECORD.step(row["state"], state))
            self._put(row)
            kind = _FACTS.get(row["type"])
            if kind is None:
                return None
            detail = {"run": self.run, "record": record, "state": state, "result": row["result"]}
            names = {"name": row["name"], "identifier": row.get("identifier", "")}
            return self._kernel.log.record(kind, f"run {self.run} {row['name']}", {**detail, **names})

    def _put(self, row: Row) -> None:
        """Write a record; what was written later has the greater change number."""
        row["change"], row["modified"] = self._kernel.log.last() + 1, self._now()
        self._kernel.store.put(KIND, self.key(row["id"]), row)

    def _now(self) -> float:
        return self._kernel.clock.now()

    def key(self, record: str) -> str:
        """The store key of a record."""
        return f"{number_key(self.run)}/{record}"


def in_order(rows: list[Row], parent: str | None = None) -> list[Row]:
    """Rows as a tree is read, from the children of `parent` down. Pure."""
    found = []
    for row in sorted((row for row in rows if row["parentId"] == parent), key=lambda row: int(row["order"])):
        found += [row, *in_order(rows, row["id"])]
    return found


def result_of(row: Row) -> Result:
    """The result of a completed record."""
    return Result(row["result"][0].upper() + row["result"][1:])
