"""A resource with a life of its own, as the store has it: where it is, its row, and changes of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from simulator.aws.behaviour import Cloud
from simulator.aws.sagemaker.kinds.kind import Kind, Row
from simulator.aws.sagemaker.resources import change, fetch, place
from simulator.kernel.world import Kernel


@dataclass(frozen=True)
class Kept:
    """One resource; `key` is account/region/name. A subclass of one kind only fixes it."""

    cloud: Cloud
    kind: Kind
    key: str

    @property
    def kernel(self) -> Kernel:
        """The kernel."""
        return self.cloud.kernel

    @property
    def row(self) -> Row:
        """The row as it is now; raises AWS's error where there is none."""
        return fetch(self.kernel, self.kind, self.key)

    @property
    def place(self) -> tuple[str, str, str]:
        """Account, region and name."""
        return place(self.key)

    def change(self, members: Mapping[str, Any], *, quiet: bool = False) -> Row:
        """Set members of the row; `quiet` is for our own notes."""
        return change(self.kernel, self.kind, self.key, members, quiet=quiet)
