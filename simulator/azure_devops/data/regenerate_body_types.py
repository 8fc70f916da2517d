"""Make body_types.json, the types that requests are read into, from the table of the REST specification in the tests.

    python -m simulator.azure_devops.data.regenerate_body_types FOLDER

The folder is tests/azure_devops/specification: specification.json, and deviations.json for the members that only
recordings have. A body has the types of every operation that shares its verb and its location; notation of a type as in
specification.json.
"""

from __future__ import annotations

import json
import re
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

from simulator.azure_devops import locations

_PLACE = re.compile(r"\{[^}]+\}")
# Members that the specification calls texts, and that are read as times.
_TIMES = {
    "RunCreateModel": ("startDate", "completeDate", "dueDate"),
    "RunUpdateModel": ("startedDate", "completedDate", "dueDate"),
}
_EXPLAINED = "verb and location id to the types that the body may have; a type is area#name"


def main() -> None:
    """Read the folder named on the command line and write beside this file."""
    folder = Path(sys.argv[1])
    table = json.loads((folder / "specification.json").read_text(encoding="utf-8"))
    more = json.loads((folder / "deviations.json").read_text(encoding="utf-8"))["members"]
    bodies: defaultdict[str, set[str]] = defaultdict(set)
    for area, told in table["areas"].items():
        for row in told["operations"]:
            for key in _keys(row) if "body" in row else ():
                bodies[key].add(_within(area, row["body"]))
    types = _types(table["areas"], more, {kind for kinds in bodies.values() for kind in kinds})
    made = {"source": table["source"], "license": table["license"], "explained": _EXPLAINED}
    made["bodies"] = {key: sorted(kinds) for key, kinds in sorted(bodies.items())}
    lines = json.dumps({**made, "types": types}, separators=(",", ":"), ensure_ascii=False)
    text = re.sub(r'(?<=[}\]],)(?="[^"]+":[\[{])', "\n", lines)
    (Path(__file__).parent / "body_types.json").write_text(text + "\n", encoding="utf-8")


def _keys(row: dict[str, Any]) -> list[str]:
    found = locations.matches(_PLACE.sub("1", row["path"].partition("?")[0]).strip("/"))
    return [f"{row['verb']} {match.location.id}" for match in found if match.literals == found[0].literals]


def _within(area: str, kind: str) -> str:
    at = kind.find("#")
    return kind if at < 0 or kind[0] == "=" else f"{kind[:at]}{area}{kind[at:]}"


def _types(areas: dict[str, Any], more: dict[str, Any], wanted: set[str]) -> dict[str, dict[str, str]]:
    """The members of every type that a body may hold, those of what it extends among them."""
    found: dict[str, dict[str, str]] = {}
    waiting = {kind.lstrip("[{") for kind in wanted if "#" in kind and kind[0] != "="}
    while waiting:
        name = waiting.pop()
        area, _, short = name.partition("#")
        members: dict[str, str] = {}
        while short in areas[area]["types"]:
            times = dict.fromkeys(_TIMES.get(short, ()), "time")
            members = {**areas[area]["types"][short]["properties"], **more.get(short, {}), **times, **members}
            short = areas[area]["types"][short].get("is", "")
        found[name] = {member: _within(area, members[member]) for member in sorted(members)}
        waiting |= {
            kind.lstrip("[{") for kind in found[name].values() if "#" in kind and kind[0] != "="
        } - found.keys()
    return dict(sorted(found.items()))


if __name__ == "__main__":
    main()
