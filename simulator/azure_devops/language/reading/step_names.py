"""What the steps of a job are called: by their own names, without one by their tasks'.

Source: `Phase.ValidateStepName` and `GenerateDefaultTaskNames` of actions/runner (2019, MIT).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from simulator.azure_devops.language.reading.shorthands import SHORTHANDS
from simulator.azure_devops.language.source import MappingNode, Node, ScalarNode

_NOT_OF_A_NAME = re.compile(r"^[0-9]+|[^A-Za-z0-9_]")


def step_names(items: Sequence[Node]) -> tuple[str, ...]:
    """One name for each item: several steps of one task are numbered, one that is not enabled is left out ("")."""
    given = [_text(item, "name") for item in items]
    defaults = [_task_name(item) for item in items]
    known = {name.lower() for name in given}
    unnamed = Counter(task for name, task in zip(given, defaults, strict=True) if not name)
    numbers: Counter[str] = Counter()
    made: list[str] = []
    for name, task in zip(given, defaults, strict=True):
        if not name and task:
            alone = unnamed[task] == 1 and task.lower() not in known
            name = task if alone else _numbered(task, numbers, known)
            known.add(name.lower())
        made.append(name)
    return tuple(made)


def _numbered(task: str, numbers: Counter[str], known: set[str]) -> str:
    while True:
        numbers[task] += 1
        candidate = f"{task}{numbers[task]}"
        if candidate.lower() not in known:
            return candidate


def _task_name(item: Node) -> str:
    if not isinstance(item, MappingNode) or not item.entries or _text(item, "enabled").lower() == "false":
        return ""
    keyword = item.entries[0][0].text
    if keyword in SHORTHANDS:
        return SHORTHANDS[keyword].task.name
    return _NOT_OF_A_NAME.sub("", _text(item, "task").partition("@")[0])


def _text(item: Node, key: str) -> str:
    node = item.find(key) if isinstance(item, MappingNode) else None
    return node.text if isinstance(node, ScalarNode) and not node.broken else ""
