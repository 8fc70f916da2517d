"""Rows that several projects share (variable groups, service connections): who has one, under which name there."""

from __future__ import annotations

from simulator.azure_devops.endpoint import Call
from simulator.azure_devops.organization import Row
from simulator.azure_devops.shapes import mapping, mappings


def listed(row: Row) -> list[Row]:
    """The projects that have the row, each `project` (id), `name` and `description` there; its first owner first."""
    own = {"project": row["project"], "name": row["name"], "description": row["description"]}
    return [own, *row.get("shared", [])]


def references(call: Call, given: Row, member: str) -> list[Row]:
    """The projects that a member of a request names, in the same form; else the route's."""
    name, named = str(given.get("name") or ""), mappings(given, member)
    if not named:
        return [{"project": call.project()["id"], "name": name, "description": ""}]
    return [reference(call, one, name) for one in named]


def reference(call: Call, one: Row, name: str) -> Row:
    """One project reference of a request; without a name of its own the row is called `name` there."""
    named = mapping(one, "projectReference")
    wanted = str(named.get("id") or named.get("name") or "")
    project = call.visible(call.organization.project(wanted), wanted)
    told = {"name": str(one.get("name") or name), "description": str(one.get("description") or "")}
    return {"project": project["id"], **told}


def added(call: Call, row: Row, body: list[Row]) -> list[Row]:
    """The projects of a list of references that do not have the row yet."""
    known = {one["project"] for one in listed(row)}
    found = [reference(call, one, row["name"]) for one in body]
    return [one for one in found if one["project"] not in known]


def removed(call: Call, row: Row, here: str = "") -> Row | None:
    """The row without the projects of `projectIds` and `here` (an id); None when all or none are named: it goes."""
    gone = {text.strip().lower() for text in call.query.get("projectids", "").split(",") if text.strip()}
    gone |= {here} if here else set()
    left = [one for one in listed(row) if gone and one["project"] not in gone]
    return {**row, **left[0], "shared": left[1:]} if left else None
