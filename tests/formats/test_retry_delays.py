"""The retry tables: growth, ceiling and jitter."""

import pytest

from simulator.formats.retry_delays import EVENTBRIDGE, RetryTable


def test_delays_double_until_the_ceiling() -> None:
    table = RetryTable(first_seconds=1, factor=2, ceiling_seconds=10, jitter=0)
    assert [table.delay_seconds(n, 0.9) for n in range(1, 7)] == [1, 2, 4, 8, 10, 10]


def test_the_jitter_spreads_evenly_about_the_delay() -> None:
    table = RetryTable(first_seconds=10, factor=2, ceiling_seconds=10, jitter=0.2)
    assert [table.delay_seconds(1, fraction) for fraction in (0, 0.5)] == [8, 10]
    assert table.delay_seconds(1, 0.999) < 12


def test_the_last_retry_of_eventbridge_falls_near_the_end_of_its_day() -> None:
    total = sum(EVENTBRIDGE.delay_seconds(n, 0.5) for n in range(1, 186))
    assert 0.9 * 86400 < total < 1.1 * 86400


def test_retries_are_counted_from_one() -> None:
    with pytest.raises(ValueError, match="from 1"):
        EVENTBRIDGE.delay_seconds(0, 0.5)
