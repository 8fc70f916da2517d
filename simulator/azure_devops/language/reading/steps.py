"""One item of `steps:` -> a Step; every shorthand becomes its task, as in the service's expanded YAML.

Source: recorded expansions, `shared/reference/azure-devops.md` 4.2.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from simulator.azure_devops.language.invalid import ErrorList
from simulator.azure_devops.language.plan import Step
from simulator.azure_devops.language.reading.conditions import read_step_condition
from simulator.azure_devops.language.reading.containers import read_target
from simulator.azure_devops.language.reading.fields import Fields, leads, scalar_text, sequence_items
from simulator.azure_devops.language.reading.shorthands import SHORTHANDS
from simulator.azure_devops.language.reading.step_names import step_names
from simulator.azure_devops.language.reading.surroundings import Surroundings
from simulator.azure_devops.language.reading.task_inputs import check_inputs
from simulator.azure_devops.language.source import MappingNode, Node, ScalarNode, SequenceNode, wrong_kind
from simulator.azure_devops.task_definitions.catalogue import Task, keyword_task

COMMON = (
    "condition",
    "continueOnError",
    "displayName",
    "target",
    "enabled",
    "env",
    "name",
    "timeoutInMinutes",
    "retryCountOnTaskFailure",
)
_STEP_NAME = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)?")


# Steps whose task the service does not name: what else each takes. Their value is the input `alias`.
_OTHERS: Mapping[str, tuple[str, ...]] = {
    "downloadBuild": ("artifact", "path", "patterns"),
    "getPackage": ("path",),
    "reviewApp": (),
}
KEYWORDS = ("task", *SHORTHANDS, *_OTHERS, "template")


def read_steps(fields: Fields, name: str, around: Surroundings) -> tuple[Step, ...]:
    """The steps of a job or hook; names must be unique in it."""
    node = fields.get(name)
    if node is None:
        return ()
    items = sequence_items(node, fields.errors)
    named = zip(items, step_names(items), strict=True)
    found = (read_step(item, replace(around, step=name), fields.errors) for item, name in named)
    steps = tuple(step for step in found if step is not None)
    seen: set[str] = set()
    for step in steps:
        if not step.enabled:
            continue  # the service does not look at it
        if not _STEP_NAME.fullmatch(step.name):
            fields.errors.add(
                f"Job {around.job}: Step {step.name} has an invalid name. "
                "Valid names may only contain alphanumeric characters and '_' and may not start with a number."
            )
        elif step.name and step.name.lower() in seen:
            fields.errors.add(
                f"Job {around.job}: The step name {step.name} appears more than once. "
                "Step names must be unique within a job."
            )
        seen.add(step.name.lower())
    return steps


def read_step(node: Node, around: Surroundings, errors: ErrorList) -> Step | None:
    """One step; None where its kind is not known, which is then an error."""
    if not isinstance(node, MappingNode):
        if not (isinstance(node, ScalarNode) and node.broken):
            errors.add(wrong_kind(node), node.where)
        return None
    if not leads(node, KEYWORDS, errors):
        return None
    keyword = node.entries[0][0]
    if keyword.text in _OTHERS:
        fields = Fields(node, (keyword.text, *_OTHERS[keyword.text], *COMMON), errors)
        return _other(keyword.text, fields, around)
    if keyword.text == "task":
        return _task(Fields(node, ("task", "inputs", *COMMON), errors), around)
    return _shorthand(keyword.text, node, around, errors)


def _other(keyword: str, fields: Fields, around: Surroundings) -> Step:
    """A step that the canonical form leaves as it is written; no run can honour `downloadBuild` and `reviewApp`."""
    inputs = {key: fields.text(key) for key in _OTHERS[keyword] if key in fields}
    inputs = {"alias": fields.text(keyword), **inputs}
    task = keyword_task(keyword) if keyword == "getPackage" else Task(keyword, 0, "", ())
    return _step(fields, around, keyword, task, inputs)


def _shorthand(keyword: str, node: MappingNode, around: Surroundings, errors: ErrorList) -> Step | None:
    short = SHORTHANDS[keyword]
    fields = Fields(node, (keyword, *short.keys, *COMMON), errors)
    value = fields.authored(keyword)
    if isinstance(fields.get(keyword), MappingNode | SequenceNode):
        return None
    inputs = dict(short.inputs(value))
    for key in short.keys:
        child = fields.get(key)
        if child is not None:
            inputs[short.renamed.get(key, key)] = (
                "\n".join(fields.texts(key)) if key == "tags" else scalar_text(child, errors)
            )
    if keyword == "checkout":
        _check_repository(value, fields, around)
    never = keyword in ("checkout", "download") and value == "none"
    check_inputs(short.task, inputs, fields.node, _called(around), around, errors)
    step = _step(fields, around, "publish" if keyword == "upload" else keyword, short.task, inputs)
    if never:
        # `none` stays a step whose condition never holds; it also tells the agent not to do so by itself.
        return replace(step, condition="false")
    return step


def _check_repository(text: str, fields: Fields, around: Surroundings) -> None:
    """`self`, `none`, an alias, or a repository named in place (`git://project/name`)."""
    known = text.lower() in ("", "self", "none", *around.repositories)
    if not known and "://" not in text and fields.get("checkout") is not None:
        fields.errors.add(
            f"The checkout step references the repository '{text}' which is not defined by the pipeline"
        )


def _task(fields: Fields, around: Surroundings) -> Step | None:
    reference = fields.text("task")
    node = fields.get("task")
    name, at, version = reference.partition("@")
    if node is None:
        return None
    if not at or not version.split(".")[0].isdecimal():
        fields.errors.add(
            f"Job {around.job}: Step {fields.text('name')} has an invalid task definition reference. A valid task "
            "definition reference must specify either an ID or a name and a version specification with a major "
            "version specified."
        )
        return None
    inputs = dict(fields.text_map("inputs"))
    task = around.tasks.find(name, int(version.split(".")[0]))
    if task is None:
        # A team may have it installed; the plan says that it is not here, and a run is refused by name.
        fields.errors.warn(f"The task {reference} is not simulated", node.where)
        return _step(fields, around, "task", Task(name, int(version.split(".")[0]), "", ()), inputs)
    places = fields.get("inputs") or fields.node
    if fields.boolean("enabled", default=True):
        check_inputs(task, inputs, places, _called(around), around, fields.errors)
    # By its id a task of a keyword is that keyword, as the canonical YAML writes it.
    return _step(fields, around, task.keyword if name.lower() == task.id else "task", task, inputs)


def _called(around: Surroundings) -> str:
    """How sentences about resources name a step; they come when every step has got a name."""
    return f"Job {around.job}: Step {around.step}"


def _step(fields: Fields, around: Surroundings, keyword: str, task: Task, inputs: Mapping[str, str]) -> Step:
    step_name = fields.text("name")
    return Step(
        task.name,
        task.version,
        task.id,
        keyword,
        inputs,
        fields.text_map("env"),
        step_name,
        fields.text("displayName"),
        read_step_condition(fields, f"Job {around.job}: Step {step_name}"),
        fields.boolean("continueOnError"),
        fields.boolean("enabled", default=True),
        fields.number("timeoutInMinutes"),
        min(fields.number("retryCountOnTaskFailure"), 10),
        fields.where,
        read_target(fields),
        bool(task.id),
        fields.runtime,
    )
