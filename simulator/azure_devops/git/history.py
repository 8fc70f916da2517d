"""Searching the history of a bare repository."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from simulator.azure_devops.git import objects
from simulator.azure_devops.git.objects import Commit
from simulator.azure_devops.git.program import git


@dataclass(frozen=True)
class Search:
    """What is looked for; texts that are empty do not restrict. `since` and `until` are dates as git reads them."""

    revision: str
    exclude: str = ""
    author: str = ""
    committer: str = ""
    since: str = ""
    until: str = ""
    path: str = ""
    flags: tuple[str, ...] = ()
    oldest_first: bool = False
    skip: int = 0
    top: int = 100


async def search(repository: Path, wanted: Search) -> list[Commit]:
    """The commits that fit, the newest first (or the oldest)."""
    arguments = ["rev-list", "--fixed-strings", "--regexp-ignore-case", *wanted.flags]
    given = {name: getattr(wanted, name) for name in ("author", "committer", "since", "until")}
    arguments += [f"--{name}={value}" for name, value in given.items() if value]
    # git reverses after it has limited; the service limits what it has reversed.
    limits = [] if wanted.oldest_first else [f"--skip={wanted.skip}", f"--max-count={wanted.top}"]
    arguments += [*limits, wanted.revision, *([f"^{wanted.exclude}"] if wanted.exclude else [])]
    arguments += ["--", wanted.path] if wanted.path else ["--"]
    listed = (await git(repository, *arguments)).decode().split()
    if wanted.oldest_first:
        listed = listed[::-1][wanted.skip :][: wanted.top]
    return await objects.commits(repository, listed)


async def new_commits(repository: Path, tips: list[str], known: list[str]) -> list[Commit]:
    """The commits that lead to `tips` and to none of `known`; ids that are no commits count for nothing."""
    asked = "".join(f"{each}^{{commit}}\n" for each in (*tips, *known)).encode()
    checked = (
        (await git(repository, "cat-file", "--batch-check=%(objectname)", given=asked)).decode().splitlines()
    )
    wanted = [each for each in checked[: len(tips)] if " " not in each]
    excluded = [f"^{each}" for each in checked[len(tips) :] if " " not in each]
    if not wanted:
        return []
    given = "".join(f"{each}\n" for each in (*wanted, *excluded)).encode()
    listed = await git(repository, "rev-list", "--topo-order", "--stdin", given=given)
    return await objects.commits(repository, listed.decode().split())
