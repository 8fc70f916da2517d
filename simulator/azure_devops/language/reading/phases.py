"""The words that jobs had before: `phases`, `queue` and `server`, which the service still takes, in those of today.

Source: `phases`, `phase`, `phaseQueueTarget` and `phaseServerTarget` of the service's own schema, which is
service-schema.json of microsoft/azure-pipelines-vscode.
"""

from __future__ import annotations

from simulator.azure_devops.language.invalid import ErrorList
from simulator.azure_devops.language.plan import DEFAULT_JOB
from simulator.azure_devops.language.reading.fields import Fields
from simulator.azure_devops.language.source import MappingNode, Node, ScalarNode, SequenceNode

Entry = tuple[ScalarNode, Node]
_PHASE = (
    *(
        "phase",
        "dependsOn",
        "displayName",
        "condition",
        "continueOnError",
        "queue",
        "server",
        "variables",
        "steps",
    ),
)
_LIMITS = ("cancelTimeoutInMinutes", "timeoutInMinutes")
_SERVER = (*_LIMITS, "matrix", "parallel")
_QUEUE = (*_SERVER, "container", "demands", "name", "workspace")
_OF_THE_JOB = (*_LIMITS, "container", "workspace")


def in_words_of_today(root: MappingNode, errors: ErrorList) -> MappingNode:
    """The root with `jobs` where it says `phases`, or a queue or server for its steps; as it is where it does not."""
    keys = {key.text for key, _ in root.entries}
    if "phases" in keys:
        made = (
            (_key("jobs", k), _jobs(v, errors)) if k.text == "phases" else (k, v) for k, v in root.entries
        )
        return MappingNode(tuple(made), root.where)
    if "steps" not in keys or not keys & {"queue", "server"}:
        return root
    moved = [
        entry for entry in root.entries if entry[0].text in ("continueOnError", "queue", "server", "steps")
    ]
    job = MappingNode((_text("job", DEFAULT_JOB, root), *_targeted(moved, errors)), root.where)
    rest = tuple(entry for entry in root.entries if entry not in moved)
    return MappingNode((*rest, (_key("jobs", root), SequenceNode((job,), root.where))), root.where)


def _jobs(phases: Node, errors: ErrorList) -> Node:
    if not isinstance(phases, SequenceNode):
        return phases
    return SequenceNode(tuple(_job(item, errors) for item in phases.items), phases.where)


def _job(phase: Node, errors: ErrorList) -> Node:
    if not isinstance(phase, MappingNode) or phase.find("phase") is None:
        return phase
    Fields(phase, _PHASE, errors)
    known = [entry for entry in phase.entries if entry[0].text in _PHASE]
    named = [(_key("job", key), value) if key.text == "phase" else (key, value) for key, value in known]
    return MappingNode(tuple(_targeted(named, errors)), phase.where)


def _targeted(entries: list[Entry], errors: ErrorList) -> list[Entry]:
    """The entries of a job, its queue or server told as pool, strategy and limits."""
    made: list[Entry] = []
    for key, value in entries:
        if key.text not in ("queue", "server"):
            made.append((key, value))
        elif isinstance(value, MappingNode):
            made += _target(key, value, errors)
        else:
            made.append(_text("pool", "server", key) if key.text == "server" else (_key("pool", key), value))
    return made


def _target(key: ScalarNode, value: MappingNode, errors: ErrorList) -> list[Entry]:
    server = key.text == "server"
    Fields(value, _SERVER if server else _QUEUE, errors)
    pool = tuple(entry for entry in value.entries if entry[0].text in ("name", "demands"))
    made: list[Entry] = []
    if server:
        made.append(_text("pool", "server", key))
    elif pool:
        made.append((_key("pool", key), MappingNode(pool, value.where)))
    made += [entry for entry in value.entries if entry[0].text in _OF_THE_JOB]
    if strategy := _strategy(value):
        made.append((_key("strategy", key), MappingNode(strategy, value.where)))
    return made


def _strategy(value: MappingNode) -> tuple[Entry, ...]:
    """Copies by a matrix, of which `parallel` run at a time; without one so many of the same."""
    matrix = value.find("matrix") is not None
    most = "maxParallel" if matrix else "parallel"
    return tuple(
        (_key(most, key), node) if key.text == "parallel" else (key, node)
        for key, node in value.entries
        if key.text in ("matrix", "parallel")
    )


def _key(text: str, near: Node) -> ScalarNode:
    return ScalarNode(text, near.where)


def _text(name: str, text: str, near: Node) -> Entry:
    return _key(name, near), ScalarNode(text, near.where)
