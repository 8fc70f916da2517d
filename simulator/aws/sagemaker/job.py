"""One job with works in the engine, a work a host: its row and its files, and what differs between kinds of jobs."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from simulator.aws.sagemaker.acting import Actor, as_role
from simulator.aws.sagemaker.kept import Kept
from simulator.aws.sagemaker.kinds.kind import Kind
from simulator.runtime.work import Work

FIRST_HOST = "algo-1"


class JobFailed(Exception):
    """The job cannot go on; the text is its FailureReason."""


@dataclass(frozen=True)
class Job(Kept):
    """One job: its row, its directory and who acts for it."""

    @property
    def work_name(self) -> str:
        """The name of its first host's work in the engine, unique among accounts and regions."""
        account, region, name = self.place
        return f"{self.kind.arn}-{account}-{region}-{name}"

    @property
    def hosts(self) -> list[str]:
        """Its hosts, once their works were started."""
        return list(self.row.get("_hosts", [FIRST_HOST]))

    @property
    def directory(self) -> Path:
        """Where its files are while it lives."""
        return self.kernel.store.directory / "work" / self.work_name

    @property
    def ml(self) -> Path:
        """What the container of the first host sees as /opt/ml."""
        return self.ml_of(FIRST_HOST)

    def ml_of(self, host: str) -> Path:
        """What the container of a host sees as /opt/ml."""
        return self.directory / ("ml" if host == FIRST_HOST else f"ml-{host}")

    def work_of(self, host: str) -> str:
        """The name of a host's work in the engine."""
        return self.work_name if host == FIRST_HOST else f"{self.work_name}/{host}"

    @property
    def actor(self) -> Actor:
        """The session of the job's execution role."""
        return as_role(self.cloud, self.row["RoleArn"], self.place[1])


class Life(Protocol):
    """What differs between kinds of jobs."""

    kind: Kind
    log_group: str
    failure_file: str

    def entering(self, job: Job, phase: str) -> Mapping[str, Any]:
        """Members to set when a phase begins: Downloading, Running, Uploading."""

    async def prepare(self, job: Job) -> Sequence[Work]:
        """Lay out /opt/ml of each host and say what to run, a work a host named by `job.work_of`. Raises JobFailed."""

    async def accompany(self, job: Job, over: asyncio.Event) -> None:
        """What goes on beside the running program, and is to be finished when `over` says that it has ended."""

    def reads(self, job: Job) -> Callable[[str], None]:
        """What is done with each line of the log, whichever host wrote it."""

    async def upload(self, job: Job) -> Mapping[str, Any]:
        """Bring results to S3; gives members to set. Raises JobFailed."""

    def ending(self, job: Job, status: str, reason: str) -> Mapping[str, Any]:
        """Members to set when the job ends; `reason` is its FailureReason, if it has one."""
