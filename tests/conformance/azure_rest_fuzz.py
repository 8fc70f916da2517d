"""Sends generated requests to each endpoint of a served Azure DevOps: no 500, no hang, no wrong answer, bounded memory.

    python -m tests.conformance.azure_rest_fuzz [REQUESTS] [SEED]

The endpoints are all that there are, the places of their paths are filled with what lives (and is made again when it
is gone), bodies are those that were taken or read, changed here and there. Prints the counts by status and ends with 1
when any answer was a defect or broke the REST specification.
"""

from __future__ import annotations

import random
import re
import resource
import sys
import time
from collections import Counter
from dataclasses import dataclass, field

import httpx

from simulator.topology import load
from tests.azure_devops.conftest import Served
from tests.azure_devops.scripted import prints
from tests.conformance.azure_rest_known import Known
from tests.conformance.azure_rest_requests import Made, Requests
from tests.conformance.azure_rest_world import World

_TIMEOUT_SECONDS = 30
_TENDED_EVERY = 400


@dataclass
class Outcome:
    """What came of the requests: counts by status and by endpoint, and what was wrong."""

    statuses: Counter[int] = field(default_factory=Counter)
    succeeded: Counter[str] = field(default_factory=Counter)
    operations: int = 0
    defects: list[str] = field(default_factory=list)
    slowest_seconds: float = 0.0
    slowest: str = ""
    grown_megabytes: float = 0.0


class Sender:
    """Sends what is made, learns from what is answered, and judges it."""

    def __init__(self, client: httpx.Client, known: Known, outcome: Outcome) -> None:
        self._client, self._known, self._outcome = client, known, outcome

    def send(self, made: Made) -> None:
        """One request; what is wrong with its answer is in the outcome."""
        began = time.monotonic()
        headers = {"content-type": made.media_type} if made.content is not None else {}
        try:
            answer = self._client.request(
                made.entry.verb, made.url, params=made.query, headers=headers, content=made.content
            )
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            self._outcome.defects.append(f"{error!r}: {made}")
            return
        took = time.monotonic() - began
        if took > self._outcome.slowest_seconds:
            self._outcome.slowest_seconds, self._outcome.slowest = took, str(made)
        self._outcome.statuses[answer.status_code] += 1
        if wrong := _wrong(answer):
            self._outcome.defects.append(f"{wrong}: {made}")
        if answer.is_success:
            self._outcome.succeeded[f"{made.entry.verb} {made.path}"] += 1
        self._learn(made, answer)

    def _learn(self, made: Made, answer: httpx.Response) -> None:
        if answer.is_success and made.entry.verb == "DELETE":
            self._known.gone(made.path, made.places)
        elif answer.content and answer.is_success and "json" in answer.headers.get("content-type", ""):
            self._known.answered(made.path, made.places, answer.json())
        elif answer.status_code == 404 and not made.odd:
            self._known.gone(made.path, made.places)


def _wrong(answer: httpx.Response) -> str:
    """What a refusal must not be: a 500 of ours, or without its text and kind.

    A 501 is a refusal by name; and the service itself answers 500 for a webhook that it does not know.
    """
    if answer.status_code < 400 or not answer.content or "json" not in answer.headers.get("content-type", ""):
        return ""
    told = answer.json()
    if answer.status_code == 405:
        return ""
    if told.get("typeKey") == "InternalErrorException":
        return str(told["message"])[60:260]
    return "" if told.get("message") and told.get("typeKey") else f"{answer.status_code} without its form"


def run(served: Served, requests: int, seed: int) -> Outcome:
    """Send the requests one after another as the administrator; what is wrong is in the outcome."""
    chance = random.Random(seed)
    known, outcome = Known(chance), Outcome()
    with httpx.Client(
        base_url=f"{served.url}/",
        auth=("", served.token("operator")),
        timeout=_TIMEOUT_SECONDS,
        trust_env=False,
        headers={"x-tfs-fedauthredirect": "Suppress"},
    ) as client:
        made, world, sender = Requests(chance, known), World(client, known), Sender(client, known, outcome)
        outcome.operations = len(made.operations)
        before = 0.0
        for number in range(requests):
            if number % _TENDED_EVERY == 0:
                world.tend(f"fuzz-{number}")
                served.rest()
                world.crawl(made)
                before = before or _resident_megabytes()
            sender.send(made.next())
    outcome.grown_megabytes = _resident_megabytes() - before
    return outcome


def _resident_megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _kind(violation: str) -> str:
    """A violation without what differs from request to request."""
    return re.sub(r"\[\d+\]|: .*(?= is n)", "", violation.partition("(")[2])


def main() -> int:
    """Serve, send, report."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    served = Served(load(), engine=prints())
    served.start()
    outcome = run(served, count, seed)
    kinds = {_kind(violation): violation for violation in served.checked.violations}
    print(f"{count} requests, seed {seed}: {dict(sorted(outcome.statuses.items()))}")
    print(f"{len(outcome.succeeded)} of {outcome.operations} operations succeeded at least once")
    print(
        f"slowest {outcome.slowest_seconds:.2f} s ({outcome.slowest[:200]}), grown by {outcome.grown_megabytes:.0f} MB"
    )
    print(f"{served.checked.judged} answers judged, {len(kinds)} kinds of violation")
    for defect in (*outcome.defects, *kinds.values()):
        print(defect)
    return 1 if outcome.defects or kinds else 0


if __name__ == "__main__":
    sys.exit(main())
