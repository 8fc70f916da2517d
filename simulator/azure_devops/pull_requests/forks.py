"""Where the source branch of a pull request is: in its own repository, or in a fork of it (`fork` in its row)."""

from __future__ import annotations

from simulator.azure_devops.errors import failure, invalid
from simulator.azure_devops.git import lineage, objects
from simulator.azure_devops.git.refs import NO_OBJECT, RefWatch
from simulator.azure_devops.git.writing import RefStale, update_ref
from simulator.azure_devops.organization import REPOSITORY, Organization, Row
from simulator.azure_devops.shapes import mapping


def asked(organization: Organization, repository: Row, given: Row) -> Row:
    """The fork of `repository` that `forkSource` of a new pull request names; without one the repository itself."""
    source = mapping(mapping(given, "forkSource"), "repository")
    identifier = str(source.get("id") or "").lower()
    if identifier in ("", repository["id"]):
        return repository
    fork = organization.kernel.store.get(REPOSITORY, identifier)
    if fork is None:
        raise failure("GitRepositoryNotFoundException", name=identifier)
    if not related(organization, fork, repository):
        raise invalid(f"The repository {fork['name']} is not a fork of {repository['name']}.")
    return fork


def related(organization: Organization, one: Row, other: Row) -> bool:
    """Whether two repositories go back to the same one."""
    return bool(_root(organization, one) == _root(organization, other))


def _root(organization: Organization, row: Row) -> str:
    seen = {row["id"]}
    while (parent := row.get("parent")) and parent not in seen:
        seen.add(parent)
        found = organization.kernel.store.get(REPOSITORY, parent)
        if found is None:
            return str(parent)
        row = found
    return str(row["id"])


def source_repository(organization: Organization, row: Row) -> Row | None:
    """The repository of the source branch; None when that fork is gone."""
    return organization.kernel.store.get(REPOSITORY, row.get("fork") or row["repository"])


async def source_tip(organization: Organization, refs: RefWatch, row: Row) -> str:
    """The commit of the source branch now (forty zeros: it is gone), brought over where it is in a fork."""
    source = source_repository(organization, row)
    if source is None:
        return NO_OBJECT
    tip = (await refs.read(source)).get(row["source"], NO_OBJECT)
    if row.get("fork") and tip != NO_OBJECT:
        await bring(refs, source, organization.repository(row["repository"]), row["source"], tip)
    return tip


async def bring(refs: RefWatch, source: Row, repository: Row, branch: str, tip: str) -> None:
    """Let a repository have the commit that a branch of another points to."""
    path = refs.path(repository)
    if await objects.resolve(path, tip) is None:
        await lineage.objects_of(refs.path(source), path, branch)


async def delete_source(refs: RefWatch, fork: Row, row: Row, by: str) -> None:
    """Delete the source branch in its fork, where it has not moved on."""
    async with refs.lock(fork):
        try:
            await update_ref(refs.path(fork), row["source"], NO_OBJECT, row["mergeSource"])
        except RefStale:
            return
        await refs.observe(fork, by)
