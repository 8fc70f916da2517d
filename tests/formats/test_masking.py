"""Masking: every form of a secret becomes one mask."""

from __future__ import annotations

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.formats.masking import MASK, Masker, mask


@pytest.mark.parametrize(
    ("text", "secrets", "expected"),
    [
        ("a secret here", ["secret"], "a *** here"),
        ("abcdef", ["abc", "def"], "***"),
        ("abcdef", ["abcd", "cdef"], "***"),
        ("aaaa", ["aa"], "***"),
        ("nothing", ["secret"], "nothing"),
        ("nothing", [""], "nothing"),
        ("x%3By", ["x;y"], "***"),
        ("one then two", ["one\ntwo"], "*** then ***"),
        ("git clone https://user:hunter2@host/x", [], "git clone https://user:***@host/x"),
        ("https://host:443/x", [], "https://host:443/x"),
        ("p%40ss", ["p@ss"], "***"),
        ("quoted", ['"quoted"'], "***"),
    ],
)
def test_what_a_line_becomes(text, secrets, expected):
    assert mask(text, secrets) == expected


def test_encoded_forms_are_hidden_too():
    secret = 'p"q\\r/é'
    masker = Masker([secret])
    for form in (
        base64.b64encode(secret.encode()).decode(),
        json.dumps(secret)[1:-1],
        secret.replace("\\", "\\\\"),
    ):
        assert masker.mask(f"<{form}>") == f"<{MASK}>"


def test_short_secrets_may_be_left_alone_up_to_six_characters():
    assert Masker(["abc"], shortest=4).mask("abc") == "abc"
    assert Masker(["abcdefg"], shortest=100).mask("abcdefg") == MASK


def test_a_secret_is_hidden_from_when_it_is_known():
    masker = Masker()
    assert masker.mask("token") == "token"
    masker.add("token")
    assert masker.mask("token") == MASK


@given(st.text(alphabet="ab1", min_size=1), st.text(alphabet="xy "), st.text(alphabet="xy "))
def test_no_secret_survives(secret, before, after):
    assert secret not in mask(before + secret + after, [secret])
