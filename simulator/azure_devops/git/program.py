"""Runs the `git` program: the one place that starts it."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping
from pathlib import Path


class GitFailed(Exception):
    """git ended with an error: its exit code and what it wrote."""

    def __init__(self, arguments: tuple[str, ...], code: int, output: bytes, error: str) -> None:
        super().__init__(f"git {' '.join(arguments)} ended with {code}: {error.strip()}")
        self.code = code
        self.output = output
        self.error = error


def environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """A closed environment: no configuration of the machine or its user reaches git."""
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": "/nonexistent",
        "LC_ALL": "C.UTF-8",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_TERMINAL_PROMPT": "0",
        **(extra or {}),
    }


async def git(
    repository: Path, *arguments: str, given: bytes = b"", extra: Mapping[str, str] | None = None
) -> bytes:
    """The output of one git command in a bare repository; GitFailed when it ends with an error."""
    if any("\x00" in argument for argument in arguments):
        # No program can be given such an argument; git has nothing of such a name.
        raise GitFailed(arguments, 128, b"", "an argument has a NUL character")
    process = await asyncio.create_subprocess_exec(
        "git",
        f"--git-dir={repository}",
        *arguments,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=environment(extra),
    )
    output, error = await process.communicate(given)
    if process.returncode:
        raise GitFailed(arguments, process.returncode, output, error.decode(errors="replace"))
    return output
