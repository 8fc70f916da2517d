"""The step keywords that stand for a task: what each takes and which inputs it gives.

Source: recorded expansions, `shared/reference/azure-devops.md` 4.2.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from simulator.azure_devops.task_definitions.agent_steps import CHECKOUT
from simulator.azure_devops.task_definitions.catalogue import Task, keyword_task

_SCRIPT = ("workingDirectory", "failOnStderr")
_POWERSHELL = (*_SCRIPT, "errorActionPreference", "ignoreLASTEXITCODE", "warningPreference")


@dataclass(frozen=True)
class Shorthand:
    """A keyword's task, the further keys it takes (they become inputs), and the inputs it gives."""

    of_task: str
    keys: tuple[str, ...]
    inputs: Callable[[str], Mapping[str, str]]
    renamed: Mapping[str, str]

    @property
    def task(self) -> Task:
        """The task."""
        return keyword_task(self.of_task)


SHORTHANDS: Mapping[str, Shorthand] = {
    "script": Shorthand("script", _SCRIPT, lambda text: {"script": text}, {}),
    "bash": Shorthand("bash", _SCRIPT, lambda text: {"targetType": "inline", "script": text}, {}),
    "pwsh": Shorthand(
        "powershell",
        _POWERSHELL,
        lambda text: {"targetType": "inline", "script": text, "pwsh": "true"},
        {},
    ),
    "powershell": Shorthand(
        "powershell", _POWERSHELL, lambda text: {"targetType": "inline", "script": text}, {}
    ),
    "checkout": Shorthand("checkout", CHECKOUT, lambda text: {"repository": text}, {}),
    "publish": Shorthand("publish", ("artifact",), lambda text: {"path": text}, {"artifact": "artifactName"}),
    # As the starter pipelines of the service write it.
    "upload": Shorthand("publish", ("artifact",), lambda text: {"path": text}, {"artifact": "artifactName"}),
    "download": Shorthand(
        "download", ("artifact", "patterns", "tags", "path"), lambda text: {"alias": text}, {}
    ),
}
