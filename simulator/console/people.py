"""Who may sit at the console: the people of the topology, and the one whom the cookie names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

COOKIE = "simulator_console_person"


@dataclass(frozen=True)
class Person:
    """Someone known to both clouds. `account` is the id of their AWS account, empty when they have none there."""

    name: str
    display: str
    account: str
    access_key_id: str = field(repr=False)
    secret_access_key: str = field(repr=False)
    token: str = field(repr=False)


def people(status: Mapping[str, Any]) -> tuple[Person, ...]:
    """The people of a simulator's status, in the order of the topology."""
    return tuple(
        Person(
            name,
            entry["display"],
            entry["account"],
            entry["access_key_id"],
            entry["secret_access_key"],
            entry["personal_access_token"],
        )
        for name, entry in status["people"].items()
    )


def chosen(known: tuple[Person, ...], cookie: str) -> Person:
    """The person whom the cookie names; the first of the topology when it names nobody who is there."""
    return next((person for person in known if person.name == cookie), known[0])
