"""Cron and rate expressions: the next instant of each, as a table."""

from datetime import UTC, datetime

import pytest

from simulator.formats.cron import CronError, parse_aws_cron, parse_azure_cron
from simulator.formats.schedule_expression import parse_schedule


def _seconds(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


def _text(moment: float | None) -> str | None:
    return None if moment is None else datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M")


@pytest.mark.parametrize(
    ("expression", "after", "expected"),
    [
        ("0 * ? * * *", "2026-03-01T10:00:00", "2026-03-01T11:00"),
        ("0 * ? * * *", "2026-03-01T10:00:00.500", "2026-03-01T11:00"),
        ("0 * ? * * *", "2026-03-01T09:59:59", "2026-03-01T10:00"),
        ("0 10 * * ? *", "2026-03-01T10:00:00", "2026-03-02T10:00"),
        ("15 12 * * ? *", "2026-12-31T12:15:00", "2027-01-01T12:15"),
        ("0 18 ? * MON-FRI *", "2026-03-06T18:00:00", "2026-03-09T18:00"),
        ("0 8 1 * ? *", "2026-03-01T08:00:00", "2026-04-01T08:00"),
        ("0/15 * * * ? *", "2026-03-01T10:16:00", "2026-03-01T10:30"),
        ("0/10 * ? * MON-FRI *", "2026-03-06T23:50:00", "2026-03-09T00:00"),
        ("0/5 8-17 ? * MON-FRI *", "2026-03-06T17:55:00", "2026-03-09T08:00"),
        ("0 9 ? * 2#1 *", "2026-03-01T00:00:00", "2026-03-02T09:00"),
        ("0 9 ? * 2#1 *", "2026-03-02T09:00:00", "2026-04-06T09:00"),
        ("0 9 ? * 6L *", "2026-03-01T00:00:00", "2026-03-27T09:00"),
        ("0 9 ? * 5L *", "2026-04-01T00:00:00", "2026-04-30T09:00"),
        ("0 9 ? * L *", "2026-03-01T00:00:00", "2026-03-07T09:00"),
        ("0 0 L * ? *", "2026-02-01T00:00:00", "2026-02-28T00:00"),
        ("0 0 LW * ? *", "2026-02-01T00:00:00", "2026-02-27T00:00"),
        ("0 0 1W * ? *", "2026-07-31T00:00:00", "2026-08-03T00:00"),
        ("0 0 29 2 ? *", "2026-01-01T00:00:00", "2028-02-29T00:00"),
        ("0 0 1 JAN ? 2027", "2026-01-01T00:00:00", "2027-01-01T00:00"),
        ("0 0 1 1 ? 2025", "2026-01-01T00:00:00", None),
        ("0 0/6 ? * * *", "2026-03-01T07:00:00", "2026-03-01T12:00"),
    ],
)
def test_aws_cron_names_its_next_instant(expression: str, after: str, expected: str | None) -> None:
    assert _text(parse_aws_cron(expression).next_after(_seconds(after))) == expected


@pytest.mark.parametrize(
    ("expression", "after", "expected"),
    [
        ("0 3 * * *", "2026-03-01T03:00:00", "2026-03-02T03:00"),
        ("0 0 * * Mon-Fri", "2026-03-06T00:00:00", "2026-03-09T00:00"),
        ("0 12 * * 0", "2026-03-02T00:00:00", "2026-03-08T12:00"),
        ("*/30 * 13 * Fri", "2026-03-01T00:00:00", "2026-03-13T00:00"),
        ("0 0 1 Jan,July *", "2026-02-01T00:00:00", "2026-07-01T00:00"),
    ],
)
def test_azure_cron_names_its_next_instant(expression: str, after: str, expected: str) -> None:
    assert _text(parse_azure_cron(expression).next_after(_seconds(after))) == expected


@pytest.mark.parametrize(
    "expression",
    [
        "* * * * *",
        "0 * * * * *",
        "0 * ? * ? *",
        "60 * * * ? *",
        "0 24 * * ? *",
        "0 0 32 * ? *",
        "0 0 ? * 8 *",
        "0 0 ? * 2#6 *",
        "x 0 * * ? *",
        "0 5-3 * * ? *",
        "0/0 * * * ? *",
        "0 0 * * ? 1969",
    ],
)
def test_what_is_not_aws_cron_is_refused(expression: str) -> None:
    with pytest.raises(CronError):
        parse_aws_cron(expression)


def test_azure_cron_has_no_sixth_field() -> None:
    with pytest.raises(CronError, match="five fields"):
        parse_azure_cron("0 0 * * * *")


@pytest.mark.parametrize(
    ("expression", "anchor", "moment", "expected"),
    [
        ("rate(5 minutes)", 1000, 1000, 1300),
        ("rate(5 minutes)", 1000, 1299.9, 1300),
        ("rate(5 minutes)", 1000, 1300, 1600),
        ("rate(1 hour)", 0, 7200, 10800),
        ("rate(1 day)", 10, 5, 86410),
    ],
)
def test_a_rate_counts_from_when_it_was_set(
    expression: str, anchor: float, moment: float, expected: float
) -> None:
    assert parse_schedule(expression).next_after(moment, anchor) == expected


def test_a_cron_expression_is_told_by_its_word() -> None:
    assert parse_schedule("cron(0 * ? * * *)").next_after(0, 0) == 3600


@pytest.mark.parametrize(
    "expression",
    ["rate(1 minutes)", "rate(5 minute)", "rate(0 minutes)", "rate(5 seconds)", "at(2026)", "5 minutes"],
)
def test_what_is_not_a_schedule_expression_is_refused(expression: str) -> None:
    with pytest.raises(CronError):
        parse_schedule(expression)
