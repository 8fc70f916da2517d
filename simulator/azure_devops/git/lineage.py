"""A repository that begins as a copy of another: forks and imports."""

from __future__ import annotations

from pathlib import Path

from simulator.azure_devops.git.program import git

_ALL = ("+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*")


async def fork(parent: Path, child: Path, branch: str = "") -> None:
    """Bring branches and tags of one bare repository into another; with `branch` (`refs/heads/...`) only that."""
    wanted = (f"+{branch}:{branch}",) if branch else _ALL
    await git(child, "fetch", "--quiet", "--no-auto-gc", str(parent), *wanted)
