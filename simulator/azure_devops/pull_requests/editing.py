"""What a PATCH changes: texts, draft state, target, status, automatic completion, and the order to complete."""

from __future__ import annotations

from typing import Any

from simulator.azure_devops.enumerations import MERGE_STRATEGY, PULL_REQUEST_STATUS, named
from simulator.azure_devops.errors import failure, invalid
from simulator.azure_devops.git.merging import STRATEGIES
from simulator.azure_devops.git.refs import NO_OBJECT
from simulator.azure_devops.identities import Identity
from simulator.azure_devops.organization import Row
from simulator.azure_devops.pull_requests import reviewers
from simulator.azure_devops.pull_requests.opening import checked_texts, existing
from simulator.azure_devops.pull_requests.rows import PullRequestRows
from simulator.azure_devops.shapes import mapping

_NOBODY = "00000000-0000-0000-0000-000000000000"
_STATUSES = ("active", "abandoned", "completed")
_OPTIONS = (
    *(
        "autoCompleteIgnoreConfigIds",
        "bypassPolicy",
        "bypassReason",
        "deleteSourceBranch",
        "mergeCommitMessage",
    ),
    *("mergeStrategy", "squashMerge", "transitionWorkItems", "triggeredByAutoComplete"),
)


async def edit(requests: PullRequestRows, row: Row, by: Identity, given: dict[str, Any]) -> Row:
    """Change what the body names; several members at once are one change of the row each."""
    status = _status(given.get("status"))
    if row["status"] == "completed" or (row["status"] == "abandoned" and status != "active"):
        raise failure("GitPullRequestNotEditableException")
    options = {**row["completionOptions"], **_options(given)}
    if status == "completed":
        return await _order(requests, row, by, given, options)
    row = _texts(requests, row, by, given)
    if options != row["completionOptions"]:
        row = requests.change(row, "completionOptions", by.name, completionOptions=options)
    if "targetRefName" in given and given["targetRefName"] != row["target"]:
        row = await _retarget(requests, row, by, str(given["targetRefName"]))
    if "autoCompleteSetBy" in given:
        row = _automatic(requests, row, by, mapping(given, "autoCompleteSetBy"))
    if status is not None and status != row["status"]:
        row = _move(requests, row, by, status)
    return row


def _status(given: object) -> str | None:
    if given is None:
        return None
    status = named(given, PULL_REQUEST_STATUS)
    if status not in _STATUSES:
        raise invalid(
            f"The pull request status '{given}' is not valid. Expected active, abandoned or completed."
        )
    return status


def _texts(requests: PullRequestRows, row: Row, by: Identity, given: dict[str, Any]) -> Row:
    checked_texts(given)
    names = ("title", "description", "isDraft")
    changes = {name: given[name] for name in names if name in given and given[name] != row[name]}
    if changes.get("isDraft") is True:
        changes["reviewers"] = [{**each, "vote": 0} for each in row["reviewers"]]
    elif "isDraft" in changes:
        changes["reviewers"] = reviewers.together(row["reviewers"], requests.gate.reviewers(row))
    return requests.change(row, "details", by.name, **changes) if changes else row


def _options(given: dict[str, Any]) -> Row:
    """Completion options with true and false as such (clients send texts too), a strategy that exists."""
    found: Row = {}
    for name, value in mapping(given, "completionOptions").items():
        if name in _OPTIONS and value is not None:
            found[name] = (value.lower() == "true") if value in ("true", "false", "True", "False") else value
    if "mergeStrategy" in found:
        strategy = named(found["mergeStrategy"], MERGE_STRATEGY)
        if strategy is None:
            raise invalid(
                f"The merge strategy '{found['mergeStrategy']}' is not one of {', '.join(STRATEGIES)}."
            )
        found["mergeStrategy"] = strategy
    return found


async def _retarget(requests: PullRequestRows, row: Row, by: Identity, target: str) -> Row:
    repository = requests.repository(row)
    existing(repository, await requests.refs.read(repository), target)
    fork = row.get("fork")
    if target == row["source"] and not fork:
        raise invalid("The source and the target branch of a pull request must be different.")
    if any(
        (each.get("fork"), each["source"], each["target"]) == (fork, row["source"], target)
        for each in requests.active(repository["id"])
    ):
        raise failure("GitPullRequestExistsException")
    return requests.change(row, "target", by.name, target=target, mergeStatus="queued")


def _automatic(requests: PullRequestRows, row: Row, by: Identity, who: Row) -> Row:
    identifier = str(who.get("id") or _NOBODY)
    name = None if identifier == _NOBODY else reviewers.named(requests.organization, identifier)
    if name is None and identifier != _NOBODY:
        raise failure("GitIdentityNotFoundException", id=identifier)
    if name is not None and name != by.name:
        raise invalid("Invalid argument value.\r\nParameter name: autoCompleteSetBy (only oneself)")
    return requests.change(row, "autoComplete", by.name, autoCompleteSetBy=name)


def _move(requests: PullRequestRows, row: Row, by: Identity, status: str) -> Row:
    if status == "abandoned":
        closed = {"closed": requests.kernel.clock.iso(), "closedBy": by.name, "autoCompleteSetBy": None}
        return requests.change(row, "status", by.name, status="abandoned", **closed)
    for other in requests.active(row["repository"]):
        if all(other.get(name) == row.get(name) for name in ("fork", "source", "target")):
            raise failure("GitPullRequestExistsException")
    opened = {"closed": None, "closedBy": None, "mergeStatus": "queued"}
    return requests.change(row, "status", by.name, status="active", **opened)


async def _order(
    requests: PullRequestRows, row: Row, by: Identity, given: dict[str, Any], options: Row
) -> Row:
    """Queue the completion: the service merges afterwards, and the answer says `queued`."""
    seen = str(mapping(given, "lastMergeSourceCommit").get("commitId") or "")
    source, _ = await requests.tips(row)
    if not seen:
        raise invalid(
            "Invalid argument value.\r\nParameter name: The pull request to update was not valid."
            " (lastMergeSourceCommit is needed to complete it)"
        )
    if seen not in (source, NO_OBJECT):
        raise failure("GitPullRequestStaleException")
    return order(requests, row, by, source, options)


def order(requests: PullRequestRows, row: Row, by: Identity, source: str, options: Row) -> Row:
    """Queue the completion with these options, if the policies let it; 403 with their texts when not."""
    if row["isDraft"]:
        raise invalid("A draft pull request cannot be completed; publish it first.")
    if not options.get("bypassPolicy") and (unmet := requests.gate.refusals(row, options)):
        raise failure("GitPullRequestUpdateRejectedByPolicyException", message="\n".join(unmet))
    strategy = options.get("mergeStrategy") or ("squash" if options.get("squashMerge") else "noFastForward")
    queued = {
        "completionQueued": requests.kernel.clock.iso(),
        "completionSource": source,
        "completionOptions": {**options, "mergeStrategy": strategy},
        "closedBy": by.name,
        "mergeStatus": "queued",
        "mergeCommit": None,
    }
    return requests.change(row, "completionQueued", by.name, **queued)
