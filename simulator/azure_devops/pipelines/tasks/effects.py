"""Which function carries out which task: the one list."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from simulator.azure_devops.pipelines.tasks import artifacts, aws, checkout, python, scripts, test_results
from simulator.azure_devops.pipelines.tasks.call import TaskCall
from simulator.kernel.errors import NotSimulated

TaskEffect = Callable[[TaskCall], Awaitable[int | None]]
"""Carries out a task: the exit code of its program, or None when it needed none."""

EFFECTS: dict[tuple[str, int], TaskEffect] = {
    ("CmdLine", 2): scripts.command_line,
    ("Bash", 3): scripts.bash,
    ("Checkout", 1): checkout.checkout,
    ("UsePythonVersion", 0): python.use_version,
    ("PublishPipelineArtifact", 1): artifacts.publish,
    ("DownloadPipelineArtifact", 1): artifacts.download,
    ("DownloadPipelineArtifact", 2): artifacts.download,
    ("Download", 1): artifacts.download_keyword,
    ("PublishTestResults", 2): test_results.publish,
    ("AWSShellScript", 1): aws.shell_script,
    ("AWSCLI", 1): aws.command_line,
    ("CloudFormationCreateOrUpdateStack", 1): aws.create_or_update_stack,
}


def effect_of(task: str, version: int) -> TaskEffect:
    """The function of a task of the catalogue. Raises NotSimulated where there is none yet."""
    if (task, version) not in EFFECTS:
        there = ", ".join(f"{name}@{number}" for name, number in sorted(EFFECTS))
        raise NotSimulated(
            f"task {task}@{version}", f"Add it in pipelines/tasks/effects.py; there are: {there}."
        )
    return EFFECTS[task, version]
