"""What the resources of environments share: they lie in the row of their environment, each with a number and a name."""

from __future__ import annotations

from simulator.azure_devops.endpoint import Call
from simulator.azure_devops.errors import failure
from simulator.azure_devops.organization import ENVIRONMENT, Row


def row_of(call: Call, kind: str, name: str, tags: list[str]) -> Row:
    """A new resource with the next number."""
    now = call.kernel.clock.iso()
    return {
        "id": call.organization.next_number("environment_resource"),
        "type": kind,
        "name": name,
        "tags": tags,
        "createdBy": call.caller.identity.name,
        "createdOn": now,
    }


def named(environment: Row, name: str) -> Row | None:
    """The resource of that name."""
    wanted = name.lower()
    return next((one for one in environment.get("resources", []) if one["name"].lower() == wanted), None)


def found(environment: Row, kind: str, number: str) -> Row:
    """The resource of that kind and number."""
    for one in environment.get("resources", []):
        if (str(one["id"]), one["type"]) == (number, kind):
            return dict(one)
    raise failure("EnvironmentResourceNotFoundException", id=number)


def kept(call: Call, environment: Row, row: Row) -> None:
    """Write a resource, new or changed."""
    others = environment.get("resources", [])
    at = next((place for place, one in enumerate(others) if one["id"] == row["id"]), len(others))
    call.organization.save(ENVIRONMENT, {**environment, "resources": [*others[:at], row, *others[at + 1 :]]})


def removed(call: Call, environment: Row, row: Row) -> None:
    """Take a resource away."""
    left = [one for one in environment["resources"] if one["id"] != row["id"]]
    call.organization.save(ENVIRONMENT, {**environment, "resources": left})


def view(call: Call, environment: Row, row: Row) -> Row:
    """An EnvironmentResource."""
    creator = call.person_reference(row["createdBy"])
    changer = call.person_reference(row.get("modifiedBy") or row["createdBy"])
    return {
        "environmentReference": {"id": environment["id"], "name": environment["name"]},
        **{name: row[name] for name in ("id", "type", "name", "tags", "createdOn")},
        "createdBy": creator,
        "lastModifiedBy": changer,
        "lastModifiedOn": row.get("modifiedOn") or row["createdOn"],
    }
