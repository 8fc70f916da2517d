"""Pages of short lists that were read whole: filtered, sorted and cut; long lists go by `listing`."""

from __future__ import annotations

import base64
import binascii
import contextlib
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from simulator.aws.behaviour import Answer, Call
from simulator.aws.sagemaker.columns import usual_order
from simulator.aws.sagemaker.kinds.kind import Kind, Row
from simulator.aws.sagemaker.order import descends
from simulator.kernel.errors import CallerError


def page(call: Call, kind: Kind, rows: Iterable[Row]) -> Answer:
    """One page of a List answer: filtered, sorted and cut as the request says."""
    params = call.params
    kept = [row for row in rows if _passes(kind, row, params)]
    sort, falling = usual_order(kind)
    kept.sort(key=sort_key(kind, params.get("SortBy", sort)), reverse=descends(params, falling))
    start, size = (
        offset(params.get("NextToken")),
        int(params.get("MaxResults", 10)),
    )
    answer: Answer = {
        kind.list_member: [
            {member: row[member] for member in kind.summary if row.get(member) is not None}
            for row in kept[start : start + size]
        ]
    }
    if start + size < len(kept):
        answer["NextToken"] = token(start + size)
    return answer


def cut(call: Call, member: str, items: list[Any], usual: int = 10) -> Answer:
    """One page of a short list that is sorted already, under its member's name."""
    start, size = offset(call.params.get("NextToken")), int(call.params.get("MaxResults", usual))
    answer: Answer = {member: items[start : start + size]}
    if start + size < len(items):
        answer["NextToken"] = token(start + size)
    return answer


def sort_key(kind: Kind, sort: str) -> Callable[[Row], tuple[Any, str]]:
    """How `SortBy` orders rows; ties by ARN."""
    member = {"Name": kind.name_member, "Status": kind.status_member}.get(sort, sort)
    return lambda row: (row.get(member) or row.get("CreationTime") or "", str(row.get("_order", "")))


_EARLIEST = {"CreationTimeAfter": "CreationTime", "LastModifiedTimeAfter": "LastModifiedTime",
             "CreatedAfter": "CreationTime",
             "ScheduledTimeAfter": "ScheduledTime"}  # fmt: skip
_LATEST = {"CreationTimeBefore": "CreationTime", "LastModifiedTimeBefore": "LastModifiedTime",
           "CreatedBefore": "CreationTime", "ScheduledTimeBefore": "ScheduledTime"}  # fmt: skip
_EQUAL = ("ModelApprovalStatus", "EndpointName", "MonitoringJobDefinitionName", "MonitoringScheduleName")


def _passes(kind: Kind, row: Row, params: Mapping[str, Any]) -> bool:
    name = str(row.get(kind.name_member, ""))
    return (
        params.get("NameContains", "").lower() in name.lower()
        and name.startswith(params.get("PipelineNamePrefix", ""))
        and params.get("StatusEquals", row.get(kind.status_member)) == row.get(kind.status_member)
        and all(row[member] >= epoch(params[p]) for p, member in _EARLIEST.items() if p in params)
        and all(row[member] <= epoch(params[p]) for p, member in _LATEST.items() if p in params)
        and all(params[member] == row.get(member) for member in _EQUAL if member in params)
    )


def token(start: int) -> str:
    """A NextToken that stands for an offset."""
    return base64.b64encode(f"from:{start}".encode()).decode()


def offset(text: str | None) -> int:
    """The offset that a NextToken stands for; raises AWS's error for a token that is not ours."""
    if not text:
        return 0
    with contextlib.suppress(ValueError, binascii.Error):
        word, _, number = base64.b64decode(text, validate=True).decode().partition(":")
        if word == "from":
            return int(number)
    raise CallerError("ValidationException", "Invalid NextToken provided.")


def epoch(value: Any) -> float:
    """Seconds since the epoch of a timestamp parameter."""
    return value.timestamp() if isinstance(value, datetime) else float(value)


def to_json(value: Any) -> Any:
    """The value with timestamps as epoch seconds: what a row can hold."""
    if isinstance(value, Mapping):
        return {name: to_json(each) for name, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [to_json(each) for each in value]
    return value.timestamp() if isinstance(value, datetime) else value
