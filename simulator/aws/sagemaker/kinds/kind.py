"""What a kind of resource is: its members, ARN, lifecycle, texts and list, as one value."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from simulator.kernel.lifecycle import Lifecycle

Row = dict[str, Any]
TIMES = ("CreationTime", "LastModifiedTime")

# As the Feature Store and HyperPod word it; other families' own texts are not known to us.
NOT_FOUND = ("ResourceNotFound", "Resource Not Found: Amazon SageMaker can't find a {kind} with name {name}")
ABSENT = ("ValidationException", 'Could not find {noun} "{arn}".')
IN_USE = (
    "ResourceInUse",
    "Resource Already Exists: {kind} with name {name} already exists. Choose a different name.",
)
CONFLICT = ("ConflictException", "{kind} with name {name} already exists. Choose a different name.")


def nothing(request: Row) -> Row:
    """What a kind begins with that adds nothing to its request."""
    return {}


def constant(**members: Any) -> Callable[[Row], Row]:
    """What a kind begins with, whatever the request says."""
    return lambda request: members


@dataclass(frozen=True, eq=False)
class Kind:
    """One kind of resource. `name` is the stem of its members (`TrainingJob` -> TrainingJobName, ...Arn, ...Status).

    `arn` is the ARN's resource type; `list_member` and `summary` shape the List answer; `missing` and `taken` are
    AWS's error codes and texts, with {name} and {arn}; `in_progress` are the states in which a Describe may be held.
    `nested` says that the row's key goes on from its parent's; `unfiltered` are parameters of the List that are no
    filters, or that the behaviour looks at itself. `sort` and `order` are the List's where the documentation of the
    operation tells none, or where what it tells is known to be wrong.

    `named`, `arn_named` and `status_named` are the members where they are not the stem with Name, Arn and Status.
    `begins` is the first state of a kind without a lifecycle here. `identity` is how the key is made of a request's
    members, `{DomainId}/{UserProfileName}`, where it is not the name alone; `generated` how the service makes it,
    `d-{id}`. `within` is the kind that this one is in: it must exist, and is not deleted before. `refers` are pairs
    of a request's member and the kind that it names, which must exist; `renamed` pairs of a request's member and the
    row's; `shows` pairs of an answer's member and the row's; `first` gives, of the request, what it does not say and
    every answer must.
    """

    name: str
    arn: str
    list_member: str = ""
    summary: tuple[str, ...] = ()
    lifecycle: Lifecycle | None = None
    in_progress: frozenset[str] = frozenset()
    missing: tuple[str, str] = ("ValidationException", "Requested resource not found.")
    taken: tuple[str, str] = ("ValidationException", 'Cannot create already existing {noun} "{arn}".')
    noun: str = ""
    plural: str = ""
    sort: str = ""
    order: str = ""
    stem: str = ""
    nested: bool = False
    unfiltered: tuple[str, ...] = ()
    named: str = ""
    arn_named: str = ""
    status_named: str = ""
    begins: str = ""
    identity: str = ""
    generated: str = ""
    within: str = ""
    refers: tuple[tuple[str, str], ...] = ()
    renamed: tuple[tuple[str, str], ...] = ()
    shows: tuple[tuple[str, str], ...] = ()
    first: Callable[[Row], Row] = nothing

    @property
    def row(self) -> str:
        """The row kind in the store."""
        return "sagemaker." + re.sub(r"(?<=[a-z])(?=[A-Z])", "_", self.name).lower()

    @property
    def name_member(self) -> str:
        """`TrainingJobName`."""
        return self.named or f"{self.stem or self.name}Name"

    @property
    def arn_member(self) -> str:
        """`TrainingJobArn`."""
        return self.arn_named or f"{self.stem or self.name}Arn"

    @property
    def status_member(self) -> str:
        """`TrainingJobStatus`."""
        return self.status_named or f"{self.stem or self.name}Status"

    @property
    def fact(self) -> str:
        """The kind of the fact that a change of state is; the other cloud's jobs have `JobStateChanged` for theirs."""
        return f"{'SageMaker' if self.name == 'Job' else ''}{self.name}StateChanged"
