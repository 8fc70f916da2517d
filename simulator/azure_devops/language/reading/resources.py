"""`resources:` -> plan values, each kind with its trigger."""

from __future__ import annotations

from simulator.azure_devops.language.invalid import ErrorList
from simulator.azure_devops.language.plan import (
    BuildResource,
    Filter,
    PackageResource,
    PipelineResource,
    PipelineTrigger,
    RepositoryResource,
    Resources,
    Trigger,
    WebhookResource,
)
from simulator.azure_devops.language.reading.containers import RESOURCE_KEYS, read_container_resource
from simulator.azure_devops.language.reading.fields import ANY_OTHER, Fields, leads, mapping_fields
from simulator.azure_devops.language.reading.triggers import read_filter, read_trigger
from simulator.azure_devops.language.source import MappingNode, Node, ScalarNode, SequenceNode

_KINDS = ("repositories", "pipelines", "webhooks", "containers", "builds", "packages")
_OLDEST = ("repo", "clean", "fetchDepth", "lfs", "trigger")
# The service's schema takes any other key here.
_REPOSITORY = ("repository", "type", "name", "ref", "endpoint", "trigger", ANY_OTHER)
_PIPELINE = ("pipeline", "project", "source", "version", "branch", "tags", "trigger")
_PACKAGE = ("package", "type", "connection", "name", "version", "tag", "trigger")
_BUILD = ("build", "type", "connection", "source", "version", "branch", "trigger")
_WEBHOOK = ("webhook", "connection", "type", "filters")


def read_resources(node: Node | None, errors: ErrorList) -> Resources:
    """Everything under `resources:`."""
    if isinstance(node, SequenceNode):
        for item in node.items:  # the oldest form, `- repo: self`, which the starter pipelines still write
            mapping_fields(item, _OLDEST, errors)
        return Resources()
    fields = None if node is None else mapping_fields(node, _KINDS, errors)
    if fields is None:
        return Resources()
    return Resources(
        tuple(_repository(each) for each in _each(fields, "repositories", _REPOSITORY)),
        tuple(_pipeline(each) for each in _each(fields, "pipelines", _PIPELINE)),
        tuple(_webhook(each) for each in _each(fields, "webhooks", _WEBHOOK)),
        tuple(read_container_resource(each) for each in _each(fields, "containers", RESOURCE_KEYS)),
        tuple(_package(each) for each in _each(fields, "packages", _PACKAGE)),
        tuple(_build(each) for each in _each(fields, "builds", _BUILD)),
    )


def _each(fields: Fields, name: str, keys: tuple[str, ...]) -> list[Fields]:
    found = (
        mapping_fields(item, keys, fields.errors)
        for item in fields.items(name)
        if not isinstance(item, MappingNode) or leads(item, keys[:1], fields.errors)
    )
    return [each for each in found if each is not None]


def _repository(fields: Fields) -> RepositoryResource:
    kind = fields.choice("type", ("git", "github", "githubenterprise", "bitbucket"), "git")
    return RepositoryResource(
        fields.text("repository"),
        kind,
        fields.text("name"),
        fields.text("ref"),
        fields.text("endpoint"),
        # Unlike the pipeline's own repository, a resource triggers only when it says so.
        read_trigger(fields.get("trigger"), fields.errors) if "trigger" in fields else Trigger(enabled=False),
    )


def _pipeline(fields: Fields) -> PipelineResource:
    return PipelineResource(
        fields.text("pipeline"),
        fields.text("source"),
        fields.text("project"),
        fields.text("version"),
        fields.text("branch"),
        fields.texts("tags"),
        _pipeline_trigger(fields),
    )


def _pipeline_trigger(fields: Fields) -> PipelineTrigger | None:
    node = fields.get("trigger")
    if node is None:
        return None
    if isinstance(node, ScalarNode):
        if node.text.lower() in ("true", "none", "false"):
            return PipelineTrigger() if node.text.lower() == "true" else None
        fields.errors.add(f"Unexpected value '{node.text}'", node.where, ("true", "none"))
        return None
    inner = fields.mapping("trigger", ("enabled", "branches", "stages", "tags"))
    if inner is None or not inner.boolean("enabled", default=True):
        return None
    branches = read_filter(inner, "branches") if "branches" in inner else Filter()
    return PipelineTrigger(branches, inner.texts("stages"), inner.texts("tags"))


def _webhook(fields: Fields) -> WebhookResource:
    filters = _each(fields, "filters", ("path", "value"))
    pairs = tuple((each.text("path"), each.text("value")) for each in filters)
    return WebhookResource(fields.text("webhook"), fields.text("connection"), pairs, fields.text("type"))


def _package(fields: Fields) -> PackageResource:
    alias, kind, connection, name, version, tag = (fields.text(key) for key in _PACKAGE[:-1])
    return PackageResource(alias, kind, connection, name, version, tag, _on_or_off(fields))


def _build(fields: Fields) -> BuildResource:
    alias, kind, connection, source, version, branch = (fields.text(key) for key in _BUILD[:-1])
    return BuildResource(alias, kind, connection, source, version, branch, _on_or_off(fields))


def _on_or_off(fields: Fields) -> bool:
    """`trigger: true` or `none`; unsaid is none."""
    text = fields.text("trigger").lower()
    if text not in ("", "true", "none", "false"):
        fields.errors.add(f"Unexpected value '{text}'", fields.place("trigger"), ("true", "none"))
    return text == "true"
