"""checkout: the agent's own git fetch of a repository at the run's commit, with the job's token."""

from __future__ import annotations

from simulator.azure_devops.organization import Organization, Row
from simulator.azure_devops.pipelines.agent.attempt import Program
from simulator.azure_devops.pipelines.agent.checkouts import (
    PathOutside,
    checkout_path,
    is_true,
    moved_variables,
)
from simulator.azure_devops.pipelines.agent.job_files import PROGRAMS
from simulator.azure_devops.pipelines.room import INSIDE_URL
from simulator.azure_devops.pipelines.tasks.call import TaskCall, TaskFailed
from simulator.kernel.errors import NotSimulated

# Learn "steps.checkout", Shallow fetch and Sync tags: what pipelines have that were made since sprint 209 (September
# 2022), "in some organizations"; before, and with fetchDepth: 0, all history.
_SETTINGS = {"fetchDepth": "1", "fetchTags": "false"}
_PASSED = (
    *("clean", "fetchDepth", "fetchFilter", "fetchTags", "submodules", "persistCredentials"),
    *("sparseCheckoutDirectories", "sparseCheckoutPatterns"),
)


async def checkout(call: TaskCall) -> int:
    """Fetch and check out; several checkouts of a job go to `s/<repository>`, else to `s`."""
    if is_true(call.input("lfs")):
        raise NotSimulated("checkout input lfs (no Git LFS on the agent)", "Leave it out.")
    alias = call.input("repository") or "self"
    run, organization = call.job.context.row, call.job.context.room.organization
    if alias not in run["repositories"]:
        raise NotSimulated(f"checkout of {alias!r}", "Name it under resources.repositories with type git.")
    source = run["repositories"][alias]
    repository = organization.repository(source["id"])
    name, project = repository["name"], organization.project(repository["project"])
    steps = call.job.setup.steps
    try:
        target = checkout_path(steps, name, call.input("path"))
    except PathOutside as outside:
        raise TaskFailed(str(outside)) from outside
    settings = _SETTINGS | (_own_settings(organization, run) if alias == "self" else {})
    environment = {
        "CHECKOUT_URL": f"{INSIDE_URL}/{organization.name}/{project['name']}/_git/{name}",
        "CHECKOUT_COMMIT": source["commit"],
        "CHECKOUT_TARGET": target,
        "CHECKOUT_HEADER": f"AUTHORIZATION: bearer {call.value('System.AccessToken')}",
        **{f"CHECKOUT_{key.upper()}": call.input(key) or settings.get(key, "") for key in _PASSED},
    }
    shown = source["ref"].removeprefix("refs/heads/")
    call.attempt.say(f"Syncing repository: {name} (Git) {name}@{shown}")
    code = await call.run(Program(("python3", f"{PROGRAMS}/checkout.py"), environment, beside=True))
    call.job.move(moved_variables(steps, alias, name, target, call.input("workspaceRepo")))
    return code


def _own_settings(organization: Organization, run: Row) -> dict[str, str]:
    """What the pipeline's settings say of its own repository: Shallow fetch with its depth, 0 for none."""
    definition = organization.definition(run["project"], run["definition"]) or {}
    return {"fetchDepth": str(definition["fetchDepth"])} if "fetchDepth" in definition else {}
