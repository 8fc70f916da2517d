"""The judge of answers: what it lets through, and what it names."""

import pytest

from tests.azure_devops.specification import table

PROJECT = {
    "id": "6b724908-ef14-45cf-84f8-768b5384da45",
    "name": "ml",
    "state": "wellFormed",
    "visibility": "private",
    "lastUpdateTime": "2026-11-22T10:00:00.1234567Z",
    "defaultTeam": None,
}


def judged(verb: str, path: str, body: object, status: int = 200, **query: str) -> list[str]:
    """What is wrong with an answer."""
    entry = table.operation(verb, f"/acme/{path}", query)
    assert entry is not None
    return table.violations(entry, status, body)


def test_a_right_answer_is_let_through_whatever_the_case_of_its_path():
    assert judged("GET", "_apis/Projects/ml", PROJECT) == []
    assert judged("GET", "_APIS/projects", {"count": 0, "value": []}) == []


@pytest.mark.parametrize(
    "change, wrong",
    [
        ({"state": "fine"}, '$.state: "fine" is none of '),
        ({"id": "no guid"}, '$.id: "no guid" is no uuid'),
        ({"revision": "1"}, '$.revision: "1" is no integer'),
        ({"lastUpdateTime": "yesterday"}, '$.lastUpdateTime: "yesterday" is no time'),
        ({"colour": "red"}, "$.colour: TeamProject has no such member"),
        ({"defaultTeam": {"nme": "x"}}, "$.defaultTeam.nme: WebApiTeamRef has no such member"),
    ],
)
def test_what_the_type_forbids_is_named_with_its_place(change, wrong):
    (found,) = judged("GET", "_apis/projects/ml", {**PROJECT, **change})
    assert found.startswith(wrong)


def test_a_list_comes_in_its_envelope():
    assert judged("GET", "_apis/projects", []) == ["$: a list comes in the envelope of count and value"]
    assert judged("GET", "_apis/projects", {"count": 2, "value": []}) == [
        "$.count: is not the number of values"
    ]


def test_the_operation_is_the_one_whose_query_parameters_are_given():
    one = table.operation("GET", "/acme/ml/_apis/build/builds/1/artifacts", {"artifactName": "x"})
    every = table.operation("GET", "/acme/ml/_apis/build/builds/1/artifacts", {})
    assert one is not None
    assert every is not None
    assert (one.name, every.name) == ("Artifacts_Get Artifact", "Artifacts_List")


def test_every_type_that_the_table_names_is_one_that_it_knows():
    plain = {"any", "boolean", "byte", "integer", "number", "string", "time", "uuid"}
    for area in table.areas().values():
        for told in area["types"].values():
            for kind in told["properties"].values():
                name = kind.lstrip("[{")
                assert name in plain or name[0] == "=" or name[1:] in area["types"], kind
