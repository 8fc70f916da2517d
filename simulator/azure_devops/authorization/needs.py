"""What a request needs, rule by rule: a rule looks at the call and names tokens with the permissions on them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from simulator.azure_devops.endpoint import Call
from simulator.azure_devops.errors import failure
from simulator.azure_devops.security.namespaces import known
from simulator.kernel.errors import CallerError


@dataclass(frozen=True)
class Need:
    """A permission on a token of a namespace. `refusal` makes the error of its area; `about` is what it names."""

    space: str
    token: str
    permission: str
    refusal: Callable[[Call, Need], CallerError]
    about: str = ""

    @property
    def shown(self) -> str:
        """What the portal calls the permission."""
        return known(self.space).shown[self.permission]


Rule = Callable[[Call], Iterable[Need]]
RULES: dict[tuple[str, str], Rule] = {}


def rule(verbs: str, *locations: str) -> Callable[[Rule], Rule]:
    """Say that a function names what `verbs` (in one text) need at the locations with these ids."""

    def register(named: Rule) -> Rule:
        for location in locations:
            for verb in verbs.split():
                if (verb, location) in RULES:
                    raise ValueError(f"{verb} {location} has two rules")
                RULES[verb, location] = named
        return named

    return register


def unmet(call: Call, needs: Iterable[Need]) -> Iterator[Need]:
    """Those of the needs that the caller does not meet."""
    return (need for need in needs if not call.allowed(need.space, need.token, need.permission))


def access_check(call: Call, need: Need) -> CallerError:
    """The refusal of the security service itself, where an area has no words of its own."""
    who = call.caller.identity.display
    return failure("AccessCheckException", user=who, token=need.token, permissions=need.shown)


def pipelines_denied(call: Call, need: Need) -> CallerError:
    """The refusal of pools, queues, environments and the library: "X needs Create permissions"."""
    who = call.caller.identity.display
    place = f" for {need.about}" if need.about else ""
    return failure("DistributedTask.AccessDeniedException", user=who, permission=need.permission, place=place)
