"""Pipeline completion: a run, or the stages of it that count, starts the pipelines that name it as a resource.

Source: Learn "Pipeline completion triggers": branch, tag and stage filters must all hold; where both pipelines are in
one repository the triggered run takes the branch and the commit of the run that triggered.
"""

from __future__ import annotations

from collections.abc import Iterable

from simulator.azure_devops.git import objects
from simulator.azure_devops.git.refs import RefWatch
from simulator.azure_devops.language.plan import PipelineResource, PipelineTrigger
from simulator.azure_devops.organization import Organization, Row
from simulator.azure_devops.pipelines.agent.predefined import of_triggering_run
from simulator.azure_devops.pipelines.runs import RunRequest, Runs
from simulator.azure_devops.pipelines.starting.pipeline_resources import source_of
from simulator.azure_devops.pipelines.starting.queueing import Queue
from simulator.azure_devops.pipelines.starting.triggers import branch_passes
from simulator.azure_devops.pipelines.timeline import Timeline
from simulator.kernel.errors import CallerError, NotSimulated
from simulator.kernel.facts import Fact

_GOOD = ("succeeded", "partiallySucceeded", "succeededWithIssues")


def fires(trigger: PipelineTrigger, run: Row, good_stages: Iterable[str]) -> bool:
    """Whether a run as it is now fires the trigger: a completed one, or one whose named stages succeeded. Pure."""
    if trigger.stages:
        ready = {name.lower() for name in trigger.stages} <= {name.lower() for name in good_stages}
    else:
        ready = run["state"] == "completed" and run["result"] in _GOOD
    return (
        ready
        and branch_passes(trigger.branches, run["sourceBranch"])
        and set(trigger.tags) <= set(run["tags"])
    )


class Completions:
    """Listens to the log."""

    def __init__(self, organization: Organization, refs: RefWatch, runs: Runs, queue: Queue) -> None:
        self._organization, self._refs, self._runs, self._queue = organization, refs, runs, queue

    async def on_fact(self, fact: Fact) -> None:
        """A consumer of the log: the same fact again starts nothing new."""
        stage = fact.kind == "StageStateChanged" and fact.detail["state"] == "completed"
        if not stage and fact.kind != "RunCompleted":
            return
        run = self._runs.find(fact.detail["run"])
        if run is None:
            return
        for definition in self._organization.definitions():
            if (
                definition["id"] != run["definition"]
                and definition.get("queueStatus", "enabled") == "enabled"
            ):
                await self._consider(definition, run, stage)

    async def _consider(self, definition: Row, run: Row, stage: bool) -> None:
        repository = self._organization.find_repository(definition["repository"])
        if repository is None:
            return  # deleted, and its pipeline stays: it starts nothing, nor does it stop the others
        ref = repository["defaultBranch"]
        commit = await objects.resolve(self._refs.path(repository), ref)
        if (
            commit is None
            or await objects.blob(self._refs.path(repository), commit, definition["path"]) is None
        ):
            return
        project = self._organization.find_project(definition["project"])
        if project is None:
            return  # deleted while its files were read
        person = f"build-service/{project['name']}"
        plain = RunRequest(definition, ref, commit, "ResourceTrigger", person)
        try:
            resources = (await self._queue.outline(plain)).resources.pipelines
        except (CallerError, NotSimulated):
            return  # a push to its own repository tells of it
        for resource in resources:
            if self._takes(definition, resource, run, stage):
                await self._start(plain, resource, run)

    def _takes(self, definition: Row, resource: PipelineResource, run: Row, stage: bool) -> bool:
        if resource.trigger is None or (stage and not resource.trigger.stages):
            return False
        source = source_of(self._organization, definition["project"], resource)
        if source is None or source["id"] != run["definition"]:
            return False
        timeline = Timeline(self._organization.kernel, run["id"])
        good = [
            row["refName"] for row in timeline.records() if row["type"] == "Stage" and row["result"] in _GOOD
        ]
        return fires(resource.trigger, run, good)

    async def _start(self, plain: RunRequest, resource: PipelineResource, run: Row) -> None:
        definition = plain.definition
        source = self._organization.definition(run["project"], run["definition"])
        same = source is not None and source["repository"] == definition["repository"]
        request = RunRequest(
            definition,
            run["sourceBranch"] if same else plain.ref,
            run["sourceVersion"] if same else plain.commit,
            plain.reason,
            plain.requested_for,
            key=f"pipeline {run['id']} {definition['id']} {resource.alias}",
            predefined={
                "Resources.TriggeringAlias": resource.alias,
                "Resources.TriggeringCategory": "pipeline",
                **of_triggering_run(
                    run["id"],
                    run["name"],
                    source["name"] if source else "",
                    run["definition"],
                    run["project"],
                ),
            },
            pipelines={resource.alias: int(run["id"])},
            trigger_info={
                "artifactType": "Pipeline",
                "alias": resource.alias,
                "source": resource.source,
                "pipelineId": str(run["definition"]),
                "runId": str(run["id"]),
                "version": run["name"],
            },
        )
        try:
            await self._queue.queue(request)
        except (CallerError, NotSimulated) as wrong:
            detail = {"pipeline": definition["name"], "pipelineId": definition["id"], "error": str(wrong)}
            self._organization.kernel.log.record(
                "TriggerFailed", f"{definition['name']} {resource.alias}", detail
            )
