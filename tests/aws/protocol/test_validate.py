"""Constraints of the models as the front end reads them: Java's patterns, unions, values of another type."""

import re

import pytest

from simulator.aws.protocol.models import operation_model
from simulator.aws.protocol.validate import python_pattern, validate
from simulator.kernel.errors import CallerError


@pytest.mark.parametrize(
    ("pattern", "fits", "does_not"),
    [
        (r"\p{ASCII}*", "text/csv", "\u2603"),
        (r"[\p{L}\p{Z}\p{N}_.:\/=+\-@]*", "Über mich: 1", "tab|bar"),
        (r"\A\S[\p{Print}]*\z", "a b", " a"),
        (r"arn:[\p{Alnum}\-]+:x", "arn:aws-cn:x", "arn:a_b:x"),
    ],
)
def test_javas_classes_mean_the_same_in_and_out_of_brackets(pattern, fits, does_not):
    assert re.fullmatch(python_pattern(pattern), fits)
    assert not re.fullmatch(python_pattern(pattern), does_not)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1, "NUMBER_VALUE can not be converted to a String"),
        (1.5, "DECIMAL_VALUE can not be converted to a String"),
        (False, "FALSE_VALUE can not be converted to a String"),
        (["a"], "Start of list found where not expected"),
        ({"a": 1}, "Start of structure or map found where not expected."),
    ],
)
def test_a_value_of_another_type_is_told_in_the_front_ends_words(value, text):
    with pytest.raises(CallerError) as refused:
        validate(operation_model("sagemaker", "DescribeModel"), {"ModelName": value})
    assert (refused.value.code, refused.value.message) == ("SerializationException", text)


def test_a_union_has_one_member():
    request = {"MonitoringScheduleName": "m", "MonitoringScheduleConfig": {}}
    validate(operation_model("sagemaker", "CreateMonitoringSchedule"), request)
    problem: dict[str, dict[str, str]] = {"AutoMLProblemTypeConfig": {}}
    with pytest.raises(CallerError, match="Member must have exactly one of") as refused:
        validate(operation_model("sagemaker", "CreateAutoMLJobV2"), problem)
    assert refused.value.code == "ValidationException"
