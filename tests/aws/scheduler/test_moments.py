"""When schedules fire: once, at a rate from their start, by cron in their time zone."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from simulator.aws.scheduler.moments import WrongExpression, parse

MADE = datetime(2026, 3, 1, 10, 0, tzinfo=UTC).timestamp()


def _moment(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    ("expression", "zone", "after", "expected"),
    [
        ("at(2026-03-01T12:00:00)", "UTC", MADE, "2026-03-01T12:00:00"),
        ("at(2026-03-01T12:00:00)", "Europe/Berlin", MADE, "2026-03-01T11:00:00"),
        ("rate(2 minutes)", "UTC", MADE - 1, "2026-03-01T10:00:00"),
        ("rate(2 minutes)", "UTC", MADE, "2026-03-01T10:02:00"),
        ("cron(0/2 * ? * * *)", "UTC", MADE, "2026-03-01T10:02:00"),
        ("cron(30 9 * * ? *)", "Europe/Berlin", MADE, "2026-03-02T08:30:00"),
        # In summer Berlin is two hours ahead.
        ("cron(30 9 1 7 ? *)", "Europe/Berlin", MADE, "2026-07-01T07:30:00"),
    ],
)
def test_the_next_firing(expression: str, zone: str, after: float, expected: str) -> None:
    assert parse(expression, zone, MADE, None, None).next_after(after) == _moment(expected)


def test_what_has_an_end_or_a_single_moment_is_over() -> None:
    assert parse("at(2026-03-01T09:00:00)", "UTC", MADE, None, None).next_after(MADE) is None
    ending = parse("rate(1 hour)", "UTC", MADE, None, MADE + 3600)
    assert ending.next_after(MADE) == MADE + 3600
    assert ending.next_after(MADE + 3600) is None


def test_a_rate_begins_at_its_start() -> None:
    assert parse("rate(1 hour)", "UTC", MADE, MADE + 90, None).next_after(MADE) == MADE + 90


@pytest.mark.parametrize(
    "expression", ["often", "at(2026-13-01T00:00:00)", "rate(2 fortnights)", "cron(* *)"]
)
def test_what_is_no_expression_is_refused(expression: str) -> None:
    with pytest.raises(WrongExpression, match="Invalid Schedule Expression"):
        parse(expression, "UTC", MADE, None, None)
    with pytest.raises(WrongExpression, match="Timezone"):
        parse("rate(1 hour)", "Mars/Olympus", MADE, None, None)
