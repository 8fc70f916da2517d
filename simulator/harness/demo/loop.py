"""The loop as something one can be at: reaching a link does every link before it, once."""

from __future__ import annotations

from simulator.harness.demo.links import LINKS, Demo
from simulator.harness.world import World


class Loop:
    """One world taken along the loop, as far as a scenario needs it."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.demo = Demo(world)
        self.evidence: dict[str, str] = {}

    def reach(self, name: str) -> str:
        """Do the links up to and with `name` that are not done yet; gives the evidence of `name`."""
        names = [link.name for link in LINKS]
        for link in LINKS[: names.index(name) + 1]:
            if link.name not in self.evidence:
                self.evidence[link.name] = link.act(self.demo)
        return self.evidence[name]

    def reached(self, name: str) -> bool:
        """Whether the link is done."""
        return name in self.evidence
