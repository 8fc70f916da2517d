"""What access control lists come to: a table of the documentation's rules."""

from __future__ import annotations

import pytest

from simulator.azure_devops.security import tokens
from simulator.azure_devops.security.evaluation import AccessControlList, Bits, effective, lineage

READ, WRITE = 1, 2
ADA, TEAM, READERS, ADMINISTRATORS = "ada", "team", "readers", "administrators"
WHO = frozenset((ADA, TEAM, READERS))


def acl(inherits=True, **entries):
    return AccessControlList({name: Bits(*bits) for name, bits in entries.items()}, inherits)


@pytest.mark.parametrize(
    ("lists", "expected", "rule"),
    [
        ([], Bits(), "what nobody has set is not allowed"),
        ([acl(ada=(READ, 0))], Bits(READ), "an explicit allow"),
        ([acl(team=(READ, 0))], Bits(READ), "an allow by membership"),
        ([acl(somebody=(READ, 0))], Bits(), "an entry of somebody else"),
        ([acl(ada=(READ, 0), readers=(0, READ))], Bits(0, READ), "a group's deny beats an own allow"),
        ([acl(team=(READ | WRITE, 0), readers=(0, WRITE))], Bits(READ, WRITE), "bit by bit"),
        ([acl(), acl(team=(READ, 0))], Bits(READ), "an inherited allow"),
        ([acl(), acl(team=(0, READ))], Bits(0, READ), "an inherited deny"),
        ([acl(ada=(READ, 0)), acl(readers=(0, READ))], Bits(READ), "the nearer allow beats the deny above"),
        (
            [acl(readers=(0, READ)), acl(ada=(READ, 0))],
            Bits(0, READ),
            "the nearer deny beats the allow above",
        ),
        ([acl(ada=(READ, 0)), acl(ada=(WRITE, 0))], Bits(READ | WRITE), "each bit from its nearest list"),
        ([acl(inherits=False), acl(ada=(READ, 0))], Bits(), "inheritance switched off"),
        ([acl(), acl(inherits=False, ada=(READ, 0)), acl(ada=(WRITE, 0))], Bits(READ), "switched off above"),
    ],
    ids=lambda value: value.replace(" ", "_") if isinstance(value, str) else "",
)
def test_a_rule_of_the_documentation_holds(lists, expected, rule):
    assert effective(lists, WHO) == expected, rule


@pytest.mark.parametrize(
    ("lists", "expected"),
    [
        ([acl(administrators=(READ, 0), team=(0, READ))], Bits(READ)),
        ([acl(team=(0, READ)), acl(administrators=(READ, 0))], Bits(READ)),
        ([acl(administrators=(0, READ), team=(READ, 0))], Bits(0, READ)),
        ([acl(team=(0, WRITE)), acl(administrators=(READ, 0))], Bits(READ, WRITE)),
    ],
)
def test_no_deny_to_another_group_takes_from_administrators_what_is_theirs(lists, expected):
    who = WHO | {ADMINISTRATORS}
    assert effective(lists, who, frozenset((ADMINISTRATORS,))) == expected


def test_a_token_stands_below_those_that_it_begins_with():
    assert lineage("repoV2/P/R/", "/") == ("repov2/p/r", "repov2/p", "repov2")
    assert lineage("Anything/at:all", "\0") == ("anything/at:all",)
    assert lineage("$PROJECT:vstfs:///Classification/TeamProject/1:", ":")[0] == tokens.project("1").lower()


def test_a_branch_is_named_as_the_service_names_it():
    expected = "repoV2/p/r/refs/heads/6d0061007300740065007200"
    assert tokens.ref("p", "r", "refs/heads/master") == expected
    assert tokens.ref("p", "r", "refs/heads/a/b") == "repoV2/p/r/refs/heads/6100/6200"
    assert tokens.ref("p", "r", "refs/tags/v1") == "repoV2/p/r/refs/tags/v1"
