"""Reading the comparison objects of an event pattern (`{"prefix": ...}` and its kin), with EventBridge's reasons."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Mapping
from typing import Any

from simulator.aws.eventbridge.matchers import (
    Affix,
    AnythingBut,
    Cidr,
    Equals,
    EqualsIgnoreCase,
    Exists,
    Matcher,
    Numeric,
    Wildcard,
)


class PatternError(ValueError):
    """The pattern is not valid; the text is the reason as EventBridge gives it."""


def read_comparison(expression: Mapping[str, Any]) -> Matcher:
    """One comparison object; raises PatternError.

    Source: EventBridge user guide, "Comparison operators for use in event patterns"; the reasons are those that the
    open event-ruler engine gives.
    """
    if not expression:
        raise PatternError("Match expression name not found")
    if len(expression) > 1:
        raise PatternError("Only one key allowed in match expression")
    name, value = next(iter(expression.items()))
    if name not in _READERS:
        raise PatternError(f"Unrecognized match type {name}")
    return _READERS[name](value)


def is_number(value: Any) -> bool:
    """True for a JSON number (a boolean is none)."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def _affix(name: str, at_end: bool) -> Callable[[Any], Matcher]:
    def read(value: Any) -> Matcher:
        if isinstance(value, Mapping):
            if set(value) != {"equals-ignore-case"}:
                raise PatternError(f"Unsupported {name} pattern: {next(iter(value), '')}")
            return Affix(_text(value["equals-ignore-case"], "equals-ignore-case"), at_end, ignore_case=True)
        return Affix(_text(value, name), at_end)

    return read


def _equals_ignore_case(value: Any) -> Matcher:
    return EqualsIgnoreCase(_text(value, "equals-ignore-case"))


def _exists(value: Any) -> Matcher:
    if not isinstance(value, bool):
        raise PatternError("exists match pattern must be either true or false.")
    return Exists(value)


def _cidr(value: Any) -> Matcher:
    try:
        return Cidr(ipaddress.ip_network(_text(value, "prefix"), strict=False))
    except ValueError as error:
        if isinstance(error, PatternError):
            raise
        raise PatternError("Malformed CIDR, one '/' required" if "/" not in value else str(error)) from error


def _wildcard(value: Any) -> Matcher:
    """`*` is the wildcard, a backslash makes the next `*` or backslash plain."""
    source, at, text = [], 0, _text(value, "wildcard")
    while at < len(text):
        if text[at] == "\\":
            if text[at + 1 : at + 2] not in ("*", "\\"):
                raise PatternError(f"Invalid escape character at pos {at + 1}")
            source.append(re.escape(text[at + 1]))
            at += 2
            continue
        if text[at : at + 2] == "**":
            raise PatternError(f"Consecutive wildcard characters at pos {at + 1}")
        source.append(".*" if text[at] == "*" else re.escape(text[at]))
        at += 1
    return Wildcard(re.compile("".join(source), re.DOTALL))


def _numeric(value: Any) -> Matcher:
    if not isinstance(value, list):
        raise PatternError("Value of numeric must be an array.")
    if not value or not isinstance(value[0], str):
        raise PatternError(f"Invalid member in numeric match: {value[0] if value else ']'}")
    operator = value[0]
    if operator not in ("=", "<", "<=", ">", ">="):
        raise PatternError(f"Unrecognized numeric range operator: {operator}")
    if len(value) < 2 or not is_number(value[1]):
        raise PatternError(f"Value of {'equals' if operator == '=' else operator} must be numeric")
    number = value[1]
    if operator in ("=", "<", "<="):
        if len(value) > 2:
            raise PatternError("Too many elements in numeric expression")
        if operator == "=":
            return Numeric(number, number)
        return Numeric(high=number, high_open=operator == "<")
    if len(value) == 2:
        return Numeric(low=number, low_open=operator == ">")
    return _numeric_range(number, operator == ">", value[2:])


def _numeric_range(low: float, low_open: bool, rest: list[Any]) -> Matcher:
    if not isinstance(rest[0], str):
        raise PatternError(f"Bad value in numeric range: {rest[0]}")
    if rest[0] not in ("<", "<="):
        raise PatternError(f"Bad numeric range operator: {rest[0]}")
    if len(rest) < 2 or not is_number(rest[1]):
        raise PatternError(f"Value of {rest[0]} must be numeric")
    if len(rest) > 2:
        raise PatternError("Too many terms in numeric range expression")
    if rest[1] <= low:
        raise PatternError("Bottom must be less than top")
    return Numeric(low, rest[1], low_open, rest[0] == "<")


def _anything_but(value: Any) -> Matcher:
    if isinstance(value, Mapping):
        return _anything_but_object(value)
    values = value if isinstance(value, list) else [value]
    if not isinstance(value, list | str) and not is_number(value):
        raise PatternError("Value of anything-but must be an array or single string/number value.")
    if any(not isinstance(item, str) and not is_number(item) for item in values):
        raise PatternError("Inside anything but list, start|null|boolean is not supported.")
    if len({isinstance(item, str) for item in values}) != 1:
        raise PatternError(
            "Inside anything but list, either all values are number or string, mixed type is not supported"
        )
    return AnythingBut(tuple(Equals(item) for item in values))


def _anything_but_object(value: Mapping[str, Any]) -> Matcher:
    if not value:
        raise PatternError("Anything-But expression name not found")
    if len(value) > 1:
        raise PatternError("Only one key allowed in match expression")
    name, inner = next(iter(value.items()))
    if name not in ("prefix", "suffix", "equals-ignore-case", "wildcard"):
        raise PatternError(f"Unsupported anything-but pattern: {name}")
    items = inner if isinstance(inner, list) else [inner]
    if not items or any(not isinstance(item, str) for item in items):
        what = f"anything-but/{name}"
        raise PatternError(f"Inside {what} list, number|start|null|boolean is not supported.")
    if "" in items and name in ("prefix", "suffix"):
        raise PatternError("Null prefix/suffix not allowed")
    return AnythingBut(tuple(_READERS[name](item) for item in items))


def _text(value: Any, name: str) -> str:
    if not isinstance(value, str):
        raise PatternError(f"{name} match pattern must be a string")
    return value


_READERS: Mapping[str, Callable[[Any], Matcher]] = {
    "prefix": _affix("prefix", at_end=False),
    "suffix": _affix("suffix", at_end=True),
    "equals-ignore-case": _equals_ignore_case,
    "exists": _exists,
    "cidr": _cidr,
    "wildcard": _wildcard,
    "numeric": _numeric,
    "anything-but": _anything_but,
}
