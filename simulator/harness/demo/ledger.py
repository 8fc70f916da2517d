"""The reality ledger: what of a run was not real, read from its facts, and what the real clouds would do instead."""

from __future__ import annotations

from collections import Counter
from typing import Any

_STANDING = (
    (
        "signatures",
        "Requests are known by their access key and session token; SigV4 signatures are not recomputed.",
    ),
    ("instances", "Instance types and counts are stored and returned; every job runs once, on this machine."),
    (
        "capacity",
        "There are hardly any quotas, and no throttling but Lambda's; real jobs wait minutes for their machines.",
    ),
    (
        "waits",
        "A first Describe of work in progress is held until it changes; `simulator run` shortens the SDKs' naps.",
    ),
    (
        "deliveries",
        "A repeated delivery of one event starts one run, by a header of ours; the real service starts two.",
    ),
    ("agents", "A step whose work was lost with the simulator is run again; the real service fails its job."),
    ("encryption", "S3 objects and volumes are not encrypted at rest, whatever the request says."),
)


def ledger(facts: list[dict[str, Any]], engine: str) -> list[dict[str, str]]:
    """Entries `{"kind", "what", "instead"}`: first what this run met, then what is so in every run."""
    entries: list[dict[str, str]] = []
    for (kind, subject, detail), count in _met(facts).items():
        entries.append(
            {"kind": kind, "what": f"{subject}{f' ({count} times)' if count > 1 else ''}", "instead": detail}
        )
    if engine == "process":
        entries.append(
            {
                "kind": "containers",
                "what": "Works ran in namespaces of this machine with the images' Python environments.",
                "instead": "The real service runs the image itself; `--engine docker` runs images here.",
            }
        )
    return entries + [{"kind": kind, "what": text, "instead": ""} for kind, text in _STANDING]


def _met(facts: list[dict[str, Any]]) -> Counter[tuple[str, str, str]]:
    met: Counter[tuple[str, str, str]] = Counter()
    for fact in facts:
        detail = fact["detail"]
        if fact["kind"] == "ImageSubstituted":
            met["image", fact["subject"], f"reference image {detail.get('image')} ran in its place"] += 1
        elif fact["kind"] == "NotSimulated":
            met["refused", fact["subject"], "the real service has this operation"] += 1
        elif fact["kind"] == "HostRefused":
            met["host refused", fact["subject"], str(detail.get("remedy", ""))] += 1
        elif fact["kind"] == "Remembered":
            met[
                "remembered", fact["subject"], "the real service does what is here only kept and given back"
            ] += 1
        elif fact["kind"] == "AcceptedNotSimulated":
            met["accepted, not simulated", fact["subject"], str(detail.get("instead", ""))] += 1
    return met
