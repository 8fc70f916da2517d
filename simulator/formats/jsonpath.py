"""The JSON paths that EventBridge knows: `$`, `$.a.b`, `$.a[0].b`, `$.a[*].b`."""

import re
from dataclasses import dataclass
from typing import Any, Final

_STEP = re.compile(r"\.([A-Za-z0-9_\-:]+)|\[(\d+|\*)\]|\['([^']+)'\]|\[\"([^\"]+)\"\]")


class Missing:
    """The type of MISSING: what a path gives when it names nothing, which is not the same as null."""

    def __repr__(self) -> str:
        return "MISSING"

    def __bool__(self) -> bool:
        return False


MISSING: Final = Missing()


class JsonPathError(ValueError):
    """The text is not a path of the subset; the message says where it stops being one."""


@dataclass(frozen=True)
class JsonPath:
    """A parsed path: names, indices, and `*` for each element of an array."""

    text: str
    steps: tuple[str | int | None, ...]

    def find(self, document: Any) -> Any:
        """The value at the path, MISSING if there is none; a path with `[*]` gives a list, perhaps empty."""
        return _walk(document, self.steps)


def parse_path(text: str) -> JsonPath:
    """Parse a path; raises JsonPathError. Source: EventBridge user guide, "Input transformation", JSON path syntax."""
    if not text.startswith("$"):
        raise JsonPathError(f"a JSON path begins with $, not {text!r}")
    position, steps = 1, list[str | int | None]()
    while position < len(text):
        match = _STEP.match(text, position)
        if match is None:
            raise JsonPathError(f"{text!r} is not a JSON path from character {position + 1}")
        if match[2] is not None:
            steps.append(None if match[2] == "*" else int(match[2]))
        else:
            steps.append(match[1] or match[3] or match[4])
        position = match.end()
    return JsonPath(text, tuple(steps))


def find(text: str, document: Any) -> Any:
    """Parse and follow in one step; MISSING where the path names nothing. Raises JsonPathError."""
    return parse_path(text).find(document)


def _walk(value: Any, steps: tuple[str | int | None, ...]) -> Any:
    for place, step in enumerate(steps):
        if step is None:
            if not isinstance(value, list):
                return MISSING
            found = (_walk(element, steps[place + 1 :]) for element in value)
            return [element for element in found if element is not MISSING]
        if isinstance(step, int):
            if not isinstance(value, list) or step >= len(value):
                return MISSING
            value = value[step]
        elif isinstance(value, dict) and step in value:
            value = value[step]
        else:
            return MISSING
    return value
