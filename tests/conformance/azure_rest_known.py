"""What a client has seen of a served Azure DevOps: the ids that live at each path, values by member, whole bodies."""

from __future__ import annotations

import random
import re
from collections import defaultdict, deque
from typing import Any

from tests.azure_devops.specification import table

PLACE = re.compile(r"\{([^}]+)\}")
_KEPT = 24
Places = dict[str, str]


class Known:
    """Grows by answers: an item of the list `.../builds` is a place for paths that begin `.../builds/{buildId}`."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._items: defaultdict[str, deque[Places]] = defaultdict(lambda: deque(maxlen=_KEPT))
        self._values: defaultdict[str, deque[Any]] = defaultdict(lambda: deque(maxlen=_KEPT))
        self._bodies: defaultdict[tuple[str, str], deque[Any]] = defaultdict(lambda: deque(maxlen=_KEPT))
        self._item_paths: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
        for path in dict.fromkeys(path_of(entry) for entry, _ in table.operations()):
            listing, _, last = path.rpartition("/")
            if found := PLACE.fullmatch(last):
                self._item_paths[listing.lower()].append((path, found[1].lower()))

    def places(self, path: str) -> Places:
        """Values for places of a path that belong together: of the longest beginning of it that has known items."""
        parts = path.lower().split("/")
        for length in range(len(parts), 0, -1):
            if known := self._items.get("/".join(parts[:length])):
                return self._chance.choice(known)
        project = self.value("project.id") if self._chance.random() < 0.3 else "ml"
        return {"project": str(project or "ml")}

    def value(self, name: str) -> Any:
        """A value that a member of this name (`id` with its parent's: repository.id) was seen to have, or None."""
        known = self._values.get(name.lower())
        return self._chance.choice(known) if known else None

    def body(self, verb: str, path: str) -> Any:
        """A whole body that was sent there, or read there, or None."""
        known = self._bodies.get((verb, path.lower())) or self._bodies.get(("", path.lower()))
        return self._chance.choice(known) if known else None

    def taught(self, verb: str, path: str, body: Any) -> None:
        """A body that the service took."""
        if body is not None:
            self._bodies[verb, path.lower()].append(body)

    def gone(self, path: str, places: Places) -> None:
        """What lived there lives no more."""
        for key, known in self._items.items():
            if path.lower().startswith(key) and places in known:
                known.remove(places)

    def answered(self, path: str, places: Places, answer: Any) -> None:
        """Learn of a successful answer at a path."""
        listed = answer.get("value") if isinstance(answer, dict) and "count" in answer else None
        items = listed if isinstance(listed, list) else [answer]
        self._remember(items, "")
        below = self._item_paths.get(path.lower(), ())
        for item in items:
            if isinstance(item, dict) and item:
                self._bodies["", path.lower()].append(item)
            for item_path, place in below:
                if (identifier := _identifier(item, place)) is not None:
                    self._append(item_path, {**places, place: identifier})
        if not below and places and listed is None:
            self._append(path, places)

    def _append(self, path: str, places: Places) -> None:
        known = self._items[path.lower()]
        if places not in known:
            known.append(places)

    def _remember(self, value: Any, parent: str) -> None:
        if isinstance(value, list):
            for item in value[:20]:
                self._remember(item, parent)
        elif isinstance(value, dict):
            for name, item in value.items():
                if isinstance(item, dict | list):
                    self._remember(item, name)
                elif item is not None:
                    self._values[name.lower()].append(item)
                    self._values[f"{parent}.{name}".lower()].append(item)


def path_of(entry: table.Operation) -> str:
    """The path of an operation with its places, without a query."""
    return str(entry.told["path"]).partition("?")[0].rstrip("/")


def _identifier(item: Any, place: str) -> str | None:
    if isinstance(item, str | int):
        return str(item)
    if not isinstance(item, dict):
        return None
    members = {name.lower(): value for name, value in item.items()}
    for name in (place, "id", "objectid", "descriptor", "uuid", "path", "name", "evaluationid"):
        if isinstance(members.get(name), str | int):
            return str(members[name]).lstrip("/\\")
    return None
