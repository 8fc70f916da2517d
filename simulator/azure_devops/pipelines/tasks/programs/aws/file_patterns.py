"""Patterns of files and keys as the task library and minimatch read them: `*`, `?`, `[...]`, `**`, `!` and `{...}`.

Source: match of azure-pipelines-task-lib (no braces, dots match, `!` takes away); minimatch (braces, dots do not).
"""

import re
from collections.abc import Iterable

from task_library import fail  # type: ignore[import-not-found]  # beside this file when it runs

_EXTENDED = re.compile(r"[@+?*!]\(")


def matching(paths: Iterable[str], patterns: Iterable[str], root: str) -> list[str]:
    """The paths, in their order, that the patterns take: each is below `root`, and later ones override earlier."""
    listed = list(paths)
    taken: set[str] = set()
    for pattern in (text.strip() for text in patterns):
        if not pattern or pattern.startswith("#"):
            continue
        negative = (len(pattern) - len(pattern.lstrip("!"))) % 2 == 1
        bare = pattern.lstrip("!")
        rooted = bare if bare.startswith("/") else f"{root.rstrip('/')}/{bare}"
        fits = regex(rooted, dots=True)
        hits = {path for path in listed if fits.fullmatch(path)}
        taken = taken - hits if negative else taken | hits
    return [path for path in listed if path in taken]


def key_matches(key: str, pattern: str) -> bool:
    """Whether minimatch with its defaults takes the key."""
    if pattern.startswith("#") or (not pattern and key):
        return False
    bare = pattern.lstrip("!")
    negative = (len(pattern) - len(bare)) % 2 == 1
    plain = key.rstrip("/")
    return any(regex(one, dots=False).fullmatch(plain) for one in braces(bare)) is not negative


def braces(pattern: str) -> list[str]:
    """The patterns that one with `{a,b}` and `{1..3}` stands for."""
    found = re.search(r"\{([^{}]*)\}", pattern)
    if found is None or ("," not in found[1] and ".." not in found[1]):
        return [pattern]
    numbers = re.fullmatch(r"(\d+)\.\.(\d+)", found[1])
    parts = [str(n) for n in range(int(numbers[1]), int(numbers[2]) + 1)] if numbers else found[1].split(",")
    return [
        each for part in parts for each in braces(pattern[: found.start()] + part + pattern[found.end() :])
    ]


def regex(pattern: str, *, dots: bool) -> re.Pattern[str]:
    """The pattern of one path; without `dots` a name that begins with a dot must be written out."""
    if _EXTENDED.search(pattern):
        fail(f"The extended pattern {pattern} is not simulated: write it with *, ?, [] and **")
    hidden = "" if dots else r"(?!\.)"
    text, segments = "", pattern.split("/")
    for number, segment in enumerate(segments):
        last = number == len(segments) - 1
        if segment == "**":
            text += f"(?:{hidden}[^/]+(?:/|$))*" if not last else f"(?:{hidden}[^/]+(?:/(?=.)|$))*"
            continue
        text += (hidden if segment[:1] in ("*", "?", "[") else "") + _segment(segment) + ("" if last else "/")
    return re.compile(text, re.DOTALL)


def _segment(segment: str) -> str:
    text, at = "", 0
    while at < len(segment):
        letter = segment[at]
        closing = segment.find("]", at + 2)
        if letter == "*":
            text += "[^/]*"
        elif letter == "?":
            text += "[^/]"
        elif letter == "[" and closing > 0:
            inside = segment[at + 1 : closing].replace("\\", "\\\\")
            text += f"[{'^' + inside[1:] if inside[0] in '!^' else inside}]"
            at = closing
        else:
            text += re.escape(letter)
        at += 1
    return text
