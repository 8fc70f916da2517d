"""What pipelines were: a row for each revision, and those that were deleted."""

from __future__ import annotations

from simulator.azure_devops.errors import failure
from simulator.azure_devops.organization import DEFINITION, Row, number_key
from simulator.kernel.world import Kernel

KIND = "azure_devops.definition_revision"
_DELETED = "azure_devops.deleted_definition"


def keep(kernel: Kernel, row: Row, by: str, change: str, comment: str) -> None:
    """Keep a revision as it is now."""
    told = {"definition": row, "by": by, "change": change, "comment": comment, "at": kernel.clock.now()}
    kernel.store.put(KIND, f"{number_key(row['id'])}/{number_key(row['revision'])}", told)


def revisions(kernel: Kernel, row: Row) -> list[Row]:
    """The revisions that were kept, the oldest first; one that the topology made is its own first."""
    found = [kept for _, kept in kernel.store.scan(KIND, f"{number_key(row['id'])}/")]
    if not any(kept["definition"]["revision"] == 1 for kept in found):
        found.insert(
            0, {"definition": {**row, "revision": 1}, "by": "", "change": "add", "comment": "", "at": None}
        )
    return found


def at(kernel: Kernel, row: Row, revision: int) -> Row:
    """A definition as it was."""
    for kept in revisions(kernel, row):
        if kept["definition"]["revision"] == revision:
            return Row(kept["definition"])
    raise failure("DefinitionNotFoundException", id=row["id"])


def delete(kernel: Kernel, row: Row, by: str) -> None:
    """Delete a definition; its runs stay, and it can be restored."""
    with kernel.store.transaction():
        kernel.store.put(_DELETED, number_key(row["id"]), row)
        kernel.store.delete(DEFINITION, number_key(row["id"]))
        keep(kernel, {**row, "revision": row["revision"] + 1}, by, "delete", "")


def restored(kernel: Kernel, row: Row) -> Row:
    """A deleted definition, taken back."""
    back = {**row, "revision": row["revision"] + 2}
    with kernel.store.transaction():
        kernel.store.delete(_DELETED, number_key(row["id"]))
        kernel.store.put(DEFINITION, number_key(row["id"]), back)
    return back


def deleted(kernel: Kernel, number: int | str) -> Row | None:
    """A definition that was deleted, for the runs that it had."""
    return kernel.store.get(_DELETED, number_key(number)) if str(number).isdecimal() else None
