"""What one element of an event pattern's array accepts: each comparison as a value with `accepts`."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from typing import Any, Protocol


class Matcher(Protocol):
    """A comparison with one leaf of an event (a string, number, boolean or null)."""

    def accepts(self, leaf: Any) -> bool:
        """True if the leaf is what the pattern asks for."""
        ...


@dataclass(frozen=True)
class Equals:
    """The same JSON value; 1 and 1.0 are the same, 1 and true are not."""

    value: str | float | bool | None

    def accepts(self, leaf: Any) -> bool:
        """See Matcher."""
        if _is_number(self.value) or _is_number(leaf):
            return _is_number(self.value) and _is_number(leaf) and self.value == leaf
        return type(leaf) is type(self.value) and leaf == self.value


@dataclass(frozen=True)
class Affix:
    """A prefix or a suffix, perhaps without regard to case."""

    text: str
    at_end: bool
    ignore_case: bool = False

    def accepts(self, leaf: Any) -> bool:
        """See Matcher."""
        if not isinstance(leaf, str):
            return False
        ours, theirs = (self.text.lower(), leaf.lower()) if self.ignore_case else (self.text, leaf)
        return theirs.endswith(ours) if self.at_end else theirs.startswith(ours)


@dataclass(frozen=True)
class EqualsIgnoreCase:
    """The same text without regard to case."""

    text: str

    def accepts(self, leaf: Any) -> bool:
        """See Matcher."""
        return isinstance(leaf, str) and leaf.lower() == self.text.lower()


@dataclass(frozen=True)
class Wildcard:
    """A text with `*` for any run of characters; `expression` is its regular expression."""

    expression: re.Pattern[str]

    def accepts(self, leaf: Any) -> bool:
        """See Matcher."""
        return isinstance(leaf, str) and self.expression.fullmatch(leaf) is not None


@dataclass(frozen=True)
class Numeric:
    """A number between two bounds, each perhaps open, perhaps absent."""

    low: float | None = None
    high: float | None = None
    low_open: bool = False
    high_open: bool = False

    def accepts(self, leaf: Any) -> bool:
        """See Matcher."""
        if not _is_number(leaf):
            return False
        above = self.low is None or (leaf > self.low if self.low_open else leaf >= self.low)
        below = self.high is None or (leaf < self.high if self.high_open else leaf <= self.high)
        return above and below


@dataclass(frozen=True)
class Cidr:
    """An address within a network."""

    network: ipaddress.IPv4Network | ipaddress.IPv6Network

    def accepts(self, leaf: Any) -> bool:
        """See Matcher."""
        try:
            return isinstance(leaf, str) and ipaddress.ip_address(leaf) in self.network
        except ValueError:
            return False


@dataclass(frozen=True)
class AnythingBut:
    """A leaf that is there and that none of `refused` accepts."""

    refused: tuple[Matcher, ...]

    def accepts(self, leaf: Any) -> bool:
        """See Matcher."""
        return not any(matcher.accepts(leaf) for matcher in self.refused)


@dataclass(frozen=True)
class Exists:
    """`present`: any leaf at all. Otherwise no leaf: what no leaf can accept."""

    present: bool

    def accepts(self, leaf: Any) -> bool:
        """See Matcher."""
        return self.present


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
