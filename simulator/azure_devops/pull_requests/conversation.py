"""What is said of a pull request: comment threads, statuses and attachments, as rows of their own."""

from __future__ import annotations

from typing import Any

from simulator.azure_devops.organization import Row, number_key
from simulator.azure_devops.pull_requests.rows import PullRequestRows

THREAD = "azure_devops.pull_request_thread"
STATUS = "azure_devops.pull_request_status"


def threads(requests: PullRequestRows, row: Row) -> list[Row]:
    """The comment threads, the oldest first."""
    return _rows(requests, THREAD, row)


def statuses(requests: PullRequestRows, row: Row) -> list[Row]:
    """The statuses, the oldest first."""
    return _rows(requests, STATUS, row)


def save(requests: PullRequestRows, kind: str, row: Row, item: Row, what: str, by: str) -> Row:
    """Write a thread or a status of a pull request; the fact names `what` changed."""
    with requests.kernel.store.transaction():
        requests.kernel.store.put(kind, _key(row, item["id"]), item)
        told = {**requests.told(row, by), "what": what, "id": item["id"]}
        requests.kernel.log.record("PullRequestUpdated", str(row["id"]), told)
    return item


def remove(requests: PullRequestRows, kind: str, row: Row, number: int, what: str, by: str) -> bool:
    """Take one away; says whether there was one."""
    with requests.kernel.store.transaction():
        found = requests.kernel.store.delete(kind, _key(row, number))
        if found:
            told = {**requests.told(row, by), "what": what, "id": number}
            requests.kernel.log.record("PullRequestUpdated", str(row["id"]), told)
    return found


def get(requests: PullRequestRows, kind: str, row: Row, number: str) -> Row | None:
    """The thread or status of that number."""
    return requests.kernel.store.get(kind, _key(row, number)) if number.isdecimal() else None


def _rows(requests: PullRequestRows, kind: str, row: Row) -> list[Row]:
    found: list[tuple[str, dict[str, Any]]] = requests.kernel.store.scan(kind, f"{number_key(row['id'])}/")
    return [each for _, each in found]


def _key(row: Row, number: int | str) -> str:
    return f"{number_key(row['id'])}/{number_key(number)}"
