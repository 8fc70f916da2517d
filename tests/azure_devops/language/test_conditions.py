"""Status functions by the measured truth table, and what conditions and `$[ ]` values can see."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from simulator.azure_devops.language.conditions import (
    ConditionContext,
    Outcome,
    evaluate_condition,
    evaluate_runtime_expression,
)
from simulator.azure_devops.language.expressions.failure import ExpressionFailure


def job_after(*results: str, canceled: bool = False) -> ConditionContext:
    dependencies = {f"J{index}": Outcome(result) for index, result in enumerate(results)}
    return ConditionContext("job", {}, dependencies, canceled=canceled)


# Recorded: real run 527, shared/reference/azure-devops.md 4.3.
TRUTH = [
    ((), "TFTTF"),
    (("Succeeded",), "TFTTF"),
    (("SucceededWithIssues",), "TFTTF"),
    (("Skipped",), "FFFTF"),
    (("Failed",), "FTTTF"),
    (("Abandoned",), "FFFTF"),
    (("Succeeded", "Skipped"), "FFTTF"),
]
FUNCTIONS = ("succeeded()", "failed()", "succeededOrFailed()", "always()", "canceled()")


@pytest.mark.parametrize(("results", "row"), TRUTH)
def test_status_functions_of_a_job_follow_the_recorded_table(results, row):
    found = "".join("T" if evaluate_condition(each, job_after(*results)) else "F" for each in FUNCTIONS)
    assert found == row
    assert evaluate_condition("not(canceled())", job_after(*results))


def test_no_condition_is_succeeded():
    assert evaluate_condition("", job_after("Succeeded"))
    assert not evaluate_condition("", job_after("Failed"))


def test_named_dependencies_narrow_the_set_and_an_unknown_one_is_false():
    context = job_after("Succeeded", "Failed")
    assert evaluate_condition("succeeded('j0')", context)
    assert not evaluate_condition("succeeded('J1')", context)
    assert evaluate_condition("failed('J0', 'J1')", context)
    assert not evaluate_condition("succeeded('Nobody')", context)
    assert not evaluate_condition("failed('Nobody')", context)


def test_a_canceled_run_runs_only_what_asks_for_it():
    context = job_after("Succeeded", canceled=True)
    assert not evaluate_condition("", context)
    assert not evaluate_condition("succeededOrFailed()", context)
    assert evaluate_condition("canceled()", context)
    assert evaluate_condition("always()", context)


@pytest.mark.parametrize(
    ("status", "row"),
    [
        ("Succeeded", "TFTTF"),
        ("SucceededWithIssues", "TFTTF"),
        ("Failed", "FTTTF"),
        ("Canceled", "FFFTT"),
    ],
)
def test_status_functions_of_a_step_read_the_jobs_status(status, row):
    context = ConditionContext("step", {}, job_status=status)
    assert "".join("T" if evaluate_condition(each, context) else "F" for each in FUNCTIONS) == row


def test_step_status_functions_take_no_names():
    with pytest.raises(ExpressionFailure, match="Unexpected symbol"):
        evaluate_condition("succeeded('x')", ConditionContext("step", {}))


def test_conditions_see_variables_and_outputs_of_jobs_and_stages():
    context = ConditionContext(
        "job",
        {"Build.SourceBranch": "refs/heads/main"},
        {"Build": Outcome("Succeeded", {"set.version": "7"})},
        {"Prepare": {"Gate": Outcome("Failed", {"Gate.check.go": "yes"}, {"state": "completed"})}},
    )
    for condition in (
        "eq(variables['build.sourcebranch'], 'refs/heads/main')",
        "eq(dependencies.Build.outputs['set.version'], '7')",
        "eq(dependencies.build.result, 'Succeeded')",
        "eq(stageDependencies.Prepare.Gate.outputs['Gate.check.go'], 'yes')",
        "in(stageDependencies.Prepare.Gate.result, 'Failed', 'Skipped')",
        "eq(stageDependencies.Prepare.Gate.state, 'completed')",
        "eq(dependencies.Nobody.outputs['x.y'], '')",
    ):
        assert evaluate_condition(condition, context), condition


def test_a_context_of_another_slot_is_unknown():
    for level, text in (
        ("job", "eq(parameters.x, 1)"),
        ("job", "eq(resources.x, 1)"),
        ("step", "dependencies.A"),
    ):
        with pytest.raises(ExpressionFailure, match="Unrecognized value"):
            evaluate_condition(text, ConditionContext(level, {}))  # type: ignore[arg-type]


def test_a_runtime_expression_must_be_the_whole_value():
    context = ConditionContext("job", {"a": "1"}, {"J": Outcome("Succeeded", {"s.v": "out"})})
    assert evaluate_runtime_expression("$[ dependencies.J.outputs['s.v'] ]", context) == "out"
    assert evaluate_runtime_expression("x $[ variables.a ]", context) == "x $[ variables.a ]"
    assert evaluate_runtime_expression("$[eq(variables.a, 1)]", context) == "True"
    assert evaluate_runtime_expression("$[ variables.none ]", context) == ""


def test_counter_and_start_time_are_seen_by_root_variables():
    asked: list[tuple[str, int]] = []

    def counter(prefix: str, seed: int) -> int:
        asked.append((prefix, seed))
        return 5

    start = datetime(2026, 11, 22, tzinfo=UTC)
    context = ConditionContext("stage", {"v": "1.2"}, pipeline={"startTime": start}, counter=counter)
    assert evaluate_runtime_expression("$[counter(variables.v, 100)]", context) == "5"
    assert asked == [("1.2", 100)]
    assert evaluate_runtime_expression("$[format('{0:yyyy}', pipeline.startTime)]", context) == "2026"


def test_resources_are_seen_by_variables():
    context = ConditionContext("stage", {}, resources={"repositories": {"self": {"type": "Git"}}})
    assert evaluate_runtime_expression("$[resources.repositories['SELF'].type]", context) == "Git"
