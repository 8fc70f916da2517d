"""The keys of Cache@2: segments, which of them name files, and the fingerprint that they make. Pure.

Source: the agent's `PipelineCacheTaskPluginBase` and `FingerprintCreator` (rules, hashes, texts).
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

WILDCARD = "**"
"""The last segment of a restore key's fingerprint: whatever follows."""

_GLOB = "*?[]"
_OLD = "'key' format is changing to a single line: https://aka.ms/pipeline-caching-docs"


class KeyInvalid(Exception):
    """A key that the task refuses; the text is the agent's."""


@dataclass(frozen=True)
class KeyFile:
    """A file that a segment names: how its path is shown, its length, the SHA-256 of its content in hexadecimal."""

    shown: str
    length: int
    sha256: str


def segments(key: str, salt: str = "") -> list[str]:
    """The segments of a key: parted by `|`, or by line ends in the old form. Raises KeyInvalid."""
    parts = key.replace("\r\n", "\n").split("\n") if "\n" in key else key.split("|")
    found = [part.strip() for part in parts if part.strip()]
    if salt.strip() and "\n" not in key:
        found.insert(0, f"AZP_CACHING_SALT={salt}")
    for each in found:
        _check(each)
    return found


def restore_keys(key: str, block: str, salt: str = "") -> list[list[str]]:
    """The segments of each restore key, a line each. Raises KeyInvalid."""
    lines = [line.strip() for line in block.replace("\r\n", "\n").split("\n") if line.strip()]
    if lines and "\n" in key:
        raise KeyInvalid(_OLD)
    return [segments(line, salt) for line in lines]


def _check(segment: str) -> None:
    if segment in ("*", "**"):
        raise KeyInvalid(f"`{segment}` is a reserved key segment. For path glob, use `./{segment}`.")
    for mark, name in (("'", "single-quote"), ("`", "backtick")):
        if segment.startswith(mark):
            raise KeyInvalid(f"A key segment cannot start with a {name} character`.")


def names_files(segment: str) -> bool:
    """Whether a segment is a path or patterns of paths, and not a text."""
    if segment[0] == segment[-1] == '"' and len(segment) > 1:
        return False
    return ("." in segment or "/" in segment) and not segment.endswith(".")


def is_pattern(rule: str) -> bool:
    """Whether a rule holds a wildcard."""
    return any(character in rule for character in _GLOB)


def rules(segment: str) -> tuple[list[str], list[str]]:
    """What a segment includes and excludes. Raises KeyInvalid."""
    parts = [part.strip() for part in segment.split(",") if part.strip()]
    included = [part for part in parts if not part.startswith("!")]
    if not included:
        raise KeyInvalid("No include rules specified.")
    return included, [part[1:] for part in parts if part.startswith("!")]


def start_of(rule: str) -> tuple[str, bool]:
    """The folder that an absolute rule is looked for in, and whether below it too: only `**` goes deeper."""
    first = next((place for place, character in enumerate(rule) if character in _GLOB), None)
    head = rule if first is None else rule[:first]
    return head.rpartition("/")[0] or "/", first is not None and "**" in rule


def digest(files: Iterable[KeyFile]) -> str:
    """What stands for files in a fingerprint."""
    text = "".join(f"\nSHA256({file.shown})=[{file.length}]{file.sha256.upper()}" for file in files)
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def matches(wanted: Sequence[str], have: Sequence[str]) -> bool:
    """Whether a kept fingerprint is the one that is wanted, or begins as a restore key does."""
    if wanted and wanted[-1] == WILDCARD:
        return list(have[: len(wanted) - 1]) == list(wanted[:-1])
    return list(wanted) == list(have)
