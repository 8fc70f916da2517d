"""Samples joined and read as statistics, and the windows in which an alarm counts them."""

from __future__ import annotations

import pytest

from simulator.aws.cloudwatch.samples import Sample, joined, statistic
from simulator.aws.cloudwatch.windows import Range, next_change, points

WHOLE = joined([Sample.of({1.0: 1, 2.0: 2}), Sample.of({5.0: 1})])


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("SampleCount", 4),
        ("Sum", 10),
        ("Average", 2.5),
        ("Minimum", 1),
        ("Maximum", 5),
        ("p0", 1),
        ("p50", 2),
        ("p100", 5),
        ("p90", 4.1),
        ("tm50", 5 / 3),
    ],
)
def test_a_statistic_is_read_from_all_observations(name: str, expected: float) -> None:
    assert WHOLE is not None
    assert statistic(WHOLE, name) == pytest.approx(expected)


def test_a_statistic_set_has_no_percentiles_unless_all_its_values_are_the_same() -> None:
    assert statistic(Sample(4, 10, 1, 5), "p90") is None
    assert statistic(Sample(4, 8, 2, 2), "p90") == 2
    assert statistic(Sample(4, 10, 1, 5), "Average") == 2.5


def test_a_sample_survives_its_row() -> None:
    assert WHOLE is not None
    assert Sample.of_row(WHOLE.row()) == WHOLE


def test_windows_end_with_the_running_minute_and_slide() -> None:
    samples = {600.0: Sample.of({1.0: 1}), 900.0: Sample.of({3.0: 1})}
    assert points(Range.at(930, 300, 3), samples, "Sum") == [None, 1.0, 3.0]
    assert points(Range.at(1259, 300, 3), samples, "Sum") == [1.0, 3.0, None]


def test_the_next_change_is_when_a_sample_grows_older_by_a_window() -> None:
    range_ = Range.at(930, 300, 2)
    moment = next_change(range_, [900.0])
    assert moment == 1200
    sample = {900.0: Sample.of({1.0: 1})}
    assert points(Range.at(moment - 1, 300, 2), sample, "Sum") == [None, 1.0]
    assert points(Range.at(moment, 300, 2), sample, "Sum") == [1.0, None]


def test_without_samples_nothing_will_change() -> None:
    assert next_change(Range.at(930, 300, 2), [0.0]) is None
