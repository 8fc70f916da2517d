"""What completing a pull request does to history, by merge strategy: real merges and replays in a bare repository.

Source: Learn "Merge strategies and squash merge". A replayed commit keeps its author; the committer is who completes.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from simulator.azure_devops.git import objects
from simulator.azure_devops.git.objects import Commit, Signature
from simulator.azure_devops.git.program import git
from simulator.azure_devops.git.writing import Merged, commit_tree, merge_trees

STRATEGIES = ("noFastForward", "squash", "rebase", "rebaseMerge")


@dataclass(frozen=True)
class Outcome:
    """The commit that the target would point to, or the paths in conflict."""

    commit: str
    conflicts: tuple[str, ...] = ()


async def merge(
    repository: Path, strategy: str, target: str, source: str, message: str, by: Signature
) -> Outcome:
    """Bring `source` into `target` as one of STRATEGIES says; no ref moves."""
    if strategy in ("rebase", "rebaseMerge"):
        replayed = await _rebased(repository, target, source, by)
        if replayed.conflicts or strategy == "rebase":
            return replayed
        tree = (await objects.commit(repository, replayed.commit)).tree
        return Outcome(await commit_tree(repository, tree, (target, replayed.commit), message, by))
    merged = await merge_trees(repository, target, source)
    if merged.conflicts:
        return Outcome("", merged.conflicts)
    parents = (target,) if strategy == "squash" else (target, source)
    return Outcome(await commit_tree(repository, merged.tree, parents, message, by))


async def pick(repository: Path, onto: str, commit: Commit, message: str, by: Signature) -> Outcome:
    """The changes of one commit on top of another."""
    parent = commit.parents[0] if commit.parents else None
    merged = await _three_way(repository, parent, onto, commit.id, by)
    if merged.conflicts:
        return Outcome("", merged.conflicts)
    return Outcome(await commit_tree(repository, merged.tree, (onto,), message, commit.author, by))


async def undo(repository: Path, onto: str, commit: Commit, message: str, by: Signature) -> Outcome:
    """The opposite of one commit's changes (of a merge: against its first parent) on top of another."""
    if not commit.parents:
        return Outcome("", ("(the first commit cannot be reverted)",))
    merged = await _three_way(repository, commit.id, onto, commit.parents[0], by)
    if merged.conflicts:
        return Outcome("", merged.conflicts)
    return Outcome(await commit_tree(repository, merged.tree, (onto,), message, by))


async def _rebased(repository: Path, target: str, source: str, by: Signature) -> Outcome:
    """The commits that only `source` has, one by one on top of `target`; as they are where nothing moved."""
    if await objects.merge_base(repository, target, source) == target:
        return Outcome(source)
    listed = await git(
        repository, "rev-list", "--reverse", "--topo-order", "--no-merges", source, f"^{target}"
    )
    tip = target
    for identifier in listed.decode().split():
        commit = await objects.commit(repository, identifier)
        made = await pick(repository, tip, commit, commit.message, by)
        if made.conflicts:
            return made
        tip = made.commit
    return Outcome(tip)


async def _three_way(repository: Path, base: str | None, ours: str, theirs: str, by: Signature) -> Merged:
    """A merge with a base of our choice: both sides as children of it, which git finds to be their base."""
    parents = (base,) if base else ()
    sides = []
    for side in (ours, theirs):
        tree = (await objects.commit(repository, side)).tree
        sides.append(await commit_tree(repository, tree, parents, "side of a merge", by))
    return await merge_trees(repository, sides[0], sides[1])
