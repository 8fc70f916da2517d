"""Stacks, their resources and their change sets as values, and as the rows that keep them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from simulator.kernel.store import Store

STACK = "cloudformation.stack"
RESOURCE = "cloudformation.resource"
EVENT = "cloudformation.event"
CHANGE_SET = "cloudformation.change_set"
EXPORT = "cloudformation.export"


@dataclass(frozen=True)
class Instance:
    """A physical resource: what it was made with, and what names it. `depends` is what it needed (logical ids)."""

    physical: str
    properties: Mapping[str, Any] = field(default_factory=dict)
    attributes: Mapping[str, Any] = field(default_factory=dict)
    keys: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class ResourceRecord:
    """A logical resource of a stack.

    `before` is what it was when the current update began; `retired` waits for the cleanup; `pending` is the step that
    has begun (action, name, properties), so that a restarted server can go on with it; `operation` is the operation
    that last dealt with it.
    """

    logical: str
    type: str
    status: str = ""
    reason: str = ""
    time: float = 0.0
    written: Mapping[str, Any] = field(default_factory=dict)
    metadata: Mapping[str, Any] = field(default_factory=dict)
    depends: tuple[str, ...] = ()
    deletion_policy: str = "Delete"
    update_replace_policy: str = "Delete"
    instance: Instance | None = None
    before: Instance | None = None
    retired: tuple[Instance, ...] = ()
    pending: Mapping[str, Any] | None = None
    operation: str = ""

    @property
    def physical(self) -> str:
        """The physical id, empty while there is none."""
        return self.instance.physical if self.instance else ""


@dataclass(frozen=True)
class Definition:
    """What a stack shall be: the template's text and everything that it is evaluated with."""

    template: str
    parameters: Mapping[str, str] = field(default_factory=dict)
    stored: Mapping[str, str] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)
    capabilities: tuple[str, ...] = ()


@dataclass(frozen=True)
class StackRecord:
    """A stack. `action` is what is being done (create, update, delete), `phase` how far it is, `operation` its id.

    `previous` is what a failed update goes back to, `cause` the fact for which the operation began.
    """

    account: str
    region: str
    name: str
    uuid: str
    definition: Definition
    status: str
    created: float
    caller: Mapping[str, Any] = field(default_factory=dict)
    reason: str = ""
    description: str = ""
    role_arn: str = ""
    on_failure: str = "ROLLBACK"
    retain_except_on_create: bool = False
    timeout_minutes: int | None = None
    protected: bool = False
    updated: float | None = None
    deleted: float | None = None
    outputs: tuple[Mapping[str, str], ...] = ()
    imports: tuple[str, ...] = ()
    change_set: str = ""
    token: str = ""
    action: str = ""
    phase: str = ""
    operation: str = ""
    failure: str = ""
    retain: tuple[str, ...] = ()
    previous: Definition | None = None
    cause: int | None = None

    @property
    def key(self) -> str:
        """The row key."""
        return f"{self.account}/{self.region}/{self.name}/{self.uuid}"

    @property
    def arn(self) -> str:
        """The stack's id."""
        return f"arn:aws:cloudformation:{self.region}:{self.account}:stack/{self.name}/{self.uuid}"


def save_stack(store: Store, stack: StackRecord) -> StackRecord:
    """Write the row; gives the record back."""
    store.put(STACK, stack.key, asdict(stack))
    return stack


def load_stack(store: Store, key: str) -> StackRecord:
    """The stack of a row key; KeyError when there is none."""
    row = store.get(STACK, key)
    if row is None:
        raise KeyError(key)
    return _stack(row)


def stacks(store: Store, prefix: str = "") -> list[StackRecord]:
    """The stacks whose row key starts with `prefix`, deleted ones too."""
    return [_stack(row) for _, row in store.scan(STACK, prefix)]


def save_resource(store: Store, stack: StackRecord, record: ResourceRecord) -> ResourceRecord:
    """Write the row; gives the record back."""
    store.put(RESOURCE, f"{stack.key}/{record.logical}", asdict(record))
    return record


def load_resource(store: Store, stack: StackRecord, logical: str) -> ResourceRecord | None:
    """The resource of that logical id, if the stack has or had one."""
    row = store.get(RESOURCE, f"{stack.key}/{logical}")
    return _resource(row) if row else None


def resources(store: Store, stack: StackRecord) -> dict[str, ResourceRecord]:
    """All resources of a stack by logical id."""
    found = [_resource(row) for _, row in store.scan(RESOURCE, f"{stack.key}/")]
    return {record.logical: record for record in found}


def _stack(row: dict[str, Any]) -> StackRecord:
    previous = row["previous"]
    return StackRecord(
        **{
            **row,
            "definition": definition(row["definition"]),
            "previous": definition(previous) if previous else None,
            "outputs": tuple(row["outputs"]),
            "imports": tuple(row["imports"]),
            "retain": tuple(row["retain"]),
        }
    )


def definition(row: Mapping[str, Any]) -> Definition:
    """A definition from its row form."""
    return Definition(**{**row, "capabilities": tuple(row["capabilities"])})


def _resource(row: dict[str, Any]) -> ResourceRecord:
    return ResourceRecord(
        **{
            **row,
            "depends": tuple(row["depends"]),
            "instance": Instance(**row["instance"]) if row["instance"] else None,
            "before": Instance(**row["before"]) if row["before"] else None,
            "retired": tuple(Instance(**entry) for entry in row["retired"]),
        }
    )
