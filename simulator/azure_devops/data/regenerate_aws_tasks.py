"""Make aws_toolkit_tasks.json: names, ids and inputs of the AWS toolkit's tasks, from a checkout of its repository.

python simulator/azure_devops/data/regenerate_aws_tasks.py CHECKOUT    # aws/aws-toolkit-azure-devops
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any


def main(checkout: Path) -> None:
    """Write the table beside this file."""
    found = [_task(json.loads(file.read_text())) for file in sorted(checkout.glob("src/tasks/*/task.json"))]
    release = json.loads((checkout / "package.json").read_text())["version"].partition(".")[2]
    table = {
        "source": "aws/aws-toolkit-azure-devops, src/tasks/*/task.json",
        "release": release,
        "tasks": found,
    }
    (Path(__file__).parent / "aws_toolkit_tasks.json").write_text(json.dumps(table, indent=1) + "\n")


def _task(given: dict[str, Any]) -> dict[str, Any]:
    kept = {"name": given["name"], "id": given["id"].lower(), "displayName": given["friendlyName"]}
    kept |= {"description": given["description"], "author": given["author"]}
    return {**kept, "inputs": [_input(each) for each in given["inputs"]]}


def _input(given: dict[str, Any]) -> dict[str, Any]:
    kept: dict[str, Any] = {"name": given["name"], "type": given["type"]}
    editable = str(given.get("properties", {}).get("EditableOptions", "")).lower() == "true"
    if given.get("required"):
        kept["required"] = True
    if given.get("defaultValue") not in (None, ""):
        kept["default"] = str(given["defaultValue"])
    if given.get("options") and not editable and given["type"] in ("pickList", "radio"):
        kept["options"] = list(given["options"])
    if given.get("visibleRule"):
        kept["visible"] = given["visibleRule"]
    return kept


if __name__ == "__main__":
    main(Path(sys.argv[1]))
