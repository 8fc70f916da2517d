"""Parameters take given, previous or default values, within their constraints, with AWS's words."""

from __future__ import annotations

import pytest

from simulator.aws.cloudformation.parameters import choose, declarations, referable, shown
from simulator.aws.cloudformation.template import parse
from simulator.kernel.errors import CallerError, NotSimulated

RESOURCES = "\nResources: {A: {Type: AWS::SNS::Topic}}"


def declared(body: str):
    return declarations(parse(f"Parameters: {body}{RESOURCES}"))


def given(**values: str):
    return [{"ParameterKey": name, "ParameterValue": value} for name, value in values.items()]


def test_given_previous_and_default_values_are_chosen_in_that_order():
    found = declared("{A: {Type: String}, B: {Type: Number, Default: 1}, C: {Type: String}}")
    assert choose(
        found, [*given(A="x"), {"ParameterKey": "C", "UsePreviousValue": True}], {"C": "before"}
    ) == {"A": "x", "B": "1", "C": "before"}


@pytest.mark.parametrize(
    "body, values, message",
    [
        ("{A: {Type: String}, B: {Type: String}}", {}, "Parameters: [A, B] must have values"),
        ("{A: {Type: String}}", {"A": "1", "Z": "2"}, "Parameters: [Z] do not exist in the template"),
        ("{A: {Type: String, AllowedValues: [x]}}", {"A": "y"}, "Parameter 'A' must be one of AllowedValues"),
        (
            "{A: {Type: String, AllowedPattern: '[a-z]+'}}",
            {"A": "1"},
            "Parameter 'A' must match pattern [a-z]+",
        ),
        (
            "{A: {Type: String, AllowedPattern: '[a-z]+', ConstraintDescription: letters}}",
            {"A": "1"},
            "Parameter 'A' failed to satisfy constraint: letters",
        ),
        ("{A: {Type: String, MinLength: 2}}", {"A": "1"}, "Parameter 'A' must contain at least 2 characters"),
        (
            "{A: {Type: String, MaxLength: 2}}",
            {"A": "123"},
            "Parameter 'A' must contain at most 2 characters",
        ),
        ("{A: {Type: Number}}", {"A": "x"}, "Parameter 'A' must be a number"),
        ("{A: {Type: Number, MinValue: 3}}", {"A": "2"}, "Parameter 'A' must be a number not less than 3"),
        ("{A: {Type: Number, MaxValue: 3}}", {"A": "4"}, "Parameter 'A' must be a number not greater than 3"),
    ],
)
def test_a_value_out_of_bounds_has_the_words_of_aws(body, values, message):
    with pytest.raises(CallerError) as caught:
        choose(declared(body), given(**values), {})
    assert caught.value.message == message


def test_lists_split_stored_values_come_from_systems_manager_and_secrets_are_hidden():
    found = declared(
        "{L: {Type: CommaDelimitedList}, S: {Type: 'AWS::SSM::Parameter::Value<String>'},"
        " N: {Type: String, NoEcho: true}}"
    )
    values = {"L": "a, b", "S": "/model/bucket", "N": "secret"}
    assert referable(found, values, {"S": "my-bucket"}) == {"L": ["a", "b"], "S": "my-bucket", "N": "secret"}
    assert shown(found, values, {"S": "my-bucket"})[1:] == [
        {"ParameterKey": "S", "ParameterValue": "/model/bucket", "ResolvedValue": "my-bucket"},
        {"ParameterKey": "N", "ParameterValue": "****"},
    ]


def test_a_type_whose_existence_check_is_not_simulated_is_refused_by_name():
    with pytest.raises(NotSimulated, match="AWS::EC2::VPC::Id"):
        declared("{V: {Type: 'AWS::EC2::VPC::Id'}}")
