"""The world a scenario acts in: where the clouds are, who the people are, and clients for each."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from simulator.harness.drivers.aws import Aws, Keys
from simulator.harness.drivers.azure_devops import AzureDevOps
from simulator.harness.drivers.clock import Control
from simulator.harness.drivers.git import Git
from simulator.harness.eventually import NeverCame, eventually

DEPLOY_ROLE = "AzureDevOpsRole"
PROJECT = "ml"


class World:
    """A running simulator as its users see it. `directory` is scratch space for working copies."""

    def __init__(self, console_url: str, directory: Path, fixtures: Path) -> None:
        self.control = Control(console_url)
        self.directory, self.fixtures = directory, fixtures
        status = self.control.status()
        self.console_url = console_url
        self.organization_url: str = status["azure_devops"]
        self.aws_url: str = status["aws"]
        self.region: str = status["region"]
        self.accounts: dict[str, str] = status["accounts"]
        self.people: dict[str, dict[str, Any]] = status["people"]
        self._seen = int(status["last_fact"])
        self._aws: dict[tuple[str, str], Aws] = {}
        self._azure_devops: dict[tuple[str, str], AzureDevOps] = {}

    def aws(self, person: str = "operator", account: str = "") -> Aws:
        """AWS as a person; in another account than theirs, through the deploy role's trusted user."""
        if (person, account) not in self._aws:
            self._aws[person, account] = self._connect(person, account)
        return self._aws[person, account]

    def _connect(self, person: str, account: str) -> Aws:
        who = self.people["azure-devops" if account else person]
        keys = Keys(who["access_key_id"], who["secret_access_key"])
        own = Aws(keys, self.region, self.aws_url)
        if not account:
            return own
        self._aws[person, f"own {account}"] = own
        return own.assume(f"arn:aws:iam::{self.accounts[account]}:role/{DEPLOY_ROLE}", person)

    def azure_devops(self, person: str, project: str = PROJECT) -> AzureDevOps:
        """Azure DevOps as a person."""
        if (person, project) not in self._azure_devops:
            token = self.people[person]["personal_access_token"]
            self._azure_devops[person, project] = AzureDevOps(self.organization_url, project, token)
        return self._azure_devops[person, project]

    def close(self) -> None:
        """Close every connection."""
        self.control.close()
        for azure_devops in self._azure_devops.values():
            azure_devops.close()
        for aws in self._aws.values():
            aws.close()

    def git(self, person: str, repository: str) -> Git:
        """A working copy of a person."""
        who = self.people[person]
        directory = self.directory / person / repository
        return Git(directory, who["display"], f"{person}@example.com", who["personal_access_token"])

    def remote(self, repository: str, project: str = PROJECT) -> str:
        """The URL of a repository."""
        return f"{self.organization_url}/{project}/_git/{repository}"

    def until(
        self, wanted: Any, what: str, *, after: int = 0, timeout_seconds: float = 180
    ) -> dict[str, Any]:
        """The first fact newer than `after` that `wanted` accepts."""
        seen = [after]

        def look() -> dict[str, Any] | None:
            for fact in self.control.facts(seen[0], wait_seconds=5):
                seen[0] = fact["sequence"]
                if wanted(fact):
                    return fact
            return None

        return eventually(look, what, timeout_seconds=timeout_seconds, pause=lambda: None)

    def pause(self) -> None:
        """Wait for facts newer than those of the last pause, two seconds at most.

        What came since then, while the caller looked, is news: it may have looked a moment too early.
        """
        news = self.control.facts(self._seen, wait_seconds=2)
        self._seen = news[-1]["sequence"] if news else self._seen

    def run_completed(self, run_id: int, timeout_seconds: float = 300) -> dict[str, Any]:
        """The run when it has ended, however it ended."""
        return self.until(
            lambda fact: fact["kind"] == "RunCompleted" and str(fact["detail"].get("run")) == str(run_id),
            f"the end of run {run_id}",
            timeout_seconds=timeout_seconds,
        )


__all__ = ["NeverCame", "World"]
