"""The patterns of the service models are Java's: Python reads their classes of characters alone and in sets."""

import re

import pytest

from simulator.aws.protocol.validate import python_pattern


@pytest.mark.parametrize(
    ("pattern", "fits", "misfits"),
    [
        (r"\p{ASCII}*", "text/csv", "é"),
        (r"[\p{L}\p{N}_.:/=+\-@]*", "a:1", "a?"),
        (r"[^\p{L}]+", "12", "ab"),
    ],
)
def test_a_pattern_of_java_means_the_same_in_python(pattern: str, fits: str, misfits: str) -> None:
    compiled = re.compile(python_pattern(pattern))
    assert compiled.fullmatch(fits)
    assert not compiled.fullmatch(misfits)
