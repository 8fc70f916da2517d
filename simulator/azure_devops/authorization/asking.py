"""Asks, before an endpoint behaves, whether the caller has the permissions that the request needs."""

from __future__ import annotations

from simulator.azure_devops.authorization import (  # noqa: F401  each says its rules where it is read
    needs,
    of_build,
    of_git,
    of_graph,
    of_hooks,
    of_project,
    of_resources,
)
from simulator.azure_devops.endpoint import Call


def authorize(call: Call, location: str) -> None:
    """Refuse what the caller may not do at a location; a public address, where nobody has signed in, asks nothing."""
    if not call.caller.identity.id:
        return
    verb = "GET" if call.method == "HEAD" else call.method
    every = [*of_git.reading(call), *of_build.reading(call)]
    if named := needs.RULES.get((verb, location)):
        every += named(call)
    for need in needs.unmet(call, every):
        raise need.refusal(call, need)
