"""What the simulator is told at start, from the command line and the environment."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

AWS_PORT, AZURE_DEVOPS_PORT, CONSOLE_PORT = 4566, 4567, 4568
ENGINES = ("process", "docker", "scripted")


@dataclass(frozen=True)
class Settings:
    """Ports of 0 are chosen by the system. `state` None keeps nothing. `hold_seconds` 0 is conformance mode;
    `time_scale` 60 makes a virtual hour of a real minute;
    `tasks` is a folder of the user's own pipeline tasks;
    a model that waits `approval_notice_seconds` for its approval raises a notice;
    `check_answers` fails answers that AWS's service model does not allow."""

    host: str = "127.0.0.1"
    aws_port: int = AWS_PORT
    azure_devops_port: int = AZURE_DEVOPS_PORT
    console_port: int = CONSOLE_PORT
    state: Path | None = None
    engine: str = "process"
    seed: int | None = None
    topology: Path | None = None
    tasks: Path | None = None
    backing_endpoint: str = ""
    allowed_hosts: tuple[str, ...] = ()
    hold_seconds: float = 50.0
    time_scale: float = 1.0
    approval_notice_seconds: float = 7 * 86400.0
    check_answers: bool = False


def default_state() -> Path:
    """Where state lives when nothing else is said: the user's state directory."""
    base = os.environ.get("XDG_STATE_HOME") or str(Path.home() / ".local" / "state")
    return Path(base) / "sagemaker-azure-devops-simulator"


def allowed_hosts(environment: Mapping[str, str]) -> tuple[str, ...]:
    """The hosts of SIMULATOR_ALLOWED_HOSTS, separated by commas or spaces."""
    return tuple(environment.get("SIMULATOR_ALLOWED_HOSTS", "").replace(",", " ").split())
