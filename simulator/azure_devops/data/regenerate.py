"""Make three of the tables of this folder from recordings of the location service and the clients of the SDK.

    python -m simulator.azure_devops.data.regenerate LOCATIONS AREAS CLIENTS

LOCATIONS and AREAS are recorded answers, CLIENTS is the folder of the `azure-devops` package (MIT).
"""

from __future__ import annotations

import json
import re
import sys
from collections import defaultdict
from pathlib import Path

_CALL = re.compile(r"http_method='(\w+)',\s*location_id='([^']+)'")


def locations(recorded: dict[str, object]) -> list[dict[str, object]]:
    """The rows of a recorded OPTIONS answer, in a stable order."""
    rows = recorded["value"]
    assert isinstance(rows, list)
    return sorted(
        rows, key=lambda row: (str(row["area"]).lower(), str(row["resourceName"]).lower(), row["id"])
    )


def resource_areas(recorded: list[dict[str, object]]) -> list[dict[str, object]]:
    """Id, name and service host of each area."""
    rows = [
        {
            "id": area["id"],
            "name": area["name"],
            "host": str(area["locationUrl"]).removeprefix("https://").partition("/")[0],
        }
        for area in recorded
    ]
    return sorted(rows, key=lambda area: (str(area["name"]), str(area["id"])))


def verbs(clients: Path) -> dict[str, list[str]]:
    """The verbs that the SDK's clients send to each location."""
    found = defaultdict(set)
    for file in sorted(clients.glob("v7_*/*/*client.py")):
        for verb, identifier in _CALL.findall(file.read_text()):
            found[identifier.lower()].add(verb)
    return {identifier: sorted(found[identifier]) for identifier in sorted(found)}


def main() -> None:
    """Read what the command line names and write beside this file."""
    here = Path(__file__).parent
    table, areas = (json.loads(Path(name).read_text()) for name in sys.argv[1:3])
    _write(here / "locations.json", [json.dumps(row) for row in locations(table)])
    _write(here / "resource_areas.json", [json.dumps(row) for row in resource_areas(areas)])
    rows = verbs(Path(sys.argv[3]))
    text = ",\n".join(f"{json.dumps(name)}: {json.dumps(row)}" for name, row in rows.items())
    (here / "verbs.json").write_text(f"{{\n{text}\n}}\n")


def _write(place: Path, rows: list[str]) -> None:
    place.write_text("[\n" + ",\n".join(rows) + "\n]\n")


if __name__ == "__main__":
    main()
