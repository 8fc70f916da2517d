"""Tokens are taken apart, signed and verified as RFC 7515 says."""

from __future__ import annotations

import base64
import json

import pytest

from simulator.formats import jwt


@pytest.fixture(scope="module")
def key():
    return jwt.new_private_key()


def test_what_is_signed_verifies_with_its_public_key_and_no_other(key):
    token = jwt.parse(jwt.sign({"sub": "x", "exp": 5}, key))
    assert token.claims == {"sub": "x", "exp": 5}
    assert jwt.verified(token, jwt.public_key(key))
    assert not jwt.verified(token, jwt.public_key(jwt.new_private_key()))


def test_a_changed_claim_breaks_the_signature(key):
    head, _, signature = jwt.sign({"sub": "x"}, key).split(".")
    other = base64.urlsafe_b64encode(json.dumps({"sub": "y"}).encode()).decode().rstrip("=")
    assert not jwt.verified(jwt.parse(f"{head}.{other}.{signature}"), jwt.public_key(key))


def test_a_token_that_claims_another_algorithm_is_not_verified(key):
    _, body, signature = jwt.sign({"sub": "x"}, key).split(".")
    none = base64.urlsafe_b64encode(b'{"alg":"none"}').decode().rstrip("=")
    assert not jwt.verified(jwt.parse(f"{none}.{body}.{signature}"), jwt.public_key(key))


def test_the_header_names_the_key_of_a_set(key):
    other, own = jwt.public_key(jwt.new_private_key()), jwt.public_key(key)
    assert jwt.key_of(jwt.parse(jwt.sign({}, key)), [other, own]) == own
    assert jwt.key_of(jwt.parse(jwt.sign({}, key)), [other]) is None


@pytest.mark.parametrize("text", ["", "a.b", "!.e30.x", "e30.!.x", "e30.W10.x", "e30.eA.x", "e30.e30.?"])
def test_what_is_no_token_is_refused(text):
    with pytest.raises(jwt.JwtInvalid):
        jwt.parse(text)
