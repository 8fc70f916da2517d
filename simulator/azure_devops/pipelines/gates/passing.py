"""The gate before a stage: permission, then its checks phase by phase; all of a phase pass before the next begins."""

from __future__ import annotations

from dataclasses import dataclass

from simulator.azure_devops.language.plan import Stage
from simulator.azure_devops.organization import Organization, Row
from simulator.azure_devops.pipelines.gates import check_types, stage_resources
from simulator.azure_devops.pipelines.gates.approvals import Approvals
from simulator.azure_devops.pipelines.gates.check_runs import RESULTS, CheckRuns, Verdict, gate
from simulator.azure_devops.pipelines.gates.evaluations import Evaluations
from simulator.azure_devops.pipelines.gates.locks import Locks, LockWatch
from simulator.azure_devops.pipelines.gates.permissions import Permissions
from simulator.azure_devops.pipelines.results import Result, merge
from simulator.azure_devops.pipelines.room import RunContext, Signals
from simulator.azure_devops.pipelines.runs import Runs

DEFAULT_TIMEOUT_MINUTES = 43200
_GOOD = ("approved", "bypassed", "skipped")
_OPEN = ("pending", "deferred", "running")


@dataclass(frozen=True)
class Passage:
    """What the gate says: the result that ends the stage (None: go on), and the fact that let it pass."""

    ends: Result | None = None
    fact: int | None = None


class Gates:
    """The gates of the organization's runs, with what people and callbacks need to answer them."""

    def __init__(self, organization: Organization, signals: Signals, runs: Runs) -> None:
        self.permissions = Permissions(organization)
        self.approvals = Approvals(organization, signals)
        self._evaluations = Evaluations(organization, runs, self.permissions)
        self._locks = Locks(organization)
        self.checks = CheckRuns(organization, signals, self._evaluate)
        self._watch = LockWatch(self.checks)
        organization.kernel.log.add_consumer("azure_devops.locks", self._watch.on_fact)

    async def pass_gate(self, context: RunContext, stage: Stage) -> Passage:
        """Go through the phases; the world may rest while they wait, and a restart finds the rows."""
        resources = stage_resources.used_by(context, stage)
        checks = needed(context.room.organization, resources)
        closed = self._closed(context, resources)
        known = context.timeline.find(_record(context, stage, "Authorization"))
        asked: list[str] = []
        for phase in range(check_types.LOCK + 1):
            mine = [check for check in checks if check_types.phase(check) == phase]
            begun: list[str] = []
            if phase == check_types.AUTHORIZATION_PHASE and (closed or known):
                begun.append(await self._authorize(context, stage, closed))
            elif phase != check_types.AUTHORIZATION_PHASE:
                begun = await self._begin(context, stage, mine)
            asked += begun
            if begun and await self._wait(context, stage, begun):
                break
        return self._ended(context, stage, asked)

    def cancel(self, run: int, stage: str = "") -> None:
        """Nobody needs to answer the gates of this run (of one stage) any more."""
        self.approvals.cancel(run, stage)
        self.checks.cancel(run, stage)

    async def permission_changed(self) -> None:
        """Let those go on that now may."""
        for row in self.checks.waiting(check_types.AUTHORIZATION):
            await self.checks.evaluate(row["id"])

    async def _evaluate(self, row: Row) -> Verdict:
        if row["type"]["id"] == check_types.EXCLUSIVE_LOCK:
            self._watch.let_go(row)
            return self._locks.evaluate(row, self.checks.waiting(check_types.EXCLUSIVE_LOCK))
        return await self._evaluations.evaluate(row)

    def _closed(self, context: RunContext, resources: list[Row]) -> list[Row]:
        definition, project = context.row["definition"], context.project["id"]
        return [one for one in resources if not self.permissions.allows(one, project, definition)]

    async def _authorize(self, context: RunContext, stage: Stage, closed: list[Row]) -> str:
        identifier = _record(context, stage, "Authorization")
        check: Row = {
            "id": 0,
            "type": {"id": check_types.AUTHORIZATION, "name": "Authorization"},
            "settings": {},
            "resource": closed[0] if closed else {"type": "", "id": "", "name": ""},
            "timeout": DEFAULT_TIMEOUT_MINUTES,
        }
        _draw(context, stage, identifier, check_types.AUTHORIZATION, 1)
        await self.checks.begin(identifier, context.row, stage.name, check, resources=closed)
        return identifier

    async def _begin(self, context: RunContext, stage: Stage, checks: list[Row]) -> list[str]:
        begun = []
        for check in checks:
            identifier = _record(context, stage, str(check["id"]))
            begun.append(identifier)
            _draw(context, stage, identifier, check["type"]["id"], check["id"] + 1)
            if check["type"]["id"] == check_types.APPROVAL:
                self.approvals.ask(identifier, context.row, stage.name, check)
                continue
            behavior = stage.lock_behavior or context.plan.lock_behavior or "runLatest"
            await self.checks.begin(identifier, context.row, stage.name, check, lockBehavior=behavior)
        return begun

    async def _wait(self, context: RunContext, stage: Stage, begun: list[str]) -> bool:
        """Wait until all of them let the stage pass, or one does not: says whether the stage ends here."""
        name = gate(context.run, stage.name)
        self._tell_waiting(context, stage, begun)
        signals = context.room.signals
        with context.attention.waiting() as pause, signals.ending(name, pause) as event:
            while True:
                states = [self._row(identifier)["status"] for identifier in begun]
                if any(state not in (*_GOOD, *_OPEN) for state in states):
                    break
                if all(state in _GOOD for state in states):
                    return False
                pause.again()
                await event.wait()
                event.clear()
        # One that failed ends the others: nobody needs to know what they would have come to.
        self.approvals.cancel(context.run, stage.name)
        self.checks.cancel(context.run, stage.name)
        return True

    def _tell_waiting(self, context: RunContext, stage: Stage, begun: list[str]) -> None:
        """The fact that a stage waits: once, when something of its gate is open."""
        timeline, checkpoint = context.timeline, context.timeline.record_id(stage.name, "Checkpoint")
        waits = any(self._row(identifier)["status"] in _OPEN for identifier in begun)
        if waits and not timeline.get(checkpoint).get("told"):
            kernel = context.room.kernel
            with kernel.store.transaction():
                timeline.update(checkpoint, told=True)
                detail = {"run": context.run, "record": timeline.record_id(stage.name), "state": "waiting"}
                kernel.log.record("StageWaiting", f"run {context.run} {stage.name}", detail)

    def _ended(self, context: RunContext, stage: Stage, asked: list[str]) -> Passage:
        context.room.signals.forget(gate(context.run, stage.name))
        if not asked:
            return Passage()
        rows = [self._row(identifier) for identifier in asked]
        worst = _worst([str(row["status"]) for row in rows])
        checkpoint = context.timeline.record_id(stage.name, "Checkpoint")
        if context.timeline.get(checkpoint)["state"] != "completed":
            context.timeline.finish(checkpoint, worst)
        fact = max(row.get("fact", 0) for row in rows)
        return Passage(None if worst is Result.SUCCEEDED else worst, fact)

    def _row(self, identifier: str) -> Row:
        row = self.approvals.find(identifier) or self.checks.find(identifier)
        assert row is not None, f"there is no gate {identifier}"
        return row


def needed(organization: Organization, resources: list[Row]) -> list[Row]:
    """The checks of the resources, in the order of the resources and of their making."""
    return [check for one in resources for check in organization.checks_of(one["type"], one["id"])]


def _worst(states: list[str]) -> Result:
    """What those that ended the stage by themselves make of it; those that were cancelled with them say nothing."""
    own = [state for state in states if state != "canceled"] if set(states) - {*_GOOD, "canceled"} else states
    worst = Result.SUCCEEDED
    for state in own:
        worst = merge(worst, Result.SUCCEEDED if state in _GOOD else RESULTS[state])
    return worst


def _record(context: RunContext, stage: Stage, name: str) -> str:
    return context.timeline.record_id(stage.name, "Checkpoint", name)


def _draw(context: RunContext, stage: Stage, identifier: str, kind: str, order: int) -> None:
    """The records of the checkpoint and of one check in it, in progress."""
    timeline, name = context.timeline, check_types.RECORD_TYPES[kind]
    checkpoint, parent = timeline.record_id(stage.name, "Checkpoint"), timeline.record_id(stage.name)
    with context.room.kernel.store.transaction():
        timeline.add(checkpoint, "Checkpoint", "Checkpoint", parent, 0, identifier="Checkpoint")
        timeline.add(identifier, name, name, checkpoint, order, identifier=name)
        for record in (checkpoint, identifier):
            if timeline.get(record)["state"] == "pending":
                timeline.start(record)
