"""What each policy type decides of a pull request: pure functions over values.

Source: Learn "Branch policies and settings"; statuses are those of PolicyEvaluationStatus. Which of `queued` and
`rejected` an unmet policy shows is written down nowhere: `rejected` where somebody said no or something is wrong with
the pull request as it is, `queued` where it waits for someone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from simulator.azure_devops.organization import Row
from simulator.azure_devops.policies import types
from simulator.azure_devops.policies.patterns import matches

APPROVED, REJECTED, QUEUED, RUNNING = "approved", "rejected", "queued", "running"
NOT_APPLICABLE = "notApplicable"
_APPROVES = 5


@dataclass(frozen=True)
class Facts:
    """A pull request as policies see it. `members` says whether a person is a member of a team (both by name)."""

    row: Row
    options: Row
    threads: tuple[Row, ...] = ()
    statuses: tuple[Row, ...] = ()
    named: Callable[[str], str | None] = lambda reference: None
    members: Callable[[str, str], bool] = lambda person, team: False
    is_team: Callable[[str], bool] = lambda name: False

    @property
    def last_iteration(self) -> Row:
        """The newest iteration."""
        found: Row = max(self.row["iterations"], key=lambda each: int(each["id"]))
        return found


@dataclass(frozen=True)
class Decision:
    """The status of an evaluation, and why it is not met (in the service's manner of speaking)."""

    status: str
    told: str = ""
    context: Mapping[str, Any] = field(default_factory=dict)


def decide(kind: str, settings: Row, facts: Facts) -> Decision:
    """What a policy of this type (all but Build) says."""
    return _DECIDERS[kind](settings, facts)


def _minimum_reviewers(settings: Row, facts: Facts) -> Decision:
    needed = int(settings["minimumApproverCount"])
    votes = [each for each in facts.row["reviewers"] if not facts.is_team(each["name"])]
    if not settings.get("allowDownvotes") and any(each["vote"] < 0 for each in votes):
        return Decision(REJECTED, "A reviewer has voted to wait or to reject.")
    last = facts.last_iteration
    counted = [
        each
        for each in votes
        if each["vote"] >= _APPROVES
        and (settings.get("creatorVoteCounts") or each["name"] != facts.row["createdBy"])
        and not (settings.get("blockLastPusherVote") and each["name"] == last["author"])
        and not (_last_only(settings) and each.get("iteration", 0) < last["id"])
    ]
    if len(counted) >= needed:
        return Decision(APPROVED)
    return Decision(QUEUED, f"At least {needed} reviewer(s) must approve.")


def _last_only(settings: Row) -> bool:
    return bool(settings.get("requireVoteOnLastIteration") or settings.get("requireVoteOnEachIteration"))


def _required_reviewers(settings: Row, facts: Facts) -> Decision:
    if not matches(settings.get("filenamePatterns", ()), facts.row["paths"]):
        return Decision(NOT_APPLICABLE)
    votes = {each["name"]: each["vote"] for each in facts.row["reviewers"]}
    for reference in settings["requiredReviewerIds"]:
        name = facts.named(reference)
        if name is None:
            return Decision("broken", f"The required reviewer {reference} does not exist.")
        voters = [each for each in votes if each == name or facts.members(each, name)]
        if not settings.get("creatorVoteCounts", True):
            voters = [each for each in voters if each != facts.row["createdBy"]]
        if any(votes[each] < 0 for each in voters):
            return Decision(REJECTED, f"The required reviewer {name} has voted to wait or to reject.")
        needed = int(settings.get("minimumApproverCount") or 1) if facts.is_team(name) else 1
        if sum(votes[each] >= _APPROVES for each in voters) < needed:
            return Decision(QUEUED, f"The required reviewer {name} must approve.")
    return Decision(APPROVED)


def _comments(settings: Row, facts: Facts) -> Decision:
    open_ones = [each for each in facts.threads if each.get("status") in ("active", "pending")]
    if any(not comment["isDeleted"] for each in open_ones for comment in each["comments"]):
        return Decision(REJECTED, "All comments must be resolved.")
    return Decision(APPROVED)


def _work_items(settings: Row, facts: Facts) -> Decision:
    return Decision(APPROVED) if facts.row["workItems"] else Decision(REJECTED, "Work items must be linked.")


def _merge_strategy(settings: Row, facts: Facts) -> Decision:
    chosen = facts.options.get("mergeStrategy") or (
        "squash" if facts.options.get("squashMerge") else "noFastForward"
    )
    if "useSquashMerge" in settings:
        allowed = {"squash"} if settings["useSquashMerge"] else {"noFastForward"}
    else:
        names = ("NoFastForward", "Squash", "Rebase", "RebaseMerge")
        allowed = {name[0].lower() + name[1:] for name in names if settings.get(f"allow{name}")}
        allowed = allowed or {"noFastForward"}
    if chosen in allowed:
        return Decision(APPROVED)
    return Decision(
        REJECTED, f"The merge strategy {chosen} is not allowed: use {', '.join(sorted(allowed))}."
    )


def _status(settings: Row, facts: Facts) -> Decision:
    if not matches(settings.get("filenamePatterns", ()), facts.row["paths"]):
        return Decision(NOT_APPLICABLE)
    wanted = (settings["statusName"], settings.get("statusGenre") or "")
    found = [
        each
        for each in facts.statuses
        if (each["context"]["name"], each["context"].get("genre") or "") == wanted
    ]
    if author := settings.get("authorId"):
        found = [each for each in found if each["createdBy"] == facts.named(author)]
    if settings.get("policyApplicability") == 1 and not found:
        return Decision(NOT_APPLICABLE)
    if settings.get("invalidateOnSourceUpdate"):
        found = [each for each in found if each.get("iterationId") == facts.last_iteration["id"]]
    shown = settings.get("defaultDisplayName") or "/".join(part for part in (wanted[1], wanted[0]) if part)
    state = found[-1]["state"] if found else "notSet"
    if state in ("succeeded", "notApplicable"):
        return Decision(APPROVED)
    return Decision(REJECTED if state in ("failed", "error") else QUEUED, f"{shown} must succeed.")


_DECIDERS: dict[str, Callable[[Row, Facts], Decision]] = {
    types.MINIMUM_REVIEWERS: _minimum_reviewers,
    types.REQUIRED_REVIEWERS: _required_reviewers,
    types.COMMENTS: _comments,
    types.WORK_ITEMS: _work_items,
    types.MERGE_STRATEGY: _merge_strategy,
    types.STATUS: _status,
}
