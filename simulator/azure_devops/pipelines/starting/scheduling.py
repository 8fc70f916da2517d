"""Scheduled runs: the cron lines of each pipeline's branches become timers on the virtual clock."""

from __future__ import annotations

from typing import Any

from simulator.azure_devops.git import objects
from simulator.azure_devops.git.refs import NO_OBJECT, REF_UPDATED, RefWatch
from simulator.azure_devops.language.plan import Schedule
from simulator.azure_devops.organization import DEFINITION, Organization, Row, number_key
from simulator.azure_devops.pipelines.runs import RunRequest, Runs
from simulator.azure_devops.pipelines.starting.queueing import Queue
from simulator.azure_devops.pipelines.starting.triggers import branch_passes
from simulator.formats.cron import parse_azure_cron
from simulator.kernel.errors import CallerError, NotSimulated
from simulator.kernel.facts import Fact

ACTION = "azure_devops.schedule"
_ARMED = "azure_devops.schedule"


class Schedules:
    """Reads the schedules of a branch when it moves, and starts runs when their time comes."""

    def __init__(self, organization: Organization, refs: RefWatch, runs: Runs, queue: Queue) -> None:
        self._organization, self._refs, self._runs, self._queue = organization, refs, runs, queue
        self._kernel = organization.kernel
        self._kernel.scheduler.on(ACTION, self._due)

    async def on_fact(self, fact: Fact) -> None:
        """A consumer of the log: arms the pipelines of a repository anew for a branch that moved."""
        if fact.kind != REF_UPDATED or not fact.detail["name"].startswith("refs/heads/"):
            return
        repository = self._organization.repository(fact.detail["repositoryId"])
        for definition in self._organization.rows(DEFINITION, repository["project"]):
            if definition["repository"] == repository["id"]:
                await self.arm(definition, fact.detail["name"], fact.detail["newObjectId"])

    async def arm(self, definition: Row, ref: str, commit: str) -> None:
        """Set the timers of a pipeline's branch as its YAML there says; what stood before is forgotten."""
        schedules: tuple[Schedule, ...] = ()
        if commit != NO_OBJECT:
            person = self._organization.topology.test_person
            try:
                outline = await self._queue.outline(RunRequest(definition, ref, commit, "Schedule", person))
                schedules = tuple(one for one in outline.schedules if branch_passes(one.branches, ref))
            except CallerError:
                # A file that cannot be read schedules nothing; the push itself tells of it.
                schedules = ()
        key = f"{number_key(definition['id'])}/{ref}"
        with self._kernel.store.transaction():
            for place in range((self._kernel.store.get(_ARMED, key) or {"count": 0})["count"]):
                self._kernel.scheduler.cancel(f"schedule/{key}/{place}")
            self._kernel.store.put(_ARMED, key, {"count": len(schedules)})
            for place, schedule in enumerate(schedules):
                self._set(
                    {
                        "definition": definition["id"],
                        "ref": ref,
                        "place": place,
                        "cron": schedule.cron,
                        "always": schedule.always,
                        "batch": schedule.batch,
                        "displayName": schedule.display_name,
                    }
                )

    def _set(self, payload: dict[str, Any]) -> None:
        moment = parse_azure_cron(payload["cron"]).next_after(self._kernel.clock.now())
        if moment is None:
            return
        key = f"schedule/{number_key(payload['definition'])}/{payload['ref']}/{payload['place']}"
        self._kernel.scheduler.at(moment, ACTION, {**payload, "moment": moment}, key)

    async def _due(self, payload: dict[str, Any]) -> None:
        """The timer: a run of the newest commit, unless nothing changed since the last; then the next timer."""
        definition = self._organization.numbered(DEFINITION, payload["definition"])
        if definition is None or self._organization.find_project(definition["project"]) is None:
            return
        if definition not in self._organization.definitions():
            return
        repository = self._organization.repository(definition["repository"])
        commit = await objects.resolve(self._refs.path(repository), payload["ref"])
        enabled = definition.get("queueStatus", "enabled") == "enabled"
        if commit is not None and enabled and self._is_wanted(definition, payload, commit):
            person = self._organization.topology.test_person
            named = {"Build.CronSchedule.DisplayName": str(payload.get("displayName", ""))}
            key = f"schedule {definition['id']} {payload['ref']} {payload['place']} {payload['moment']}"
            request = RunRequest(
                definition, payload["ref"], commit, "Schedule", person, key=key, predefined=named
            )
            try:
                await self._queue.queue(request)
            except (CallerError, NotSimulated) as wrong:
                detail = {"pipeline": definition["name"], "pipelineId": definition["id"], "error": str(wrong)}
                self._kernel.log.record("TriggerFailed", f"{definition['name']} {payload['ref']}", detail)
        self._set(payload)

    def _is_wanted(self, definition: Row, payload: dict[str, Any], commit: str) -> bool:
        """Always with `always`; else where something changed, with `batch` not while a scheduled run goes on.

        Source: Learn "Configure schedules for pipelines", the table of `always` and `batch`.
        """
        if payload["always"]:
            return True
        scheduled = (definition["id"], payload["ref"], "Schedule")
        if payload.get("batch") and any(
            (run["definition"], run["sourceBranch"], run["reason"]) == scheduled
            for run in self._runs.unfinished()
        ):
            return False
        return self._changed(definition, payload["ref"], commit)

    def _changed(self, definition: Row, ref: str, commit: str) -> bool:
        """Whether the branch or the pipeline's settings changed since its last scheduled run that succeeded."""
        last = next(
            (
                run
                for run in self._runs.of(definition["project"], definition["id"])
                if run["reason"] == "Schedule" and run["sourceBranch"] == ref and run["result"] == "succeeded"
            ),
            None,
        )
        if last is None:
            return True
        return (last["sourceVersion"], last["definitionRevision"]) != (commit, definition["revision"])
