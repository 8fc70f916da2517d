"""Paths of the agent as a container of the job sees them, and back: pure.

Source: the agent's `ContainerInfo` (`_pathMappings`, `TranslateToContainerPath`, `TranslateToHostPath`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from simulator.azure_devops.language.plan import Variable
from simulator.azure_devops.pipelines.agent import predefined

WORK, TOOLS, AGENT = "/__w", "/__t", "/__a"
PROGRAMS = f"{AGENT}/programs"
"""Where a container has the programs of the built-in tasks, read-only; the real agent's are in `_tasks`."""
_MAPPED = (
    (predefined.TOOLS, TOOLS),
    (f"{predefined.HOME}/work", WORK),
    (f"{predefined.HOME}/agents", AGENT),
)


def to_container(text: str) -> str:
    """What begins with a directory of the agent begins with that of the container; all else stays."""
    for host, inside in _MAPPED:
        if text == host or text.startswith(f"{host}/"):
            return inside + text[len(host) :]
    return text


def to_agent(text: str) -> str:
    """The other way round."""
    for host, inside in _MAPPED:
        if text == inside or text.startswith(f"{inside}/"):
            return host + text[len(inside) :]
    return text


def is_shared(path: str) -> bool:
    """Whether an absolute path lies where the agent and the containers of a job have the same files."""
    return any(
        path == each or path.startswith(f"{each}/") for pair in _MAPPED for each in pair if each != AGENT
    )


def variables_inside(variables: Mapping[str, Variable]) -> dict[str, Variable]:
    """The variables as a step in a container sees them."""
    return {name: replace(each, value=to_container(each.value)) for name, each in variables.items()}
