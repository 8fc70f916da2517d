"""Where the checkouts of a job put their repositories, and what each changes of the job's variables: pure.

Source: the agent's `RepositoryPlugin` and `PluginInternalCommandExtension`; Learn "Check out multiple repositories".
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable

from simulator.azure_devops.language.plan import Step
from simulator.azure_devops.pipelines.agent.predefined import SOURCES, WORKSPACE

SELF = "self"
_TRUE = ("true", "1", "$true")


class PathOutside(ValueError):
    """The path of a checkout leads out of the job's workspace."""


def has_several(steps: Iterable[Step]) -> bool:
    """Whether a job checks out more than one repository, or one repository more than once."""
    return len([step for step in steps if step.task == "Checkout" and step.condition != "false"]) > 1


def checkout_place(steps: Iterable[Step], repository: str) -> str:
    """Where a repository goes below the workspace: `s`, or `s/<repository>` where a job checks out several."""
    return f"s/{repository}" if has_several(steps) else "s"


def checkout_path(steps: Iterable[Step], repository: str, path: str) -> str:
    """Where a repository goes, as a step sees it. Raises PathOutside, in the agent's words."""
    if not path:
        return f"{WORKSPACE}/{checkout_place(steps, repository)}"
    found = posixpath.normpath(posixpath.join(WORKSPACE, path))
    if not found.startswith(f"{WORKSPACE}/"):
        raise PathOutside(
            f"Input path '{path}' should resolve to a directory under '{WORKSPACE}', current resolved path '{found}'."
        )
    return found


def is_true(text: str) -> bool:
    """A boolean input as the agent reads it."""
    return text.strip().lower() in _TRUE


def cleans(steps: Iterable[Step]) -> bool:
    """Whether the checkout of self wants a clean repository: `Build.Repository.Clean`."""
    return any(
        is_true(step.inputs.get("clean", ""))
        for step in steps
        if step.task == "Checkout" and step.inputs.get("repository", SELF).lower() == SELF
    )


def moved_variables(
    steps: Iterable[Step], alias: str, repository: str, path: str, workspace_repo: str
) -> dict[str, str]:
    """The predefined variables that a checkout to `path` changes for the steps after it.

    One checkout takes all of them along. Of several only the one of self moves its own path (where it has an own), and
    the `workspaceRepo` the default working directory.
    """
    several = has_several(steps)
    changed: dict[str, str] = {}
    if not several:
        names = ("Build.SourcesDirectory", "Build.Repository.LocalPath", "System.DefaultWorkingDirectory")
        changed = dict.fromkeys(names, path)
    elif alias.lower() == SELF and path != f"{SOURCES}/{repository}":
        changed["Build.Repository.LocalPath"] = path
    if is_true(workspace_repo):
        changed["System.DefaultWorkingDirectory"] = path
    return changed
