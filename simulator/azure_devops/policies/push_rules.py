"""What the policies on pushes refuse: pure functions over the commits and files that a push brings.

Source: Learn "Git repository settings and policies" and "Git limits"; VS403702 and VS403729 are the service's texts,
the other sentences are ours.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass

from simulator.azure_devops.git.incoming import IncomingCommit, IncomingFile
from simulator.azure_devops.organization import Row
from simulator.azure_devops.policies import types
from simulator.azure_devops.policies.patterns import fits, fits_path

_RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?", re.IGNORECASE)
_IN_NO_NAME = re.compile(r'[\x00-\x1f<>:"|?*\\]')


@dataclass(frozen=True)
class Push:
    """What comes: the refs that move, their new commits, and every path that is there afterwards."""

    refs: Collection[str]
    commits: Collection[IncomingCommit]
    known_refs: Collection[str] = ()
    paths: Collection[str] = ()


def refusal(kind: str, settings: Row, push: Push) -> str | None:
    """Why a policy of this type refuses the push, or None."""
    return _RULES[kind](settings, push)


def _author_email(settings: Row, push: Push) -> str | None:
    patterns = settings["authorEmailPatterns"]
    for commit in push.commits:
        if not fits(patterns, commit.author_email):
            return (
                "VS403702: The push was rejected because one or more commits contain author email"
                f" '{commit.author_email}' which does not match the policy-specified patterns."
            )
    return None


def _path_length(settings: Row, push: Push) -> str | None:
    most = int(settings["maxPathLength"])
    for commit, file in _added(push):
        if len(file.path) > most:
            return (
                f"VS403729: The push was rejected because commit '{commit.id}' contains a path, which exceeds the"
                f" maximum length of {most} characters."
            )
    return None


def _file_size(settings: Row, push: Push) -> str | None:
    most, whole = int(settings["maximumGitBlobSizeInBytes"]), bool(settings.get("useUncompressedSize"))
    for commit in push.commits:
        for file in commit.files:
            if (file.whole_bytes if whole else file.packed_bytes) > most:
                return _contains(commit, file, f"which is larger than {most} bytes")
    return None


def _file_name(settings: Row, push: Push) -> str | None:
    for commit, file in _added(push):
        if fits_path(settings["filenamePatterns"], file.path):
            return _contains(commit, file, "which matches the policy-specified patterns")
    return None


def _reserved_name(settings: Row, push: Push) -> str | None:
    for commit, file in _added(push):
        if any(_unusual(part) for part in file.path.split("/")):
            return _contains(commit, file, "which is not a valid name on all supported platforms")
    for ref in push.refs:
        if any(_unusual(part) for part in ref.split("/")):
            return f"The push was rejected because '{ref}' is not a valid name on all supported platforms."
    return None


def _consistent_case(settings: Row, push: Push) -> str | None:
    if not settings.get("enforceConsistentCase"):
        return None
    written: dict[str, str] = {}
    for path in push.paths:
        if (other := written.setdefault(path.lower(), path)) != path:
            return f"The push was rejected because the paths '{other}' and '{path}' differ by case only."
    known = {ref.lower(): ref for ref in push.known_refs}
    for ref in push.refs:
        if ref not in push.known_refs and (other := known.get(ref.lower(), ref)) != ref:
            return f"The push was rejected because the refs '{other}' and '{ref}' differ by case only."
    return None


_RULES: dict[str, Callable[[Row, Push], str | None]] = {
    types.AUTHOR_EMAIL: _author_email,
    types.PATH_LENGTH: _path_length,
    types.FILE_SIZE: _file_size,
    types.FILE_NAME: _file_name,
    types.RESERVED_NAMES: _reserved_name,
    types.GIT_SETTINGS: _consistent_case,
}


def _unusual(name: str) -> bool:
    return bool(_RESERVED.fullmatch(name) or _IN_NO_NAME.search(name) or name.endswith((".", " ")))


def _added(push: Push) -> list[tuple[IncomingCommit, IncomingFile]]:
    return [(commit, file) for commit in push.commits for file in commit.files if file.added]


def _contains(commit: IncomingCommit, file: IncomingFile, why: str) -> str:
    return f"The push was rejected because commit '{commit.id}' contains the file '{file.path}', {why}."
