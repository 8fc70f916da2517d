"""Selective execution: only chosen steps run; what they need of the others is copied from an earlier execution.

Source: SageMaker developer guide, "Selective execution of pipeline steps"; the text for a missing source is AWS's.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from simulator.aws.sagemaker.kinds.kind import Row
from simulator.aws.sagemaker.pipelines.definition.model import Definition
from simulator.aws.sagemaker.pipelines.execution import Execution

_COPIED = ("StepName", "StartTime", "EndTime", "Metadata", "_properties", "_outcome", "_type", "StepDisplayName",
           "StepDescription")  # fmt: skip


class InvalidSelection(Exception):
    """The selection cannot be run; the text says why."""


def selected_steps(row: Row) -> frozenset[str] | None:
    """The names that an execution's row selects; None where all steps run."""
    config = row.get("SelectiveExecutionConfig")
    return frozenset(each["StepName"] for each in config["SelectedSteps"]) if config else None


def needed(definition: Definition, config: Mapping[str, Any]) -> list[str]:
    """The steps whose results a selection takes from its source, in order: pure; raises InvalidSelection."""
    chosen = [each["StepName"] for each in config["SelectedSteps"]]
    unknown = [name for name in chosen if name not in definition.steps]
    if unknown:
        raise InvalidSelection(
            f"Invalid SelectedSteps: [{', '.join(unknown)}] are not steps of the pipeline."
        )
    above = _above(definition, chosen)
    between = [name for name in above - set(chosen) if _above(definition, [name]) & set(chosen)]
    if between:
        raise InvalidSelection(
            f"Invalid SelectedSteps: the steps [{', '.join(sorted(between))}] are between selected steps"
            " and must be selected too."
        )
    outside = [name for name in definition.steps if name in above and name not in chosen]
    if outside and not config.get("SourcePipelineExecutionArn"):
        raise InvalidSelection(
            f"Invalid SourcePipelineExecutionArn: null. The selected steps [{', '.join(chosen)}] have dependencies"
            f" on [{', '.join(outside)}]."
        )
    return outside


def _above(definition: Definition, names: list[str]) -> set[str]:
    """All steps that these wait for, directly or not; not themselves unless another of them waits for them."""
    found: set[str] = set()
    left = list(names)
    while left:
        for before in definition.steps[left.pop()].waits_for:
            if before not in found:
                found.add(before)
                left.append(before)
    return found


def check_source(source: Execution, pipeline: str, names: list[str]) -> None:
    """Whether the source can lend the results of these steps; raises InvalidSelection."""
    row = source.row
    if source.pipeline != pipeline:
        raise InvalidSelection(
            f"Invalid SourcePipelineExecutionArn: {source.arn} is not an execution of this pipeline."
        )
    status = row["PipelineExecutionStatus"]
    if status not in ("Succeeded", "Failed"):
        raise InvalidSelection(
            f"Invalid SourcePipelineExecutionArn: {source.arn} is in status {status}; it must be Succeeded or Failed."
        )
    rows = {name: source.step(name) for name in names}
    absent = [name for name, step in rows.items() if step is None or step["StepStatus"] != "Succeeded"]
    if absent:
        raise InvalidSelection(
            f"Invalid SourcePipelineExecutionArn: {source.arn} has no results of the steps [{', '.join(absent)}]."
        )


def borrow(execution: Execution, source: Execution, names: list[str]) -> None:
    """Copy the results of steps that do not run; each says from which execution it is."""
    for name in names:
        row = source.step(name) or {}
        kept = {member: row[member] for member in _COPIED if member in row}
        copied = {"SourcePipelineExecutionArn": source.arn}
        execution.begin_step(
            name, row["_suffix"], {**kept, "StepStatus": "Succeeded", "SelectiveExecutionResult": copied}
        )
