"""Continuous integration: a ref that moved starts the pipelines of its repository whose triggers take it."""

from __future__ import annotations

from typing import Any

from simulator.azure_devops.git import objects
from simulator.azure_devops.git.refs import NO_OBJECT, REF_UPDATED, RefWatch
from simulator.azure_devops.organization import DEFINITION, Organization, Row
from simulator.azure_devops.pipelines.queueing import Queue
from simulator.azure_devops.pipelines.runs import RunRequest
from simulator.azure_devops.pipelines.triggers import starts_on_push
from simulator.kernel.errors import CallerError
from simulator.kernel.facts import Fact


class Triggers:
    """Listens to the log."""

    def __init__(self, organization: Organization, refs: RefWatch, queue: Queue) -> None:
        self._organization, self._refs, self._queue = organization, refs, queue

    async def on_fact(self, fact: Fact) -> None:
        """A consumer of the log: the same fact again starts nothing new."""
        if fact.kind != REF_UPDATED or fact.detail["newObjectId"] == NO_OBJECT:
            return
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
            if await self._takes(request, changed):
                await self._queue.queue(request)
        except CallerError as wrong:
            detail = {"pipeline": definition["name"], "pipelineId": definition["id"], "error": wrong.message}
            self._organization.kernel.log.record("TriggerFailed", f"{definition['name']} {ref}", detail)

    async def _takes(self, request: RunRequest, changed: tuple[str, ...]) -> bool:
        outline = await self._queue.outline(request)
        return starts_on_push(outline.trigger, request.ref, changed)
