"""The truth of a statement's Condition block for one request."""

from __future__ import annotations

from simulator.aws.iam.operators import NEGATIVE, POSITIVE, Comparison
from simulator.aws.iam.statements import Condition
from simulator.aws.iam.variables import Context, Pieces, fill

_ANY, _ALL, _IF_EXISTS = "ForAnyValue:", "ForAllValues:", "IfExists"


def is_operator(name: str) -> bool:
    """True if IAM knows the operator, with its set prefix and IfExists suffix."""
    bare = name.removeprefix(_ANY).removeprefix(_ALL)
    if bare == "Null":
        return True
    return bare.removesuffix(_IF_EXISTS) in POSITIVE.keys() | NEGATIVE.keys()


def hold(conditions: tuple[Condition, ...], request: Context, version: str = "2012-10-17") -> bool:
    """True if every condition holds; the request's context has lower-case keys (see `variables.context`)."""
    return all(_holds(condition, request, version) for condition in conditions)


def _holds(condition: Condition, request: Context, version: str) -> bool:
    found = request.get(condition.key.lower())
    bare = condition.operator.removeprefix(_ANY).removeprefix(_ALL)
    if bare == "Null":
        return any((value.lower() == "true") == (not found) for value in condition.values)
    if_exists = bare.endswith(_IF_EXISTS)
    name = bare.removesuffix(_IF_EXISTS)
    negated = name in NEGATIVE
    if not found:
        # Source: IAM user guide, "Condition operators" and "Multivalued context keys": what a missing key means.
        return if_exists or condition.operator.startswith(_ALL) or (negated and bare == condition.operator)
    compare = NEGATIVE[name] if negated else POSITIVE[name]
    wanted = tuple(fill(value, request, version) for value in condition.values)
    verdicts = [_any(compare, wanted, value) is not negated for value in found]
    if condition.operator.startswith(_ANY):
        return any(verdicts)
    return all(verdicts)


def _any(compare: Comparison, wanted: tuple[Pieces | None, ...], value: str) -> bool:
    return any(pattern is not None and compare(pattern, value) for pattern in wanted)
