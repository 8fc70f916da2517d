"""The fact timeline: everything that happened in both clouds, under its cause, filtered as the reader likes."""

from __future__ import annotations

from typing import Any

from simulator.console.facts import Fact, cloud, depths, is_trouble, matching, outcome, reason, story
from simulator.console.visit import Page, Visit

_SHOWN = 250
_DEEPEST = 12
WHOSE = (("", "both clouds"), ("aws", "AWS"), ("azure", "Azure DevOps"), ("kernel", "simulator"))


async def facts(visit: Visit) -> Page:
    """The newest facts that fit `whose`, `words` and `trouble`, or the whole `story` around one."""
    every, query = await visit.clouds.facts.all(), visit.query
    number = int(query["story"]) if query.get("story", "").isdigit() else 0
    whose = query.get("whose", "")
    found = story(every, number) if number else every
    found = matching(
        found, whose=whose, words=query.get("words", ""), trouble=query.get("trouble", "") == "yes"
    )
    before = int(query["before"]) if query.get("before", "").isdigit() else 0
    reached = [fact for fact in found if not before or fact["sequence"] < before]
    shown = reached[-_SHOWN:]
    values = {
        "rows": rows(shown, visit.clouds.accounts),
        "total": len(found),
        "older": shown[0]["sequence"] if len(reached) > len(shown) else 0,
        "story": number,
        "whose": whose,
        "words": query.get("words", ""),
        "trouble": query.get("trouble", "") == "yes",
        "before": before,
        "choices": WHOSE,
    }
    return Page("facts.html.jinja", values, "Fact timeline", live=not before)


def rows(shown: list[Fact], accounts: Any) -> list[dict[str, Any]]:
    """Facts as the timeline shows them, each as deep as the causes that stand before it on the page. Pure."""
    depth = depths(shown)
    names = {number: name for name, number in accounts.items()}
    return [
        {
            **fact,
            "cloud": cloud(fact),
            "depth": min(depth[fact["sequence"]], _DEEPEST),
            "trouble": is_trouble(fact),
            "reason": reason(fact),
            "outcome": outcome(fact),
            "account": names.get(fact["account"], fact["account"]),
        }
        for fact in shown
    ]
