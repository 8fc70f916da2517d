"""Which builds a list asks for, and in which order: pure.

Source: the REST specification, `Builds - List`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from simulator.azure_devops.endpoints.build.build_views import STATUS
from simulator.azure_devops.enumerations import BUILD_RESULT, BUILD_STATUS, named
from simulator.azure_devops.errors import invalid
from simulator.azure_devops.organization import Row
from simulator.formats.wildcards import matches

_MOMENTS = {"starttime": "started", "queuetime": "created", "finishtime": "finished"}


def chosen(query: Mapping[str, str], rows: list[Row]) -> list[Row]:
    """The rows that fit every filter of the query (names in lower case), in its order; else the newest first."""
    fitting = [row for row in rows if all(test(row) for test in _tests(query))]
    most = query.get("maxbuildsperdefinition", "")
    if most.isdecimal() and int(most):
        fitting = _first_of_each(fitting, int(most))
    order = query.get("queryorder", "").lower()
    if name := _moment(order):
        fitting.sort(key=lambda row: (row[name] or 0.0, row["id"]), reverse=not order.endswith("ascending"))
    return fitting


def _tests(query: Mapping[str, str]) -> list[Callable[[Row], bool]]:
    known: dict[str, Callable[[str], Callable[[Row], bool]]] = {
        "definitions": lambda text: lambda row: str(row["definition"]) in _listed(text),
        "branchname": lambda text: lambda row: row["sourceBranch"] == text,
        "buildnumber": lambda text: lambda row: matches(text.lower(), row["name"].lower()),
        "statusfilter": lambda text: lambda row: _named(text, _status(row), BUILD_STATUS),
        "resultfilter": lambda text: lambda row: _named(text, str(row["result"] or "none"), BUILD_RESULT),
        "reasonfilter": lambda text: lambda row: _named(text, row["reason"]),
        "buildids": lambda text: lambda row: str(row["id"]) in _listed(text),
        "tagfilters": lambda text: lambda row: set(_listed(text)) <= set(row["tags"]),
        "requestedfor": lambda text: lambda row: _is_person(text, row),
        "repositoryid": lambda text: lambda row: row["facts"]["repository_id"].lower() == text.lower(),
        "repositorytype": lambda text: lambda row: text.lower() == "tfsgit",
        "queues": lambda text: lambda row: "1" in _listed(text),
        "mintime": lambda text: lambda row: _at(query, row) >= _time(text),
        "maxtime": lambda text: lambda row: 0 < _at(query, row) <= _time(text),
    }
    tests = [make(query[name]) for name, make in known.items() if query.get(name)]
    deleted = query.get("deletedfilter", "excludeDeleted").lower()
    if deleted == "onlydeleted":
        tests.append(lambda row: bool(row.get("deleted")))
    elif deleted != "includedeleted":
        tests.append(lambda row: not row.get("deleted"))
    return tests


def _listed(text: str) -> list[str]:
    return [item.strip() for item in text.split(",") if item.strip()]


def _status(row: Row) -> str:
    return str(STATUS.get(row["state"], row["state"]))


def _named(text: str, value: str, numbers: Mapping[int, str] | None = None) -> bool:
    names = [((numbers and named(name, numbers)) or name).lower() for name in _listed(text)]
    return "all" in names or value.lower() in names


def _is_person(text: str, row: Row) -> bool:
    return text.lower() in (
        *(str(part).lower() for part in row["facts"]["requested_for"]),
        row["requestedFor"].lower(),
    )


def _moment(order: str) -> str:
    return next((member for name, member in _MOMENTS.items() if order.startswith(name)), "")


def _at(query: Mapping[str, str], row: Row) -> float:
    """The moment that a range of time looks at: what the list is ordered by, else when the build ended; 0 for none."""
    return float(row[_moment(query.get("queryorder", "").lower()) or "finished"] or 0)


def _time(text: str) -> float:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as wrong:
        raise invalid(f"The value '{text}' is not a valid date and time.") from wrong
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def _first_of_each(rows: list[Row], most: int) -> list[Row]:
    counts: dict[int, int] = {}
    found = []
    for row in rows:
        counts[row["definition"]] = counts.get(row["definition"], 0) + 1
        if counts[row["definition"]] <= most:
            found.append(row)
    return found
