"""The directories of one job: what its steps see as /home/vsts, and safe ways in for the simulator's own hands.

On a machine of an environment they last: one home for all its jobs, in it a workspace for each pipeline.
"""

from __future__ import annotations

import posixpath
import shutil
from dataclasses import dataclass
from pathlib import Path

from simulator.azure_devops.pipelines.agent import predefined
from simulator.azure_devops.pipelines.agent.container_paths import TOOLS, WORK, to_agent
from simulator.runtime.work import Mount

PROGRAMS = "/opt/agent"
"""Where a step sees the programs of the built-in tasks, read-only."""

PROGRAMS_HERE = Path(__file__).parent.parent / "tasks" / "programs"

# Learn "Workspace options": what is deleted besides before a job on a private agent.
_CLEANED = {
    "outputs": (predefined.BINARIES,),
    "resources": (predefined.SOURCES,),
    "all": (predefined.WORKSPACE,),
}


class OutsideOfJob(Exception):
    """A path leads out of the job's own files (by `..`, an absolute path or a link)."""

    def __init__(self, path: str) -> None:
        super().__init__(f"{path} is not among the files of the job")
        self.path = path


@dataclass(frozen=True)
class JobFiles:
    """The files of one job below `root` on the host; relative paths start at `directory`.

    `workspace`, below `root`, is that of the job's pipeline where the files outlast the job.
    """

    root: Path
    directory: str = predefined.SOURCES
    workspace: Path | None = None

    def create(self) -> None:
        """Make the directories that an agent has made before the first step."""
        for inside in (
            predefined.SOURCES,
            predefined.STAGING,
            predefined.BINARIES,
            predefined.TEST_RESULTS,
            predefined.TEMPORARY,
        ):
            top, below = self._place(inside)
            (top / below).mkdir(parents=True, exist_ok=True)
        (self.root / "home" / self._relative(predefined.WORKSPACE)).mkdir(parents=True, exist_ok=True)
        self.venv.mkdir(exist_ok=True)

    def begin(self, clean: str) -> None:
        """Before the first step on a machine: what each job finds empty, and what `workspace: clean` names."""
        emptied = [
            predefined.TEMPORARY,
            predefined.STAGING,
            predefined.TEST_RESULTS,
            *_CLEANED.get(clean, ()),
        ]
        for inside in emptied if self.workspace is not None else ():
            top, below = self._place(inside)
            shutil.rmtree(top / below, ignore_errors=True)

    def create_for_containers(self) -> None:
        """Make what containers of the job see besides: tasks, tools, what comes with the agent."""
        work = self.root / "home" / "work"
        for place in (work / "_tasks", self.root / "tools", self.root / "externals"):
            place.mkdir(parents=True, exist_ok=True)
        (work / ".taskkey").touch()

    def remove(self) -> None:
        """The job is over: its agent is gone with all its files, or a machine with what was for the job only."""
        gone = (
            self.root if self.workspace is None else self.root / "home" / self._relative(predefined.TEMPORARY)
        )
        shutil.rmtree(gone, ignore_errors=True)

    @property
    def venv(self) -> Path:
        """The virtual environment that the job may write."""
        return self.root / "venv"

    def mounts(self) -> tuple[Mount, ...]:
        """What every step of the job sees, and nothing else."""
        own = (Mount(self.root / "home", predefined.HOME), Mount(PROGRAMS_HERE, PROGRAMS, read_only=True))
        if self.workspace is not None:
            return (*own, Mount(self.workspace, predefined.WORKSPACE))
        if not (self.root / "tools").exists():
            return own
        # Tasks that run on the agent for a step in a container are told the container's paths.
        return (*own, Mount(self.root / "home" / "work", WORK), Mount(self.root / "tools", TOOLS))

    def outside(self, inside: str) -> Path:
        """The host's path of what a step calls `inside` (relative: to `directory`), links resolved; OutsideOfJob."""
        path = to_agent(inside) if inside.startswith("/") else f"{self.directory}/{inside}"
        top, below = self._place(path)
        found = (top / below).resolve()
        if not found.is_relative_to(top.resolve()):
            raise OutsideOfJob(inside)
        return found

    def seen_as(self, path: Path) -> str:
        """The other way round: how a step calls a path of the host, links resolved."""
        found = path.resolve()
        if self.workspace is not None and found.is_relative_to(self.workspace.resolve()):
            return f"{predefined.WORKSPACE}/{found.relative_to(self.workspace.resolve()).as_posix()}"
        return f"{predefined.HOME}/{found.relative_to((self.root / 'home').resolve()).as_posix()}"

    def write_temporary(self, name: str, text: str) -> str:
        """A file in the agent's temporary directory; the path as a step sees it."""
        inside = f"{predefined.TEMPORARY}/{name}"
        path = self.outside(inside)
        path.write_text(text)
        path.chmod(0o755)
        return inside

    def _place(self, inside: str) -> tuple[Path, str]:
        """The directory of the host that a path begins in, and the rest of it."""
        if self.workspace is not None:
            plain = posixpath.normpath(inside)
            if f"{plain}/".startswith(f"{predefined.WORKSPACE}/"):
                return self.workspace, plain.removeprefix(predefined.WORKSPACE).lstrip("/")
        return self.root / "home", self._relative(inside)

    def _relative(self, inside: str) -> str:
        if not (inside == predefined.HOME or inside.startswith(f"{predefined.HOME}/")):
            raise OutsideOfJob(inside)
        return inside.removeprefix(predefined.HOME).lstrip("/")
