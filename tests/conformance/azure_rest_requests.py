"""Generated requests to the endpoints that there are: what fits, what nearly fits, and nonsense."""

from __future__ import annotations

import copy
import json
import random
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from simulator.azure_devops.endpoint import ENDPOINTS
from simulator.azure_devops.endpoints import areas
from simulator.azure_devops.locations import matches
from tests.azure_devops.specification import table
from tests.conformance.azure_rest_known import PLACE, Known, Places, path_of

_TEXTS = ("", "0", "-1", "1", "9" * 30, "x", "é", "\u0000", "a/b", "%", "..", "null", "true", " ", "1e9", "²")
_ODD = (
    *_TEXTS,
    "x" * 2000,
    "00000000-0000-0000-0000-000000000000",
    "refs/heads/main",
    "main",
    "2026-11-22T00:00:00Z",
)
_VALUES: tuple[Any, ...] = (
    None,
    5,
    -1,
    "x",
    "",
    [],
    {},
    [None],
    True,
    1.5,
    "\ud83d\ude00",
    [[]],
    "\u0000",
    10**20,
    {"id": None},
)
_VERSIONS = ("7.1-preview.1", "7.1-preview", "7.1", "7.2-preview", "5.0", "")
_NOT_JSON = (b"{", b"[[[", b"\xff", b"nul", b"{}" * 3)


@dataclass
class Made:
    """One request: `path` is the specification's, `places` what fills it; `odd` that some of it was made up."""

    entry: table.Operation
    path: str
    places: Places
    url: str
    query: dict[str, str] = field(default_factory=dict)
    body: Any = None
    content: bytes | None = None
    media_type: str = "application/json"
    odd: bool = False

    def __str__(self) -> str:
        return f"{self.entry.verb} {self.url} {self.query} {(self.content or b'')[:300]!r}"


class Requests:
    """Requests of one seed; what is known of the service is chosen from, the rest is chance."""

    def __init__(self, chance: random.Random, known: Known) -> None:
        areas.load()
        self._chance, self._known = chance, known
        self.operations = [entry for entry, _ in table.operations() if implemented(entry)]
        self._weights = [1 if entry.verb == "DELETE" else 4 for entry in self.operations]

    def next(self) -> Made:
        """The next request."""
        (entry,) = self._chance.choices(self.operations, self._weights)
        made = self.filled(entry, odd=0.06)
        for name, kind in entry.told.get("query", {}).items():
            if self._chance.random() < (0.9 if name.lower() in entry.required else 0.2):
                made.query[name] = self._text(kind, name)
        made.query["api-version"] = self._chance.choice(_VERSIONS)
        if "body" in entry.told or (entry.verb in ("POST", "PUT", "PATCH") and self._chance.random() < 0.2):
            self._content(made)
        return made

    def filled(self, entry: table.Operation, odd: float = 0.0) -> Made:
        """A request with values in the places of its path, some (of the share `odd`) made up."""
        path = path_of(entry)
        known, places, made_up = self._known.places(path), {}, False
        for name in PLACE.findall(path):
            value = known.get(name.lower()) or self._known.value(name)
            if value is None or self._chance.random() < odd:
                value, made_up = self._chance.choice(_ODD), True
            places[name.lower()] = str(value)
        url = PLACE.sub(lambda place: quote(places[place[1].lower()] or "x", safe=""), path).lstrip("/")
        return Made(entry, path, places, url, odd=made_up)

    def _text(self, kind: str, name: str) -> str:
        last = name.lower().rpartition(".")[2].removeprefix("$")
        if self._chance.random() < 0.15:
            return self._chance.choice(_ODD)
        for asked in (last, last.removesuffix("s"), f"{last.removesuffix('s')}id"):
            if (value := self._known.value(asked)) is not None:
                return str(value)
        if kind.startswith("="):
            return self._chance.choice(kind[1:].split("|"))
        return {"integer": "2", "boolean": "true", "time": "2026-11-22T00:00:00Z"}.get(kind, "") or str(
            self._chance.choice(_ODD)
        )

    def _content(self, made: Made) -> None:
        kind = str(made.entry.told.get("body", "any"))
        if self._chance.random() < 0.04 or (kind in ("string", "any") and self._chance.random() < 0.5):
            made.content, made.odd = self._chance.choice(_NOT_JSON), True
            made.media_type = self._chance.choice(("application/json", "application/octet-stream"))
            return
        body = self._known.body(made.entry.verb, made.path) if self._chance.random() < 0.7 else None
        body = self._value(made.entry.area, kind, 0, "") if body is None else self._mutated(body, made)
        made.body, made.content = body, json.dumps(body).encode()

    def _mutated(self, body: Any, made: Made) -> Any:
        body = json.loads(json.dumps(body))
        for _ in range(self._chance.choice((0, 0, 1, 1, 2, 3))):
            self._change(body, made)
        return body

    def _change(self, body: Any, made: Made) -> None:
        """One place of the body, however deep, gets another value, goes, or comes."""
        while isinstance(body, dict | list) and body:
            key = self._chance.choice(list(body) if isinstance(body, dict) else range(len(body)))
            if isinstance(body[key], dict | list) and body[key] and self._chance.random() < 0.7:
                body = body[key]
                continue
            if isinstance(body, dict) and self._chance.random() < 0.2:
                del body[key]
            elif isinstance(body[key], str) and self._chance.random() < 0.5:
                body[key] = self._chance.choice(_ODD)
            else:
                seen = self._known.value(str(key)) if self._chance.random() < 0.4 else None
                body[key] = copy.deepcopy(self._chance.choice(_VALUES)) if seen is None else seen
            made.odd = True
            return

    def _value(self, area: str, kind: str, depth: int, name: str) -> Any:
        if self._chance.random() < 0.04 or depth > 4:
            return self._chance.choice(_VALUES)
        if kind.startswith("["):
            return [self._value(area, kind[1:], depth + 1, name) for _ in range(self._chance.randrange(3))]
        if kind.startswith("{"):
            return {self._chance.choice(_ODD): self._value(area, kind[1:], depth + 1, name) for _ in range(2)}
        if kind.startswith("#"):
            members = table.areas()[area]["types"].get(kind[1:], {"properties": {}})["properties"]
            parent = name.rpartition(".")[2]
            kept = [member for member in members if self._chance.random() < 0.5]
            return {one: self._value(area, members[one], depth + 1, f"{parent}.{one}") for one in kept}
        if self._chance.random() < 0.6:
            for asked in (name, name.rpartition(".")[2]):
                if (value := self._known.value(asked)) is not None:
                    return value
        return self._plain(kind)

    def _plain(self, kind: str) -> Any:
        if kind.startswith("="):
            return self._chance.choice(kind[1:].split("|"))
        if kind == "integer":
            return self._chance.choice((0, 1, 2, -1, 10**20))
        if kind == "boolean":
            return self._chance.random() < 0.5
        return self._chance.choice(_ODD)


def implemented(entry: table.Operation) -> bool:
    """Whether an endpoint answers the operation."""
    path = PLACE.sub("1", path_of(entry)).strip("/")
    return any((entry.verb, match.location.id) in ENDPOINTS for match in matches(path))
