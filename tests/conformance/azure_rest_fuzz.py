"""Sends generated requests of every known operation to a served Azure DevOps: no 500, no hang, bounded memory.

    python -m tests.conformance.azure_rest_fuzz [REQUESTS] [SEED]

Paths, queries and bodies come from the REST specification's table; values are what exists, what nearly fits, and
nonsense. Prints the counts by status and ends with 1 when any answer was a defect.
"""

from __future__ import annotations

import json
import random
import re
import resource
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import httpx

from simulator.azure_devops.endpoint import ENDPOINTS
from simulator.azure_devops.locations import matches
from simulator.topology import load
from tests.azure_devops.conftest import Served
from tests.azure_devops.specification import table

_PLACE = re.compile(r"\{([^}]+)\}")
_TIMEOUT_SECONDS = 30
# What exists in the served world, and what does not.
_LIKELY = {
    "project": ("ml", "fraud", "ML", "none"),
    "repositoryid": ("model_build", "model_deploy", "none"),
    "definitionid": ("1", "2", "99"),
    "pipelineid": ("1", "2", "99"),
    "environmentid": ("1", "2", "99"),
    "buildid": ("1", "99"),
    "runid": ("1", "99"),
}
_ODD = (
    "",
    "0",
    "-1",
    "1",
    "9" * 30,
    "x",
    "é",
    "\u0000",
    "a/b",
    "%",
    "..",
    "null",
    "true",
    " ",
    "1e9",
    "²",
    "x" * 2000,
)
_GUIDS = ("00000000-0000-0000-0000-000000000000", "8c6f20a7-a545-4486-9777-f762fafe0d4d", "not-a-guid")
_VERSIONS = ("7.1-preview.1", "7.1", "7.2-preview", "5.0", "")


@dataclass
class Outcome:
    """What came of the requests: counts by status, and what was wrong."""

    statuses: Counter[int] = field(default_factory=Counter)
    defects: list[str] = field(default_factory=list)
    slowest_seconds: float = 0.0
    grown_megabytes: float = 0.0


class Generator:
    """Requests of one seed; `random` decides all."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self._operations = [entry for entry, _ in table.operations()]
        here = [entry for entry in self._operations if _implemented(entry)]
        self._implemented = here or self._operations

    def request(self) -> dict[str, Any]:
        """Method, path, query, headers and content of one request; four of five are for what has an endpoint."""
        chosen = self._implemented if self._random.random() < 0.8 else self._operations
        entry = self._random.choice(chosen)
        path = str(entry.told["path"]).partition("?")[0].lstrip("/")
        filled = _PLACE.sub(lambda place: self._place(place[1]), path)
        query = {
            name: self._text(kind, name)
            for name, kind in entry.told.get("query", {}).items()
            if self._random.random() < 0.4
        }
        if version := self._random.choice(_VERSIONS):
            query["api-version"] = version
        made: dict[str, Any] = {"method": entry.verb, "url": filled, "params": query, "headers": {}}
        if "body" in entry.told or (entry.verb in ("POST", "PUT", "PATCH") and self._random.random() < 0.5):
            made["headers"]["content-type"] = "application/json"
            made["content"] = self._content(entry)
        return made

    def _place(self, name: str) -> str:
        likely = _LIKELY.get(name.lower())
        value = self._random.choice(likely) if likely and self._random.random() < 0.8 else self._odd()
        return quote(value or "x", safe="")

    def _odd(self) -> str:
        return self._random.choice((*_ODD, *_GUIDS))

    def _text(self, kind: str, name: str = "") -> str:
        if name.lower() in _LIKELY:
            return self._random.choice(_LIKELY[name.lower()])
        if kind.startswith("=") and self._random.random() < 0.7:
            return self._random.choice(kind[1:].split("|"))
        if kind in ("integer", "boolean") and self._random.random() < 0.7:
            return self._random.choice({"integer": ("1", "0", "100"), "boolean": ("true", "false")}[kind])
        return self._odd()

    def _content(self, entry: table.Operation) -> bytes:
        if self._random.random() < 0.05:
            return self._random.choice((b"{", b"[[[", b"\xff", b"nul", b"{}" * 3))
        value = self._value(entry.area, str(entry.told.get("body", "any")), 0)
        return json.dumps(value).encode()

    def _value(self, area: str, kind: str, depth: int) -> Any:
        if self._random.random() < 0.1 or depth > 4:
            return self._random.choice(
                (None, 5, -1, "x", "", [], {}, [None], True, 1.5, "\ud83d\ude00", [[]])
            )
        if kind.startswith("["):
            return [self._value(area, kind[1:], depth + 1) for _ in range(self._random.randrange(3))]
        if kind.startswith("{"):
            return {self._odd(): self._value(area, kind[1:], depth + 1) for _ in range(2)}
        if kind.startswith("#"):
            members = table.areas()[area]["types"].get(kind[1:], {"properties": {}})["properties"]
            kept = [name for name in members if self._random.random() < 0.5]
            return {name: self._value(area, members[name], depth + 1) for name in kept}
        if kind == "integer":
            return self._random.choice((0, 1, 2, -1, 10**20))
        if kind == "boolean":
            return self._random.random() < 0.5
        return self._text(kind)


def _implemented(entry: table.Operation) -> bool:
    path = _PLACE.sub("1", str(entry.told["path"]).partition("?")[0]).strip("/")
    return any((entry.verb, match.location.id) in ENDPOINTS for match in matches(path))


def run(served: Served, requests: int, seed: int) -> Outcome:
    """Send the requests one after another as the administrator; what is wrong is in the outcome."""
    made, outcome = Generator(seed), Outcome()
    before = _resident_megabytes()
    with httpx.Client(
        base_url=f"{served.url}/",
        auth=("", served.token("operator")),
        timeout=_TIMEOUT_SECONDS,
        trust_env=False,
        headers={"x-tfs-fedauthredirect": "Suppress"},
    ) as client:
        for _ in range(requests):
            request = made.request()
            shown = f"{request['method']} {request['url']} {request['params']} {request.get('content', b'')[:300]!r}"
            began = time.monotonic()
            try:
                answer = client.request(**request)
            except (httpx.HTTPError, httpx.InvalidURL) as error:
                outcome.defects.append(f"{error!r}: {shown}")
                continue
            outcome.slowest_seconds = max(outcome.slowest_seconds, time.monotonic() - began)
            outcome.statuses[answer.status_code] += 1
            # A 501 is a refusal by name; and the service itself answers 500 for a webhook that it does not know.
            if answer.status_code == 500 and answer.json()["typeKey"] == "InternalErrorException":
                outcome.defects.append(f"{answer.json()['message'][60:260]}: {shown}")
    outcome.grown_megabytes = _resident_megabytes() - before
    return outcome


def _resident_megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> int:
    """Serve, send, report."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    served = Served(load())
    served.start()
    outcome = run(served, count, seed)
    served.checked.violations.sort()
    print(f"{count} requests, seed {seed}: {dict(sorted(outcome.statuses.items()))}")
    print(f"slowest {outcome.slowest_seconds:.2f} s, grown by {outcome.grown_megabytes:.0f} MB")
    print(f"{served.checked.judged} answers judged, {len(set(served.checked.violations))} kinds of violation")
    for defect in (*outcome.defects, *dict.fromkeys(served.checked.violations)):
        print(defect)
    return 1 if outcome.defects else 0


if __name__ == "__main__":
    sys.exit(main())
