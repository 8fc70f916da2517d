"""One page of a List, read from the kind's side table: filters, order and NextToken without reading other rows."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterable, Mapping
from typing import Any

from simulator.aws.behaviour import Answer, Call
from simulator.aws.sagemaker.columns import PARENT as PARENT
from simulator.aws.sagemaker.columns import element, filters, list_member, page_size, sort_column, usual_order
from simulator.aws.sagemaker.columns import list_operation as list_operation
from simulator.aws.sagemaker.kinds.kind import Kind, Row
from simulator.aws.sagemaker.order import descends
from simulator.aws.sagemaker.paging import epoch
from simulator.aws.sagemaker.showing import own_member, told
from simulator.kernel.errors import CallerError
from simulator.kernel.indexes import Condition, Mark, Search


def listed(call: Call, kind: Kind, *, parent: str = "", also: Iterable[Condition] = ()) -> Answer:
    """The page of the kind's List that the request asks for.

    `parent` is the row key of what the listed are in (a pipeline, a domain, another account's group); `also` are
    further conditions.
    Raises ValidationException for a NextToken that is not ours.
    """
    params = call.params
    conditions = [*_conditions(kind, params), *also]
    if parent:
        conditions.append(Condition(PARENT, "=", parent))
    size = int(params.get("MaxResults") or page_size(kind))
    usual, falling = usual_order(kind)
    account, region = parent.split("/")[:2] if parent else (call.account, call.region)
    search = Search(
        scope=f"{account}/{region}",
        conditions=tuple(conditions),
        order=sort_column(kind, params.get("SortBy", usual)),
        descending=descends(params, falling),
        after=mark_of(params.get("NextToken")),
        limit=size + 1,
    )
    found = call.kernel.store.search(kind.row, search)
    answer: Answer = {list_member(kind): [summary(kind, row) for _, row, _ in found[:size]]}
    if len(found) > size:
        answer["NextToken"] = token_of(found[size - 1][2])
    return answer


def summary(kind: Kind, row: Row) -> dict[str, Any]:
    """What a List shows of a row: the members that the row of the table names, else those of the model."""
    shape = element(kind)
    if not kind.summary and shape is not None:
        return told(kind, row, shape)
    found = {name: own_member(kind, row, name) for name in kind.summary}
    return {name: value for name, value in found.items() if value is not None}


def _conditions(kind: Kind, params: Mapping[str, Any]) -> list[Condition]:
    wanted = filters(kind)
    return [
        Condition(
            wanted[name].column,
            wanted[name].operator,
            epoch(value) if wanted[name].operator in ("<=", ">=") else _scalar(value),
        )
        for name, value in params.items()
        if name in wanted
    ]


def _scalar(value: Any) -> str | int | float:
    return str(value) if isinstance(value, bool) else value


def token_of(mark: Mark) -> str:
    """The NextToken of the page that begins after this row."""
    return base64.urlsafe_b64encode(json.dumps(mark).encode()).decode()


def mark_of(text: str | None) -> Mark | None:
    """Where the page of a NextToken begins; raises AWS's error for a token that is not ours."""
    if not text:
        return None
    try:
        value, number = json.loads(base64.b64decode(text, altchars=b"-_", validate=True))
        return value, int(number)
    except (ValueError, TypeError, binascii.Error) as error:
        raise CallerError("ValidationException", "Invalid NextToken provided.") from error
