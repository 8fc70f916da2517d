"""Rows found by side tables: in order, filtered, page by page, and never out of step with the rows."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from simulator.kernel import indexes
from simulator.kernel.indexes import Condition, Index, Search, define
from simulator.kernel.store import Store

KIND = "test.planet"


def by_name_and_mass(key, row):
    return key.split("/")[0], (row["name"], row["mass"], row.get("ring", ""))


INDEX = Index(("name", "mass", "ring"), by_name_and_mass, ("name", "mass"), ("ring",), "mass")


@pytest.fixture(autouse=True)
def defined() -> Iterator[None]:
    define(KIND, lambda: INDEX)
    yield
    indexes._DEFINED.pop(KIND)


def sky(directory: Path | None = None) -> Store:
    store = Store(directory)
    for name, mass, ring in (("Mars", 1, ""), ("Saturn", 95, "yes"), ("Uranus", 15, "yes"), ("Venus", 8, "")):
        store.put(KIND, f"sun/{name}", {"name": name, "mass": mass, "ring": ring})
    store.put(KIND, "other/Mars", {"name": "Mars", "mass": 2})
    return store


def names(store: Store, *conditions: Condition, scope: str = "sun", **search) -> list[str]:
    return [row["name"] for _, row, _ in store.search(KIND, Search(scope, conditions, **search))]


def test_rows_come_in_the_order_asked_for():
    store = sky()
    assert names(store) == ["Mars", "Venus", "Uranus", "Saturn"]
    assert names(store, order="name", descending=True) == ["Venus", "Uranus", "Saturn", "Mars"]


def test_a_scope_sees_its_own_rows_only():
    assert [key for key, _, _ in sky().search(KIND, Search("other"))] == ["other/Mars"]


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (Condition("ring", "=", "yes"), ["Uranus", "Saturn"]),
        (Condition("mass", ">", 8), ["Uranus", "Saturn"]),
        (Condition("mass", "<=", 8), ["Mars", "Venus"]),
        (Condition("name", "contains", "AR"), ["Mars"]),
        (Condition("name", "prefix", "ve"), ["Venus"]),
        (Condition("name", "contains", "%"), []),
    ],
)
def test_conditions_filter(condition, expected):
    assert names(sky(), condition) == expected


def test_a_page_begins_after_the_mark_of_the_last_even_when_rows_come_and_go():
    store = sky()
    page = store.search(KIND, Search("sun", limit=2))
    assert [row["name"] for _, row, _ in page] == ["Mars", "Venus"]
    store.delete(KIND, "sun/Venus")
    store.put(KIND, "sun/Pluto", {"name": "Pluto", "mass": 0})
    rest = store.search(KIND, Search("sun", after=page[-1][2]))
    assert [row["name"] for _, row, _ in rest] == ["Uranus", "Saturn"]


def test_equal_values_keep_the_order_in_which_they_were_made():
    store = sky()
    for name in ("Zeta", "Alpha"):
        store.put(KIND, f"sun/{name}", {"name": name, "mass": 8})
    first = store.search(KIND, Search("sun", limit=3))
    rest = store.search(KIND, Search("sun", after=first[-1][2], limit=2))
    assert [row["name"] for _, row, _ in [*first, *rest]] == ["Mars", "Venus", "Zeta", "Alpha", "Uranus"]


def test_a_changed_row_moves_and_a_rolled_back_one_does_not():
    store = sky()
    store.put(KIND, "sun/Mars", {"name": "Mars", "mass": 1000})

    def interrupted() -> None:
        with store.transaction():
            store.put(KIND, "sun/Venus", {"name": "Venus", "mass": 2000})
            raise RuntimeError

    with pytest.raises(RuntimeError):
        interrupted()
    assert names(store) == ["Venus", "Uranus", "Saturn", "Mars"]


def test_rows_that_were_there_before_their_index_are_found(tmp_path: Path):
    indexes._DEFINED.pop(KIND)
    sky(tmp_path).close()
    define(KIND, lambda: INDEX)
    store = Store(tmp_path)
    assert names(store) == ["Mars", "Venus", "Uranus", "Saturn"]
    store.close()
    other = Index(
        ("mass", "name"), lambda key, row: ("all", (row["mass"], row["name"])), ("mass",), (), "mass"
    )
    define(KIND, lambda: other)
    store = Store(tmp_path)
    assert names(store, scope="all") == ["Mars", "Mars", "Venus", "Uranus", "Saturn"]


@pytest.mark.parametrize(
    "search",
    [
        Search("sun"),
        Search("sun", order="name", descending=True),
        Search("sun", (Condition("ring", "=", "yes"),)),
        Search("sun", (Condition("mass", ">", 3),), after=(3, 1)),
        Search("sun", (Condition("mass", ">", 3),), order="name"),
    ],
)
def test_a_search_sorts_nothing_and_scans_no_table(search, monkeypatch):
    store = sky()
    plans: list[str] = []

    class Explaining:
        def execute(self, statement, values=()):
            if statement.startswith("SELECT key"):
                plans.extend(r[3] for r in connection.execute(f"EXPLAIN QUERY PLAN {statement}", values))
            return connection.execute(statement, values)

    connection = store.connection
    monkeypatch.setattr(store._indexes, "connection", Explaining())
    store.search(KIND, search)
    assert plans
    assert all("SEARCH" in step and "INDEX" in step for step in plans), plans
