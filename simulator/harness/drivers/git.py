"""Real git, as a person with a personal access token."""

from __future__ import annotations

import base64
import os
import shutil
import subprocess
from pathlib import Path


class GitFailed(Exception):
    """git ended with an error; the text is git's own."""


class Git:
    """A working copy at `directory`. The token travels in the environment, never in a URL or an argument."""

    def __init__(self, directory: Path, name: str, email: str, token: str) -> None:
        self.directory = directory
        directory.mkdir(parents=True, exist_ok=True)
        header = "AUTHORIZATION: basic " + base64.b64encode(f":{token}".encode()).decode()
        self._environment = {
            "PATH": os.environ.get("PATH", "/usr/bin:/bin"),
            "HOME": str(directory),
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_TERMINAL_PROMPT": "0",
            "GIT_AUTHOR_NAME": name,
            "GIT_AUTHOR_EMAIL": email,
            "GIT_COMMITTER_NAME": name,
            "GIT_COMMITTER_EMAIL": email,
            "GIT_CONFIG_COUNT": "2",
            "GIT_CONFIG_KEY_0": "http.extraheader",
            "GIT_CONFIG_VALUE_0": header,
            "GIT_CONFIG_KEY_1": "init.defaultBranch",
            "GIT_CONFIG_VALUE_1": "main",
        }

    def run(self, *arguments: str) -> str:
        """One git command; raises GitFailed with what git said."""
        done = subprocess.run(
            ["git", *arguments],
            cwd=self.directory,
            env=self._environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise GitFailed(f"git {' '.join(arguments)}: {done.stderr.strip()}")
        return done.stdout.strip()

    def start(self, remote: str) -> None:
        """An empty repository with `remote` as origin."""
        self.run("init", "--quiet")
        self.run("remote", "add", "origin", remote)

    def copy(self, source: Path) -> None:
        """Put the files of `source` into the working copy."""
        shutil.copytree(
            source, self.directory, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__")
        )

    def commit(self, message: str) -> str:
        """Commit everything; gives the commit id."""
        self.run("add", "--all")
        self.run("commit", "--quiet", "--message", message)
        return self.run("rev-parse", "HEAD")

    def push(self, branch: str) -> None:
        """Push HEAD to a branch of origin."""
        self.run("push", "--quiet", "origin", f"HEAD:refs/heads/{branch}")
