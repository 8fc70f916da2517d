"""One request of one person: what it asks, what the person may reach in both clouds, and what comes back."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from simulator.console.aws import Account, Aws
from simulator.console.azure_devops import AzureDevOps
from simulator.console.facts import Facts
from simulator.console.people import Person
from simulator.console.refusals import NotThere, Refused

T = TypeVar("T")


@dataclass(frozen=True)
class Clouds:
    """The ways out, shared by every visit. `accounts` maps a name to an account id; `engine` runs the works."""

    aws: Aws
    azure: AzureDevOps
    facts: Facts
    accounts: Mapping[str, str]
    engine: str

    async def close(self) -> None:
        """Let go of connections and threads."""
        await asyncio.gather(self.azure.close(), self.facts.close())
        await asyncio.to_thread(self.aws.close)


@dataclass(frozen=True)
class Page:
    """A template of templates/ and its values. `live` pages renew themselves when something happens."""

    template: str
    values: Mapping[str, Any]
    title: str
    status: int = 200
    live: bool = True


@dataclass(frozen=True)
class Gone:
    """The request was carried out; the browser goes to `path`, where `said` tells so."""

    path: str
    said: str = ""


@dataclass(frozen=True)
class Hidden:
    """What the person may not see, and why, in the service's words."""

    where: str
    refused: Refused


@dataclass(frozen=True)
class Visit:
    """The person, the route's and the query's values, the form of a POST, and the clouds."""

    person: Person
    clouds: Clouds
    route: Mapping[str, Any] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    form: Mapping[str, str] = field(default_factory=dict)

    async def account(self, name: str) -> Account:
        """An account by its name in the topology; raises NotThere."""
        if name not in self.clouds.accounts:
            raise NotThere(f"the topology has no account {name}; it has {', '.join(self.clouds.accounts)}")
        return await self.clouds.aws.account(self.person, name, self.clouds.accounts[name])

    async def accounts(self) -> list[Account]:
        """Every account of the topology as the person sees it."""
        return list(await asyncio.gather(*(self.account(name) for name in self.clouds.accounts)))

    async def across(self, read: Callable[[Account], Awaitable[list[T]]]) -> tuple[list[T], list[Hidden]]:
        """What `read` finds in every account, and the accounts that are hidden from the person."""
        accounts = await self.accounts()
        found = await asyncio.gather(*(_tried(read, account) for account in accounts))
        kept: list[T] = []
        hidden: list[Hidden] = []
        for account, each in zip(accounts, found, strict=True):
            if isinstance(each, Refused):
                hidden.append(Hidden(account.name, each))
            else:
                kept += each
        return kept, hidden

    async def azure(self, path: str, **params: Any) -> Any:
        """GET of Azure DevOps as the person; raises Refused."""
        return await self.clouds.azure.json(self.person, path, **params)

    async def azure_values(self, path: str, **params: Any) -> list[dict[str, Any]]:
        """The `value` of a collection of Azure DevOps; raises Refused."""
        return await self.clouds.azure.values(self.person, path, **params)

    async def projects(self) -> tuple[list[str], list[Hidden]]:
        """The projects that the person sees; hidden when the token may not even list them."""
        try:
            return await self.clouds.azure.projects(self.person), []
        except Refused as refused:
            return [], [Hidden("Azure DevOps", refused)]


async def _tried(read: Callable[[Account], Awaitable[list[T]]], account: Account) -> list[T] | Refused:
    try:
        return await read(account)
    except Refused as refused:
        return refused


async def optional(asked: Awaitable[T]) -> T | None:
    """What was asked for, or None where it is not there or the person may not see it."""
    try:
        return await asked
    except Refused as refused:
        if refused.absent or refused.denied:
            return None
        raise


async def refusable(asked: Awaitable[T]) -> T | Refused:
    """What was asked for, or the refusal, for the page to show in its place."""
    try:
        return await asked
    except Refused as refused:
        return refused
