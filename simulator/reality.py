"""The reality ledger, read from facts: what was substituted, refused or only accepted, and what is never real. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Entry:
    """One line: what is so here, and what the real clouds do instead; `times` is how often it was met, 0 for always."""

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
        "Instance types are stored and returned; each of the hosts that were asked for runs, on this machine.",
        "Jobs run on the machines that were asked for, and wait minutes for them.",
    ),
    Entry(
        "capacity",
        "There are hardly any quotas, and no throttling but that of Lambda's reserved concurrency.",
        "Accounts have quotas, and calls that come too fast are throttled.",
    ),
    Entry(
        "waits",
        "A first Describe of work in progress is held until it changes; `simulator run` shortens the SDKs' naps.",
        "A Describe answers at once, and clients wait between two of them.",
    ),
    Entry(
        "deliveries",
        "A repeated delivery of one event starts one run, by a header of ours.",
        "The real service starts two.",
    ),
    Entry(
        "agents",
        "A step whose work was lost with the simulator is run again.",
        "The real service fails its job.",
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
        "The service runs the image itself; `--engine docker` does so here.",
    ),
    "scripted": Entry(
        "containers",
        "Works are scripted: they end as a test has said, and no program runs.",
        "The service runs the image.",
    ),
}


def ledger(facts: Iterable[Mapping[str, Any]], engine: str) -> list[dict[str, Any]]:
    """All of it as plain values: first what was met, then what is so in every run."""
    return [asdict(entry) for entry in (*met(facts), *standing(engine))]


def standing(engine: str) -> list[Entry]:
    """What is not real in any run with this engine."""
    return [*([_ENGINES[engine]] if engine in _ENGINES else []), *_ALWAYS]


def met(facts: Iterable[Mapping[str, Any]]) -> list[Entry]:
    """What the facts tell of, what was met most first."""
    counted = Counter(told for fact in facts if (told := _told(fact)))
    return [Entry(*told, times=count) for told, count in counted.most_common()]


def _told(fact: Mapping[str, Any]) -> tuple[str, str, str] | None:
    detail, subject = fact["detail"], str(fact["subject"])
    if fact["kind"] == "ImageSubstituted":
        return "image", subject, f"that image itself runs; here reference image {detail.get('image')} did"
    if fact["kind"] == "NotSimulated":
        return "refused", subject, "the real service has this"
    if fact["kind"] == "HostRefused":
        instead = f"would have been reached; here with {detail.get('remedy')}"
        return "host refused", subject, instead
    if fact["kind"] == "Remembered":
        return "remembered", subject, "does what is here only kept and given back"
    if fact["kind"] == "AcceptedNotSimulated":
        instead = str(detail.get("instead") or "has an effect on the real service")
        return "accepted, not simulated", subject, instead
    return None
