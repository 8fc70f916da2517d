"""What the readers may ask about the project around the pipeline."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from simulator.azure_devops.language.plan import Container, Variable
from simulator.azure_devops.task_definitions.catalogue import BUILT_IN, Catalogue


@dataclass(frozen=True)
class Surroundings:
    """Pure questions the caller answers; None as a question means that the answer is always yes.

    `groups(name)`: the group's variables, None where it does not exist or is not authorised.
    `environments(name, resource)`: what of both does not exist: "environment", "resource" (if one is named), or "".
    `connections(name)`: the service connection's type, None without one.
    `secure_files(name)`: whether there is one.
    `containers`: the container resources by lower-case alias; `repositories`: the aliases of repositories, lower-case.
    `tasks`: the tasks that a step may name. `job` and `step`: those that are being read, as sentences name them.
    """

    groups: Callable[[str], Mapping[str, Variable] | None]
    environments: Callable[[str, str], str] | None = None
    connections: Callable[[str], str | None] | None = None
    secure_files: Callable[[str], bool] | None = None
    containers: Mapping[str, Container] = field(default_factory=dict)
    repositories: frozenset[str] = frozenset()
    job: str = ""
    step: str = ""
    tasks: Catalogue = BUILT_IN
