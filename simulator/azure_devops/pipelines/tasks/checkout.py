"""checkout: the agent's own git fetch of a repository at the run's commit, with the job's token."""

from __future__ import annotations

from simulator.azure_devops.organization import Row
from simulator.azure_devops.pipelines.agent import predefined
from simulator.azure_devops.pipelines.agent.attempt import Program
from simulator.azure_devops.pipelines.agent.job_ends import checkout_place
from simulator.azure_devops.pipelines.agent.job_files import PROGRAMS
from simulator.azure_devops.pipelines.room import INSIDE_URL
from simulator.azure_devops.pipelines.tasks.call import TaskCall
from simulator.kernel.errors import NotSimulated

_REFUSED = ("lfs", "sparseCheckoutDirectories", "sparseCheckoutPatterns", "workspaceRepo")


async def checkout(call: TaskCall) -> int:
    """Fetch and check out; several checkouts of a job go to `s/<repository>`, else to `s`."""
    for name in _REFUSED:
        if call.input(name).lower() not in ("", "false"):
            raise NotSimulated(f"checkout input {name}", "Leave it out.")
    alias = call.input("repository") or "self"
    run, organization = call.job.context.row, call.job.context.room.organization
    if alias not in run["repositories"]:
        raise NotSimulated(f"checkout of {alias!r}", "Name it under resources.repositories with type git.")
    source = run["repositories"][alias]
    repository = organization.repository(source["id"])
    project = organization.project(repository["project"])
    target = _target(call, repository)
    environment = {
        "CHECKOUT_URL": f"{INSIDE_URL}/{organization.name}/{project['name']}/_git/{repository['name']}",
        "CHECKOUT_COMMIT": source["commit"],
        "CHECKOUT_REF": source["ref"],
        "CHECKOUT_TARGET": target,
        "CHECKOUT_HEADER": f"AUTHORIZATION: bearer {call.value('System.AccessToken')}",
        **{
            f"CHECKOUT_{name.upper()}": call.input(name)
            for name in ("clean", "fetchDepth", "fetchFilter", "fetchTags")
        },
        **{f"CHECKOUT_{name.upper()}": call.input(name) for name in ("submodules", "persistCredentials")},
    }
    shown = source["ref"].removeprefix("refs/heads/")
    call.attempt.say(f"Syncing repository: {repository['name']} (Git) {repository['name']}@{shown}")
    return await call.run(Program(("python3", f"{PROGRAMS}/checkout.py"), environment))


def _target(call: TaskCall, repository: Row) -> str:
    place = call.input("path") or checkout_place(call.job.setup.steps, repository["name"])
    return f"{predefined.WORKSPACE}/{place}"
