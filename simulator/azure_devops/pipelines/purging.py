"""The daily clean-up: runs and artifacts that the project's retention settings no longer keep are deleted.

Source: Learn "Retention policies": processed once a day; a run goes when it is older than the settings say, is none of
the recent runs, and nothing retains it. The hour is ours: the service spreads the work over its day.
"""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from simulator.azure_devops.organization import RUN, Organization, Row, number_key
from simulator.azure_devops.pipelines import artifacts, code_coverage, file_containers, run_logs, timeline
from simulator.azure_devops.pipelines.agent import job_state, uploads
from simulator.azure_devops.pipelines.project_settings import days_to_destroy, retention
from simulator.azure_devops.pipelines.retention import Leases
from simulator.azure_devops.pipelines.runs import PLAN, Runs
from simulator.azure_devops.pipelines.test_attachments import TestAttachments
from simulator.azure_devops.pipelines.test_runs import TestRuns
from simulator.kernel.facts import Fact

ACTION = "azure_devops.retention"
_DAY, _HOUR = 86400, 3
_ARTIFACTS = (artifacts.KIND, file_containers.KIND, uploads.ATTACHMENT)
_FILES = ("artifacts", "attachments", *file_containers.FOLDERS)
_CONTENTS = (*_ARTIFACTS, run_logs.KIND, job_state.KIND)
_RECORDS = (timeline.KIND, timeline.ATTEMPTS)


def recent(runs: Iterable[Row], guarded: Callable[[str], bool], most: int) -> set[int]:
    """The newest so many runs of a pipeline, and as many of each guarded branch: the default one, protected ones. Pure.

    `runs` come the newest first.
    """
    counts: dict[str, int] = {}
    found: set[int] = set()
    for run in runs:
        branch = run["sourceBranch"]
        for name in ["", branch] if guarded(branch) else [""]:
            counts[name] = counts.get(name, 0) + 1
            if counts[name] <= most:
                found.add(run["id"])
    return found


def days_kept(settings: Mapping[str, Mapping[str, int]], run: Row) -> int:
    """How many days after its end a run is kept, if nothing else keeps it. Pure."""
    return settings["purgePullRequestRuns" if run["reason"] == "PullRequest" else "purgeRuns"]["value"]


class Purging:
    """Deletes what is not kept, once a day of the virtual clock while there are runs."""

    def __init__(
        self,
        organization: Organization,
        runs: Runs,
        leases: Leases,
        tests: TestRuns,
        attachments: TestAttachments,
    ) -> None:
        self._organization, self._runs, self._leases = organization, runs, leases
        self._tests, self._attachments = tests, attachments
        self._kernel = organization.kernel
        self._kernel.scheduler.on(ACTION, self._process)

    def on_fact(self, fact: Fact) -> None:
        """A consumer of the log: with the first run that completes the days begin to count."""
        if fact.kind == "RunCompleted":
            self._arm()

    def _arm(self) -> None:
        now = self._kernel.clock.now()
        when = (now - _HOUR * 3600) // _DAY * _DAY + _DAY + _HOUR * 3600
        self._kernel.scheduler.at(when, ACTION, {}, ACTION)

    async def _process(self, payload: dict[str, Any]) -> None:
        """The timer: bears to run again, for what is gone is gone."""
        for definition in self._organization.definitions():
            for run in self._delete_old(definition):
                self._remove(run, _ARTIFACTS)
                await self._remove_files(run, _FILES)
        for run in self._organization.rows(RUN):
            if run.get("deleted"):
                await self._empty(run)
        if self._organization.rows(RUN):
            self._arm()

    def _delete_old(self, definition: Row) -> list[Row]:
        """Delete the runs that are too old; those that stay without their artifacts."""
        settings = retention(self._kernel.store, definition["project"])
        runs = [
            run
            for run in self._runs.of(definition["project"], definition["id"])
            if run["state"] == "completed" and not run.get("deleted")
        ]
        repository = self._organization.repository(definition["repository"])

        def guarded(ref: str) -> bool:
            return ref == repository["defaultBranch"] or self._organization.protected(repository, ref)

        kept = recent(
            sorted(runs, key=lambda run: -float(run["finished"])),
            guarded,
            settings["retainRunsPerProtectedBranch"]["value"],
        )
        now, bare = self._kernel.clock.now(), []
        for run in runs:
            if run["id"] in kept or run.get("retainedByRelease") or self._leases.of_run(run["id"]):
                continue
            age = (now - run["finished"]) / _DAY
            if age > days_kept(settings, run):
                self._delete(run)
            elif age > settings["purgeArtifacts"]["value"]:
                bare.append(run)
        return bare

    def _delete(self, run: Row) -> None:
        with self._kernel.store.transaction():
            self._runs.update(run["id"], deleted=True, deletedDate=self._kernel.clock.now())
            told = {"run": run["id"], "pipelineId": run["definition"]}
            self._kernel.log.record("RunDeleted", f"run {run['name']}", told)

    async def _empty(self, run: Row) -> None:
        """Logs, artifacts and test results of a deleted run go; after its last days the run itself, too."""
        self._remove(run, _CONTENTS)
        for test in self._tests.of(run["project"], run["id"]):
            self._attachments.delete(test)
            self._tests.delete(test)
        self._kernel.store.delete(code_coverage.KIND, number_key(run["id"]))
        await self._remove_files(run, ("logs", *_FILES))
        gone = run["deletedDate"] + days_to_destroy(self._kernel.store) * _DAY
        if self._kernel.clock.now() >= gone:
            with self._kernel.store.transaction():
                self._remove(run, _RECORDS)
                for kind in (PLAN, RUN):
                    self._kernel.store.delete(kind, number_key(run["id"]))

    async def _remove_files(self, run: Row, folders: Iterable[str]) -> None:
        for folder in folders:
            place = self._kernel.store.directory / "azure_devops" / folder / str(run["id"])
            if place.exists():
                await asyncio.to_thread(shutil.rmtree, place)

    def _remove(self, run: Row, kinds: Iterable[str]) -> None:
        """The rows of a run, of these kinds."""
        with self._kernel.store.transaction():
            for kind in kinds:
                for key, _ in self._kernel.store.scan(kind, f"{number_key(run['id'])}/"):
                    self._kernel.store.delete(kind, key)
