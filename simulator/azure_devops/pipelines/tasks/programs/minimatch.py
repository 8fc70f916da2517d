"""The file patterns of tasks: `*`, `?`, `[...]`, `**`, `{a,b}`, `+(a|b)`, `!` excludes, `#` is a comment. Pure.

Source: Learn "File matching patterns reference"; minimatch 3 and azure-pipelines-task-lib's `match`.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Options:
    """As minimatch has them; the defaults are those of the task library."""

    nobrace: bool = True
    dot: bool = True
    match_base: bool = False
    nocomment: bool = False
    nonegate: bool = False
    flip_negate: bool = False


TASK_LIB = Options()
_EXTENDED = re.compile(r"([@!?*+])\(([^()]*)\)")
_SUFFIXES = {"@": "", "?": "?", "*": "*", "+": "+"}


def match(
    paths: Iterable[str], patterns: Iterable[str], root: str = "", options: Options = TASK_LIB
) -> list[str]:
    """The paths that the patterns choose, in the order of `paths`: each pattern adds to or takes from those before.

    Patterns that are not absolute stand below `root`.
    """
    listed = list(paths)
    chosen: dict[str, bool] = {}
    for pattern, includes in _rules(patterns, root, options):
        for path in listed:
            if fits(path, pattern, options):
                chosen[path] = includes
    return [path for path in listed if chosen.get(path)]


def _rules(patterns: Iterable[str], root: str, options: Options) -> Iterator[tuple[str, bool]]:
    for line in patterns:
        pattern = line.strip()
        if not pattern or (pattern.startswith("#") and not options.nocomment):
            continue
        marks = 0 if options.nonegate else len(pattern) - len(pattern.lstrip("!"))
        includes = marks % 2 == 0 or options.flip_negate
        text = pattern[marks:]
        for each in [text] if options.nobrace else expand_braces(text):
            if each.strip():
                yield _rooted(each.strip(), root, options), includes


def _rooted(pattern: str, root: str, options: Options) -> str:
    if not root or pattern.startswith("/") or (options.match_base and "/" not in pattern):
        return pattern
    return f"{root.rstrip('/')}/{pattern}"


def expand_braces(pattern: str) -> list[str]:
    """`a{b,c}d` as `abd`, `acd`; `{1..3}` as numbers; braces without a comma stay."""
    opening = re.search(r"\{([^{}]*)\}", pattern)
    if opening is None:
        return [pattern]
    head, inner, tail = pattern[: opening.start()], opening.group(1), pattern[opening.end() :]
    numbers = re.fullmatch(r"(-?\d+)\.\.(-?\d+)", inner)
    if numbers is not None:
        first, last = int(numbers.group(1)), int(numbers.group(2))
        step = 1 if last >= first else -1
        parts = [str(number) for number in range(first, last + step, step)]
    elif "," in inner:
        parts = inner.split(",")
    else:
        return [f"{head}\\{{{inner}\\}}{rest}" for rest in expand_braces(tail)]
    return [made for part in parts for made in expand_braces(head + part + tail)]


def fits(path: str, pattern: str, options: Options = TASK_LIB) -> bool:
    """Whether one path fits one pattern, without excludes and comments."""
    if options.match_base and "/" not in pattern:
        path = path.rstrip("/").rpartition("/")[2]
    pieces = pattern.split("/")
    return _fits(path.split("/"), pieces, options)


def _fits(have: list[str], wanted: list[str], options: Options) -> bool:
    while wanted:
        piece, rest = wanted[0], wanted[1:]
        if piece == "**":
            return _globstar(have, rest, options)
        if not have or not _segment(have[0], piece, options):
            return False
        have, wanted = have[1:], rest
    # A trailing slash of the path changes nothing.
    return not have or have == [""]


def _globstar(have: list[str], rest: list[str], options: Options) -> bool:
    if not rest:
        return all(options.dot or not name.startswith(".") for name in have)
    for count in range(len(have) + 1):
        if count and (
            have[count - 1] in (".", "..") or (not options.dot and have[count - 1].startswith("."))
        ):
            return False
        if _fits(have[count:], rest, options):
            return True
    return False


def _segment(name: str, pattern: str, options: Options) -> bool:
    magic = re.search(r"[*?\[\\]|[@!?*+]\(", pattern)
    if magic is None:
        return name == pattern
    if name in (".", "..", "") or (name.startswith(".") and not options.dot and not pattern.startswith(".")):
        return False
    return re.fullmatch(_expression(pattern), name, re.DOTALL) is not None


def _expression(pattern: str) -> str:
    """The regular expression of one segment."""
    extended = _EXTENDED.search(pattern)
    if extended is not None:
        head, tail = _expression(pattern[: extended.start()]), _expression(pattern[extended.end() :])
        inner = "|".join(_expression(part) for part in extended.group(2).split("|"))
        kind = extended.group(1)
        middle = f"(?!(?:{inner}){tail}$).*?" if kind == "!" else f"(?:{inner}){_SUFFIXES[kind]}"
        return head + middle + tail
    made: list[str] = []
    at = 0
    while at < len(pattern):
        piece, at = _piece(pattern, at)
        made.append(piece)
    return "".join(made)


def _piece(pattern: str, at: int) -> tuple[str, int]:
    character = pattern[at]
    if character == "\\" and at + 1 < len(pattern):
        return re.escape(pattern[at + 1]), at + 2
    if character == "[":
        end = pattern.find("]", at + 2)
        if end > 0:
            inner = pattern[at + 1 : end].replace("\\", "\\\\").replace("[", "\\[")
            inner = f"^{inner[1:]}" if inner[0] in "!^" else inner
            return f"[{inner}]", end + 1
    return {"*": ".*", "?": "."}.get(character, re.escape(character)), at + 1


def with_braces(options: Options) -> Options:
    """The same options, braces expanded."""
    return replace(options, nobrace=False)
