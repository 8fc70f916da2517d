"""The name of a run (its build number) from the `name:` format.

Source: Learn "Configure run or build numbers"; `shared/reference/azure-devops.md` 4.1.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime

from simulator.azure_devops.language.dates import format_date
from simulator.azure_devops.pipelines.agent.macros import expand_macros

_TOKEN = re.compile(r"\$\(([^()]*)\)")
_REVISION = re.compile(r"\$\(\s*Rev:([^()]*)\)", re.IGNORECASE)
_REVISION_MARK = "\0"
MAXIMUM_LENGTH = 255


def run_name(
    pattern: str, moment: datetime, variables: Mapping[str, str], next_revision: Callable[[str], int]
) -> str:
    """The run's name. `moment` in UTC; `variables` are those of the run (`Build.BuildId`, `Build.SourceBranchName`...).

    `next_revision(rest)` gives the next `$(Rev:r)` (from 1) among runs whose name is the same but for the revision.
    An unknown token stays as it is.
    """
    found = _REVISION.search(pattern)
    marked = _REVISION.sub(_REVISION_MARK, pattern)
    named = _TOKEN.sub(lambda match: _token(match, moment, variables), marked)
    named = expand_macros(named, variables)
    if found is None:
        return named[:MAXIMUM_LENGTH]
    revision = next_revision(named.replace(_REVISION_MARK, ""))
    return named.replace(_REVISION_MARK, _revision_text(found[1], revision))[:MAXIMUM_LENGTH]


def _revision_text(form: str, revision: int) -> str:
    """`r` 3, `rr` 03; other characters (the point of `.r`) stay."""
    return re.sub("r+", lambda match: str(revision).zfill(len(match[0])), form)


_CLOCK: Mapping[str, Callable[[datetime], str]] = {
    "dayofmonth": lambda moment: str(moment.day),
    "dayofyear": lambda moment: str(moment.timetuple().tm_yday),
    "hours": lambda moment: str(moment.hour),
    "minutes": lambda moment: str(moment.minute),
    "seconds": lambda moment: str(moment.second),
    "month": lambda moment: str(moment.month),
    "year:yy": lambda moment: f"{moment:%y}",
    "year:yyyy": lambda moment: f"{moment.year:04}",
    "date": lambda moment: format_date(moment, "yyyyMMdd"),
}
_SHORT = {
    "builddefinitionname": "Build.DefinitionName",
    "definitionname": "Build.DefinitionName",
    "buildid": "Build.BuildId",
    "sourcebranchname": "Build.SourceBranchName",
    "teamproject": "System.TeamProject",
}


def _token(match: re.Match[str], moment: datetime, variables: Mapping[str, str]) -> str:
    token = match[1].strip()
    folded = token.lower()
    clock = _CLOCK.get(folded)
    if clock is not None:
        return clock(moment)
    if folded.startswith("date:"):
        return format_date(moment, token[len("date:") :])
    wanted = _SHORT.get(folded, token).lower()
    return next((value for name, value in variables.items() if name.lower() == wanted), match[0])
