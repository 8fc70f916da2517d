"""Repositories that a checkout names in place: `git://project/name@ref`, found when the run is queued.

Source: Learn "Check out multiple repositories", inline syntax: a repository of Azure Repos in the same organization,
its default branch where no ref is named.
"""

from __future__ import annotations

from collections.abc import Iterator

from simulator.azure_devops.errors import failure
from simulator.azure_devops.git import objects
from simulator.azure_devops.git.refs import RefWatch
from simulator.azure_devops.language.plan import Plan
from simulator.azure_devops.organization import Organization, Row
from simulator.azure_devops.pipelines.yaml_files import Repository, find_repository
from simulator.kernel.errors import CallerError

_OURS = "git://"


async def found(organization: Organization, refs: RefWatch, own: Row, plan: Plan) -> dict[str, Repository]:
    """The repositories by the text that names them; CallerError (400) for one, or a ref, that is not there.

    The text of the error is ours.
    """
    known: dict[str, Repository] = {}
    for text in dict.fromkeys(named(plan)):
        name, _, ref = text[len(_OURS) :].partition("@")
        repository = find_repository(organization, own, name)
        if repository is None:
            raise _invalid(f"The checkout step references the repository '{text}' which could not be found.")
        at = ref or str(repository["defaultBranch"])
        at = at if at.startswith("refs/") else f"refs/heads/{at}"
        commit = await objects.resolve(refs.path(repository), at)
        if commit is None:
            raise _invalid(f"The repository '{text}' has no ref {at}.")
        known[text] = Repository(repository["id"], at, commit)
    return known


def named(plan: Plan) -> Iterator[str]:
    """The texts that name Azure Repos in place, as they come. Pure."""
    for stage in plan.stages:
        for job in stage.jobs:
            for step in [*job.steps, *(step for hook in job.hooks.values() for step in hook.steps)]:
                text = step.inputs.get("repository", "") if step.keyword == "checkout" else ""
                if text.lower().startswith(_OURS):
                    yield text


def _invalid(message: str) -> CallerError:
    return failure("PipelineValidationException", message=message)
