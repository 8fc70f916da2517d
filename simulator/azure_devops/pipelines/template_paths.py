"""The file that a template reference names.

Source: Learn "Template usage", corrected by `shared/reference/azure-devops.md` 4.2 (base directory, alias rules).
"""

from __future__ import annotations

import posixpath


def split_alias(name: str) -> tuple[str, str]:
    """Path and repository alias (`self` folds to none); the alias begins at the first `@`."""
    path, _, alias = name.partition("@")
    return path, "" if alias.lower() == "self" else alias


def resolve_template(reference: str, including_file: str) -> str:
    """The file as errors show it: `/path/x.yml`, or `/path/x.yml@alias` in another repository.

    A relative path starts at the including file's folder, or at the root when the reference changes the repository.
    """
    path, alias = split_alias(reference.strip())
    own_path, own_alias = split_alias(including_file)
    names_repository = "@" in reference
    target = alias if names_repository else own_alias
    base = posixpath.dirname(own_path) if target.lower() == own_alias.lower() else "/"
    resolved = posixpath.normpath(posixpath.join("/", base, path))
    resolved = "/" + resolved.lstrip("/")
    return f"{resolved}@{target}" if target else resolved
