"""Macros: one pass over text, recursion over variables, and the environment of a step."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.azure_devops.language.plan import Variable
from simulator.azure_devops.pipelines.agent.macros import environment_of, expand_macros, recalculate


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("$(a)", "1"),
        ("$(A)-$(b)", "1-$(a)"),
        ("$(missing) $(a)", "$(missing) 1"),
        ("$(a$(b))", "$(a$(a))"),
        ("$(x$(a))", "$(x1)"),
        ("$(a", "$(a"),
        ("$()", "$()"),
        ("$$(a)", "$1"),
        ("$( a )", "$( a )"),
        ("$(my.dotted name)", "d"),
        ("", ""),
    ],
)
def test_macros_are_expanded_once_from_left_to_right(text, expected):
    assert expand_macros(text, {"a": "1", "b": "$(a)", "My.Dotted Name": "d"}) == expected


@given(st.text(alphabet="ab$()x "), st.dictionaries(st.sampled_from(["a", "b"]), st.text(alphabet="z")))
def test_text_without_known_macros_stays_and_expansion_of_plain_values_is_final(text, variables):
    once = expand_macros(text, variables)
    if not any(f"$({name})" in text for name in variables):
        assert once == text
    assert expand_macros(text, {}) == text


def value(variables: list[Variable], name: str) -> str:
    return recalculate(variables)[name].value


def test_variables_resolve_through_each_other():
    variables = [Variable("a", "$(B)/x"), Variable("b", "$(c)$(c)"), Variable("c", "1")]
    assert value(variables, "a") == "11/x"


def test_a_cycle_leaves_its_variables_unchanged():
    variables = [
        Variable("a", "$(b)"),
        Variable("b", "$(a)"),
        Variable("c", "see $(a)"),
        Variable("d", "$(d)"),
    ]
    made = recalculate(variables)
    assert [made[name].value for name in "abcd"] == ["$(b)", "$(a)", "see $(a)", "$(d)"]


def test_more_than_fifty_levels_stay_unchanged():
    chain = [Variable(f"v{index}", f"$(v{index + 1})") for index in range(60)] + [Variable("v60", "end")]
    assert value(chain, "v15") == "end"
    assert value(chain[:1] + chain[1:], "v0") == "$(v1)"


def test_many_uses_cost_no_more_than_one():
    layers = [Variable(f"v{i}", f"$(v{i + 1})$(v{i + 2})") for i in range(20)]
    assert value([*layers, Variable("v20", ""), Variable("v21", "")], "v0") == ""


def test_what_uses_a_secret_becomes_secret():
    made = recalculate(
        [Variable("key", "s3cret", secret=True), Variable("a", "k=$(key)"), Variable("b", "$(a)")]
    )
    assert made["b"].secret
    assert made["b"].value == "k=s3cret"


def test_the_environment_holds_public_variables_only():
    variables = {
        "Build.Id": Variable("Build.Id", "7"),
        "build_id": Variable("build_id", "x"),
        "my name": Variable("my name", "n"),
        "key": Variable("key", "s", secret=True),
    }
    assert environment_of(variables) == {"BUILD_ID": "7", "MY_NAME": "n"}
