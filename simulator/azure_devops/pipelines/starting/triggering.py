"""Continuous integration: a ref that moved starts the pipelines of its repository whose triggers take it."""

from __future__ import annotations

from typing import Any

from simulator.azure_devops.git import objects
from simulator.azure_devops.git.refs import NO_OBJECT, REF_UPDATED, RefWatch
from simulator.azure_devops.organization import DEFINITION, Organization, Row, number_key
from simulator.azure_devops.pipelines.runs import RunRequest, Runs
from simulator.azure_devops.pipelines.starting.queueing import Queue
from simulator.azure_devops.pipelines.starting.triggers import starts_on_push
from simulator.kernel.errors import CallerError, NotSimulated
from simulator.kernel.facts import Fact

_HELD = "azure_devops.held_push"


class Triggers:
    """Listens to the log."""

    def __init__(self, organization: Organization, refs: RefWatch, runs: Runs, queue: Queue) -> None:
        self._organization, self._refs, self._runs, self._queue = organization, refs, runs, queue
        self._store = organization.kernel.store

    async def on_fact(self, fact: Fact) -> None:
        """A consumer of the log: the same fact again starts nothing new."""
        if fact.kind == "RunCompleted":
            await self._release(fact)
        elif fact.kind == REF_UPDATED and fact.detail["newObjectId"] != NO_OBJECT:
            repository = self._organization.repository(fact.detail["repositoryId"])
            changed = await self._changed(repository, fact.detail)
            for definition in self._organization.rows(DEFINITION, repository["project"]):
                if definition["repository"] == repository["id"]:
                    await self._consider(definition, fact, changed)

    async def _changed(self, repository: Row, detail: Any) -> tuple[str, ...]:
        path = self._refs.path(repository)
        old = await objects.resolve(path, detail["oldObjectId"])
        new = await objects.resolve(path, detail["newObjectId"])
        return await objects.changed_paths(path, old, new) if new else ()

    async def _consider(self, definition: Row, fact: Fact, changed: tuple[str, ...]) -> None:
        repository = self._organization.repository(definition["repository"])
        path, ref = self._refs.path(repository), fact.detail["name"]
        commit = await objects.resolve(path, fact.detail["newObjectId"])
        text = await objects.blob(path, commit, definition["path"]) if commit else None
        if commit is None or text is None:
            return
        pusher = fact.detail["pushedBy"] or self._organization.topology.test_person
        key = f"push {fact.sequence} {definition['id']}"
        request = RunRequest(definition, ref, commit, "IndividualCI", pusher, key=key)
        try:
            trigger = (await self._queue.outline(request)).trigger
            if not starts_on_push(trigger, ref, changed):
                return
            if trigger.batch and self._goes_on(definition, ref):
                held = {"commit": commit, "pusher": pusher, "key": key}
                self._store.put(_HELD, f"{number_key(definition['id'])}/{ref}", held)
                return
            await self._queue.queue(request)
        except (CallerError, NotSimulated) as wrong:
            self._tell(request, str(wrong))

    async def _release(self, fact: Fact) -> None:
        """A run has completed: the newest push that its pipeline held back for it (`batch: true`) starts now."""
        run = self._runs.get(fact.detail["run"])
        key = f"{number_key(run['definition'])}/{run['sourceBranch']}"
        held = self._store.get(_HELD, key)
        definition = self._organization.numbered(DEFINITION, run["definition"])
        if held is None or definition is None:
            return
        request = RunRequest(
            definition, run["sourceBranch"], held["commit"], "BatchedCI", held["pusher"], key=held["key"]
        )
        try:
            await self._queue.queue(request)
        except (CallerError, NotSimulated) as wrong:
            self._tell(request, str(wrong))
        self._store.delete(_HELD, key)

    def _goes_on(self, definition: Row, ref: str) -> bool:
        rows = self._runs.unfinished()
        return any((row["definition"], row["sourceBranch"]) == (definition["id"], ref) for row in rows)

    def _tell(self, request: RunRequest, error: str) -> None:
        name = request.definition["name"]
        detail = {"pipeline": name, "pipelineId": request.definition["id"], "error": error}
        self._organization.kernel.log.record("TriggerFailed", f"{name} {request.ref}", detail)
