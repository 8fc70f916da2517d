"""What stands beside a step's Arguments (cache, retries, property files, checks), checked: pure.

Source: SageMaker developer guide, "Caching pipeline steps", "Retry policy for pipeline steps" for members and limits.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from simulator.aws.sagemaker.pipelines.definition.durations import seconds_of
from simulator.aws.sagemaker.pipelines.definition.references import is_reference
from simulator.aws.sagemaker.pipelines.definition.step_types import CHECK_TYPES, StepShape

_EVERY = (
    "Name",
    "Type",
    "Arguments",
    "DependsOn",
    "DisplayName",
    "Description",
    "CacheConfig",
    "RetryPolicies",
)
_LISTS = ("DependsOn", "RetryPolicies", "PropertyFiles", "OutputParameters")
_FREE = (
    "EMRServerless",
    "InferenceComponent",
    "Lineage",
    "ForEach",
    "Cleanup",
    "Job",
    "Athena",
    "HubContent",
)
EXCEPTIONS = ("Step.SERVICE_FAULT", "Step.THROTTLING", "SageMaker.JOB_INTERNAL_ERROR", "SageMaker.CAPACITY_ERROR",
              "SageMaker.RESOURCE_LIMIT")  # fmt: skip


def extra_problems(name: str, kind: str, shape: StepShape, body: Mapping[str, Any]) -> Iterator[str]:
    """What is wrong with the members of a step beside its Arguments."""
    allowed = (*_EVERY, *shape.required, *shape.optional)
    for member in body:
        if member not in allowed and kind not in _FREE and not kind.startswith("Bedrock"):
            yield f"Unknown Step member '{member}'."
    for member in shape.required:
        if not body.get(member):
            yield f"step {name} has no {member}"
    for member in _LISTS:
        if body.get(member) is not None and not isinstance(body[member], list):
            yield "Expecting start of Json Array."
    yield from _cache(name, body.get("CacheConfig"))
    for policy in body.get("RetryPolicies") or ():
        yield from _retry(name, shape, policy)
    wanted = CHECK_TYPES.get(kind)
    if wanted and body.get("CheckType") not in wanted:
        yield f"step {name}: CheckType {body.get('CheckType')} is not one of {', '.join(wanted)}"


def _cache(name: str, config: Any) -> Iterator[str]:
    if config is None:
        return
    if not isinstance(config, dict):
        yield "Expecting start of Json Object."
        return
    after = config.get("ExpireAfter")
    if after is not None and not is_reference(after) and seconds_of(str(after)) is None:
        yield f"step {name}: ExpireAfter {after} is not an ISO 8601 duration"


def _retry(name: str, shape: StepShape, policy: Any) -> Iterator[str]:
    if not isinstance(policy, dict):
        yield "Expecting start of Json Object."
        return
    if not shape.retried:
        yield f"step {name}: this step type does not support RetryPolicies"
    kinds = policy.get("ExceptionType") or []
    for kind in kinds:
        if kind not in EXCEPTIONS:
            yield f"step {name}: ExceptionType {kind} is not one of {', '.join(EXCEPTIONS)}"
    if not kinds:
        yield f"step {name}: a retry policy has no ExceptionType"
    if (policy.get("MaxAttempts") is None) == (policy.get("ExpireAfterMin") is None):
        yield f"step {name}: a retry policy needs either MaxAttempts or ExpireAfterMin"
    for member, least, most in (
        ("IntervalSeconds", 1, 43200),
        ("MaxAttempts", 1, 20),
        ("ExpireAfterMin", 1, 14400),
    ):
        value = policy.get(member)
        if value is not None and not (isinstance(value, (int, float)) and least <= value <= most):
            yield f"step {name}: {member} {value} is not between {least} and {most}"
