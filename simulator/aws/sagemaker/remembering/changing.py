"""What an Update does to a row: members replaced, maps merged, what is to be removed removed. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from simulator.aws.sagemaker.kinds.kind import Kind, Row

_ENDINGS = ("ForUpdate", "ToUpdate")
_NO_MEMBERS = frozenset({"ClientToken", "ClientRequestToken", "TargetVersion", "DeploymentConfig", "Tags"})


def changes(
    kind: Kind, row: Row, params: Mapping[str, Any], identity: Iterable[str], known: Iterable[str]
) -> Row:
    """The members that a request changes, with None for those that it takes away; `known` are its possible members."""
    given = {
        name: value for name, value in params.items() if name not in _NO_MEMBERS and name not in set(identity)
    }
    found: Row = {}
    for name, value in given.items():
        found |= _change(kind, {**row, **found}, name, value, frozenset(known))
    if "TargetVersion" in params:
        version = f"{kind.stem or kind.name}Version"
        found[version] = int(row.get(version, 1)) + 1
    return found


def _change(kind: Kind, row: Row, name: str, value: Any, known: frozenset[str]) -> Row:
    if name == "DeleteProperties":
        return dict.fromkeys(value)
    if name.startswith("Disassociate"):
        return {_own(kind, name.removeprefix("Disassociate")): None} if value else {}
    for ending in ("ToRemove", "ToDelete"):
        if name.endswith(ending):
            return _without(row, name.removesuffix(ending), value)
    if name.endswith("ToAdd"):
        stem = name.removesuffix("ToAdd")
        return {stem: [*row.get(stem, ()), *(item for item in value if item not in row.get(stem, ()))]}
    if name == "FeatureAdditions":
        return {"FeatureDefinitions": [*row.get("FeatureDefinitions", ()), *value]}
    for ending in _ENDINGS:
        if name.endswith(ending):
            stem = name.removesuffix(ending)
            return {stem: {**row.get(stem, {}), **value} if isinstance(value, Mapping) else value}
    if f"{name}ToRemove" in known and isinstance(value, Mapping):
        return {name: {**row.get(name, {}), **value}}
    return {_own(kind, name.removeprefix("Desired")): value}


def _own(kind: Kind, name: str) -> str:
    return dict(kind.renamed).get(name, name)


def _without(row: Row, stem: str, gone: Iterable[Any]) -> Row:
    value = row.get(stem)
    if isinstance(value, Mapping):
        return {stem: {name: each for name, each in value.items() if name not in set(gone)}}
    return {stem: [each for each in value or () if each not in list(gone)]}
