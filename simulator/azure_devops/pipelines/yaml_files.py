"""The YAML files that a compilation may read: all of a repository at a commit, and of the repositories it names."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

from simulator.azure_devops.git import objects
from simulator.azure_devops.git.refs import RefWatch
from simulator.azure_devops.organization import Organization, Row
from simulator.kernel.errors import CallerError

_SUFFIXES = (".yml", ".yaml")


@dataclass(frozen=True)
class Repository:
    """A repository that a run uses: its row's id, the ref and the commit."""

    id: str
    ref: str
    commit: str


@dataclass(frozen=True)
class YamlFiles:
    """Texts by path (and `path@alias`), and the repositories behind the aliases."""

    texts: Mapping[str, str]
    repositories: Mapping[str, Repository] = field(default_factory=dict)

    def reader(self) -> Callable[[str], str | None]:
        """What `compile_pipeline` takes as `read_file`."""
        return lambda path: self.texts.get(path.lstrip("/"))


async def load(
    organization: Organization,
    refs: RefWatch,
    repository: Row,
    path: str,
    ref: str,
    commit: str,
    override: str | None,
    given: Mapping[str, tuple[str, str]] | None = None,
) -> YamlFiles:
    """Read what the pipeline at `path` may include; `override` stands in for its text.

    `given`: the ref and version of a repository resource that the request asks for, by alias.
    """
    texts = await objects.text_files(refs.path(repository), commit, _SUFFIXES)
    if override:
        texts[path] = override
    repositories = {"self": Repository(repository["id"], ref, commit)}
    for alias, wanted in _named(texts.get(path, "")).items():
        found = find_repository(organization, repository, str(wanted.get("name", "")))
        if found is None or str(wanted.get("type", "git")) != "git":
            continue
        ref, version = (given or {}).get(alias, ("", ""))
        at = ref or str(wanted.get("ref") or found["defaultBranch"])
        at = at if at.startswith("refs/") else f"refs/heads/{at}"
        tip = await objects.resolve(refs.path(found), version or at)
        if tip is not None:
            repositories[alias] = Repository(found["id"], at, tip)
            others = await objects.text_files(refs.path(found), tip, _SUFFIXES)
            texts.update({f"{name}@{alias}": text for name, text in others.items()})
    return YamlFiles(texts, repositories)


def find_repository(organization: Organization, repository: Row, name: str) -> Row | None:
    """The repository of that name (`repository`, or `project/repository`) as seen from another."""
    project, _, short = name.rpartition("/")
    try:
        owner = organization.project(project)["id"] if project else repository["project"]
        return organization.repository(short, owner)
    except CallerError:
        return None


def _named(text: str) -> dict[str, dict[str, Any]]:
    """The repository resources of a file, read loosely: what is wrong with them the compilation says."""
    try:
        root = yaml.safe_load(text)
    except yaml.YAMLError:
        return {}
    resources = root.get("resources") if isinstance(root, dict) else None
    listed = resources.get("repositories") if isinstance(resources, dict) else None
    found = [item for item in listed or [] if isinstance(item, dict)] if isinstance(listed, list) else []
    return {str(item["repository"]): item for item in found if "repository" in item}
