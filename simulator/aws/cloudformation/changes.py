"""What an update would do: old resources against a new template, as Add, Modify and Remove with replacement."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from simulator.aws.cloudformation.errors import invalid
from simulator.aws.cloudformation.graph import Graph, order
from simulator.aws.cloudformation.intrinsics import NotKnown, references
from simulator.aws.cloudformation.schemas import ResourceSchema
from simulator.aws.cloudformation.template import Resource

_ABSENT = object()


@dataclass(frozen=True)
class Known:
    """A resource as it stands: the properties it was made with, unresolved and resolved."""

    type: str
    physical: str
    written: Mapping[str, Any]
    properties: Mapping[str, Any]
    metadata: Mapping[str, Any]
    policies: tuple[str, str]


@dataclass(frozen=True)
class Detail:
    """Why one property changes. `recreation` is Never, Conditionally or Always."""

    attribute: str
    name: str
    recreation: str
    static: bool
    source: str
    cause: str = ""


@dataclass(frozen=True)
class Change:
    """One entry of a change set. `replacement` is empty unless `action` is Modify."""

    action: str
    logical: str
    type: str
    physical: str = ""
    replacement: str = ""
    details: tuple[Detail, ...] = ()

    @property
    def scope(self) -> tuple[str, ...]:
        """Which attributes of the resource change: Properties, Tags, Metadata and the like."""
        return tuple(sorted({detail.attribute for detail in self.details}))


def at(properties: Mapping[str, Any], path: str) -> Any:
    """The value at a path of the schema, or a marker that equals only itself."""
    found: Any = properties
    for step in path.split("/"):
        if isinstance(found, list):
            return found
        if not isinstance(found, Mapping) or step not in found:
            return _ABSENT
        found = found[step]
    return found


def changed(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """The names of the properties that differ, sorted."""
    return sorted(name for name in {*old, *new} if old.get(name, _ABSENT) != new.get(name, _ABSENT))


def replaces(schema: ResourceSchema, old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    """Whether going from `old` to `new` needs a new physical resource: something createOnly differs."""
    return any(
        at(old, path) != at(new, path) for path in (*schema.create_only, *schema.conditionally_create_only)
    )


def recreation(schema: ResourceSchema, name: str) -> str:
    """Whether a change of property `name` asks for a new resource."""
    if name in schema.create_only:
        return "Always"
    nested = (*schema.create_only, *schema.conditionally_create_only)
    return "Conditionally" if any(path.split("/")[0] == name for path in nested) else "Never"


@dataclass(frozen=True)
class Update:
    """The new side of a prediction.

    `resolve(logical, unknown)` gives (properties that are certain, names that depend on what is not known yet), where
    `unknown` are the resources that will be made anew. `parameters` are those whose value differs.
    """

    resources: Mapping[str, Resource]
    graph: Graph
    schema: Callable[[str], ResourceSchema]
    resolve: Callable[[str, frozenset[str]], tuple[Mapping[str, Any], frozenset[str]]]
    parameters: frozenset[str] = frozenset()


def predict(known: Mapping[str, Known], update: Update) -> list[Change]:
    """The changes in the order in which they would be made, removals last; raises ValidationError for a new type."""
    moved = [
        name for name in update.graph if name in known and known[name].type != update.resources[name].type
    ]
    if moved:
        raise invalid(
            "Update of resource type is not permitted. The new template modifies resource type of the following "
            f"resources: [{', '.join(moved)}]"
        )
    found: list[Change] = []
    unknown: set[str] = set()
    for logical in order(update.graph):
        if logical not in known:
            found.append(Change("Add", logical, update.resources[logical].type))
            unknown.add(logical)
            continue
        change = _modification(logical, known[logical], update, frozenset(unknown))
        if change:
            found.append(change)
            if change.replacement != "False":
                unknown.add(logical)
    return found + [
        Change("Remove", name, old.type, old.physical)
        for name, old in known.items()
        if name not in update.graph
    ]


def _modification(logical: str, old: Known, update: Update, unknown: frozenset[str]) -> Change | None:
    resource, schema = update.resources[logical], update.schema(old.type)
    certain, dynamic = update.resolve(logical, unknown)
    certain_before = {name: value for name, value in old.properties.items() if name not in dynamic}
    names = [(name, True) for name in changed(certain_before, certain)] + [
        (name, False) for name in sorted(dynamic)
    ]
    details = tuple(_detail(name, static, old, resource, schema, update) for name, static in names)
    if dict(old.metadata) != dict(resource.metadata):
        details += (Detail("Metadata", "", "Never", True, "DirectModification"),)
    for attribute, was, becomes in zip(
        ("DeletionPolicy", "UpdateReplacePolicy"),
        old.policies,
        (resource.deletion_policy, resource.update_replace_policy),
        strict=True,
    ):
        if was != becomes:
            details += (Detail(attribute, "", "Never", True, "DirectModification"),)
    if not details:
        return None
    before, after = old.properties, {**certain_before, **certain}
    certainly = any(
        at(before, path) != at(after, path)
        for path in schema.create_only
        if path.split("/")[0] not in dynamic
    )
    perhaps = any(detail.recreation != "Never" for detail in details)
    replacement = "True" if certainly else "Conditional" if perhaps else "False"
    return Change("Modify", logical, old.type, old.physical, replacement, details)


def _detail(
    name: str, static: bool, old: Known, new: Resource, schema: ResourceSchema, update: Update
) -> Detail:
    attribute = "Tags" if name == schema.tags_property else "Properties"
    how = recreation(schema, name)
    node = new.properties.get(name)
    if old.written.get(name) != node:
        return Detail(attribute, name, how, static, "DirectModification")
    for target, of in references(node):
        if target in update.parameters:
            return Detail(attribute, name, how, static, "ParameterReference", target)
        if target in update.resources and not static:
            source = "ResourceAttribute" if of else "ResourceReference"
            return Detail(attribute, name, how, static, source, f"{target}.{of}" if of else target)
    return Detail(attribute, name, how, static, "DirectModification")


def as_member(change: Change) -> dict[str, Any]:
    """The change as the member `Change` of DescribeChangeSet."""
    body: dict[str, Any] = {
        "Action": change.action,
        "LogicalResourceId": change.logical,
        "ResourceType": change.type,
        "Scope": list(change.scope),
        "Details": [_detail_member(detail) for detail in change.details],
    }
    if change.physical:
        body["PhysicalResourceId"] = change.physical
    if change.replacement:
        body["Replacement"] = change.replacement
    return {"Type": "Resource", "ResourceChange": body}


def _detail_member(detail: Detail) -> dict[str, Any]:
    target: dict[str, Any] = {"Attribute": detail.attribute, "RequiresRecreation": detail.recreation}
    if detail.name and detail.attribute == "Properties":
        target["Name"] = detail.name
    member: dict[str, Any] = {
        "Target": target,
        "Evaluation": "Static" if detail.static else "Dynamic",
        "ChangeSource": detail.source,
    }
    if detail.cause:
        member["CausingEntity"] = detail.cause
    return member


def split_known(
    properties: Mapping[str, Any], resolve: Callable[[Any], Any]
) -> tuple[dict[str, Any], frozenset[str]]:
    """Each property resolved by itself; those that need what is not known yet are only named."""
    certain: dict[str, Any] = {}
    dynamic: set[str] = set()
    for name, node in properties.items():
        try:
            value = resolve({name: node})
        except NotKnown:
            dynamic.add(name)
        else:
            certain.update(value)
    return certain, frozenset(dynamic)
