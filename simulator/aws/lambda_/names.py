"""How a function is named: by name, partial ARN or ARN, with or without a qualifier."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

LATEST = "$LATEST"
_NAMED = re.compile(
    r"(?:arn:aws[\w-]*:lambda:)?(?:(?P<region>[a-z]{2}(?:-[a-z]+)+-\d):)?(?:(?P<account>\d{12}):)?(?:function:)?"
    r"(?P<name>[\w-]+)(?::(?P<qualifier>\$LATEST|[\w-]+))?"
)


@dataclass(frozen=True)
class Named:
    """A function in its account and region; `qualifier` is a version or an alias, empty when none was given."""

    account: str
    region: str
    name: str
    qualifier: str = ""

    @property
    def key(self) -> str:
        """The row key of the function."""
        return f"{self.account}/{self.region}/{self.name}"

    @property
    def arn(self) -> str:
        """The function's ARN without a qualifier."""
        return f"arn:aws:lambda:{self.region}:{self.account}:function:{self.name}"

    @property
    def qualified_arn(self) -> str:
        """The ARN with the qualifier that was given, if any."""
        return f"{self.arn}:{self.qualifier}" if self.qualifier else self.arn

    def at(self, qualifier: str) -> Named:
        """The same function with another qualifier."""
        return replace(self, qualifier=qualifier)


def named(text: str, account: str, region: str, qualifier: str = "") -> Named | None:
    """What `FunctionName` and `Qualifier` name, for a caller of `account` and `region`; None for no name at all.

    Source: API reference, Invoke, "FunctionName": name, partial ARN and full ARN, each with or without a qualifier.
    """
    found = _NAMED.fullmatch(text)
    if found is None:
        return None
    return Named(
        found["account"] or account,
        found["region"] or region,
        found["name"],
        qualifier or found["qualifier"] or "",
    )


def of_key(key: str) -> Named:
    """The function of a row key `account/region/name`."""
    account, region, name = key.split("/")[:3]
    return Named(account, region, name)
