"""Debugger, Profiler and TensorBoard of a training job: what Describe says of them, whose rules nobody evaluates here.

A rule stays in its first state, InProgress, because no work of it runs; the reality ledger lists the configuration.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def described(params: Mapping[str, Any], now: float) -> dict[str, Any]:
    """The members that Describe adds for rules and profiling."""
    profiler = params.get("ProfilerConfig")
    on = profiler is not None and not profiler.get("DisableProfiler", False)
    members: dict[str, Any] = {"ProfilingStatus": "Enabled" if on else "Disabled"}
    for rules, statuses in (
        ("DebugRuleConfigurations", "DebugRuleEvaluationStatuses"),
        ("ProfilerRuleConfigurations", "ProfilerRuleEvaluationStatuses"),
    ):
        if params.get(rules):
            members[statuses] = [_first(each["RuleConfigurationName"], now) for each in params[rules]]
    return members


def _first(name: str, now: float) -> dict[str, Any]:
    return {"RuleConfigurationName": name, "RuleEvaluationStatus": "InProgress", "LastModifiedTime": now}
