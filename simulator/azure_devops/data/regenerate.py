"""Make locations.json and resource_areas.json from recordings of the real service's location service."""

from __future__ import annotations

import json
import sys
from pathlib import Path

# What clients of Repos and Pipelines look up; boards, wiki, test plans and marketplaces are other products.
KEPT_AREAS = frozenset(
    (
        *(
            "approval",
            "build",
            "container",
            "core",
            "distributedtask",
            "environments",
            "git",
            "hooks",
            "identity",
        ),
        *("location", "operations", "pipelinepermissions", "pipelines", "pipelineschecks", "policy"),
        *("projectsettings", "properties", "resources", "security", "securityroles", "serviceendpoint"),
        *("settings", "test"),
    )
)


def locations(recorded: dict[str, object]) -> list[dict[str, object]]:
    """The kept rows of a recorded OPTIONS answer, in a stable order."""
    rows = recorded["value"]
    assert isinstance(rows, list)
    kept = [row for row in rows if str(row["area"]).lower() in KEPT_AREAS]
    return sorted(
        kept, key=lambda row: (str(row["area"]).lower(), str(row["resourceName"]).lower(), row["id"])
    )


def resource_areas(recorded: list[dict[str, object]]) -> list[dict[str, object]]:
    """Id and name of each area; where it is served is the simulator's business."""
    return sorted(
        ({"id": area["id"], "name": area["name"]} for area in recorded), key=lambda area: str(area["name"])
    )


def main() -> None:
    """Read the two recordings named on the command line and write beside this file."""
    here = Path(__file__).parent
    table, areas = (json.loads(Path(name).read_text()) for name in sys.argv[1:3])
    (here / "locations.json").write_text(json.dumps(locations(table), indent=1) + "\n")
    (here / "resource_areas.json").write_text(json.dumps(resource_areas(areas), indent=1) + "\n")


if __name__ == "__main__":
    main()
