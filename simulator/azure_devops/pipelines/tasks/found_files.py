"""Files of the job that the patterns of a task find, for tasks that the agent carries out by itself.

Source: azure-pipelines-task-lib `findMatch`.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from simulator.azure_devops.pipelines.agent.job_files import OutsideOfJob
from simulator.azure_devops.pipelines.file_trees import files_below
from simulator.azure_devops.pipelines.tasks.call import TaskCall, TaskFailed
from simulator.azure_devops.pipelines.tasks.programs.minimatch import match


@dataclass(frozen=True)
class Found:
    """A file: its path as a step sees it, and on the host."""

    inside: str
    path: Path


def find_files(call: TaskCall, patterns: str, folder: str = "") -> list[Found]:
    """The files that `patterns` (a line each, or separated by commas without line ends) choose below `folder`.

    Blocks. Absolute patterns may name any place in the job's files. Raises TaskFailed for a folder outside.
    """
    root = absolute(call, folder)
    lines = patterns.split("\n")
    tops = {
        root,
        *(_fixed_part(line.strip().lstrip("!")) for line in lines if line.strip().lstrip("!")[:1] == "/"),
    }
    found = {each.inside: each for top in sorted(tops) for each in _below(call, top)}
    return [found[path] for path in match(sorted(found), lines, root)]


def absolute(call: TaskCall, path: str) -> str:
    """A path as a step sees it; relative ones start where the job's steps work."""
    text = path.strip() or call.job.directory
    return (text if text.startswith("/") else f"{call.job.directory}/{text}").rstrip("/") or "/"


def inside_job(call: TaskCall, path: str) -> Path:
    """The host's path of a place of the job. Raises TaskFailed for one outside."""
    try:
        return call.job.files.outside(absolute(call, path))
    except OutsideOfJob as outside:
        raise TaskFailed(str(outside)) from outside


def _below(call: TaskCall, top: str) -> list[Found]:
    place = inside_job(call, top)
    if not place.is_dir():
        return [Found(top, place)] if place.is_file() else []
    return [Found(f"{top}/{relative}", path) for relative, path in files_below(place, call.job.files.root)]


def _fixed_part(pattern: str) -> str:
    """The folders of an absolute pattern before its first wildcard."""
    kept = []
    for piece in pattern.split("/"):
        if any(character in piece for character in "*?[{(!+@"):
            break
        kept.append(piece)
    return "/".join(kept).rstrip("/") or "/"
