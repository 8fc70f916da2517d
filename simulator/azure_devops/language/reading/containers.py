"""Containers: those of `resources`, a job's own, its services, and a step's target -> plan values.

Source: Learn "resources.containers.container", "jobs.job.container", "steps target"; the sentence about an unknown
container from `PipelineStrings` of actions/runner (2019, MIT).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from simulator.azure_devops.language.plan import Container, Filter, StepTarget
from simulator.azure_devops.language.reading.fields import ANY_OTHER, Fields, mapping_fields
from simulator.azure_devops.language.reading.surroundings import Surroundings
from simulator.azure_devops.language.reading.triggers import read_filter
from simulator.azure_devops.language.source import MappingNode, Node, ScalarNode, wrong_kind

_MOUNTS = ("work", "externals", "tools", "tasks")
_REGISTRY = ("azureSubscription", "resourceGroup", "registry", "repository")
_INLINE = ("image", "endpoint", "env", "mapDockerSocket", "options", "ports", "volumes", "mountReadOnly")
RESOURCE_KEYS = ("container", *_INLINE, "type", "trigger", "localImage", *_REGISTRY, ANY_OTHER)


def read_container_resource(fields: Fields) -> Container:
    """One item of `resources.containers`; an image may be named by an Azure registry instead."""
    acr = fields.text("type").lower() == "acr"
    made = replace(
        _container(fields),
        alias=fields.text("container"),
        type=fields.text("type"),
        local_image=fields.boolean("localImage"),
        registry={key: fields.text(key) for key in _REGISTRY if key in fields},
        trigger=_trigger(fields),
    )
    if not made.image and not acr and fields.get("image") is None:
        fields.errors.add("Expected a value for 'image'", fields.where, ("image",))
    return made


def read_job_container(fields: Fields, around: Surroundings) -> Container | None:
    """`container:` of a job: an alias, an image, or written in full."""
    node = fields.get("container")
    if node is None or (isinstance(node, ScalarNode) and not node.text):
        return None
    return _named_or_inline(node, fields, around.containers)


def read_services(fields: Fields, around: Surroundings) -> Mapping[str, Container]:
    """`services:` of a job: a name and what `container:` takes."""
    node = fields.get("services")
    if node is None or (isinstance(node, ScalarNode) and not node.text):
        return {}
    if not isinstance(node, MappingNode):
        fields.errors.add(wrong_kind(node), node.where)
        return {}
    found = ((key.text, _named_or_inline(value, fields, around.containers)) for key, value in node.entries)
    return {name: container for name, container in found if container is not None}


def _named_or_inline(node: Node, fields: Fields, known: Mapping[str, Container]) -> Container | None:
    if isinstance(node, ScalarNode):
        if node.broken:
            return None
        return _named(node.text, fields, known)
    inner = mapping_fields(node, ("alias", *_INLINE), fields.errors)
    if inner is None:
        return None
    alias = inner.text("alias")  # the form of the canonical YAML
    if alias:
        return _named(alias, fields, known)
    return _container(inner)


def _named(text: str, fields: Fields, known: Mapping[str, Container]) -> Container:
    """The container of that alias; what has a tag or digest is an image; an expression is either, at run time."""
    if text.lower() not in known and not any(mark in text for mark in (":", "@", "$(", "$[")):
        fields.errors.add(
            f"A container resource with name {text} could not be found. The container resource does not exist. "
            "If you intended to specify an image, use NAME:TAG or NAME@DIGEST. For example, ubuntu:latest"
        )
    return known.get(text.lower()) or Container("", text)


def _container(fields: Fields) -> Container:
    mounts = fields.mapping("mountReadOnly", _MOUNTS)
    return Container(
        "",
        fields.text("image"),
        endpoint=fields.text("endpoint"),
        env=fields.text_map("env"),
        options=fields.text("options"),
        ports=fields.texts("ports"),
        volumes=fields.texts("volumes"),
        map_docker_socket=fields.boolean("mapDockerSocket") if "mapDockerSocket" in fields else None,
        mount_read_only=tuple(name for name in _MOUNTS if mounts is not None and mounts.boolean(name)),
    )


def _trigger(fields: Fields) -> Filter | None:
    """`none`, `true`, or tags; unsaid starts nothing."""
    node = fields.get("trigger")
    if node is None:
        return None
    if isinstance(node, ScalarNode):
        if node.text.lower() in ("true", "none", "false", ""):
            return Filter() if node.text.lower() == "true" else None
        fields.errors.add(f"Unexpected value '{node.text}'", node.where, ("true", "none"))
        return None
    inner = fields.mapping("trigger", ("enabled", "tags"))
    if inner is None or not inner.boolean("enabled", default=True):
        return None
    return read_filter(inner, "tags")


def read_target(fields: Fields) -> StepTarget | None:
    """`target:` of a step: `host`, an alias, or with the commands and variables it may set."""
    node = fields.get("target")
    if node is None:
        return None
    if isinstance(node, ScalarNode):
        return StepTarget(node.text)
    inner = fields.mapping("target", ("container", "commands", "settableVariables"))
    if inner is None:
        return None
    settable: tuple[str, ...] | None = None
    if "settableVariables" in inner:
        named = inner.texts("settableVariables")
        scalar = isinstance(inner.get("settableVariables"), ScalarNode)
        settable = () if scalar and named == ("none",) else named
    commands = inner.choice("commands", ("any", "restricted"), "any")
    return StepTarget(inner.text("container"), commands, settable)
