"""The security namespaces of the service, as recorded: their bits by name, and how their tokens make a tree."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from simulator.azure_devops import data

BUILD = "33344d9c-fc72-4d6f-aba5-fa317101a7e9"
COLLECTION = "3e65f728-f8bc-4ecd-8764-7e378b19bfa7"
DISTRIBUTED_TASK = "101eae8c-1709-47f9-b228-0e476c35b3ba"
ENVIRONMENT = "83d4c2e6-e57d-4d6e-892b-b87222b7ad20"
GIT = "2e9eb7ed-3c0a-47d4-87c1-0ffdd275fd87"
IDENTITY = "5a27515b-ccd7-42c9-84f1-54c998f03866"
LIBRARY = "b7e84409-6553-448a-bbb2-af228e07cbeb"
PROJECT = "52d39943-cb85-4d7f-8fa8-c6baac873819"
SERVICE_ENDPOINTS = "49b48001-ca20-4adc-8111-5b60c903a50c"
SERVICE_HOOKS = "cb594ebe-87dd-4fc9-ac2c-6a10a4c92046"


@dataclass(frozen=True)
class Namespace:
    """One namespace: `bits` by the name of the permission, `shown` what the portal calls it."""

    id: str
    name: str
    separator: str
    bits: Mapping[str, int]
    shown: Mapping[str, str]
    read: int
    write: int

    def mask(self, *names: str) -> int:
        """The bits of permissions; all that there are for `*`."""
        return sum(self.bits.values()) if names == ("*",) else sum(self.bits[name] for name in names)

    def names(self, mask: int) -> tuple[str, ...]:
        """What the portal calls the permissions in a mask."""
        return tuple(self.shown[name] for name, bit in self.bits.items() if bit & mask)


@cache
def table() -> tuple[dict[str, Any], ...]:
    """The descriptions of the wire."""
    place = Path(data.__path__[0]) / "security_namespaces.json"
    return tuple(json.loads(place.read_text(encoding="utf-8")))


def namespace(identifier: str) -> Namespace | None:
    """The namespace of that id (any case), or None."""
    return _by_id().get(identifier.lower())


def known(identifier: str) -> Namespace:
    """One of those that this module names."""
    return _by_id()[identifier]


@cache
def _by_id() -> dict[str, Namespace]:
    return {row["namespaceId"]: _of(row) for row in table()}


def _of(row: dict[str, Any]) -> Namespace:
    return Namespace(
        row["namespaceId"],
        row["name"],
        row["separatorValue"],
        {action["name"]: action["bit"] for action in row["actions"]},
        {action["name"]: action["displayName"] for action in row["actions"]},
        row["readPermission"],
        row["writePermission"],
    )
