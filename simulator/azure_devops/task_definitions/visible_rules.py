"""The rules that say when an input of a task applies: `a = b || c != d`, as `visibleRule` of a task.json has them.

Source: Learn "task.json schema"; the operators are those that the in-box tasks use.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

_OPERATORS: Mapping[str, Callable[[str, str], bool]] = {
    "=": lambda have, wanted: have == wanted,
    "==": lambda have, wanted: have == wanted,
    "!=": lambda have, wanted: have != wanted,
    "in": lambda have, wanted: have in [each.strip() for each in wanted.split(",")],
    "notin": lambda have, wanted: have not in [each.strip() for each in wanted.split(",")],
    "contains": lambda have, wanted: wanted in have,
    "notcontains": lambda have, wanted: wanted not in have,
    "endswith": lambda have, wanted: have.endswith(wanted),
    "notendswith": lambda have, wanted: not have.endswith(wanted),
    "startswith": lambda have, wanted: have.startswith(wanted),
    "notstartswith": lambda have, wanted: not have.startswith(wanted),
}
_COMPARISON = re.compile(r"\s*(\S+)\s+(\S+)\s*(.*?)\s*")


def holds(rule: str, inputs: Mapping[str, str]) -> bool:
    """Whether the input that carries `rule` applies beside these inputs; `inputs` by lower-case name."""
    text = _without_groups(rule, inputs)
    return any(all(_compares(part, inputs) for part in one.split("&&")) for one in text.split("||"))


def _without_groups(rule: str, inputs: Mapping[str, str]) -> str:
    """Each `( ... )` decided and replaced by what is always or never true."""
    while (group := re.search(r"\(([^()]*)\)", rule)) is not None:
        rule = rule[: group.start()] + str(holds(group.group(1), inputs)) + rule[group.end() :]
    return rule


def _compares(comparison: str, inputs: Mapping[str, str]) -> bool:
    if comparison.strip() in ("", "True", "False"):
        return comparison.strip() != "False"
    found = _COMPARISON.fullmatch(comparison)
    operator = _OPERATORS.get(found.group(2).lower()) if found else None
    if found is None or operator is None:
        return True
    return operator(inputs.get(found.group(1).lower(), "").lower(), found.group(3).strip().lower())
