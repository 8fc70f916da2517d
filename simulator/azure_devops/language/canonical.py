"""An expanded pipeline -> the same in the service's canonical forms.

Everything under `stages`, every step a task with `inputs` last, variables as a list, names written in full. Keys keep
the author's order, scalars the author's style. Source: recorded expansions, `shared/reference/azure-devops.md` 4.2.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from simulator.azure_devops.language.invalid import Position
from simulator.azure_devops.language.plan import DEFAULT_JOB, DEFAULT_STAGE
from simulator.azure_devops.language.reading.jobs import ROOT_JOB_KEYS
from simulator.azure_devops.language.reading.shorthands import SHORTHANDS
from simulator.azure_devops.language.scope import variable_items
from simulator.azure_devops.language.source import MappingNode, Node, ScalarNode, SequenceNode

Entry = tuple[ScalarNode, Node]
Rewrite = Callable[[Node], Node]
_JOB_KEYS_AT_ROOT = (*ROOT_JOB_KEYS, "pool")
# The keyword steps without a task name of their own are known by their id.
_BY_ID = ("checkout", "download", "publish", "upload")


def canonical(root: MappingNode) -> MappingNode:
    """The canonical document of an expanded root."""
    keys = {key.text for key, _ in root.entries}
    entries = list(root.entries)
    if "stages" not in keys:
        jobs = root.find("jobs")
        moved = ("jobs",) if jobs is not None else _JOB_KEYS_AT_ROOT
        if jobs is None:
            job = [_entry(root, "job", DEFAULT_JOB), *_picked(entries, moved)]
            jobs = SequenceNode((MappingNode(tuple(job), root.where),), root.where)
        stage = MappingNode((_entry(root, "stage", DEFAULT_STAGE), (_key(root, "jobs"), jobs)), root.where)
        entries = [entry for entry in entries if entry[0].text not in moved]
        entries.append((_key(root, "stages"), SequenceNode((stage,), root.where)))
    return _rewritten(MappingNode(tuple(entries), root.where), _ROOT)


def _picked(entries: list[Entry], names: tuple[str, ...]) -> list[Entry]:
    """The named entries; the steps stand last."""
    found = [entry for entry in entries if entry[0].text in names]
    return sorted(found, key=lambda entry: entry[0].text == "steps")


def _key(near: Node, text: str) -> ScalarNode:
    return ScalarNode(text, near.where)


def _entry(near: Node, name: str, text: str) -> Entry:
    return ScalarNode(name, near.where), ScalarNode(text, near.where)


def _mapping(where: Position, **entries: Node) -> MappingNode:
    return MappingNode(tuple((ScalarNode(name, where), value) for name, value in entries.items()), where)


def _rewritten(node: MappingNode, rewrites: Mapping[str, Rewrite]) -> MappingNode:
    return replace(
        node,
        entries=tuple(
            (key, rewrites[key.text](value) if key.text in rewrites else value) for key, value in node.entries
        ),
    )


def _each(rewrite: Callable[[MappingNode], Node]) -> Rewrite:
    """Rewrites the mappings of a list."""

    def items(node: Node) -> Node:
        if not isinstance(node, SequenceNode):
            return node
        return replace(
            node,
            items=tuple(rewrite(item) if isinstance(item, MappingNode) else item for item in node.items),
        )

    return items


def _inside(rewrites: Mapping[str, Rewrite]) -> Rewrite:
    return lambda node: _rewritten(node, rewrites) if isinstance(node, MappingNode) else node


def _named(*names: str, parted: bool = False) -> Rewrite:
    """A scalar written in full: `x` is `{name: x}`, with `parted` `x.y` has two names."""

    def written(node: Node) -> Node:
        if not isinstance(node, ScalarNode):
            return node
        parts = node.text.split(".", len(names) - 1) if parted else [node.text]
        values = {name: replace(node, text=part) for name, part in zip(names, parts, strict=False)}
        return _mapping(node.where, **values)

    return written


def _list(node: Node) -> Node:
    """A scalar as a list of one; nothing as an empty list."""
    if not isinstance(node, ScalarNode):
        return node
    return SequenceNode((node,) if node.text else (), node.where)


def _filter(node: Node) -> Node:
    """`include` written out where a list stands for it."""
    if isinstance(node, MappingNode):
        return _rewritten(node, {"include": _list, "exclude": _list})
    return _mapping(node.where, include=_list(node))


def _trigger(node: Node) -> Node:
    if isinstance(node, MappingNode):
        return _rewritten(node, {"branches": _filter, "paths": _filter, "tags": _filter})
    if isinstance(node, ScalarNode) and node.text.lower() in ("none", "true", "false"):
        on = "true" if node.text.lower() == "true" else "false"
        return _mapping(node.where, enabled=ScalarNode(on, node.where))
    return _mapping(node.where, branches=_filter(node))


def _variables(node: Node) -> Node:
    return SequenceNode(variable_items(node), node.where)


def _step(node: MappingNode) -> Node:
    keyword = next((key.text for key, _ in node.entries if key.text in SHORTHANDS), None)
    if keyword is None:
        return MappingNode(_inputs_last(node.entries), node.where)
    short, value = SHORTHANDS[keyword], node.find(keyword)
    assert value is not None
    name = short.task.id if keyword in _BY_ID else short.task.name
    inputs: list[Entry] = []
    for given, text in short.inputs("\0").items():
        inputs.append((_key(node, given), value if text == "\0" else ScalarNode(text, node.where)))
    rest: list[Entry] = []
    for key, item in node.entries:
        if key.text in short.keys:
            inputs.append((replace(key, text=short.renamed.get(key.text, key.text)), item))
        elif key.text != keyword:
            rest.append((key, item))
    if keyword in ("checkout", "download") and isinstance(value, ScalarNode) and value.text == "none":
        rest = [entry for entry in rest if entry[0].text != "condition"]
        rest.append(_entry(node, "condition", "false"))
    head = _entry(node, "task", f"{name}@{short.task.version}")
    last = (_key(node, "inputs"), MappingNode(tuple(inputs), node.where))
    return MappingNode((head, *rest, last), node.where)


def _inputs_last(entries: tuple[Entry, ...]) -> tuple[Entry, ...]:
    return tuple(sorted(entries, key=lambda entry: entry[0].text == "inputs"))


def canonical_value(kind: str, node: Node) -> Node:
    """A value of a parameter of a structure's type (`step`, `jobList`, ...), whose expressions see canonical forms.

    Source: Learn "Templates": a `script` among a template's steps is refused as `CmdLine@2`.
    """
    rewrite = _VALUES.get(kind)
    return node if rewrite is None else rewrite(node)


_POOL = _named("name")
_STEPS = _each(_step)
_HOOK = _inside({"pool": _POOL, "steps": _STEPS})
_HOOKS = _inside(
    {
        **dict.fromkeys(("preDeploy", "deploy", "routeTraffic", "postRouteTraffic"), _HOOK),
        "on": _inside({"success": _HOOK, "failure": _HOOK}),
    }
)
_JOB: Mapping[str, Rewrite] = {
    "dependsOn": _list,
    "variables": _variables,
    "pool": _POOL,
    "container": _named("alias"),
    "environment": _named("name", "resourceName", parted=True),
    "strategy": _inside(dict.fromkeys(("runOnce", "rolling", "canary"), _HOOKS)),
    "steps": _STEPS,
}
_STAGE: Mapping[str, Rewrite] = {
    "dependsOn": _list,
    "variables": _variables,
    "pool": _POOL,
    "jobs": _each(lambda job: _rewritten(job, _JOB)),
}
_JOBS, _STAGES = _each(lambda job: _rewritten(job, _JOB)), _each(lambda stage: _rewritten(stage, _STAGE))
_VALUES: Mapping[str, Rewrite] = {
    "step": lambda node: _step(node) if isinstance(node, MappingNode) else node,
    "stepList": _STEPS,
    **dict.fromkeys(("job", "deployment"), _inside(_JOB)),
    **dict.fromkeys(("jobList", "deploymentList"), _JOBS),
    "stage": _inside(_STAGE),
    "stageList": _STAGES,
}
_WITH_TRIGGER = _each(lambda resource: _rewritten(resource, {"trigger": _trigger}))
_ROOT: Mapping[str, Rewrite] = {
    "trigger": _trigger,
    "pr": _trigger,
    "schedules": _each(lambda schedule: _rewritten(schedule, {"branches": _filter})),
    "resources": _inside(
        {
            "repositories": _WITH_TRIGGER,
            "pipelines": _WITH_TRIGGER,
            "containers": _each(
                lambda each: _rewritten(each, {"trigger": _trigger, "ports": _list, "volumes": _list})
            ),
        }
    ),
    "variables": _variables,
    "pool": _POOL,
    "stages": _STAGES,
}
