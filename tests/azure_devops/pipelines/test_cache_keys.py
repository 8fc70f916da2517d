"""The keys of Cache@2: segments, restore keys, what names files, and which kept fingerprint fits."""

from __future__ import annotations

import pytest

from simulator.azure_devops.pipelines.cache_keys import (
    KeyFile,
    KeyInvalid,
    digest,
    matches,
    names_files,
    restore_keys,
    segments,
    start_of,
)
from simulator.azure_devops.pipelines.caches import scopes_of


def test_a_key_is_parted_by_bars_and_a_salt_comes_first() -> None:
    assert segments(' "npm" | "Linux"|package-lock.json ') == ['"npm"', '"Linux"', "package-lock.json"]
    assert segments("npm", "2") == ["AZP_CACHING_SALT=2", "npm"]
    assert restore_keys("a | b", "a | c\n\n a ") == [["a", "c"], ["a"]]


@pytest.mark.parametrize(
    ("key", "told"),
    [
        ("*", "is a reserved key segment. For path glob, use `./*`."),
        ("a | **", "use `./**`."),
        ("'a'", "cannot start with a single-quote character"),
        ("`a", "cannot start with a backtick character"),
    ],
)
def test_a_segment_that_the_service_keeps_for_itself_is_refused(key: str, told: str) -> None:
    with pytest.raises(KeyInvalid) as refused:
        segments(key)
    assert told in str(refused.value)


def test_the_old_form_of_a_key_takes_no_restore_keys() -> None:
    with pytest.raises(KeyInvalid, match="changing to a single line"):
        restore_keys("a\nb", "a")


@pytest.mark.parametrize(
    ("segment", "files"),
    [
        ("package-lock.json", True),
        ("a/b", True),
        ("**/*.lock", True),
        ('"package.json"', False),
        ("v1", False),
        ("end.", False),
    ],
)
def test_what_has_a_dot_or_a_slash_names_files_unless_it_is_quoted(segment: str, files: bool) -> None:
    assert names_files(segment) is files


def test_only_two_stars_look_below_the_folder_of_a_pattern() -> None:
    assert start_of("/w/src/*/a.json") == ("/w/src", False)
    assert start_of("/w/src/**/a.json") == ("/w/src", True)
    assert start_of("/w/a.json") == ("/w", False)


def test_files_stand_in_a_fingerprint_by_path_length_and_content() -> None:
    one, other = KeyFile("s/a", 3, "ab"), KeyFile("s/b", 3, "ab")
    assert digest([one]) != digest([other])
    # printf '\nSHA256(s/a)=[3]AB' | openssl dgst -sha256 -binary | base64
    assert digest([one]) == "3+OSmmTAmwD3nyyNocaJbvjDLtgvu9yzBUJwS1h43Ck="


def test_a_restore_key_fits_what_begins_with_its_segments() -> None:
    assert matches(["npm", "**"], ["npm", "Linux", "x"])
    assert not matches(["np", "**"], ["npm", "Linux"])
    assert matches(["npm", "x"], ["npm", "x"])
    assert not matches(["npm"], ["npm", "x"])


def test_a_run_reads_the_caches_of_its_branch_and_of_the_default_one() -> None:
    assert scopes_of({"build.sourcebranch": "refs/heads/topic"}, "refs/heads/main") == [
        "refs/heads/topic",
        "refs/heads/main",
    ]
    merge = {
        "build.sourcebranch": "refs/pull/3/merge",
        "system.pullrequest.sourcebranch": "refs/heads/topic",
        "system.pullrequest.targetbranch": "refs/heads/release",
    }
    assert scopes_of(merge, "refs/heads/main")[0] == "refs/pull/3/merge"
    assert "refs/heads/release" in scopes_of(merge, "refs/heads/main")
