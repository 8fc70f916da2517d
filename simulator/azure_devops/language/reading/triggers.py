"""`trigger:`, `pr:` and `schedules:` -> plan values."""

from __future__ import annotations

from simulator.azure_devops.language.invalid import ErrorList
from simulator.azure_devops.language.plan import Filter, Schedule, Trigger
from simulator.azure_devops.language.reading.fields import (
    Fields,
    leads,
    mapping_fields,
    scalar_texts,
    sequence_items,
)
from simulator.azure_devops.language.source import MappingNode, Node, ScalarNode, SequenceNode

_TRIGGER = ("batch", "branches", "paths", "tags")
_PULL_REQUEST = ("autoCancel", "branches", "paths", "drafts")
_SCHEDULE = ("cron", "displayName", "branches", "batch", "always")


def read_trigger(node: Node | None, errors: ErrorList) -> Trigger:
    """`none`, a list of branches, or the full form; absent means every branch."""
    if node is None:
        return Trigger(implied=True)
    if isinstance(node, ScalarNode):
        if node.text == "none" or node.broken:
            return Trigger(enabled=False)
        return Trigger(branches=Filter(include=scalar_texts(node, errors)))
    if isinstance(node, SequenceNode):
        return Trigger(branches=Filter(include=scalar_texts(node, errors)))
    fields = Fields(node, _TRIGGER, errors)
    return Trigger(
        batch=fields.boolean("batch"),
        branches=read_filter(fields, "branches"),
        paths=read_filter(fields, "paths"),
        tags=read_filter(fields, "tags"),
    )


def check_pull_request(node: Node | None, errors: ErrorList) -> None:
    """Checks the shape of `pr:`, which has no effect on Azure Repos: branch policies start those runs."""
    if node is not None and not isinstance(node, ScalarNode | SequenceNode):
        fields = Fields(node, _PULL_REQUEST, errors)
        read_filter(fields, "branches")
        read_filter(fields, "paths")


def read_filter(fields: Fields, name: str) -> Filter:
    """`include` and `exclude`, or a list that includes."""
    node = fields.get(name)
    if node is None:
        return Filter()
    if isinstance(node, ScalarNode | SequenceNode):
        return Filter(include=scalar_texts(node, fields.errors))
    inner = Fields(node, ("include", "exclude"), fields.errors)
    return Filter(inner.texts("include"), inner.texts("exclude"))


def read_schedules(node: Node | None, errors: ErrorList) -> tuple[Schedule, ...]:
    """The cron schedules."""
    if node is None:
        return ()
    found = (
        mapping_fields(item, _SCHEDULE, errors)
        for item in sequence_items(node, errors)
        if not isinstance(item, MappingNode) or leads(item, _SCHEDULE[:1], errors)
    )
    return tuple(_schedule(fields) for fields in found if fields is not None)


def _schedule(fields: Fields) -> Schedule:
    cron = fields.text("cron")
    if len(cron.split()) != 5:
        fields.errors.add(f"Improperly formed cron syntax: '{cron}'", fields.place("cron"))
    branches = read_filter(fields, "branches")
    return Schedule(
        cron, fields.text("displayName"), branches, fields.boolean("batch"), fields.boolean("always")
    )
