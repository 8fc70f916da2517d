"""The cache of steps: an earlier success of the same step with the same key attributes stands in for a new run.

Source: SageMaker developer guide, "Caching pipeline steps": the key attributes of each type (definition/step_types.py),
only successful runs of the same pipeline within ExpireAfter, which counts virtual time.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from simulator.aws.sagemaker.kinds.kind import Row
from simulator.aws.sagemaker.pipelines.definition.durations import seconds_of
from simulator.aws.sagemaker.pipelines.definition.model import Step
from simulator.aws.sagemaker.pipelines.definition.step_types import STEP_TYPES
from simulator.aws.sagemaker.pipelines.execution import Execution
from simulator.aws.sagemaker.pipelines.steps.step import Done

_CACHE = "sagemaker.pipeline_step_cache"


def signature(step: Step, resolved: Mapping[str, Any]) -> str:
    """What two runs of a step must share; empty for a type that is not cached. Pure."""
    names = STEP_TYPES[step.type].cached
    if not names:
        return ""
    values = {**step.body, **resolved, **resolved.get("Arguments", {})}
    kept = {name: values.get(name) for name in names}
    return hashlib.sha256(json.dumps([step.type, kept], sort_keys=True, default=str).encode()).hexdigest()


def find(execution: Execution, step: Step, resolved: Mapping[str, Any]) -> Done | None:
    """The earlier success that stands in for this run; notes the signature where there is none."""
    mark = signature(step, resolved)
    config = step.body.get("CacheConfig") or {}
    if not mark:
        return None
    execution.change_step(step.name, {"_signature": mark})
    if not config.get("Enabled"):
        return None
    row = execution.kernel.store.get(_CACHE, _key(execution, step.name, mark))
    after = seconds_of(str(config["ExpireAfter"])) if config.get("ExpireAfter") else None
    if row is None or (after is not None and execution.kernel.clock.now() - row["ended"] > after):
        return None
    return Done(row["properties"], row["metadata"], cached_from=row["execution"])


def keep(execution: Execution, row: Row) -> None:
    """A step has succeeded by its own run: it may stand in for later ones."""
    if mark := row.get("_signature"):
        kept = {
            "execution": execution.arn,
            "ended": row["EndTime"],
            "properties": row["_properties"],
            "metadata": row["Metadata"],
        }
        execution.kernel.store.put(_CACHE, _key(execution, row["StepName"], mark), kept)


def _key(execution: Execution, step: str, mark: str) -> str:
    return f"{execution.pipeline}/{step}/{mark}"
