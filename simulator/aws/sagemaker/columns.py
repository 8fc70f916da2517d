"""What a kind's List can filter and sort by, read from the service model, as columns of its side table."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from botocore.model import ListShape, OperationModel, StringShape, StructureShape

from simulator.aws.protocol.models import operation_model, service_model
from simulator.aws.sagemaker.kinds.kind import Kind
from simulator.aws.sagemaker.order import documented_order
from simulator.kernel.indexes import Entry, Index, Scalar

NAME, PARENT, CREATED = "name", "parent", "CreationTime"
_CONTROL = frozenset({"NextToken", "MaxResults", "SortBy", "SortOrder"})
_TIMES = {"Created": CREATED, "ModifiedTime": "LastModifiedTime", "LastModified": "LastModifiedTime"}
_MOMENT = re.compile(r"(\w+?)(After|Before)")
_PAGE_SIZE = re.compile(r"default(?:s to| value| is)[^.\d]{0,40}?(\d+)")
USUAL_PAGE = 10


@dataclass(frozen=True)
class Filter:
    """A List parameter: the column that it looks at, and how."""

    column: str
    operator: str


def list_operation(kind: Kind) -> str:
    """`ListTrainingJobs`; the plural is English, or the row says it."""
    if kind.plural:
        return f"List{kind.plural}"
    return f"List{kind.name[:-1]}ies" if kind.name.endswith("y") else f"List{kind.name}s"


def listing_model(kind: Kind) -> OperationModel | None:
    """The model of the kind's List, if it has one."""
    name = list_operation(kind)
    if name not in service_model("sagemaker").operation_names:
        return None
    return operation_model("sagemaker", name)


@cache
def filters(kind: Kind) -> Mapping[str, Filter]:
    """The filters of a kind's List by parameter; those that the model cannot tell stand in the row."""
    model = listing_model(kind)
    if model is None or model.input_shape is None:
        return {}
    found: dict[str, Filter] = {}
    for name in model.input_shape.members:
        if name in kind.unfiltered or name in _CONTROL:
            continue
        if chosen := _filter(kind, name):
            found[name] = chosen
    return found


def _filter(kind: Kind, name: str) -> Filter | None:
    if name in ("NameContains", f"{kind.name_member}Contains"):
        return Filter(NAME, "contains")
    if name == f"{kind.name_member}Prefix":
        return Filter(NAME, "prefix")
    if moment := _MOMENT.fullmatch(name):
        return Filter(_TIMES.get(moment[1], moment[1]), ">=" if moment[2] == "After" else "<=")
    operator = "contains" if name.endswith("Contains") else "="
    stem = name.removesuffix("Equals").removesuffix("Contains")
    path = (
        kind.status_member if stem == "Status" else path_of(kind, stem) or path_of(kind, f"{kind.name}{stem}")
    )
    return Filter(path, operator) if path else None


@cache
def path_of(kind: Kind, member: str) -> str:
    """Where in a row a member is, `DataQualityJobInput.EndpointInput.EndpointName`; "" where the model has none."""
    if member == kind.name_member:
        return NAME
    item = element(kind)
    return _path(kind, member, _shapes(kind)) or (member if item and member in item.members else "")


def _path(kind: Kind, member: str, shapes: list[StructureShape]) -> str:
    level: list[tuple[str, StructureShape]] = [("", shape) for shape in shapes]
    for _ in range(4):
        for path, each in level:
            if member in each.members:
                return f"{path}{member}"
        level = [
            # A structure that has the kind's own ARN stands for the row itself.
            ("" if kind.arn_member in inner.members else f"{path}{name}.", inner)
            for path, each in level
            for name, inner in each.members.items()
            if isinstance(inner, StructureShape)
        ]
    return ""


def _shapes(kind: Kind) -> list[StructureShape]:
    """The shapes in which the kind's members may be found, the row's own first."""
    names = service_model("sagemaker").operation_names
    shapes: list[StructureShape | None] = []
    for operation in (f"Describe{kind.name}", f"Create{kind.name}"):
        if operation in names:
            model = operation_model("sagemaker", operation)
            shapes.append(model.output_shape if operation.startswith("Describe") else model.input_shape)
    return [shape for shape in shapes if shape is not None]


@cache
def element(kind: Kind) -> StructureShape | None:
    """The shape of one item of the kind's List."""
    model = listing_model(kind)
    if model is None or model.output_shape is None:
        return None
    shape = model.output_shape.members.get(list_member(kind))
    item = shape.member if isinstance(shape, ListShape) else None
    return item if isinstance(item, StructureShape) else None


@cache
def list_member(kind: Kind) -> str:
    """`TrainingJobSummaries`: the row's word, or the one list that the List answers."""
    if kind.list_member:
        return kind.list_member
    model = listing_model(kind)
    members = model.output_shape.members if model and model.output_shape else {}
    return next((name for name, shape in members.items() if isinstance(shape, ListShape)), "")


@cache
def page_size(kind: Kind) -> int:
    """MaxResults where the request says none: what the model's documentation says, else 10."""
    model = listing_model(kind)
    shape = model.input_shape if model else None
    text = shape.members["MaxResults"].documentation if shape and "MaxResults" in shape.members else ""
    told = _PAGE_SIZE.search(re.sub("<[^>]+>", "", text))
    return int(told[1]) if told else USUAL_PAGE


@cache
def usual_order(kind: Kind) -> tuple[str, bool]:
    """What a List sorts by, and whether downwards, where the request says nothing."""
    sort, order = documented_order(list_operation(kind))
    return kind.sort or sort or "CreationTime", (kind.order or order) != "Ascending"


@cache
def sort_column(kind: Kind, word: str) -> str:
    """The column that `SortBy` means: `Name`, `CREATION_TIME`, `Status`, or a member."""
    if "_" in word or word.isupper():
        word = "".join(part.title() for part in word.split("_"))
    if word in ("Name", kind.name_member):
        return NAME
    if word in ("CreateDate", "CreatedTime"):
        return CREATED
    if word == "Status":
        return kind.status_member
    return word if word == CREATED else path_of(kind, word) or CREATED


def sort_words(kind: Kind) -> list[str]:
    """The values that `SortBy` may have."""
    model = listing_model(kind)
    shape = model.input_shape if model else None
    words = shape.members["SortBy"] if shape and "SortBy" in shape.members else None
    return list(words.enum) if isinstance(words, StringShape) else []


@cache
def index_of(kind: Kind) -> Index:
    """The side table of a kind: its name, parent and moment of creation, what it sorts by and what it filters by."""
    usual = sort_column(kind, usual_order(kind)[0])
    sorts = {NAME, CREATED, usual, *(sort_column(kind, w) for w in sort_words(kind))}
    chosen = filters(kind).values()
    equals = {each.column for each in chosen if each.operator == "="} - {NAME}
    ranges = {each.column for each in chosen if each.operator in ("<=", ">=")}
    columns = tuple(sorted({*sorts, *equals, PARENT, *(each.column for each in chosen)}))

    def entry(key: str, row: Mapping[str, Any]) -> Entry:
        account, region, rest = key.split("/", 2)
        scope = f"{account}/{region}"
        special = {NAME: str(row.get(kind.name_member, rest)), PARENT: f"{scope}/{rest.rpartition('/')[0]}"}
        return scope, tuple(special[name] if name in special else _value(row, name) for name in columns)

    nested = {PARENT} if kind.nested else set()
    return Index(
        columns,
        entry,
        tuple(sorted(sorts | ranges)),
        tuple(sorted(equals | nested)),
        usual,
    )


def _value(row: Mapping[str, Any], path: str) -> Scalar:
    value: Any = row
    for name in path.split("."):
        value = value.get(name) if isinstance(value, Mapping) else None
    if isinstance(value, (list, tuple)):
        return "\n".join(map(str, value))
    if isinstance(value, Mapping):
        value = value.get("Status")
    if isinstance(value, bool):
        return str(value)
    return value if isinstance(value, (str, int, float)) else ""
