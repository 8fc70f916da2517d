"""EventBridge's JSON paths as a table."""

from typing import Any

import pytest

from simulator.formats.jsonpath import MISSING, JsonPathError, find

DOCUMENT = {
    "detail-type": "x",
    "detail": {"zero": 0, "none": None, "list": [{"n": 1}, {"n": 2}, {}], "a b": 3},
    "resources": ["r0", "r1"],
}


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("$", DOCUMENT),
        ("$.detail-type", "x"),
        ("$.detail.zero", 0),
        ("$.detail.none", None),
        ("$.resources[1]", "r1"),
        ("$.resources[2]", MISSING),
        ("$.detail.list[0].n", 1),
        ("$.detail.list[*].n", [1, 2]),
        ("$.detail['a b']", 3),
        ("$.detail.nothing", MISSING),
        ("$.detail.zero.deeper", MISSING),
        ("$.resources.name", MISSING),
        ("$.detail[0]", MISSING),
    ],
)
def test_a_path_finds_its_value(path: str, expected: Any) -> None:
    assert find(path, DOCUMENT) == expected


@pytest.mark.parametrize("path", ["", "detail", "$detail", "$.", "$..detail", "$.a[b]", "$.a[-1]", "$.a["])
def test_what_is_not_a_path_is_refused(path: str) -> None:
    with pytest.raises(JsonPathError):
        find(path, DOCUMENT)
