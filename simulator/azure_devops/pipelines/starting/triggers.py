"""Whether a push starts a pipeline: branch, tag and path filters.

Source: Learn "CI triggers" for Azure Repos; `shared/reference/azure-devops.md` 4.1.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import lru_cache

from simulator.azure_devops.language.plan import Filter, Trigger

_HEADS = "refs/heads/"
_TAGS = "refs/tags/"


def starts_on_push(trigger: Trigger, ref: str, changed_paths: Collection[str]) -> bool:
    """Whether a push to `ref` (`refs/heads/main`, `refs/tags/v1`) that touches `changed_paths` starts the pipeline.

    An implied trigger takes every branch. Tags start nothing unless they are named; paths do not count for tags.
    """
    if not trigger.enabled:
        return False
    if ref.startswith(_TAGS):
        return bool(trigger.tags) and name_passes(trigger.tags, ref.removeprefix(_TAGS), ref)
    if trigger.tags and not trigger.branches:
        return False
    return branch_passes(trigger.branches, ref) and paths_pass(trigger.paths, changed_paths)


def branch_passes(branches: Filter, ref: str) -> bool:
    """Whether a branch is taken; patterns may be short (`main`) or full (`refs/heads/main`)."""
    return name_passes(branches, ref.removeprefix(_HEADS), ref)


def name_passes(names: Filter, short: str, full: str) -> bool:
    """Included (or nothing is) and not excluded."""

    def named(patterns: tuple[str, ...]) -> bool:
        return any(
            _name_pattern(each).fullmatch(short) or _name_pattern(each).fullmatch(full) for each in patterns
        )

    return (named(names.include) if names.include else True) and not named(names.exclude)


def paths_pass(paths: Filter, changed: Collection[str]) -> bool:
    """Whether any changed file is taken. The deepest matching pattern decides for a file; exclusion wins a tie."""
    return not paths or any(_path_passes(paths, path.lstrip("/")) for path in changed)


def _path_passes(paths: Filter, path: str) -> bool:
    included = _longest(paths.include, path) if paths.include else 0
    return included >= 0 and included > (_longest(paths.exclude, path) if paths.exclude else -1)


def _longest(patterns: tuple[str, ...], path: str) -> int:
    """The length of the longest pattern that takes the path; -1 where none does."""
    fitting = [len(each.strip("/")) for each in patterns if _path_pattern(each).fullmatch(path)]
    return max(fitting, default=-1)


@lru_cache(maxsize=1024)
def _name_pattern(pattern: str) -> re.Pattern[str]:
    """`*` any run of characters, slashes too; `?` one character. Case counts."""
    return re.compile("".join(_piece(each, ".*", ".") for each in re.findall(r"\*+|.", pattern)))


@lru_cache(maxsize=1024)
def _path_pattern(pattern: str) -> re.Pattern[str]:
    """`**` any depth, `*` within a folder, `?` one character; a folder takes everything below it. Case counts."""
    text = pattern.strip("/")
    pieces = re.findall(r"\*\*/|\*\*|\*|.", text, re.DOTALL)
    parts = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    return re.compile("".join(parts.get(each) or re.escape(each) for each in pieces) + "(?:/.*)?", re.DOTALL)


def _piece(text: str, many: str, one: str) -> str:
    if text[0] == "*":
        return many
    return one if text == "?" else re.escape(text)
