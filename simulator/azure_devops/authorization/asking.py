"""Asks, before an endpoint behaves, whether the caller has the permissions that the request needs."""

from __future__ import annotations

from functools import cache
from importlib import import_module

from simulator.azure_devops.endpoint import Call

_SAYING = ("needs", "of_build", "of_git", "of_graph", "of_hooks", "of_project", "of_resources")


def authorize(call: Call, location: str) -> None:
    """Refuse what the caller may not do at a location; a public address, where nobody has signed in, asks nothing."""
    if not call.caller.identity.id:
        return
    load()
    from simulator.azure_devops.authorization import needs, of_build, of_git

    verb = "GET" if call.method == "HEAD" else call.method
    every = [*of_git.reading(call), *of_build.reading(call)]
    if named := needs.RULES.get((verb, location)):
        every += named(call)
    for need in needs.unmet(call, every):
        raise need.refusal(call, need)


@cache
def load() -> None:
    """Each says its rules where it is read: with the first request, as the endpoints are."""
    for name in _SAYING:
        import_module(f"simulator.azure_devops.authorization.{name}")
