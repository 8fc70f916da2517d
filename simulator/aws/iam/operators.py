"""The comparisons of IAM conditions: one function from (policy value, request value) to a truth, by operator name."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from operator import eq, ge, gt, le, lt

from simulator.aws.iam.variables import Pieces, literal
from simulator.formats.wildcards import matches_pieces

_NUMBER = re.compile(r"-?\d+(\.\d+)?")

Comparison = Callable[[Pieces, str], bool]


def _like(pattern: Pieces, value: str) -> bool:
    return matches_pieces(pattern, value)


def _equals(pattern: Pieces, value: str) -> bool:
    return literal(pattern) == value


def _equals_ignoring_case(pattern: Pieces, value: str) -> bool:
    return literal(pattern).lower() == value.lower()


def _arn_like(pattern: Pieces, value: str) -> bool:
    """Each of the six parts of an ARN is compared by itself, so a `*` does not reach over a colon but in the last."""
    parts, theirs = _split_arn(pattern), value.split(":", 5)
    if len(parts) != len(theirs):
        return False
    return all(matches_pieces(part, text) for part, text in zip(parts, theirs, strict=True))


def _split_arn(pattern: Pieces) -> list[Pieces]:
    parts: list[list[tuple[str, bool]]] = [[]]
    for text, wild in pattern:
        head, *rest = text.split(":", 6 - len(parts)) if len(parts) < 6 else [text]
        parts[-1].append((head, wild))
        parts.extend([(piece, wild)] for piece in rest)
    return [tuple(part) for part in parts]


def _boolean(pattern: Pieces, value: str) -> bool:
    return literal(pattern).lower() == value.lower()


def _numeric(compare: Callable[[float, float], bool]) -> Comparison:
    def comparison(pattern: Pieces, value: str) -> bool:
        try:
            return compare(float(value), float(literal(pattern)))
        except ValueError:
            return False

    return comparison


def _date(compare: Callable[[float, float], bool]) -> Comparison:
    def comparison(pattern: Pieces, value: str) -> bool:
        theirs, ours = _moment(value), _moment(literal(pattern))
        return theirs is not None and ours is not None and compare(theirs, ours)

    return comparison


def _moment(text: str) -> float | None:
    """Epoch seconds of an ISO 8601 date or of a number; None if it is neither."""
    if _NUMBER.fullmatch(text):
        return float(text)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def _ip_address(pattern: Pieces, value: str) -> bool:
    try:
        return ipaddress.ip_address(value) in ipaddress.ip_network(literal(pattern), strict=False)
    except ValueError:
        return False


# Source: IAM user guide, "IAM JSON policy elements: Condition operators".
POSITIVE: Mapping[str, Comparison] = {
    "StringEquals": _equals,
    "StringEqualsIgnoreCase": _equals_ignoring_case,
    "StringLike": _like,
    "ArnEquals": _arn_like,
    "ArnLike": _arn_like,
    "NumericEquals": _numeric(eq),
    "NumericLessThan": _numeric(lt),
    "NumericLessThanEquals": _numeric(le),
    "NumericGreaterThan": _numeric(gt),
    "NumericGreaterThanEquals": _numeric(ge),
    "DateEquals": _date(eq),
    "DateLessThan": _date(lt),
    "DateLessThanEquals": _date(le),
    "DateGreaterThan": _date(gt),
    "DateGreaterThanEquals": _date(ge),
    "Bool": _boolean,
    "BinaryEquals": _equals,
    "IpAddress": _ip_address,
}

NEGATIVE: Mapping[str, Comparison] = {
    "StringNotEquals": _equals,
    "StringNotEqualsIgnoreCase": _equals_ignoring_case,
    "StringNotLike": _like,
    "ArnNotEquals": _arn_like,
    "ArnNotLike": _arn_like,
    "NumericNotEquals": _numeric(eq),
    "DateNotEquals": _date(eq),
    "NotIpAddress": _ip_address,
}
