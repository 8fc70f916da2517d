"""Required template: whether a pipeline extends one of the templates that a resource demands. Pure.

Source: Learn "Approvals and checks", required template: the root YAML extends the file at that path of the repository
at that ref.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import yaml


@dataclass(frozen=True)
class Extended:
    """The template that a pipeline extends: `project/repository` and the short name, ref and path from the root."""

    repository: str
    project: str
    ref: str
    path: str


def extended_path(text: str) -> str:
    """What `extends` names in a pipeline's root file, as it is written (`path` or `path@alias`); empty for nothing."""
    try:
        root = yaml.safe_load(text)
    except yaml.YAMLError:
        return ""
    extends = root.get("extends") if isinstance(root, dict) else None
    if isinstance(extends, str):
        return extends
    return str(extends.get("template") or "") if isinstance(extends, dict) else ""


def satisfied(wanted: Iterable[Mapping[str, Any]], extended: Extended | None) -> bool:
    """Whether what is extended is one of the templates that the check lists."""
    return extended is not None and any(_same(one, extended) for one in wanted)


def _same(wanted: Mapping[str, Any], extended: Extended) -> bool:
    name = str(wanted.get("repositoryName", "")).lower()
    named = (extended.repository.lower(), f"{extended.project}/{extended.repository}".lower())
    ref = str(wanted.get("repositoryRef") or "")
    ref = ref if not ref or ref.startswith("refs/") else f"refs/heads/{ref}"
    path = str(wanted.get("templatePath", "")).lstrip("/").lower()
    return name in named and ref in ("", extended.ref) and path == extended.path.lstrip("/").lower()
