"""Asks the policies on pushes of a repository about what a push brings."""

from __future__ import annotations

from collections.abc import Mapping

from simulator.azure_devops.git import incoming
from simulator.azure_devops.git.refs import NO_OBJECT, RefWatch
from simulator.azure_devops.organization import Row
from simulator.azure_devops.policies import types
from simulator.azure_devops.policies.configurations import Configurations, scopes
from simulator.azure_devops.policies.push_rules import Push, refusal


class PushPolicies:
    """Required policies refuse; optional ones of these types say nothing to a push."""

    def __init__(self, configurations: Configurations, refs: RefWatch) -> None:
        self._configurations, self._refs = configurations, refs

    def applies(self, repository: Row) -> bool:
        """Whether pushes to a repository are looked into at all."""
        return bool(self._of(repository))

    async def refusal(
        self, repository: Row, moved: Mapping[str, str], extra: Mapping[str, str] | None = None
    ) -> str | None:
        """Why refs (name to new object) may not move so, or None; `extra` says where the objects are besides."""
        policies = self._of(repository)
        tips = {name: new for name, new in moved.items() if new != NO_OBJECT}
        if not policies or not tips:
            return None
        path, known = self._refs.path(repository), await self._refs.read(repository)
        brought = await incoming.commits(path, tips.values(), extra)
        by_case = any(row["type"] == types.GIT_SETTINGS for row in policies) and bool(brought)
        # The newest commit of the push has all that is there afterwards.
        after = await incoming.paths(path, brought[-1].id, extra) if by_case else []
        push = Push(tips, brought, known, after)
        said = (refusal(row["type"], row["settings"], push) for row in policies)
        return next((text for text in said if text), None)

    def _of(self, repository: Row) -> list[Row]:
        return [
            row
            for row in self._configurations.of(repository["project"])
            if row["isEnabled"]
            and row["isBlocking"]
            and types.TYPES[row["type"]].inspects
            and any(scope.get("repositoryId") in (None, repository["id"]) for scope in scopes(row))
        ]
