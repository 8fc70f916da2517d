"""Definitions are checked whole when a pipeline is created."""

import json

import pytest

from simulator.aws.sagemaker.pipelines.definition.model import InvalidDefinition
from simulator.aws.sagemaker.pipelines.definition.parse import parse


def definition(*steps, parameters=()):
    return json.dumps(
        {"Version": "2020-12-01", "Metadata": {}, "Parameters": list(parameters), "Steps": list(steps)}
    )


NEEDED = {
    "Training": {"RoleArn": "arn", "OutputDataConfig": {}},
    "Processing": {"RoleArn": "arn", "AppSpecification": {}, "ProcessingResources": {}},
}


def step(name, kind="Training", **more):
    arguments = {**NEEDED.get(kind, {}), **more.pop("Arguments", {})}
    return {"Name": name, "Type": kind, "Arguments": arguments, **more}


def test_steps_wait_for_what_they_refer_to_and_depend_on():
    found = parse(
        definition(
            step("A", "Processing"),
            step("B", Arguments={"RoleArn": {"Get": "Steps.A.Outputs['x'].S3Uri"}}),
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
        ([step("A", Arguments={"RoleArn": {"Get": "Steps.B.Y"}})], "names a step that is not there"),
        ([step("A", Arguments={"RoleArn": {"Get": "Parameters.P"}})], "is not a parameter"),
        ([step("A", Arguments={"RoleArn": {"Get": "Execution.Nothing"}})], "is not one of Execution"),
        ([step("A", Arguments={"RoleArn": {"Std:Magic": {}}})], "Std:Magic"),
        ([step("A"), step("B", Arguments={"RoleArn": {"Get": "Steps.A.PropertyFiles.F"}})], "property file"),
        ([step("A", DependsOn=["B"]), step("B", DependsOn=["A"])], "A, B wait for each other"),
        ([{"Name": "A", "Type": "Training", "Arguments": {"RoleArn": "arn"}}], "member 'OutputDataConfig'"),
    ],
)
def test_a_wrong_definition_is_refused_with_the_place(steps, text):
    with pytest.raises(InvalidDefinition, match=text):
        parse(definition(*steps))


def test_every_problem_is_named_at_once():
    steps = [
        step("A", DependsOn=["B"]),
        step("C", Arguments={"Job": 1, "InputDataConfig": {}, "EnableNetworkIsolation": 1}),
    ]
    with pytest.raises(InvalidDefinition) as refused:
        parse(definition(*steps))
    assert refused.value.problems == [
        "Unknown Argument member 'Job'.",
        "Expecting start of Json Array.",
        "step A depends on B, which is not a step",
    ]


@pytest.mark.parametrize(
    ("wrong", "text"),
    [
        (step("A", CacheConfig={"Enabled": True, "ExpireAfter": "soon"}), "soon is not an ISO 8601 duration"),
        (
            step("A", RetryPolicies=[{"ExceptionType": ["Step.MAGIC"], "MaxAttempts": 2}]),
            "Step.MAGIC is not one of",
        ),
        (
            step("A", RetryPolicies=[{"ExceptionType": ["Step.THROTTLING"]}]),
            "either MaxAttempts or ExpireAfterMin",
        ),
        (
            step("A", RetryPolicies=[{"ExceptionType": ["Step.THROTTLING"], "MaxAttempts": 21}]),
            "not between 1 and 20",
        ),
        (step("A", "Lambda"), "has no FunctionArn"),
        (step("A", Colour="red"), "Unknown Step member 'Colour'"),
        (
            step("A", "QualityCheck", CheckType="TASTE"),
            "CheckType TASTE is not one of DATA_QUALITY, MODEL_QUALITY",
        ),
        (
            step("A", "RegisterModel", Arguments={"ModelPackageName": "p"}),
            "Unknown Argument member 'ModelPackageName'",
        ),
    ],
)
def test_what_stands_beside_the_arguments_is_checked(wrong, text):
    with pytest.raises(InvalidDefinition, match=text):
        parse(definition(wrong))


def test_a_literal_outside_its_enumeration_is_refused_in_awss_words():
    source = {
        "InputName": "i",
        "S3Input": {"S3Uri": "s3://b/k", "S3DataType": "S3Prefix", "S3InputMode": "FastFile"},
    }
    with pytest.raises(InvalidDefinition) as refused:
        parse(definition(step("A", "Processing", Arguments={"ProcessingInputs": [source]})))
    assert str(refused.value).startswith(
        "Model Validation failed: Value 'FastFile' for 'ProcessingS3InputMode' failed to satisfy enum value"
    )


def test_nothing_can_depend_on_a_step_that_fails():
    fail, check = (
        step("Stop", "Fail"),
        step("Check", "Condition", DependsOn=["Stop"], Arguments={"Conditions": []}),
    )
    with pytest.raises(InvalidDefinition, match=r"^Check can not depends on Stop$"):
        parse(definition(fail, check))


def test_two_thousand_steps_are_read_in_one_go():
    chain = [step(f"S{n}", DependsOn=[f"S{n - 1}"] if n else []) for n in range(2000)]
    assert len(parse(definition(*chain)).steps) == 2000


def test_what_is_not_json_is_refused():
    with pytest.raises(InvalidDefinition, match="not JSON"):
        parse("{")


def test_a_default_outside_its_enumeration_is_refused():
    parameter = {"Name": "P", "Type": "String", "DefaultValue": "c", "EnumValues": ["a", "b"]}
    with pytest.raises(InvalidDefinition, match="not one of its EnumValues"):
        parse(definition(step("A"), parameters=[parameter]))


@pytest.mark.parametrize(
    ("kind", "right", "wrong"),
    [("String", "1", 1), ("Integer", 1, 1.5), ("Float", 1, "1"), ("Boolean", False, 0), ("Integer", 0, True)],
)
def test_a_default_is_of_the_type_of_its_parameter(kind, right, wrong):
    parse(definition(step("A"), parameters=[{"Name": "P", "Type": kind, "DefaultValue": right}]))
    with pytest.raises(InvalidDefinition, match=f"parameter P: DefaultValue {wrong} is not of type {kind}"):
        parse(definition(step("A"), parameters=[{"Name": "P", "Type": kind, "DefaultValue": wrong}]))
