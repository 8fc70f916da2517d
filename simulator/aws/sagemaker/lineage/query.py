"""QueryLineage: the entities around a start, filtered, page by page.

Source: botocore's model; SageMaker developer guide, "Querying Lineage Entities".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from simulator.aws.behaviour import Answer, Call, behaviour
from simulator.aws.sagemaker import resources
from simulator.aws.sagemaker.kinds.experiments import TRIAL_COMPONENT
from simulator.aws.sagemaker.kinds.kind import Kind, Row
from simulator.aws.sagemaker.kinds.lineage import ACTION, ARTIFACT, CONTEXT
from simulator.aws.sagemaker.lineage.associations import entity, incoming, outgoing, type_of
from simulator.aws.sagemaker.lineage.graph import Edge, walk
from simulator.aws.sagemaker.lineage.sharing import may_see
from simulator.kernel.errors import CallerError
from simulator.kernel.world import Kernel

_DEEPEST, _PAGE = 10, 50
_EARLIEST = {"CreatedAfter": "CreationTime", "ModifiedAfter": "LastModifiedTime"}
_LATEST = {"CreatedBefore": "CreationTime", "ModifiedBefore": "LastModifiedTime"}


@behaviour("sagemaker", "QueryLineage")
async def query_lineage(call: Call) -> Answer:
    """Walk from the start; the walk goes through what the filters leave out of the answer."""
    params, kernel = call.params, call.kernel
    if not params.get("StartArns"):
        return _without_start(call)
    (start,) = params["StartArns"]
    entity(kernel, start)
    depth = int(params.get("MaxDepth") or _DEEPEST)
    found = walk(
        start,
        params.get("Direction", "Both"),
        depth,
        lambda arn: _edges(call, outgoing(kernel, arn)),
        lambda arn: _edges(call, incoming(kernel, arn)),
    )
    filters = params.get("Filters", {})
    vertices = [vertex for arn in found.arns if (vertex := _vertex(kernel, arn, filters))]
    return _page(params, vertices, found.edges)


def _without_start(call: Call) -> Answer:
    """Every entity here that the filters let through; AWS asks for at least one filter then."""
    filters = call.params.get("Filters")
    if not filters:
        raise CallerError("ValidationException", "Either StartArns or Filters must be specified.")
    arns = [
        row[kind.arn_member]
        for kind in (ARTIFACT, ACTION, CONTEXT, TRIAL_COMPONENT)
        for _, row in call.kernel.store.scan(kind.row, call.key(""))
    ]
    return _page(call.params, [v for arn in arns if (v := _vertex(call.kernel, arn, filters))], [])


def _edges(call: Call, rows: list[Row]) -> list[Edge]:
    """The edges whose ends the caller's account may both see."""
    return [
        Edge(row["SourceArn"], row["DestinationArn"], row.get("AssociationType", ""))
        for row in rows
        if all(may_see(call.kernel, call.account, row[end]) for end in ("SourceArn", "DestinationArn"))
    ]


def _vertex(kernel: Kernel, arn: str, filters: Mapping[str, Any]) -> dict[str, str] | None:
    kind, row = entity(kernel, arn)
    vertex = {"Arn": arn, "Type": _type(kind, row), "LineageType": kind.name}
    return vertex if _passes(vertex, row, filters) else None


def _type(kind: Kind, row: Row) -> str:
    """A vertex's type: that of a job's component without the word SageMaker, `TrainingJob`."""
    return type_of(kind, row).removeprefix("SageMaker")


def _passes(vertex: Mapping[str, str], row: Row, filters: Mapping[str, Any]) -> bool:
    properties = row.get("Properties", {})
    return (
        vertex["Type"] in (filters.get("Types") or [vertex["Type"]])
        and vertex["LineageType"] in (filters.get("LineageTypes") or [vertex["LineageType"]])
        and all(row[m] >= resources.epoch(filters[p]) for p, m in _EARLIEST.items() if p in filters)
        and all(row[m] <= resources.epoch(filters[p]) for p, m in _LATEST.items() if p in filters)
        and all(properties.get(name) == value for name, value in filters.get("Properties", {}).items())
    )


def _page(params: Mapping[str, Any], vertices: list[dict[str, str]], edges: list[Edge]) -> Answer:
    """One page of vertices; an edge comes with the later of its two ends, so each comes once."""
    start, size = resources.offset(params.get("NextToken")), int(params.get("MaxResults") or _PAGE)
    place = {vertex["Arn"]: number for number, vertex in enumerate(vertices)}
    answer: Answer = {"Vertices": vertices[start : start + size], "Edges": []}
    if params.get("IncludeEdges", True):
        for edge in edges:
            ends = (place.get(edge.source), place.get(edge.destination))
            if None not in ends and start <= max(end for end in ends if end is not None) < start + size:
                answer["Edges"].append(_shown(edge))
    if start + size < len(vertices):
        answer["NextToken"] = resources.token(start + size)
    return answer


def _shown(edge: Edge) -> dict[str, str]:
    shown = {"SourceArn": edge.source, "DestinationArn": edge.destination}
    return {**shown, **({"AssociationType": edge.type} if edge.type else {})}
