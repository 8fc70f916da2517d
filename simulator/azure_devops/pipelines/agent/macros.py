"""Macros `$(name)` and the recalculation of variables before every step, as the agent does both.

Source: agent `VarUtil.ExpandValues`, `Variables.RecalculateExpanded`; `shared/reference/azure-devops.md` 4.4.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from simulator.azure_devops.language.plan import Variable

MAXIMUM_DEPTH = 50


def expand_macros(text: str, variables: Mapping[str, str]) -> str:
    """Replaces each `$(name)` whose name is known (case does not matter), once: values are not expanded again.

    The first `)` closes a macro; what is not known stays as it is.
    """
    folded = {name.lower(): value for name, value in variables.items()}
    return _expand(text, folded)


def _expand(text: str, folded: Mapping[str, str]) -> str:
    made: list[str] = []
    start = 0
    while (opening := text.find("$(", start)) >= 0:
        closing = text.find(")", opening + 2)
        if closing < 0:
            break
        value = folded.get(text[opening + 2 : closing].lower())
        if value is None:
            # One character on: a macro may begin inside what looked like one, `$(a$(b))`.
            made.append(text[start : opening + 1])
            start = opening + 1
        else:
            made.append(text[start:opening] + value)
            start = closing + 1
    return "".join(made) + text[start:]


def macro_names(text: str) -> list[str]:
    """The names that `expand_macros` would look up in `text` and find no macro inside."""
    names: list[str] = []
    start = 0
    while (opening := text.find("$(", start)) >= 0:
        closing = text.find(")", opening + 2)
        if closing < 0:
            break
        names.append(text[opening + 2 : closing])
        start = opening + 1
    return [name for name in names if "$(" not in name]


class _Unresolvable(Exception):
    """A cycle, or too many levels: the variable keeps its own text."""


def recalculate(variables: Iterable[Variable]) -> dict[str, Variable]:
    """Every variable with the macros in its value resolved, however deep; keys are names as given, later ones win.

    A variable in a cycle, or deeper than 50 levels, stays unchanged. What uses a secret becomes secret.
    """
    latest: dict[str, Variable] = {}
    for variable in variables:
        latest[variable.name.lower()] = variable
    made: dict[str, Variable] = {}
    known: dict[str, Variable] = {}
    for variable in latest.values():
        try:
            made[variable.name] = _resolved(variable, latest, (), known)
        except _Unresolvable:
            made[variable.name] = variable
    return made


def _resolved(
    variable: Variable, latest: Mapping[str, Variable], above: tuple[str, ...], known: dict[str, Variable]
) -> Variable:
    key = variable.name.lower()
    if key in known:
        return known[key]
    if key in above or len(above) >= MAXIMUM_DEPTH:
        raise _Unresolvable
    used: dict[str, Variable] = {}
    for name in macro_names(variable.value):
        nested = latest.get(name.lower())
        if nested is not None:
            used[name.lower()] = _resolved(nested, latest, (*above, key), known)
    value = _expand(variable.value, {name: nested.value for name, nested in used.items()})
    secret = variable.secret or any(nested.secret for nested in used.values())
    known[key] = replace(variable, value=value, secret=secret)
    return known[key]


def values_of(variables: Mapping[str, Variable]) -> dict[str, str]:
    """Names to plain values, as `expand_macros` takes them."""
    return {name: variable.value for name, variable in variables.items()}


def environment_of(variables: Mapping[str, Variable]) -> dict[str, str]:
    """The environment variables of a step: every public variable, upper case, `.` and space as `_`.

    Secrets never appear. Where two names meet (`A.B`, `A_B`), the dotted one wins.
    """
    dotted_last = sorted(variables.values(), key=lambda variable: "." in variable.name)
    return {
        variable.name.upper().replace(".", "_").replace(" ", "_"): variable.value
        for variable in dotted_last
        if not variable.secret
    }
