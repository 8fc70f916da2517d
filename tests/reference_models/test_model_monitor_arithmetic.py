"""The monitor's arithmetic is Deequ's: types, the quantile sketch, ranks and distances."""

import math
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.reference_models.monitor import module

data_types, kll, distance = module("data_types"), module("kll"), module("distance")
NUMBERS = st.floats(-1e6, 1e6)
RANKED = st.lists(NUMBERS, min_size=1, max_size=60)


@pytest.mark.parametrize(
    "text, kind",
    [
        ("12", "Integral"),
        ("-12", "Integral"),
        ("- 12", "Integral"),
        ("1.5", "Fractional"),
        (".5", "Fractional"),
        ("3.", "Fractional"),
        ("1e-05", "Fractional"),
        (".", "String"),
        ("true", "String"),
        ("12a", "String"),
        ("1,5", "String"),
    ],
)
def test_the_type_of_a_value(text, kind):
    assert data_types.type_of(text) == kind


@pytest.mark.parametrize(
    "values, kind",
    [
        (["1", "2", None], "Integral"),
        (["1", "2.5"], "Fractional"),
        (["1", "2.5", "x"], "String"),
        ([None, None], "Unknown"),
    ],
)
def test_the_type_of_a_column(values, kind):
    assert data_types.column_type(data_types.count_types(values)) == kind


@pytest.mark.parametrize(
    "value, text",
    [
        (1e-05, "0.00001"),
        (2.0, "2.0"),
        (1e22, "10000000000000000000000.0"),
        (True, "true"),
        (None, None),
        (3, "3"),
    ],
)
def test_a_value_that_is_not_text_is_written_without_exponent(value, text):
    assert data_types.as_text(value) == text


def test_a_whole_number_fits_a_fractional_column_and_not_the_other_way_round():
    counts = Counter({"Integral": 1, "Fractional": 3})

    assert data_types.matching_share(counts, "Fractional") == 1.0
    assert data_types.matching_share(counts, "Integral") == 0.25
    assert data_types.matching_share(counts, "String") == 0.0
    assert data_types.matching_share(counts + Counter({"String": 1}), "String") == 1.0


def test_up_to_2050_values_the_sketch_is_the_values_as_they_came():
    values = [float((i * 37) % 2050) for i in range(2050)]

    assert kll.sketch(values) == [values]


def test_the_2051st_value_compacts_the_level_and_stays_alone():
    first, second = kll.sketch(float(i) for i in range(2051))

    assert first == [2050.0]
    assert second == [float(i) for i in range(0, 2050, 2)]


def test_a_level_gives_its_even_items_first_and_its_odd_items_next_time():
    compactor = kll.Compactor([4.0, 1.0, 3.0, 2.0])
    first = compactor.compact()
    compactor.items = [8.0, 5.0, 7.0, 6.0, 9.0]

    assert (first, compactor.compact(), compactor.items) == ([1.0, 3.0], [6.0, 8.0], [9.0])


@given(st.lists(NUMBERS, min_size=1, max_size=300), st.integers(1, 40))
def test_a_sketch_never_loses_weight(values, times):
    assert sum(weight for _, weight in kll.weighted(kll.sketch(values * times))) == len(values) * times


@given(st.lists(NUMBERS, min_size=1, max_size=300))
def test_every_value_is_in_one_bucket(values):
    described = kll.buckets(kll.sketch(values), min(values), max(values))

    assert len(described) == 10
    assert sum(bucket["count"] for bucket in described) == len(values)


def test_deequs_own_example_of_a_distance():
    """KLLDistanceTest.scala: 1 to 4 and 2 to 5 are a quarter apart, and by chance."""
    one, other = ({float(i): i - first + 1 for i in range(first, first + 4)} for first in (1, 2))

    assert distance.numerical(one, other, robust=False) == 0.25
    assert distance.numerical(one, other, robust=True) == 0.0


def test_an_item_that_is_there_many_times_has_one_rank():
    assert kll.rank_map([[3.0, 1.0, 3.0, 3.0], [2.0]]) == {1.0: 1, 2.0: 3, 3.0: 4}


def test_the_distance_of_words_by_hand():
    one, other = {"a": 10, "b": 20, "c": 25, "d": 10, "e": 5}, {"a": 11, "b": 20, "c": 25, "d": 10, "e": 10}

    expected = max(
        abs(10 / 70 - 11 / 76), abs(20 / 70 - 20 / 76), abs(25 / 70 - 25 / 76), abs(5 / 70 - 10 / 76)
    )
    assert distance.categorical(one, other, robust=False) == pytest.approx(expected)


def test_a_word_that_only_one_side_knows_counts():
    assert distance.categorical({"a": 1}, {"b": 1}, robust=False) == 1.0


@given(RANKED, RANKED)
def test_a_distance_is_symmetric_and_between_nothing_and_everything(one, other):
    ranks = [kll.rank_map(kll.sketch(values)) for values in (one, other)]

    there, back = distance.numerical(*ranks, robust=False), distance.numerical(*reversed(ranks), robust=False)
    assert there == back
    assert 0.0 <= there <= 1.0
    assert distance.numerical(*ranks, robust=True) <= there


@given(RANKED)
def test_nothing_is_apart_from_itself(values):
    ranks = kll.rank_map(kll.sketch(values))

    assert distance.numerical(ranks, ranks, robust=False) == 0.0


def test_the_robust_correction_by_hand():
    assert distance.linf_robust(0.5, 100, 400) == pytest.approx(0.5 - 1.8 * math.sqrt(500 / 40000))
    assert distance.linf_robust(0.1, 100, 400) == 0.0
