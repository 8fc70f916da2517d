"""Continuous integration: a ref that moved starts the pipelines of its repository whose triggers take it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from simulator.azure_devops.git import objects
from simulator.azure_devops.git.refs import NO_OBJECT, REF_UPDATED, RefWatch
from simulator.azure_devops.language.plan import Trigger
from simulator.azure_devops.organization import DEFINITION, REPOSITORY, Organization, Row, number_key
from simulator.azure_devops.pipelines.agent.predefined import short_branch
from simulator.azure_devops.pipelines.project_settings import general
from simulator.azure_devops.pipelines.runs import RunRequest, Runs
from simulator.azure_devops.pipelines.starting.queueing import Queue
from simulator.azure_devops.pipelines.starting.skipping import SKIPPING_OPTION, asks_to_skip
from simulator.azure_devops.pipelines.starting.triggers import starts_on_push
from simulator.azure_devops.pipelines.yaml_files import find_repository
from simulator.kernel.errors import CallerError, NotSimulated
from simulator.kernel.facts import Fact

_HELD = "azure_devops.held_push"
_MOST_MESSAGES = 200
_HEADS = "refs/heads/"


@dataclass(frozen=True)
class Push:
    """One ref that moved: to which commit, what changed, by whom, and the number of the fact."""

    ref: str
    commit: str
    changed: tuple[str, ...]
    pusher: str
    sequence: int


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
            repository = self._store.get(REPOSITORY, fact.detail["repositoryId"])
            push = await self._push(repository, fact) if repository else None
            if push is None or repository is None:
                return
            for definition in self._organization.definitions():
                if definition.get("queueStatus", "enabled") == "disabled":
                    continue
                if definition["repository"] == repository["id"]:
                    await self._consider(definition, push)
                else:
                    await self._consider_resource(definition, repository, push)

    async def _push(self, repository: Row, fact: Fact) -> Push | None:
        """What the fact tells of; None where it is no commit, or where its messages or options ask to skip."""
        path, detail = self._refs.path(repository), fact.detail
        if SKIPPING_OPTION in detail.get("pushOptions", ()):
            return None
        old = await objects.resolve(path, detail["oldObjectId"])
        new = await objects.resolve(path, detail["newObjectId"])
        if new is None:
            return None
        if old is None and detail["name"].startswith(_HEADS):
            old = await self._begins_at(repository, detail["name"], new)
        pushed = await objects.log(path, new, _MOST_MESSAGES if old else 1, exclude=old or "")
        if asks_to_skip(commit.message for commit in pushed):
            return None
        changed = await objects.changed_paths(path, old, new)
        pusher = detail["pushedBy"] or self._organization.topology.test_person
        return Push(detail["name"], new, changed, pusher, fact.sequence)

    async def _begins_at(self, repository: Row, name: str, new: str) -> str | None:
        """Where a new branch leaves the default branch: only what comes after that is its own.

        Source: Learn "Azure Repos Git", "Behavior of triggers when new branches are created": a pipeline with path
        filters starts only if the new branch has changes to files that match them, one without starts in any case.
        """
        default, path = repository["defaultBranch"], self._refs.path(repository)
        base = await objects.resolve(path, default) if name != default else None
        return await objects.merge_base(path, base, new) if base else None

    async def _consider(self, definition: Row, push: Push) -> None:
        repository = self._organization.repository(definition["repository"])
        if await objects.blob(self._refs.path(repository), push.commit, definition["path"]) is None:
            return
        key = f"push {push.sequence} {definition['id']}"
        request = RunRequest(definition, push.ref, push.commit, "IndividualCI", push.pusher, key=key)
        await self._start(request, push)

    async def _consider_resource(self, definition: Row, pushed: Row, push: Push) -> None:
        """A push to a repository that the pipeline of another names as a resource with a trigger."""
        own = self._organization.repository(definition["repository"])
        ref = own["defaultBranch"]
        commit = await objects.resolve(self._refs.path(own), ref)
        if commit is None or await objects.blob(self._refs.path(own), commit, definition["path"]) is None:
            return
        plain = RunRequest(definition, ref, commit, "IndividualCI", push.pusher)
        try:
            resources = (await self._queue.outline(plain)).resources.repositories
        except (CallerError, NotSimulated):
            return  # a push to its own repository tells of it
        for one in resources:
            found = find_repository(self._organization, own, one.name)
            if one.trigger.enabled and found is not None and found["id"] == pushed["id"]:
                request = replace(
                    plain,
                    key=f"push {push.sequence} {definition['id']} {one.alias}",
                    repositories={one.alias: (push.ref, push.commit)},
                    predefined=_told_by(self._organization, one.alias, pushed, push),
                )
                await self._start(request, push, one.trigger)

    async def _start(self, request: RunRequest, push: Push, said: Trigger | None = None) -> None:
        definition = request.definition
        try:
            trigger = said or (await self._queue.outline(request)).trigger
            if trigger.implied and general(self._store, definition["project"])["disableImpliedYAMLCiTrigger"]:
                return
            if not starts_on_push(trigger, push.ref, push.changed):
                return
            if trigger.batch and self._goes_on(definition, request.ref):
                held = {"commit": request.commit, "pusher": push.pusher, "key": request.key}
                self._store.put(_HELD, f"{number_key(definition['id'])}/{request.ref}", held)
                return
            await self._queue.queue(request)
        except CallerError as wrong:
            self._tell(request, str(wrong))
            await self._queue.refuse(request, wrong.message)
        except NotSimulated as wrong:
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


def _told_by(organization: Organization, alias: str, repository: Row, push: Push) -> dict[str, str]:
    """The variables that name the repository which triggered (Learn, "Check out multiple repositories")."""
    project = organization.project(repository["project"])["name"]
    return {
        "Build.Repository.ID": repository["id"],
        "Build.Repository.Name": repository["name"],
        "Build.Repository.Uri": f"{organization.url}/{project}/_git/{repository['name']}",
        "Build.SourceBranch": push.ref,
        "Build.SourceBranchName": short_branch(push.ref),
        "Build.SourceVersion": push.commit,
        "Resources.TriggeringAlias": alias,
        "Resources.TriggeringCategory": "repository",
    }
