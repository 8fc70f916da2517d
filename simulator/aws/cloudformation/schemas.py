"""The registry's resource schemas, read from the data that cfn-lint ships one file at a time."""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

_POINTER = "/properties/"
_CUSTOM = "AWS::CloudFormation::CustomResource"


class SchemasMissing(Exception):
    """cfn-lint is not installed, or keeps its schemas elsewhere than in the versions that pyproject allows."""


@dataclass(frozen=True)
class ResourceSchema:
    """What the registry says about a type. Paths are property names joined by `/`, without `/properties/`."""

    type: str
    document: Mapping[str, Any]

    def paths(self, member: str) -> tuple[str, ...]:
        """The pointers of a list such as createOnlyProperties or readOnlyProperties."""
        return tuple(pointer.removeprefix(_POINTER) for pointer in self.document.get(member, ()))

    @property
    def create_only(self) -> tuple[str, ...]:
        """Paths whose change asks for a new physical resource."""
        return self.paths("createOnlyProperties")

    @property
    def conditionally_create_only(self) -> tuple[str, ...]:
        """Paths whose change may ask for a new physical resource."""
        return self.paths("conditionalCreateOnlyProperties")

    @property
    def read_only(self) -> tuple[str, ...]:
        """Paths that Fn::GetAtt gives and a template may not set; nested ones are attributes `A.B`."""
        return self.paths("readOnlyProperties")

    @property
    def tags_property(self) -> str:
        """The property that takes stack tags, empty where the type has none."""
        tagging = self.document.get("tagging", {})
        pointer = str(tagging.get("tagProperty", "/properties/Tags")) if tagging.get("taggable", True) else ""
        name = pointer.removeprefix(_POINTER)
        return name if name in self.document.get("properties", {}) else ""

    def resolve(self, node: Mapping[str, Any]) -> Mapping[str, Any]:
        """The schema that a `$ref` stands for, else the node itself."""
        while "$ref" in node:
            found: Any = self.document
            for step in str(node["$ref"]).removeprefix("#/").split("/"):
                found = found[step]
            node = found
        return node


def _folder() -> Path:
    """cfn-lint's data folder; the package itself stays unimported: that would take most of a second and 80 MB."""
    found = importlib.util.find_spec("cfnlint")
    for place in (found.submodule_search_locations or ()) if found else ():
        folder = Path(place) / "data" / "schemas"
        if (folder / "providers").is_dir() and (folder / "resources").is_dir():
            return folder
    raise SchemasMissing("cfn-lint's folder data/schemas/{providers,resources} is not there")


@cache
def _types(region: str) -> Mapping[str, str]:
    """Each type of a region and the hash that names its schema's file; an unknown region is like us-east-1."""
    folder = _folder() / "providers"
    file = folder / f"{region}.json"
    found: dict[str, str] = json.loads((file if file.exists() else folder / "us-east-1.json").read_text())
    return found


def exists(region: str, type_name: str) -> bool:
    """Whether the registry of a region has the type; a custom resource may be called anything."""
    return type_name.startswith("Custom::") or type_name in _types(region)


@cache
def load(region: str, type_name: str) -> ResourceSchema:
    """The schema of a type in a region; KeyError when the registry has none.

    A custom resource has the schema of its kind, and any other properties.
    """
    custom = type_name.startswith("Custom::") or type_name == _CUSTOM
    file = _folder() / "resources" / f"{_types(region)[_CUSTOM if custom else type_name]}.json"
    document = json.loads(file.read_text())
    return ResourceSchema(type_name, {**document, "additionalProperties": True} if custom else document)


def plain(value: Any) -> Any:
    """An attribute as JSON keeps it: a moment becomes its ISO text."""
    return value.isoformat() if hasattr(value, "isoformat") else value
