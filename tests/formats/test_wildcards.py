"""AWS wildcards as a table."""

import pytest

from simulator.formats.wildcards import is_wildcard, matches


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        ("*", "", True),
        ("s3:Get*", "s3:GetObject", True),
        ("s3:Get*", "s3:PutObject", False),
        ("arn:aws:s3:::b/*", "arn:aws:s3:::b/a/b\nc", True),
        ("arn:aws:s3:::b?", "arn:aws:s3:::b", False),
        ("a?c", "abc", True),
        ("a.c", "abc", False),
        ("a[b]c", "a[b]c", True),
        ("**a**", "xax", True),
        ("a", "A", False),
    ],
)
def test_a_wildcard_names_the_whole_text(pattern: str, text: str, expected: bool) -> None:
    assert matches(pattern, text) is expected


def test_case_can_be_left_out_of_account() -> None:
    assert matches("S3:get*", "s3:GetObject", ignore_case=True)


def test_a_plain_text_is_no_wildcard() -> None:
    assert [is_wildcard(text) for text in ("a", "a*", "a?")] == [False, True, True]
