"""Search and GetSearchSuggestions.

Source: botocore's model; SageMaker API reference, "Search".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from simulator.aws.behaviour import Answer, Call, behaviour
from simulator.aws.sagemaker import resources
from simulator.aws.sagemaker.kinds.kind import Row
from simulator.aws.sagemaker.search.expressions import holds, number, values
from simulator.aws.sagemaker.search.records import kind_of, member_of, records, shape, shown
from simulator.kernel.errors import NotSimulated

_PAGE, _MOST_SUGGESTIONS, _DEEPEST = 10, 100, 4


@behaviour("sagemaker", "Search")
async def search(call: Call) -> Answer:
    """One page of the records that the expression and the visibility conditions let through."""
    params = call.params
    resource = params["Resource"]
    kind_of(resource)
    if params.get("CrossAccountFilterOption") == "CrossAccount":
        raise NotSimulated("sagemaker:Search with CrossAccountFilterOption CrossAccount")
    expression = params.get("SearchExpression", {})
    visible = [
        {"Name": each["Key"], "Value": each["Value"]} for each in params.get("VisibilityConditions", ())
    ]
    found = [
        record
        for record in records(call, resource)
        if holds(expression, record) and holds({"Filters": visible}, record)
    ]
    found = _sorted(found, params.get("SortBy", "LastModifiedTime"), params.get("SortOrder", "Descending"))
    start, size = resources.offset(params.get("NextToken")), int(params.get("MaxResults") or _PAGE)
    answer: Answer = {
        "Results": [shown(resource, record) for record in found[start : start + size]],
        "TotalHits": {"Value": len(found), "Relation": "EqualTo"},
    }
    if start + size < len(found):
        answer["NextToken"] = resources.token(start + size)
    return answer


def _sorted(found: list[Row], path: str, order: str) -> list[Row]:
    """By a property's first value, numbers before texts; records without it come last either way."""

    def place(record: Row) -> tuple[bool, float, str]:
        value = values(record, path)[0]
        told = number(value)
        return told is None, told or 0.0, str(value)

    having = [record for record in found if values(record, path)]
    having.sort(key=place, reverse=order == "Descending")
    return having + [record for record in found if not values(record, path)]


@behaviour("sagemaker", "GetSearchSuggestions")
async def get_search_suggestions(call: Call) -> Answer:
    """Property names that begin as the hint does: those of the record's shape, and those that records here have."""
    resource = call.params["Resource"]
    hint = call.params.get("SuggestionQuery", {}).get("PropertyNameQuery", {}).get("PropertyNameHint", "")
    kind_of(resource)
    names = set(_of_shape(shape().members[member_of(resource)], "", _DEEPEST))
    for record in records(call, resource):
        names |= set(_of_record(record))
    fitting = sorted(name for name in names if name.lower().startswith(hint.lower()))
    return {"PropertyNameSuggestions": [{"PropertyName": name} for name in fitting[:_MOST_SUGGESTIONS]]}


def _of_shape(model: Any, path: str, depth: int) -> Iterator[str]:
    if model.type_name == "list":
        model = model.member
    if model.type_name == "structure" and depth:
        for name, inner in model.members.items():
            yield from _of_shape(inner, f"{path}.{name}" if path else name, depth - 1)
    elif path:
        yield path


def _of_record(record: Mapping[str, Any]) -> Iterator[str]:
    """Names that only records have: tags, hyperparameters, parameters, metrics."""
    for member in ("HyperParameters", "Parameters", "InputArtifacts", "OutputArtifacts"):
        if isinstance(held := record.get(member), Mapping):
            yield from (f"{member}.{name}" for name in held)
    yield from (f"Tags.{tag['Key']}" for tag in record.get("Tags", ()))
    yield from (f"Metrics.{each['MetricName']}" for each in record.get("Metrics", ()))
