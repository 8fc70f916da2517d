"""The state of an alarm from its data points: CloudWatch's two tables on missing data, and more, as tables."""

from __future__ import annotations

import pytest

from simulator.aws.cloudwatch.evaluation import Question, State, evaluate

OK, ALARM, NONE = State.OK, State.ALARM, State.INSUFFICIENT_DATA


def _points(picture: str) -> list[float | None]:
    """`0` is within the threshold, `X` beyond it, `-` missing; the oldest first, as in AWS's tables."""
    return [{"0": 0.0, "X": 9.0, "-": None}[mark] for mark in picture.split()]


@pytest.mark.parametrize(
    ("picture", "missing", "ignore", "breaching", "not_breaching"),
    [
        ("0 - X - X", OK, OK, OK, OK),
        ("- - - - 0", OK, OK, OK, OK),
        ("- - - - -", NONE, "retained", ALARM, OK),
        ("0 X X - X", ALARM, ALARM, ALARM, ALARM),
        ("- - X - -", ALARM, "retained", ALARM, OK),
        ("X X X 0 0", OK, OK, OK, OK),
    ],
)
@pytest.mark.parametrize("current", [OK, ALARM, NONE])
def test_three_of_three(
    picture: str, missing: State, ignore: State, breaching: State, not_breaching: State, current: State
) -> None:
    wanted = {"missing": missing, "ignore": ignore, "breaching": breaching, "notBreaching": not_breaching}
    for treatment, state in wanted.items():
        question = Question(1.0, "GreaterThanThreshold", 3, 3, treatment)
        expected = current if state == "retained" else state
        assert evaluate(question, _points(picture), current).state == expected, treatment


@pytest.mark.parametrize(
    ("picture", "missing", "ignore", "breaching", "not_breaching"),
    [
        ("0 - X - X", ALARM, ALARM, ALARM, ALARM),
        ("0 0 X 0 X", ALARM, ALARM, ALARM, ALARM),
        ("0 - X - -", OK, OK, ALARM, OK),
        ("- - - - 0", OK, OK, ALARM, OK),
        ("- - - X -", ALARM, "retained", ALARM, OK),
    ],
)
@pytest.mark.parametrize("current", [OK, ALARM, NONE])
def test_two_of_three(
    picture: str, missing: State, ignore: State, breaching: State, not_breaching: State, current: State
) -> None:
    wanted = {"missing": missing, "ignore": ignore, "breaching": breaching, "notBreaching": not_breaching}
    for treatment, state in wanted.items():
        question = Question(1.0, "GreaterThanThreshold", 3, 2, treatment)
        expected = current if state == "retained" else state
        assert evaluate(question, _points(picture), current).state == expected, treatment


def test_one_fresh_breaching_point_is_too_early_for_an_alarm_that_wants_three() -> None:
    question = Question(1.0, "GreaterThanThreshold", 3, 3)
    assert evaluate(question, _points("- - - - X"), OK).state is OK


@pytest.mark.parametrize(
    ("operator", "value", "expected"),
    [
        ("GreaterThanThreshold", 1.0, OK),
        ("GreaterThanThreshold", 1.1, ALARM),
        ("GreaterThanOrEqualToThreshold", 1.0, ALARM),
        ("LessThanThreshold", 1.0, OK),
        ("LessThanThreshold", 0.9, ALARM),
        ("LessThanOrEqualToThreshold", 1.0, ALARM),
        ("LessThanThreshold", 0.0, ALARM),
    ],
)
def test_the_operator_compares_with_the_threshold(operator: str, value: float, expected: State) -> None:
    assert evaluate(Question(1.0, operator, 1, 1), [None, None, value], NONE).state is expected
