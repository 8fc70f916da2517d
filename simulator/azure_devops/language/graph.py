"""The graphs of stages and jobs: names (given or made), known dependencies, no cycles.

Source: `GraphValidator`, `Stage` and `PhaseNode` of actions/runner (2019, MIT) with `PipelineStrings`: names in the
order of the nodes, then what stands inside each node, then the graph. A node that waits for one that can never run is
told like one of a cycle; jobs of a stage that nobody wrote are told without it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from simulator.azure_devops.language.invalid import ErrorList
from simulator.azure_devops.language.plan import DEFAULT_STAGE, Stage

_VALID = "Valid names may only contain alphanumeric characters and '_' and may not start with a number."
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
Node = tuple[str, Sequence[str]]


def made_names(given: Sequence[str], prefix: str) -> tuple[str, ...]:
    """The names with `Job1`, `Job2`... (or `Stage1`...) where there is none; one that is taken is passed over."""
    taken = {name.lower() for name in given if _NAME.fullmatch(name)}
    number = 0
    made: list[str] = []
    for name in given:
        while not name:
            number += 1
            candidate = f"{prefix}{number}"
            if candidate.lower() not in taken:
                name = candidate
        made.append(name)
    return tuple(made)


@dataclass(frozen=True)
class _Words:
    """The sentences about one graph."""

    invalid: Callable[[str], str]
    repeated: Callable[[str], str]
    no_beginning: str
    unknown: Callable[[str, str], str]
    cycle: Callable[[str, str], str]


def check_graphs(stages: Sequence[Stage], errors: ErrorList) -> None:
    """Reports what is wrong with the names and dependencies of stages, and of jobs within each stage."""
    nodes = [(stage.name, stage.depends_on) for stage in stages]
    unique = _names_hold(nodes, _STAGES, errors)
    for stage in stages:
        jobs = [(job.name, job.depends_on) for job in stage.jobs]
        words = _jobs_of("" if stage.name == DEFAULT_STAGE else stage.name)
        _check_edges(jobs, words, errors, unique=_names_hold(jobs, words, errors))
    _check_edges(nodes, _STAGES, errors, unique=unique)


def _names_hold(nodes: Sequence[Node], words: _Words, errors: ErrorList) -> bool:
    """Whether no name is there twice; a wrong name is an error, but not one of the graph."""
    known: set[str] = set()
    unique = True
    for name, _ in nodes:
        if not _NAME.fullmatch(name):
            errors.add(words.invalid(name))
        elif name.lower() in known:
            unique = False
            errors.add(words.repeated(name))
        known.add(name.lower())
    return unique


def _check_edges(nodes: Sequence[Node], words: _Words, errors: ErrorList, *, unique: bool) -> None:
    if not nodes and errors.placed:
        return  # what should stand here could not be read
    if all(wanted for _, wanted in nodes):
        errors.add(words.no_beginning)
        return
    if not unique:
        return
    names = {name.lower() for name, _ in nodes}
    unmet = _unmet({name: list(wanted) for name, wanted in nodes})
    for name, wanted in unmet.items():
        for each in wanted:
            errors.add(words.cycle(name, each) if each.lower() in names else words.unknown(name, each))


def _unmet(waiting: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """What each node that never starts still waits for, when all that can run has run."""
    left = dict(waiting)
    ready = [name for name, wanted in left.items() if not wanted]
    while ready:
        done = ready.pop(0).lower()
        for name, wanted in left.items():
            if done in (each.lower() for each in wanted):
                left[name] = [each for each in wanted if each.lower() != done]
                if not left[name]:
                    ready.append(name)
    return {name: wanted for name, wanted in left.items() if wanted}


_CYCLE = "which creates a cycle in the dependency graph."
_STAGES = _Words(
    lambda name: f"Stage {name} has an invalid name. {_VALID}",
    lambda name: (
        f"The stage name {name} appears more than once. Stage names must be unique within a pipeline."
    ),
    "The pipeline must contain at least one stage with no dependencies.",
    lambda name, other: f"Stage {name} depends on unknown stage {other}.",
    lambda name, other: f"Stage {name} depends on stage {other} {_CYCLE}",
)


def _jobs_of(stage: str) -> _Words:
    """`stage` is "" for the stage around a root of jobs or steps."""
    if not stage:
        return _Words(
            lambda name: f"Job {name} has an invalid name. {_VALID}",
            lambda name: (
                f"The job name {name} appears more than once. Job names must be unique within a pipeline."
            ),
            "The pipeline must contain at least one job with no dependencies.",
            lambda name, other: f"Job {name} depends on unknown job {other}.",
            lambda name, other: f"Job {name} depends on job {other} {_CYCLE}",
        )
    where = f"Stage {stage} job"
    return _Words(
        lambda name: f"{where} {name} has an invalid name. {_VALID}",
        lambda name: f"{where} {name} appears more than once. Job names must be unique within a stage.",
        f"Stage {stage} must contain at least one job with no dependencies.",
        lambda name, other: f"{where} {name} depends on unknown job {other}.",
        lambda name, other: f"{where} {name} depends on job {other} {_CYCLE}",
    )
