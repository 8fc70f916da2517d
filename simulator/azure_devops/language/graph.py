"""The graphs of stages and jobs: unique names, known dependencies, no cycles.

Sentences and their order as measured on the service: no root at all, then cycles edge by edge, then unknown names;
those about names as `PipelineStrings` of actions/runner (2019, MIT) has them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from simulator.azure_devops.language.invalid import ErrorList
from simulator.azure_devops.language.plan import Stage


def check_graphs(stages: Sequence[Stage], errors: ErrorList) -> None:
    """Reports what is wrong with the dependencies of stages, and of jobs within each stage."""
    _check_stage_names(stages, errors)
    sentences = _sentences([(stage.name, stage.depends_on) for stage in stages], "stage")
    if stages and sentences == [_NO_ROOT]:
        errors.add("The pipeline must contain at least one stage with no dependencies.")
    else:
        for sentence in sentences:
            errors.add(f"Stage {sentence}")
    for stage in stages:
        _check_jobs(stage, errors)


_VALID = "Valid names may only contain alphanumeric characters and '_' and may not start with a number."
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def _check_stage_names(stages: Sequence[Stage], errors: ErrorList) -> None:
    for stage in stages:
        if stage.name and not _NAME.fullmatch(stage.name):
            errors.add(f"Stage {stage.name} has an invalid name. {_VALID}")
    for name in _repeated([stage.name for stage in stages]):
        errors.add(
            f"The stage name {name} appears more than once. Stage names must be unique within a pipeline."
        )


def _check_jobs(stage: Stage, errors: ErrorList) -> None:
    for job in stage.jobs:
        if job.name and not _NAME.fullmatch(job.name):
            errors.add(f"Stage {stage.name} job {job.name} has an invalid name. {_VALID}")
    for name in _repeated([job.name for job in stage.jobs]):
        errors.add(
            f"Stage {stage.name} job {name} appears more than once. Job names must be unique within a stage."
        )
    sentences = _sentences([(job.name, job.depends_on) for job in stage.jobs], "job")
    if sentences == [_NO_ROOT]:
        errors.add(f"Stage {stage.name} must contain at least one job with no dependencies.")
        return
    for sentence in sentences:
        errors.add(f"Stage {stage.name} job {sentence}")


def _repeated(names: Sequence[str]) -> list[str]:
    seen: set[str] = set()
    repeated: list[str] = []
    for name in names:
        if name and name.lower() in seen:
            repeated.append(name)
        seen.add(name.lower())
    return repeated


_NO_ROOT = "no root"


def _sentences(nodes: Sequence[tuple[str, Sequence[str]]], what: str) -> list[str]:
    if nodes and all(wanted for _, wanted in nodes):
        return [_NO_ROOT]
    edges = {name.lower(): [each.lower() for each in wanted] for name, wanted in nodes}
    found = [
        f"{name} depends on {what} {target} which creates a cycle in the dependency graph."
        for name, wanted in nodes
        for target in wanted
        if _reaches(target.lower(), name.lower(), edges)
    ]
    unknown = [
        f"{name} depends on unknown {what} {target}."
        for name, wanted in nodes
        for target in wanted
        if target.lower() not in edges
    ]
    return found + unknown


def _reaches(start: str, goal: str, edges: Mapping[str, Sequence[str]]) -> bool:
    waiting, seen = [start], set[str]()
    while waiting:
        at = waiting.pop()
        if at == goal:
            return True
        if at not in seen:
            seen.add(at)
            waiting.extend(edges.get(at, ()))
    return False
