"""The evaluations of a pull request: one for each policy that applies, computed from what holds now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from simulator.azure_devops.errors import failure
from simulator.azure_devops.identities import stable_id
from simulator.azure_devops.organization import Organization, Row
from simulator.azure_devops.policies import types
from simulator.azure_devops.policies.configurations import Configurations
from simulator.azure_devops.policies.deciding import (
    APPROVED,
    NOT_APPLICABLE,
    Decision,
    Facts,
    decide,
)
from simulator.azure_devops.policies.patterns import matches
from simulator.azure_devops.policies.types import TYPES
from simulator.azure_devops.policies.validation import Validation
from simulator.azure_devops.pull_requests import conversation, reviewers
from simulator.azure_devops.pull_requests.rows import PullRequestRows

_EVALUATION = "azure_devops.policy_evaluation"


@dataclass(frozen=True)
class Evaluation:
    """A policy and what it says of one pull request."""

    id: str
    configuration: Row
    decision: Decision
    started: str
    completed: str | None

    @property
    def met(self) -> bool:
        """Whether it stands in nobody's way."""
        return self.decision.status in (APPROVED, NOT_APPLICABLE)


class Evaluations:
    """What policies say: the gate that pull requests ask."""

    def __init__(
        self, requests: PullRequestRows, configurations: Configurations, validation: Validation
    ) -> None:
        self._requests, self._configurations, self._validation = requests, configurations, validation
        self._organization: Organization = requests.organization
        self._store, self._clock = requests.kernel.store, requests.kernel.clock

    def of(self, row: Row, options: Row | None = None) -> list[Evaluation]:
        """The evaluations of a pull request, those that do not apply too; `options` stand in for its own."""
        found = self._configurations.applying(self._requests.repository(row), row["target"])
        facts = self._facts(row, options if options is not None else row["completionOptions"])
        return [self._evaluation(row, each, facts) for each in found if TYPES[each["type"]].protects]

    def find(self, identifier: str) -> tuple[Row, Evaluation]:
        """The pull request and the evaluation of that id; 404 when there is none."""
        known = self._store.get(_EVALUATION, identifier.lower())
        if known is not None:
            row = self._requests.find(known["pullRequest"])
            for evaluation in self.of(row):
                if evaluation.id == identifier.lower():
                    return row, evaluation
        raise failure("PolicyEvaluationNotFoundException", id=identifier)

    def refusals(self, row: Row, options: Row) -> list[str]:
        """See `Gate`."""
        return [
            each.decision.told
            for each in self.of(row, options)
            if each.configuration["isBlocking"] and not each.met
        ]

    def reviewers(self, row: Row) -> list[Row]:
        """See `Gate`: those that required-reviewer policies name, for the files that changed."""
        found = []
        for each in self._configurations.applying(self._requests.repository(row), row["target"]):
            settings = each["settings"]
            if each["type"] != types.REQUIRED_REVIEWERS or not matches(
                settings.get("filenamePatterns", ()), row["paths"]
            ):
                continue
            for reference in settings["requiredReviewerIds"]:
                name = reviewers.named(self._organization, reference)
                if name is not None and name != row["createdBy"]:
                    found.append(_reviewer(name, bool(each["isBlocking"])))
        return found

    def votes_after_push(self, row: Row, reviewers: list[Row]) -> list[Row]:
        """See `Gate`: what the minimum-reviewer policies reset."""
        applying = self._configurations.applying(self._requests.repository(row), row["target"])
        settings: list[Row] = [
            each["settings"] for each in applying if each["type"] == types.MINIMUM_REVIEWERS
        ]
        if any(each.get("resetRejectionsOnSourcePush") for each in settings):
            return [{**each, "vote": 0} for each in reviewers]
        if any(each.get("resetOnSourcePush") for each in settings):
            return [{**each, "vote": min(each["vote"], 0)} for each in reviewers]
        return reviewers

    def protected(self, repository: Row, ref: str) -> bool:
        """See `Gate`: a required policy of a protecting type applies."""
        return any(
            each["isBlocking"] and TYPES[each["type"]].protects
            for each in self._configurations.applying(repository, ref)
        )

    def _facts(self, row: Row, options: Row) -> Facts:
        organization = self._organization
        return Facts(
            row,
            options,
            tuple(conversation.threads(self._requests, row)),
            tuple(conversation.statuses(self._requests, row)),
            lambda reference: reviewers.named(organization, reference),
            lambda person, team: reviewers.votes_for(organization, person, team),
            reviewers.is_team,
        )

    def _evaluation(self, row: Row, configuration: Row, facts: Facts) -> Evaluation:
        """The decision now, with the time since when it stands."""
        if configuration["type"] == types.BUILD:
            decision = self._validation.decide(row, configuration)
        else:
            decision = decide(configuration["type"], configuration["settings"], facts)
        identifier = stable_id("evaluation", str(row["id"]), str(configuration["id"]))
        known: dict[str, Any] = self._store.get(_EVALUATION, identifier) or {
            "pullRequest": row["id"],
            "started": self._clock.iso(),
            "status": "",
        }
        if known["status"] != decision.status:
            ended = decision.status in (APPROVED, NOT_APPLICABLE, "rejected", "broken")
            known |= {"status": decision.status, "completed": self._clock.iso() if ended else None}
            self._store.put(_EVALUATION, identifier, known)
        return Evaluation(identifier, configuration, decision, known["started"], known["completed"])


def _reviewer(name: str, required: bool) -> Row:
    return {
        "name": name,
        "vote": 0,
        "isRequired": required,
        "isFlagged": False,
        "hasDeclined": False,
        "iteration": 0,
    }
