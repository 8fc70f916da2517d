"""The reality ledger: what of all this was not real, and what the real clouds would do instead."""

from __future__ import annotations

from simulator.console.visit import Page, Visit
from simulator.reality import met, standing


async def page(visit: Visit) -> Page:
    """What this simulator met so far, then what is so in every run."""
    found = met(await visit.clouds.facts.all())
    values = {"met": found, "standing": standing(visit.clouds.engine)}
    return Page("reality.html.jinja", values, "Reality ledger")
