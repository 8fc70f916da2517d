"""A request's body is read into the type of its location; what does not convert is refused in Newtonsoft's words."""

from __future__ import annotations

import pytest

from simulator.azure_devops import bodies
from simulator.kernel.errors import CallerError

BUILDS = ("POST", "0cd358e1-9217-4d94-8269-1c1ee6f93dcf")
PATCHED = ("PATCH", "0cd358e1-9217-4d94-8269-1c1ee6f93dcf")


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ({"Definition": {"ID": "7"}}, {"definition": {"id": 7}}),
        ({"reason": "PULLREQUEST"}, {"reason": "pullRequest"}),
        ({"reason": 256, "priority": "3"}, {"reason": 256, "priority": 3}),
        ({"buildNumber": 5, "keepForever": "True"}, {"buildNumber": "5", "keepForever": True}),
        ({"queueTime": "2026-11-22T10:00:00.1234567Z"}, {"queueTime": "2026-11-22T10:00:00.1234567Z"}),
        ({"finishTime": "", "sourceBranch": ""}, {"finishTime": None, "sourceBranch": ""}),
        ({"result": None, "unknown": [1]}, {"result": None, "unknown": [1]}),
    ],
)
def test_what_converts_is_read_as_its_type(given, read):
    assert bodies.read(*BUILDS, given) == read


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (
            {"definition": {"id": "x"}},
            "Error converting value \"x\" to type 'System.Int64'. Path 'definition.id'.",
        ),
        ({"id": 10**20}, "Error converting value 100000000000000000000 to type 'System.Int64'. Path 'id'."),
        ({"id": 1.5}, "Error converting value 1.5 to type 'System.Int64'. Path 'id'."),
        ({"tags": ["a", {}]}, "Error converting value {} to type 'System.String'. Path 'tags[1]'."),
        (
            {"tags": "a"},
            "Error converting value \"a\" to type 'System.Collections.Generic.List'. Path 'tags'.",
        ),
        (
            {"queueTime": "soon"},
            "Error converting value \"soon\" to type 'System.DateTime'. Path 'queueTime'.",
        ),
        (
            {"project": {"id": "ml"}},
            "Error converting value \"ml\" to type 'System.Guid'. Path 'project.id'.",
        ),
        ({"reason": "whim"}, "Error converting value \"whim\" to type 'System.Enum'. Path 'reason'."),
        (5, "Error converting value 5 to type 'Build'. Path ''."),
    ],
)
def test_what_does_not_convert_is_refused_with_its_place(given, message):
    with pytest.raises(CallerError) as refused:
        bodies.read(*BUILDS, given)
    assert (refused.value.code, refused.value.message, refused.value.status) == (
        "JsonSerializationException",
        message,
        400,
    )


def test_one_thing_or_many_of_it_are_told_apart_by_their_form():
    assert bodies.read(*PATCHED, [{"id": "1"}]) == [{"id": 1}]
    assert bodies.read(*PATCHED, {"id": "1"}) == {"id": 1}


def test_a_location_without_a_type_takes_what_comes():
    assert bodies.read("POST", "no-such-location", {"id": "x"}) == {"id": "x"}
