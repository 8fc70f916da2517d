"""The location table: which id, area and route the real service gives to each REST resource."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_DATA = Path(__file__).parent / "data"
# Rows that ended before this version answer clients that nobody uses any more.
_OLDEST_VERSION = 5.0


@dataclass(frozen=True)
class Location:
    """One row: `route` as recorded, versions as text (`released` is 0.0 while the resource is in preview).

    `revision` is the newest revision of the resource, the N of `7.1-preview.N`.
    """

    id: str
    area: str
    resource: str
    route: str
    minimum: str
    maximum: str
    released: str
    revision: int


@dataclass(frozen=True)
class Match:
    """A path that fits a location; names in `values` are lower case. More literal segments fit better."""

    location: Location
    values: dict[str, str]
    literals: int


@cache
def rows() -> tuple[dict[str, object], ...]:
    """The table as the wire shows it: the organization's own host first, then what it has elsewhere."""
    files = ("locations.json", "locations_elsewhere.json")
    return tuple(row for name in files for row in json.loads((_DATA / name).read_text()))


def rows_of(area: str) -> list[dict[str, object]]:
    """The rows of one area; all of them for an empty name."""
    return [row for row in rows() if not area or str(row["area"]).lower() == area.lower()]


@cache
def resource_areas() -> tuple[dict[str, str], ...]:
    """Id, name and host of every area of the real service."""
    return tuple(json.loads((_DATA / "resource_areas.json").read_text()))


@cache
def verbs() -> dict[str, list[str]]:
    """The verbs that the real service takes at a location, where its clients tell."""
    return dict(json.loads((_DATA / "verbs.json").read_text()))


@cache
def location(identifier: str) -> Location:
    """The location of that id; KeyError when the table has none."""
    return _by_id()[identifier]


def matches(path: str) -> list[Match]:
    """The locations whose route fits `path` (without the organization), the closest first.

    More words of the route in the path are closer; of two with as many, the one that leaves less of its route out.
    """
    wanted = path.strip("/")
    found = []
    for word in {part.lower() for part in wanted.split("/")}:
        for candidate, pattern, literals in _patterns().get(word, ()):
            if fit := pattern.fullmatch(wanted):
                values = {name: value for name, value in fit.groupdict().items() if value}
                found.append((len(fit.groupdict()) - len(values), Match(candidate, values, literals)))
    return [match for _, match in sorted(found, key=lambda each: (-each[1].literals, each[0]))]


@cache
def _by_id() -> dict[str, Location]:
    table = {}
    for row in rows():
        keys = ("id", "area", "resourceName", "routeTemplate", "minVersion", "maxVersion", "releasedVersion")
        texts = [str(row[key]) for key in keys]
        identifier, area, resource, route, minimum, maximum, released = texts
        revision = int(str(row["resourceVersion"]))
        table[identifier] = Location(identifier, area, resource, route, minimum, maximum, released, revision)
    return table


@cache
def _patterns() -> dict[str, list[tuple[Location, re.Pattern[str], int]]]:
    """The patterns by the last word that each must have."""
    found = defaultdict(list)
    for entry in _by_id().values():
        # The fallback's route fits every path: it is how the service says that there is nothing.
        if float(entry.maximum) >= _OLDEST_VERSION and entry.area != "Fallback":
            found[_words(entry)[-1].lower()].append((entry, *_pattern(entry)))
    return found


def _words(entry: Location) -> list[str]:
    segments = (_written(segment, entry) for segment in entry.route.strip("/").split("/"))
    return [segment for segment in segments if "{" not in segment]


def _pattern(entry: Location) -> tuple[re.Pattern[str], int]:
    """The route as a pattern: project and trailing parameters may be left out, case does not count."""
    segments = [_written(segment, entry) for segment in entry.route.strip("/").split("/")]
    optional_head = ""
    while segments[0].startswith("{"):
        optional_head += f"(?:(?P<{_name(segments.pop(0))}>[^/]+)/)?"
    last_literal = max(index for index, segment in enumerate(segments) if not segment.startswith("{"))
    required = "/".join(_required(segment) for segment in segments[: last_literal + 1])
    tail = segments[last_literal + 1 :]
    optional = "".join(
        f"(?:/(?P<{_name(segment)}>{'.+' if segment.startswith('{*') else '[^/]+'})" for segment in tail
    )
    literals = sum(not segment.startswith("{") for segment in segments)
    return re.compile(optional_head + required + optional + ")?" * len(tail), re.IGNORECASE), literals


def _required(segment: str) -> str:
    """A segment as a pattern; the only parameter that begins with another character is `${type}`, of a work item."""
    head, opened, name = segment.partition("{")
    return re.escape(head) + (f"(?P<{_name(name)}>[^/]+)" if opened else "")


def _written(segment: str, entry: Location) -> str:
    return segment.replace("{area}", entry.area).replace("{resource}", entry.resource)


def _name(segment: str) -> str:
    return segment.strip("{}*").lower()
