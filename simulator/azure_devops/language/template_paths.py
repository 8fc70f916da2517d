"""The file that a template reference names.

Source: Learn "Template usage", corrected by `shared/reference/azure-devops.md` 4.2 (base directory, alias rules).
"""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from dataclasses import replace

from simulator.azure_devops.language.source import MappingNode, Node, ScalarNode, SequenceNode


class ReferenceInvalid(Exception):
    """The reference names no file; `str()` is the service's sentence, without the file it stands in."""


def split_alias(name: str) -> tuple[str, str]:
    """Path and repository alias (`self` folds to none); the alias begins at the first `@`."""
    path, _, alias = name.partition("@")
    return path, "" if alias.lower() == "self" else alias


def resolve_template(reference: str, including_file: str, aliases: Mapping[str, str]) -> str:
    """The file as errors show it: `/path/x.yml`, or `/path/x.yml@alias` in another repository.

    A relative path starts at the including file's folder, or at the root when the reference changes the repository.
    `aliases` are the repository resources by lower-case alias. Raises ReferenceInvalid.
    """
    path, alias = split_alias(reference)
    own_path, own_alias = split_alias(including_file)
    target = (alias if "@" in reference else own_alias).lower()
    if target and target not in aliases:
        raise ReferenceInvalid(f"No repository found by name {alias}")
    path = path.replace("\\", "/")
    folder = posixpath.dirname(own_path) if target == own_alias.lower() else ""
    whole = path if path.startswith("/") else f"{folder}/{path}"
    depth = 0
    for part in whole.split("/"):
        depth += {"..": -1, ".": 0, "": 0}.get(part, 1)
        if depth < 0:
            raise ReferenceInvalid(f"The file path {whole} is invalid")
    resolved = "/" + posixpath.normpath(whole).lstrip("/")
    return f"{resolved}@{aliases[target]}" if target else resolved


def anchored(node: Node, aliases: Mapping[str, str]) -> Node:
    """The node with every template reference made absolute, so that it means the same file anywhere."""
    if isinstance(node, SequenceNode):
        return replace(node, items=tuple(anchored(item, aliases) for item in node.items))
    if not isinstance(node, MappingNode):
        return node
    entries: list[tuple[ScalarNode, Node]] = []
    for key, value in node.entries:
        if key.text == "template" and isinstance(value, ScalarNode) and not value.broken:
            file = resolve_template(value.text, value.where.file, aliases)
            entries.append((key, replace(value, text=file if "@" in file else f"{file}@self")))
        else:
            entries.append((key, anchored(value, aliases)))
    return replace(node, entries=tuple(entries))


def repository_aliases(root: MappingNode) -> dict[str, str]:
    """The aliases that `resources.repositories` of a root declares, by lower case."""
    resources = root.find("resources")
    repositories = resources.find("repositories") if isinstance(resources, MappingNode) else None
    items = repositories.items if isinstance(repositories, SequenceNode) else ()
    names = [item.find("repository") for item in items if isinstance(item, MappingNode)]
    return {name.text.lower(): name.text for name in names if isinstance(name, ScalarNode)}
