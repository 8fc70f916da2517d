"""File patterns: what the task library's and minimatch's rules choose."""

from __future__ import annotations

import pytest

from simulator.azure_devops.pipelines.tasks.programs.minimatch import Options, expand_braces, fits, match


@pytest.mark.parametrize(
    ("pattern", "path", "expected"),
    [
        ("*.txt", "a.txt", True),
        ("*.txt", "b/a.txt", False),
        ("**/*.txt", "a.txt", True),
        ("**/*.txt", "b/c/a.txt", True),
        ("**", "b/c/a.txt", True),
        ("b/**", "b", True),
        ("b/**/a.txt", "b/a.txt", True),
        ("b/**c", "b/x/c", False),
        ("?.txt", "a.txt", True),
        ("[a-c].txt", "b.txt", True),
        ("[!a-c].txt", "b.txt", False),
        ("[[]x].txt", "[x].txt", True),
        ("@(a|b).txt", "b.txt", True),
        ("+(a|b).txt", "abba.txt", True),
        ("?(a)b", "b", True),
        ("*(a)b", "aab", True),
        ("!(a).txt", "b.txt", True),
        ("!(a).txt", "a.txt", False),
        ("**/.git", "x/.git", True),
        ("*.TXT", "a.txt", False),
        ("a+b(1).txt", "a+b(1).txt", True),
    ],
)
def test_a_path_fits_a_pattern(pattern, path, expected):
    assert fits(path, pattern) is expected


def test_names_that_begin_with_a_dot_are_chosen_where_dots_are_wanted():
    assert fits("a/.b/c", "a/**")
    assert not fits("a/.b/c", "a/**", Options(dot=False))
    assert fits("a/.b", "a/.*", Options(dot=False))


def test_patterns_add_and_take_away_in_their_order():
    paths = ["/s/a.txt", "/s/b.txt", "/s/c/d.txt"]
    assert match(paths, ["**/*.txt", "!b.txt"], "/s") == ["/s/a.txt", "/s/c/d.txt"]
    assert match(paths, ["!b.txt", "**/*.txt"], "/s") == paths
    assert match(paths, ["**", "!**/*.txt", "!!a.txt"], "/s") == ["/s/a.txt"]


def test_comments_and_empty_lines_choose_nothing_and_absolute_patterns_stand_alone():
    paths = ["/s/a.txt", "/t/b.txt"]
    assert match(paths, ["# *.txt", "", "  "], "/s") == []
    assert match(paths, ["/t/*"], "/s") == ["/t/b.txt"]


def test_braces_are_expanded_only_where_they_are_asked_for():
    assert match(["/s/a.js", "/s/b.ts"], ["*.{js,ts}"], "/s") == []
    assert match(["/s/a.js", "/s/b.ts"], ["*.{js,ts}"], "/s", Options(nobrace=False)) == [
        "/s/a.js",
        "/s/b.ts",
    ]
    assert expand_braces("a{1..3}") == ["a1", "a2", "a3"]


def test_a_name_alone_fits_at_any_depth_with_match_base():
    assert match(["/s/x/a.zip"], ["*.zip"], "/s", Options(match_base=True)) == ["/s/x/a.zip"]
