"""Make in_box.json from a checkout of microsoft/azure-pipelines-tasks: what the task.json of each task says."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from simulator.azure_devops.task_definitions.task_json import task_row


def main(checkout: str, target: str) -> None:
    """Write one line a task, sorted by name and major version."""
    rows = sorted(_tasks(Path(checkout)), key=lambda row: (row["name"].lower(), row["version"]))
    lines = ",\n".join(json.dumps(row, ensure_ascii=False, separators=(",", ":")) for row in rows)
    Path(target).write_text(f"[\n{lines}\n]\n")


def _tasks(checkout: Path) -> Iterator[dict[str, Any]]:
    for path in checkout.glob("Tasks/*/task.json"):
        yield task_row(json.loads(path.read_text(encoding="utf-8-sig")))


if __name__ == "__main__":
    main(*sys.argv[1:3])
