"""Definitions are checked whole when a pipeline is created."""

import json

import pytest

from simulator.aws.sagemaker.pipelines.definition import InvalidDefinition, StepNotSimulated, parse


def definition(*steps, parameters=()):
    return json.dumps(
        {"Version": "2020-12-01", "Metadata": {}, "Parameters": list(parameters), "Steps": list(steps)}
    )


def step(name, kind="Training", **more):
    return {"Name": name, "Type": kind, "Arguments": {}, **more}


def test_steps_wait_for_what_they_refer_to_and_depend_on():
    found = parse(
        definition(
            step("A", "Processing"),
            step("B", Arguments={"X": {"Get": "Steps.A.Outputs['x'].S3Uri"}}),
            step("C", DependsOn=["B"]),
        )
    )
    assert found.steps["B"].waits_for == {"A"}
    assert found.steps["C"].waits_for == {"B"}


def test_steps_of_a_branch_stand_behind_its_condition():
    condition = {"Conditions": [], "IfSteps": [step("Yes")], "ElseSteps": [step("No", "Fail")]}
    found = parse(definition(step("Check", "Condition", Arguments=condition)))
    assert found.steps["Yes"].gates == (("Check", True),)
    assert found.steps["No"].gates == (("Check", False),)
    assert found.steps["No"].waits_for == {"Check"}


@pytest.mark.parametrize(
    ("steps", "text"),
    [
        ([], "at least one step"),
        ([step("A"), step("A")], "not unique"),
        ([step("A b")], "does not match"),
        ([step("A", "Magic")], "Type Magic is not one of"),
        ([step("A", DependsOn=["B"])], "depends on B, which is not a step"),
        ([step("A", Arguments={"X": {"Get": "Steps.B.Y"}})], "names a step that is not there"),
        ([step("A", Arguments={"X": {"Get": "Parameters.P"}})], "is not a parameter"),
        ([step("A", Arguments={"X": {"Get": "Execution.Nothing"}})], "is not one of Execution"),
        ([step("A", Arguments={"X": {"Std:Magic": {}}})], "Std:Magic"),
        ([step("A"), step("B", Arguments={"X": {"Get": "Steps.A.PropertyFiles.F"}})], "property file"),
        ([step("A", DependsOn=["B"]), step("B", DependsOn=["A"])], "A, B wait for each other"),
    ],
)
def test_a_wrong_definition_is_refused_with_the_place(steps, text):
    with pytest.raises(InvalidDefinition, match=text):
        parse(definition(*steps))


def test_a_step_type_without_behaviour_is_refused_by_name():
    with pytest.raises(StepNotSimulated, match="step Tune: step type Tuning is not simulated"):
        parse(definition(step("Tune", "Tuning")))


def test_what_is_not_json_is_refused():
    with pytest.raises(InvalidDefinition, match="not JSON"):
        parse("{")


def test_a_default_outside_its_enumeration_is_refused():
    parameter = {"Name": "P", "Type": "String", "DefaultValue": "c", "EnumValues": ["a", "b"]}
    with pytest.raises(InvalidDefinition, match="not one of its EnumValues"):
        parse(definition(step("A"), parameters=[parameter]))
