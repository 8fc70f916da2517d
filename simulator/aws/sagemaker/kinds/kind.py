"""What a kind of resource is: its members, ARN, lifecycle, texts and list, as one value."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from simulator.kernel.lifecycle import Lifecycle

Row = dict[str, Any]
TIMES = ("CreationTime", "LastModifiedTime")


@dataclass(frozen=True, eq=False)
class Kind:
    """One kind of resource. `name` is the stem of its members (`TrainingJob` -> TrainingJobName, ...Arn, ...Status).

    `arn` is the ARN's resource type; `list_member` and `summary` shape the List answer; `missing` and `taken` are
    AWS's error codes and texts, with {name} and {arn}; `in_progress` are the states in which a Describe may be held.
    `nested` says that the row's key goes on from its parent's; `unfiltered` are parameters of the List that are no
    filters, or that the behaviour looks at itself.
    """

    name: str
    arn: str
    list_member: str
    summary: tuple[str, ...]
    lifecycle: Lifecycle | None = None
    in_progress: frozenset[str] = frozenset()
    missing: tuple[str, str] = ("ValidationException", "Requested resource not found.")
    taken: tuple[str, str] = ("ValidationException", 'Cannot create already existing {noun} "{arn}".')
    noun: str = ""
    plural: str = ""
    sort: str = "CreationTime"
    order: str = "Descending"
    stem: str = ""
    nested: bool = False
    unfiltered: tuple[str, ...] = ()

    @property
    def row(self) -> str:
        """The row kind in the store."""
        return "sagemaker." + re.sub(r"(?<=[a-z])(?=[A-Z])", "_", self.name).lower()

    @property
    def name_member(self) -> str:
        """`TrainingJobName`."""
        return f"{self.stem or self.name}Name"

    @property
    def arn_member(self) -> str:
        """`TrainingJobArn`."""
        return f"{self.stem or self.name}Arn"

    @property
    def status_member(self) -> str:
        """`TrainingJobStatus`."""
        return f"{self.stem or self.name}Status"

    @property
    def fact(self) -> str:
        """The kind of the fact that a change of state is."""
        return f"{self.name}StateChanged"
