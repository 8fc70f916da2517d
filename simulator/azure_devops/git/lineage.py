"""A repository that begins as a copy of another: forks and imports."""

from __future__ import annotations

import os
from pathlib import Path

from simulator.azure_devops.git.program import git

_ALL = ("+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*")


async def fork(parent: Path, child: Path, branch: str = "") -> None:
    """Bring branches and tags of one bare repository into another; with `branch` (`refs/heads/...`) only that."""
    wanted = (f"+{branch}:{branch}",) if branch else _ALL
    await git(child, "fetch", "--quiet", "--no-auto-gc", str(parent), *wanted)


async def bring(url: str, child: Path) -> str:
    """Bring branches and tags from another host into a bare repository; its default branch, "" where it names none.

    The machine's proxies, certificates and `GIT_CONFIG_COUNT` settings apply; GitFailed when it is not there.
    """
    said = {name: value for name, value in os.environ.items() if _is_about_the_way(name)}
    await git(child, "fetch", "--quiet", "--no-auto-gc", url, *_ALL, extra=said)
    head = (await git(child, "ls-remote", "--symref", url, "HEAD", extra=said)).decode()
    first = head.partition("\n")[0].partition("\t")[0]
    return first.removeprefix("ref: ") if first.startswith("ref: ") else ""


def _is_about_the_way(name: str) -> bool:
    words = ("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "ALL_PROXY", "SSL_CERT_FILE", "GIT_SSL_CAINFO")
    return name.upper() in words or name.startswith("GIT_CONFIG_")


async def objects_of(parent: Path, child: Path, branch: str) -> None:
    """Bring what a branch of one bare repository leads to into another, which no ref of it shows yet."""
    await git(
        child, "fetch", "--quiet", "--no-auto-gc", "--no-tags", "--no-write-fetch-head", str(parent), branch
    )
