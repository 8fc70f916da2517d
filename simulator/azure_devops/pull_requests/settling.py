"""Brings a pull request up to date with its branches: new iterations, the attempt to merge, the completion."""

from __future__ import annotations

from simulator.azure_devops.git import objects
from simulator.azure_devops.git.merging import merge
from simulator.azure_devops.git.objects import Signature
from simulator.azure_devops.git.program import git
from simulator.azure_devops.git.refs import NO_OBJECT
from simulator.azure_devops.git.writing import RefStale, update_ref
from simulator.azure_devops.identities import Identity
from simulator.azure_devops.organization import Row
from simulator.azure_devops.pull_requests import forks
from simulator.azure_devops.pull_requests.rows import HEADS, PullRequestRows, merge_ref, newest


async def settle(requests: PullRequestRows, row: Row) -> Row:
    """The row, once its branches as they are now have been taken in. The same again changes nothing."""
    async with requests.lock(row):
        row = requests.find(row["id"])
        if row["status"] != "active":
            return row
        source, target = await requests.tips(row)
        if NO_OBJECT not in (source, target) and source != newest(row["iterations"])["source"]:
            row = await _iterate(requests, row, source, target)
        if row.get("completionQueued"):
            row = await _complete(requests, row)
            fork = forks.source_repository(requests.organization, row) if row.get("fork") else None
            if fork is not None and row["status"] == "completed" and _unwanted(requests, row, fork):
                # After the lock of the target: two locks held at once could wait for each other.
                await forks.delete_source(requests.refs, fork, row, row["closedBy"])
            return row
        if row["mergeStatus"] == "queued" or (source, target) != (row["mergeSource"], row["mergeTarget"]):
            row = await _attempt(requests, row, source, target)
        return row


async def _iterate(requests: PullRequestRows, row: Row, source: str, target: str) -> Row:
    """The source branch moved: a new iteration, and what is left of the votes."""
    repository = requests.repository(row)
    path, last = requests.refs.path(repository), newest(row["iterations"])
    base = await objects.merge_base(path, source, target)
    forward = await objects.merge_base(path, last["source"], source) == last["source"]
    paths = await objects.changed_paths(path, base, source) if base else ()
    push = next(
        (
            each
            for each in requests.refs.pushes(
                forks.source_repository(requests.organization, row) or repository
            )
            for update in each["refUpdates"]
            if (update["name"], update["newObjectId"]) == (row["source"], source)
        ),
        None,
    )
    iteration = {
        "id": last["id"] + 1,
        "author": push["pushedBy"] if push and push["pushedBy"] else row["createdBy"],
        "created": requests.kernel.clock.iso(),
        "source": source,
        "target": target,
        "common": base or NO_OBJECT,
        "reason": "push" if forward else "forcePush",
        "push": push["pushId"] if push else None,
    }
    now = requests.find(row["id"])
    kept = requests.gate.votes_after_push(now, now["reviewers"])
    return requests.change(
        row,
        "push",
        iteration["author"],
        iterations=[*now["iterations"], iteration],
        paths=list(paths),
        reviewers=kept,
        mergeStatus="queued",
    )


async def _attempt(requests: PullRequestRows, row: Row, source: str, target: str) -> Row:
    """Merge the branches as they are now into refs/pull/N/merge."""
    seen = {"mergeSource": source, "mergeTarget": target}
    if NO_OBJECT in (source, target):
        gone = row["source"] if source == NO_OBJECT else row["target"]
        told = f"The branch {gone} does not exist any more."
        return requests.change(row, "merge", "", mergeStatus="failure", mergeFailure=told, mergeCommit=None)
    path = requests.refs.path(requests.repository(row))
    author = signature(requests, requests.organization.identity(row["createdBy"]))
    message = (
        f"Merge pull request {row['id']} from {row['source'].removeprefix(HEADS)}"
        f" into {row['target'].removeprefix(HEADS)}"
    )
    outcome = await merge(path, "noFastForward", target, source, message, author)
    if outcome.conflicts:
        conflicts = {"mergeStatus": "conflicts", "mergeCommit": None, "conflicts": list(outcome.conflicts)}
        return requests.change(row, "merge", "", **seen, **conflicts)
    await git(path, "update-ref", merge_ref(row), outcome.commit)
    done = {"mergeStatus": "succeeded", "mergeCommit": outcome.commit, "conflicts": [], "mergeFailure": ""}
    return requests.change(row, "merge", "", **seen, **done)


def signature(requests: PullRequestRows, who: Identity) -> Signature:
    """Who, and now."""
    return Signature(who.display, who.unique_name, requests.kernel.clock.iso())


async def _complete(requests: PullRequestRows, row: Row) -> Row:
    """The completion that was asked for: merge, move the target, delete the source where that was wished."""
    repository = requests.repository(row)
    async with requests.refs.lock(repository):
        source, target = await requests.tips(row)
        by = requests.organization.identity(row["closedBy"])
        if row.get("completing") and target == row["completing"]:
            return await _completed(requests, row, repository, row["completing"], by)
        if NO_OBJECT in (source, target) or source != row["completionSource"]:
            return _not_completed(requests, row, "queued")
        options = row["completionOptions"]
        if not options.get("bypassPolicy") and requests.gate.refusals(row, options):
            return _not_completed(requests, row, "rejectedByPolicy")
        message = options.get("mergeCommitMessage") or f"Merged PR {row['id']}: {row['title']}"
        path = requests.refs.path(repository)
        outcome = await merge(
            path, options["mergeStrategy"], target, source, message, signature(requests, by)
        )
        if outcome.conflicts:
            return _not_completed(requests, row, "conflicts", conflicts=list(outcome.conflicts))
        seen = {"mergeSource": source, "mergeTarget": target}
        row = requests.change(row, "completing", by.name, completing=outcome.commit, **seen)
        try:
            await update_ref(path, row["target"], outcome.commit, target)
        except RefStale:
            return _not_completed(requests, row, "queued")
        return await _completed(requests, row, repository, outcome.commit, by)


def _not_completed(requests: PullRequestRows, row: Row, status: str, **more: object) -> Row:
    nothing = {"completionQueued": None, "closedBy": None, "completing": None}
    return requests.change(row, "completionFailed", "", **nothing, mergeStatus=status, **more)


async def _completed(requests: PullRequestRows, row: Row, repository: Row, commit: str, by: Identity) -> Row:
    """The target holds it: delete the source branch, close the row, tell of both refs. The caller holds the lock."""
    refs = await requests.refs.read(repository)
    still_there = refs.get(row["source"]) == row["mergeSource"]
    if not row.get("fork") and still_there and _unwanted(requests, row, repository):
        await update_ref(requests.refs.path(repository), row["source"], NO_OBJECT, refs[row["source"]])
    closed: Row = {
        "status": "completed",
        "closed": requests.kernel.clock.iso(),
        "mergeStatus": "succeeded",
        "mergeCommit": commit,
        "completing": None,
        "conflicts": [],
    }
    with requests.kernel.store.transaction():
        row = requests.change(row, "status", by.name, **closed)
        detail = {**requests.told(row, by.name), "commit": commit}
        requests.kernel.log.record("PullRequestCompleted", str(row["id"]), detail)
    await requests.refs.observe(repository, by.name)
    return row


def _unwanted(requests: PullRequestRows, row: Row, repository: Row) -> bool:
    """Whether the source branch goes; the default branch stays, and a protected branch stays."""
    return bool(
        row["completionOptions"].get("deleteSourceBranch")
        and row["source"] != repository["defaultBranch"]
        and not requests.gate.protected(repository, row["source"])
    )
