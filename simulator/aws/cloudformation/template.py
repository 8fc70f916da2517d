"""A template's text, YAML with short-form tags or JSON, as a checked tree of long-form functions."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import yaml

from simulator.aws.cloudformation.errors import invalid
from simulator.kernel.errors import NotSimulated

MAXIMUM_BODY_BYTES = 51_200
MAXIMUM_OBJECT_BYTES = 1_000_000

_SECTIONS = frozenset(
    [
        "AWSTemplateFormatVersion",
        "Description",
        "Metadata",
        "Parameters",
        "Rules",
        "Mappings",
        "Conditions",
        "Transform",
        "Hooks",
        "Resources",
        "Outputs",
    ]
)
_RESOURCE_MEMBERS = frozenset(
    [
        "Type",
        "Properties",
        "DependsOn",
        "Condition",
        "DeletionPolicy",
        "UpdateReplacePolicy",
        "Metadata",
        "CreationPolicy",
        "UpdatePolicy",
        "Version",
    ]
)
_POLICIES = ("Delete", "Retain", "RetainExceptOnCreate", "Snapshot")


@dataclass(frozen=True)
class Resource:
    """One entry of `Resources`, unresolved."""

    logical: str
    type: str
    properties: Mapping[str, Any] = field(default_factory=dict)
    depends_on: tuple[str, ...] = ()
    condition: str = ""
    deletion_policy: str = "Delete"
    update_replace_policy: str = "Delete"
    metadata: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Template:
    """A template whose structure is right; functions are not yet evaluated."""

    text: str
    description: str
    metadata: Mapping[str, Any]
    parameters: Mapping[str, Mapping[str, Any]]
    rules: Mapping[str, Any]
    mappings: Mapping[str, Any]
    conditions: Mapping[str, Any]
    resources: Mapping[str, Resource]
    outputs: Mapping[str, Mapping[str, Any]]


class _Loader(yaml.SafeLoader):
    """YAML as CloudFormation reads it: dates stay text, `!Name` is a function."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def _short_form(loader: yaml.SafeLoader, name: str, node: yaml.Node) -> Any:
    """`!Sub x` is {"Fn::Sub": x}; `!Ref` and `!Condition` have no prefix; `!GetAtt a.b` splits at the first dot."""
    value: Any
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        assert isinstance(node, yaml.MappingNode)
        value = loader.construct_mapping(node, deep=True)
    if name in ("Ref", "Condition"):
        return {name: value}
    if name == "GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    return {f"Fn::{name}": value}


_Loader.add_multi_constructor("!", _short_form)


def read_tree(text: str) -> dict[str, Any]:
    """The tree of a template body; raises ValidationError with AWS's place of the mistake."""
    if text.lstrip().startswith("{"):
        try:
            tree = json.loads(text)
        except json.JSONDecodeError as error:
            where = f"(line {error.lineno}, column {error.colno})"
            raise invalid(f"Template format error: JSON not well-formed. {where}") from error
    else:
        try:
            tree = yaml.load(text, _Loader)
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark
            where = f"(line {mark.line + 1}, column {mark.column + 1})" if mark else ""
            raise invalid(f"Template format error: YAML not well-formed. {where}".rstrip()) from error
        except yaml.YAMLError as error:
            raise invalid("Template format error: YAML not well-formed.") from error
    if not isinstance(tree, dict):
        raise invalid("Template format error: unsupported structure.")
    plain: dict[str, Any] = _plain(tree)
    return plain


def _plain(node: Any) -> Any:
    """The same tree with text keys only, as JSON would have it."""
    if isinstance(node, dict):
        return {
            key if isinstance(key, str) else json.dumps(key): _plain(value) for key, value in node.items()
        }
    if isinstance(node, list):
        return [_plain(value) for value in node]
    return node


@lru_cache(maxsize=64)
def parse(text: str) -> Template:
    """Read and check a template's structure; raises ValidationError, or NotSimulated for transforms."""
    tree = read_tree(text)
    unknown = [name for name in tree if name not in _SECTIONS]
    if unknown:
        raise invalid(f"Invalid template property or properties [{', '.join(unknown)}]")
    version = str(tree.get("AWSTemplateFormatVersion", "2010-09-09"))
    if version != "2010-09-09":
        raise invalid(
            f"Template format error: [{version}] is not a supported value for AWSTemplateFormatVersion."
        )
    if tree.get("Transform"):
        named = tree["Transform"] if isinstance(tree["Transform"], list) else [tree["Transform"]]
        raise NotSimulated(
            f"CloudFormation transform {', '.join(str(each) for each in named)}",
            "Deploy the processed template instead.",
        )
    if not isinstance(tree.get("Resources"), dict) or not tree["Resources"]:
        raise invalid("Template format error: At least one Resources member must be defined.")
    return Template(
        text=text,
        description=str(tree.get("Description") or ""),
        metadata=_section(tree, "Metadata"),
        parameters=_parameters(tree),
        rules=_section(tree, "Rules"),
        mappings=_section(tree, "Mappings"),
        conditions=_section(tree, "Conditions"),
        resources={name: _resource(name, body) for name, body in tree["Resources"].items()},
        outputs=_outputs(tree),
    )


def _section(tree: dict[str, Any], name: str) -> dict[str, Any]:
    found = tree.get(name) or {}
    if not isinstance(found, dict):
        raise invalid(f"Template format error: {name} must be an object.")
    return found


def _parameters(tree: dict[str, Any]) -> dict[str, dict[str, Any]]:
    parameters = _section(tree, "Parameters")
    for name, body in parameters.items():
        if not isinstance(body, dict) or "Type" not in body:
            raise invalid(
                f"Template format error: Every Parameters object must contain a Type member. [{name}]"
            )
    return parameters


def _outputs(tree: dict[str, Any]) -> dict[str, dict[str, Any]]:
    outputs = _section(tree, "Outputs")
    for name, body in outputs.items():
        if not isinstance(body, dict):
            raise invalid(f"Template format error: Output {name} is malformed.")
        if "Value" not in body:
            raise invalid("Template format error: Every Outputs member must contain a Value object.")
    return outputs


def _resource(name: str, body: Any) -> Resource:
    if not name.isalnum() or not name.isascii():
        raise invalid(f"Template format error: Resource name {name} is non alphanumeric.")
    if not isinstance(body, dict):
        raise invalid(f"Template format error: [/Resources/{name}] resource definition is malformed")
    if not isinstance(body.get("Type"), str):
        raise invalid(
            f"Template format error: [/Resources/{name}] Every Resources object must contain a Type member."
        )
    for member in body:
        if member not in _RESOURCE_MEMBERS:
            raise invalid(f"Invalid template resource property '{member}'")
    if "CreationPolicy" in body:
        raise NotSimulated(
            f"CreationPolicy of resource {name}", "No type that is simulated here takes signals."
        )
    properties = body.get("Properties") or {}
    if not isinstance(properties, dict):
        raise invalid("Template format error: Every Properties member must be an object.")
    depends = body.get("DependsOn") or ()
    return Resource(
        logical=name,
        type=body["Type"],
        properties=properties,
        depends_on=(depends,) if isinstance(depends, str) else tuple(depends),
        condition=str(body.get("Condition") or ""),
        deletion_policy=_policy(body, "DeletionPolicy"),
        update_replace_policy=_policy(body, "UpdateReplacePolicy"),
        metadata=body.get("Metadata") or {},
    )


def _policy(body: dict[str, Any], member: str) -> str:
    value = body.get(member, "Delete")
    if value not in _POLICIES:
        raise invalid(f"Template format error: Unrecognized {member} {value}")
    return str(value)
