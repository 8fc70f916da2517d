"""Build validation: which run answers for a pull request, when a new one is due, and what its result says.

Source: Learn "Build validation". `queueOnSourceUpdateOnly` false: a moved target asks for a new build at once; else,
with a `validDuration` (minutes), it expires that long after it ended, if the target has moved; with 0 it never does.
"""

from __future__ import annotations

from collections.abc import Callable

from simulator.azure_devops.organization import Organization, Row, number_key
from simulator.azure_devops.pipelines.agent.predefined import of_pull_request
from simulator.azure_devops.pipelines.runs import RunRequest, Runs
from simulator.azure_devops.pipelines.starting.queueing import Queue
from simulator.azure_devops.policies.deciding import (
    APPROVED,
    NOT_APPLICABLE,
    QUEUED,
    REJECTED,
    RUNNING,
    Decision,
)
from simulator.azure_devops.policies.patterns import matches
from simulator.azure_devops.pull_requests.rows import merge_ref
from simulator.kernel.errors import CallerError, NotSimulated

_BUILD = "azure_devops.policy_build"


class Validation:
    """The runs that build policies ask for."""

    def __init__(
        self, organization: Organization, runs: Runs, queue: Queue, cancel: Callable[[Row], None]
    ) -> None:
        self._organization, self._runs, self._queue, self._cancel = organization, runs, queue, cancel
        self._kernel = organization.kernel

    def decide(self, row: Row, configuration: Row) -> Decision:
        """What the policy says of the pull request now."""
        settings = configuration["settings"]
        if not matches(settings.get("filenamePatterns", ()), row["paths"]):
            return Decision(NOT_APPLICABLE)
        definition = self._organization.definition(row["project"], settings["buildDefinitionId"])
        name = settings.get("displayName") or (definition["name"] if definition else "The build")
        told = f"{name} must succeed to update {row['target'].removeprefix('refs/heads/')}."
        context = {
            "buildDefinitionId": settings["buildDefinitionId"],
            "buildDefinitionName": definition["name"] if definition else None,
        }
        known = self._known(row, configuration)
        if definition is None:
            return Decision("broken", told, context)
        if known is None or known["source"] != row["mergeSource"]:
            return Decision(
                QUEUED, told, {**context, "isExpired": False, "buildIsNotCurrent": known is not None}
            )
        if known.get("error"):
            return Decision(REJECTED, told, {**context, "errorMessage": known["error"]})
        run = self._runs.find(known["run"])
        if run is None:
            # Retention has destroyed it.
            return Decision(QUEUED, told, {**context, "isExpired": True, "buildIsNotCurrent": True})
        current = known["target"] == row["mergeTarget"]
        expired = self._expired(settings, current, run)
        shown = {
            **context,
            "buildId": run["id"],
            "lastMergeCommitId": known["commit"],
            "isExpired": expired,
            "buildIsNotCurrent": not current,
            "buildStartedUtc": run["started"],
            "wasAutoRequeued": known["attempt"] > 1,
        }
        if run["state"] != "completed":
            return Decision(RUNNING if run["started"] else QUEUED, told, shown)
        if run["result"] not in ("succeeded", "partiallySucceeded"):
            return Decision(REJECTED, told, shown)
        return Decision(QUEUED, told, shown) if expired else Decision(APPROVED, "", shown)

    def due(self, row: Row, configuration: Row) -> bool:
        """Whether the policy queues a build by itself now. Drafts are not built by themselves."""
        settings = configuration["settings"]
        if row["isDraft"] or settings.get("manualQueueOnly") or row["mergeStatus"] != "succeeded":
            return False
        if not matches(settings.get("filenamePatterns", ()), row["paths"]):
            return False
        known = self._known(row, configuration)
        if known is None or known["source"] != row["mergeSource"]:
            return True
        return known["target"] != row["mergeTarget"] and not settings.get("queueOnSourceUpdateOnly")

    async def queue(self, row: Row, configuration: Row, by: str, again: bool = False) -> None:
        """Queue the build of the pull request's merge commit; the same merge is built once, or `again` if asked."""
        known = self._known(row, configuration)
        attempt = (known["attempt"] if known else 0) + 1
        if known and known["commit"] == row["mergeCommit"] and not again:
            return
        definition = self._organization.definition(
            row["project"], configuration["settings"]["buildDefinitionId"]
        )
        if definition is None or not row["mergeCommit"]:
            return
        built = {
            "source": row["mergeSource"],
            "target": row["mergeTarget"],
            "commit": row["mergeCommit"],
            "attempt": attempt,
        }
        key = f"pull request {row['id']} {configuration['id']} {row['mergeCommit']} {attempt}"
        request = RunRequest(
            definition,
            merge_ref(row),
            row["mergeCommit"],
            "PullRequest",
            by,
            key=key,
            predefined=self._variables(row),
            trigger_info={
                "pr.number": str(row["id"]),
                "pr.sourceBranch": row["source"],
                "pr.sourceSha": row["mergeSource"],
            },
        )
        try:
            run = await self._queue.queue(request)
            with self._kernel.store.transaction():
                self._kernel.store.put(_BUILD, _key(row, configuration), {**built, "run": run["id"]})
                older = self._runs.find(known["run"]) if known and known["run"] and not again else None
                if older is not None and older["state"] in ("notStarted", "inProgress"):
                    # What it builds is no longer what would be merged: the service ends it.
                    self._cancel(older)
        except (CallerError, NotSimulated) as wrong:
            told = {"pullRequestId": row["id"], "pipeline": definition["name"], "error": str(wrong)}
            with self._kernel.store.transaction():
                self._kernel.store.put(
                    _BUILD, _key(row, configuration), {**built, "run": None, "error": str(wrong)}
                )
                self._kernel.log.record("TriggerFailed", f"{definition['name']} {merge_ref(row)}", told)

    def _variables(self, row: Row) -> dict[str, str]:
        source = self._organization.repository(row.get("fork") or row["repository"])
        project = self._organization.project(source["project"])["name"]
        url, branches = (
            f"{self._organization.url}/{project}/_git/{source['name']}",
            (row["source"], row["target"]),
        )
        return of_pull_request(row["id"], branches, row["mergeSource"], url, bool(row.get("fork")))

    def pull_request_of(self, run: int) -> int | None:
        """The number of the pull request that a run was queued for."""
        for key, row in self._kernel.store.scan(_BUILD):
            if row["run"] == run:
                return int(key.split("/")[0])
        return None

    def _known(self, row: Row, configuration: Row) -> Row | None:
        return self._kernel.store.get(_BUILD, _key(row, configuration))

    def _expired(self, settings: Row, current: bool, run: Row) -> bool:
        if current or run["state"] != "completed":
            return False
        if not settings.get("queueOnSourceUpdateOnly"):
            return True
        minutes = float(settings.get("validDuration") or 0)
        return bool(minutes) and self._kernel.clock.now() >= run["finished"] + minutes * 60


def _key(row: Row, configuration: Row) -> str:
    return f"{number_key(row['id'])}/{number_key(configuration['id'])}"
