"""The directories of one job: what its steps see as /home/vsts, and safe ways in for the simulator's own hands."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from simulator.azure_devops.pipelines.agent import predefined
from simulator.azure_devops.pipelines.agent.container_paths import TOOLS, WORK, to_agent
from simulator.runtime.work import Mount

PROGRAMS = "/opt/agent"
"""Where a step sees the programs of the built-in tasks, read-only."""

PROGRAMS_HERE = Path(__file__).parent.parent / "tasks" / "programs"


class OutsideOfJob(Exception):
    """A path leads out of the job's own files (by `..`, an absolute path or a link)."""

    def __init__(self, path: str) -> None:
        super().__init__(f"{path} is not among the files of the job")
        self.path = path


@dataclass(frozen=True)
class JobFiles:
    """The files of one job below `root` on the host; relative paths start at `directory`."""

    root: Path
    directory: str = predefined.SOURCES

    def create(self) -> None:
        """Make the directories that an agent has made before the first step."""
        for inside in (
            predefined.SOURCES,
            predefined.STAGING,
            predefined.BINARIES,
            predefined.TEST_RESULTS,
            predefined.TEMPORARY,
        ):
            (self.root / "home" / self._relative(inside)).mkdir(parents=True, exist_ok=True)
        self.venv.mkdir(exist_ok=True)

    def create_for_containers(self) -> None:
        """Make what containers of the job see besides: tasks, tools, what comes with the agent."""
        work = self.root / "home" / "work"
        for place in (work / "_tasks", self.root / "tools", self.root / "externals"):
            place.mkdir(parents=True, exist_ok=True)
        (work / ".taskkey").touch()

    def remove(self) -> None:
        """The job is over: its agent is gone with all its files."""
        shutil.rmtree(self.root, ignore_errors=True)

    @property
    def venv(self) -> Path:
        """The virtual environment that the job may write."""
        return self.root / "venv"

    def mounts(self) -> tuple[Mount, ...]:
        """What every step of the job sees, and nothing else."""
        own = (Mount(self.root / "home", predefined.HOME), Mount(PROGRAMS_HERE, PROGRAMS, read_only=True))
        if not (self.root / "tools").exists():
            return own
        # Tasks that run on the agent for a step in a container are told the container's paths.
        return (*own, Mount(self.root / "home" / "work", WORK), Mount(self.root / "tools", TOOLS))

    def outside(self, inside: str) -> Path:
        """The host's path of what a step calls `inside` (relative: to `directory`), links resolved; OutsideOfJob."""
        path = to_agent(inside) if inside.startswith("/") else f"{self.directory}/{inside}"
        home = (self.root / "home").resolve()
        found = (home / self._relative(path)).resolve()
        if not found.is_relative_to(home):
            raise OutsideOfJob(inside)
        return found

    def write_temporary(self, name: str, text: str) -> str:
        """A file in the agent's temporary directory; the path as a step sees it."""
        inside = f"{predefined.TEMPORARY}/{name}"
        path = self.outside(inside)
        path.write_text(text)
        path.chmod(0o755)
        return inside

    def _relative(self, inside: str) -> str:
        if not (inside == predefined.HOME or inside.startswith(f"{predefined.HOME}/")):
            raise OutsideOfJob(inside)
        return inside.removeprefix(predefined.HOME).lstrip("/")
