"""The reality ledger read from facts: what was substituted, refused or only accepted, and what is never real. Pure."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from simulator.console.facts import Fact


@dataclass(frozen=True)
class Entry:
    """One line of the ledger; `times` is how often it was met, 0 for what is so in every run."""

    kind: str
    what: str
    instead: str
    times: int = 0


_ALWAYS = (
    Entry(
        "signatures",
        "Requests are known by their access key and session token; SigV4 signatures are not recomputed.",
        "AWS refuses a request whose signature does not fit.",
    ),
    Entry(
        "instances",
        "Instance types and counts are stored and returned; every job runs once, on this machine.",
        "Jobs run on the machines that were asked for, and wait minutes for them.",
    ),
    Entry(
        "capacity",
        "There are hardly any quotas, and no throttling but that of Lambda's reserved concurrency.",
        "Accounts have quotas, and calls that come too fast are throttled.",
    ),
    Entry(
        "encryption",
        "S3 objects and volumes are not encrypted at rest, whatever the request says.",
        "Both are, with the key that was named.",
    ),
)
_ENGINES = {
    "process": Entry(
        "containers",
        "Works run in namespaces of this machine with the images' Python environments.",
        "The service runs the image itself; the docker engine does so here.",
    ),
    "scripted": Entry(
        "containers",
        "Works are scripted: they end as a test has said, and no program runs.",
        "The service runs the image.",
    ),
}


def standing(engine: str) -> list[Entry]:
    """What is not real in any run with this engine."""
    return [*([_ENGINES[engine]] if engine in _ENGINES else []), *_ALWAYS]


def met(facts: list[Fact]) -> list[Entry]:
    """What the facts tell of, what was met most first."""
    counted: Counter[tuple[str, str, str]] = Counter()
    for fact in facts:
        if told := _told(fact):
            counted[told] += 1
    return [Entry(*told, times=count) for told, count in counted.most_common()]


def _told(fact: Fact) -> tuple[str, str, str] | None:
    detail: dict[str, Any] = fact["detail"]
    if fact["kind"] == "ImageSubstituted":
        substitute = detail.get("substitute") or detail.get("image", "")
        return (
            "image",
            str(detail.get("uri") or fact["subject"]),
            f"that image itself runs; here reference image {substitute} did",
        )
    if fact["kind"] == "NotSimulated":
        return "refused", str(fact["subject"]), "the real service has this"
    if fact["kind"] == "HostRefused":
        return "host refused", str(fact["subject"]), str(detail.get("remedy") or "would have been reached")
    if fact["kind"] == "Remembered":
        return "remembered", str(fact["subject"]), "does what is here only kept and given back"
    if fact["kind"] == "AcceptedNotSimulated":
        instead = str(detail.get("instead") or "has an effect on the real service")
        return "accepted, not simulated", str(fact["subject"]), instead
    return None
