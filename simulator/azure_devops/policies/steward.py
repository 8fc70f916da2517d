"""Listens to the log and keeps pull requests going: up to date with branches, built, completed by themselves."""

from __future__ import annotations

from simulator.azure_devops.git.refs import REF_UPDATED
from simulator.azure_devops.organization import Row
from simulator.azure_devops.policies import types
from simulator.azure_devops.policies.configurations import Configurations
from simulator.azure_devops.policies.evaluations import Evaluations
from simulator.azure_devops.policies.validation import Validation
from simulator.azure_devops.pull_requests.editing import order
from simulator.azure_devops.pull_requests.rows import PullRequestRows, newest
from simulator.azure_devops.pull_requests.settling import settle
from simulator.kernel.errors import CallerError
from simulator.kernel.facts import Fact


class Steward:
    """A consumer of the log; the same fact again does nothing new."""

    def __init__(
        self,
        requests: PullRequestRows,
        configurations: Configurations,
        evaluations: Evaluations,
        validation: Validation,
    ) -> None:
        self._requests, self._configurations = requests, configurations
        self._evaluations, self._validation = evaluations, validation

    async def on_fact(self, fact: Fact) -> None:
        """See to the pull requests that a fact concerns."""
        for row in self._concerned(fact):
            try:
                await self.see_to(row)
            except CallerError:
                # Deleted while git worked on it, it needs nothing more; anything else is a defect.
                if self._requests.organization.find_repository(row["repository"]) is not None:
                    raise

    async def see_to(self, row: Row) -> Row:
        """Settle a pull request, queue the builds that are due, complete it where that was set and is possible."""
        row = await settle(self._requests, row)
        repository = self._requests.organization.find_repository(row["repository"])
        if row["status"] != "active" or repository is None:
            return row
        for configuration in self._configurations.applying(repository, row["target"]):
            if configuration["type"] == types.BUILD and self._validation.due(row, configuration):
                by = newest(row["iterations"])["author"]
                await self._validation.queue(row, configuration, by)
        row = self._requests.find(row["id"])
        if self._completes_itself(row):
            by = self._requests.organization.identity(row["autoCompleteSetBy"])
            options = {**row["completionOptions"], "triggeredByAutoComplete": True}
            order(self._requests, row, by, row["mergeSource"], options)
            row = await settle(self._requests, row)
        return row

    def _concerned(self, fact: Fact) -> list[Row]:
        if fact.kind in ("PullRequestCreated", "PullRequestUpdated"):
            number = fact.detail["pullRequestId"]
            return [row for row in self._requests.all() if row["id"] == number]
        if fact.kind == REF_UPDATED:
            return self._requests.moved_by(fact.detail["repositoryId"], fact.detail["name"])
        if fact.kind in ("RunCompleted", "RunStarted"):
            number = self._validation.pull_request_of(fact.detail["run"])
            return [row for row in self._requests.all() if row["id"] == number]
        if fact.kind == "PolicyChanged":
            rows = self._requests.all()
            return [
                row for row in rows if (row["project"], row["status"]) == (fact.detail["project"], "active")
            ]
        return []

    def _completes_itself(self, row: Row) -> bool:
        """Set to complete, mergeable, and every policy met but the optional ones that are to be ignored."""
        if not row.get("autoCompleteSetBy") or row["isDraft"] or row["mergeStatus"] != "succeeded":
            return False
        if row.get("completionQueued") or row["status"] != "active":
            return False
        ignored = row["completionOptions"].get("autoCompleteIgnoreConfigIds") or []
        return all(
            each.met or (each.configuration["id"] in ignored and not each.configuration["isBlocking"])
            for each in self._evaluations.of(row)
        )
