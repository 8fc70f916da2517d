"""The stages of a pipeline: written as stages, or made around root `jobs` or `steps`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from simulator.azure_devops.language.graph import made_names
from simulator.azure_devops.language.plan import DEFAULT_STAGE, Job, Stage
from simulator.azure_devops.language.reading.conditions import read_condition
from simulator.azure_devops.language.reading.fields import Fields, leads, mapping_fields
from simulator.azure_devops.language.reading.jobs import ROOT_JOB_KEYS, read_job, read_root_job
from simulator.azure_devops.language.reading.surroundings import Surroundings
from simulator.azure_devops.language.reading.variables import read_pool, read_variables
from simulator.azure_devops.language.source import MappingNode, Node, ScalarNode

_STAGE = (
    "stage",
    "group",
    "displayName",
    "pool",
    "dependsOn",
    "condition",
    "variables",
    "jobs",
    "lockBehavior",
    "trigger",
    "isSkippable",
    "templateContext",
)
_FORMS: Mapping[str, tuple[str, ...]] = {
    "stages": ("stages", "pool"),
    "jobs": ("jobs", "pool"),
    "steps": ("pool", *ROOT_JOB_KEYS),
}


def read_stages(root: Fields, around: Surroundings) -> tuple[Stage, ...]:
    """All stages; root `jobs` or `steps` stand in a stage `__default`, root `steps` in a job `Job`."""
    form = _form(root)
    if not form:
        if not root.errors:  # a key that is spelled wrongly has been told
            root.errors.add("Expected 'stages', 'jobs', 'steps' or 'extends'", root.where)
        return ()
    if form == "stages":
        return _stages(root, around)
    jobs = _jobs(root, around) if form == "jobs" else (read_root_job(root, around),)
    return (Stage(DEFAULT_STAGE, "", (), "", (), jobs, where=root.where),)


def _form(root: Fields) -> str:
    """What the root is made of: each key leaves the forms that have it, and what none of them has is an error.

    Source: `TemplateSchema.TryMatchKey` of actions/runner (2019, MIT).
    """
    left, known = _FORMS, {key for keys in _FORMS.values() for key in keys}
    for name, place in root.places.items():
        having = {form: keys for form, keys in left.items() if name in keys}
        if name in known and not having:
            root.errors.add(f"Unexpected value '{name}'", place)
        left = having or left
    return next((form for form in left if form in root), "")


def _stages(root: Fields, around: Surroundings) -> tuple[Stage, ...]:
    stages: list[Stage] = []
    items = root.items("stages")
    for item, name in zip(items, _names(items, ("stage",), "Stage"), strict=True):
        before = stages[-1].name if stages else ""
        stage = _stage(item, name, before, root, around)
        if stage is not None:
            stages.append(stage)
    return tuple(stages)


def _stage(item: Node, name: str, before: str, root: Fields, around: Surroundings) -> Stage | None:
    if isinstance(item, MappingNode) and not leads(item, ("stage",), root.errors):
        return None
    fields = mapping_fields(item, _STAGE, root.errors)
    if fields is None:
        return None
    fields.text("stage")
    # Said and empty (`dependsOn: []`) is no dependency; unsaid is the stage before.
    unsaid = (before,) if before else ()
    return Stage(
        name,
        fields.text("displayName"),
        fields.texts("dependsOn") if "dependsOn" in fields else unsaid,
        read_condition(fields),
        read_variables(fields.get("variables"), around, root.errors, root=False),
        _jobs(fields, around),
        read_pool(fields),
        fields.choice("lockBehavior", ("sequential", "runLatest")),
        fields.choice("trigger", ("manual", "automatic"), "automatic"),
        fields.boolean("isSkippable", default=True),
        fields.where,
        fields.text("group"),
    )


def _jobs(fields: Fields, around: Surroundings) -> tuple[Job, ...]:
    items = fields.items("jobs")
    named = zip(items, _names(items, ("job", "deployment"), "Job"), strict=True)
    found = (read_job(item, replace(around, job=name), fields.errors) for item, name in named)
    return tuple(job for job in found if job is not None)


def _names(items: tuple[Node, ...], keys: tuple[str, ...], prefix: str) -> tuple[str, ...]:
    """What each stage or job is called; one without a name is called by its number among those."""
    found: list[str] = []
    for item in items:
        named = (item.find(key) for key in keys) if isinstance(item, MappingNode) else ()
        found.append(next((node.text for node in named if isinstance(node, ScalarNode)), ""))
    return made_names(found, prefix)
