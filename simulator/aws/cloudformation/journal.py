"""Writing down what happens to a stack: its row, an event row and a StackEvent fact, in one transaction."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from simulator.aws.cloudformation.published import STACK_TYPE, event
from simulator.aws.cloudformation.records import (
    EVENT,
    ResourceRecord,
    StackRecord,
    load_stack,
    save_resource,
    save_stack,
)
from simulator.kernel.facts import Fact
from simulator.kernel.world import Kernel


class Journal:
    """The one place that changes a status, so that no status is without its event."""

    def __init__(self, kernel: Kernel, key: str) -> None:
        self._kernel, self.key = kernel, key
        self.last: Fact | None = None

    @property
    def stack(self) -> StackRecord:
        """The stack as it is now."""
        return load_stack(self._kernel.store, self.key)

    def stack_is(self, status: str, reason: str = "", **changes: Any) -> StackRecord:
        """The stack's new status, with other changes of its row."""
        with self._kernel.store.transaction():
            stack = save_stack(
                self._kernel.store, replace(self.stack, status=status, reason=reason, **changes)
            )
            self._event(stack, stack.name, stack.arn, STACK_TYPE, status, reason, None)
        return stack

    def note(self, **changes: Any) -> StackRecord:
        """Changes of the stack's row that are no event."""
        return save_stack(self._kernel.store, replace(self.stack, **changes))

    def resource_is(
        self,
        record: ResourceRecord,
        status: str,
        reason: str = "",
        **changes: Any,
    ) -> ResourceRecord:
        """A resource's new status, with other changes of its row."""
        store = self._kernel.store
        now = self._kernel.clock.now()
        with store.transaction():
            stack = self.stack
            record = replace(record, status=status, reason=reason, time=now, **changes)
            save_resource(store, stack, record)
            properties = (
                record.instance.properties if record.instance else (record.pending or {}).get("properties")
            )
            self._event(stack, record.logical, record.physical, record.type, status, reason, properties)
        return record

    def retired_is(self, record: ResourceRecord, physical: str, status: str, reason: str = "") -> None:
        """An event about an instance that is no longer the resource's current one."""
        with self._kernel.store.transaction():
            self._event(self.stack, record.logical, physical, record.type, status, reason, None)

    def keep(self, record: ResourceRecord) -> ResourceRecord:
        """Changes of a resource's row that are no event."""
        return save_resource(self._kernel.store, self.stack, record)

    def _event(
        self,
        stack: StackRecord,
        logical: str,
        physical: str,
        type_name: str,
        status: str,
        reason: str,
        properties: Any,
    ) -> None:
        store, clock = self._kernel.store, self._kernel.clock
        number = store.count(EVENT, f"{self.key}/") + 1
        suffix = self._kernel.ids.uuid()
        row = {
            "StackId": stack.arn,
            "StackName": stack.name,
            "EventId": suffix if type_name == STACK_TYPE else f"{logical}-{suffix}",
            "LogicalResourceId": logical,
            "PhysicalResourceId": physical,
            "ResourceType": type_name,
            "Timestamp": clock.now(),
            "ResourceStatus": status,
            **({"ResourceStatusReason": reason} if reason else {}),
            **({"ClientRequestToken": stack.token} if stack.token else {}),
        }
        detail = {**row, "event": event(row)}
        if properties is not None:
            row["ResourceProperties"] = properties
        store.put(EVENT, f"{self.key}/{number:010d}", row)
        subject = stack.name if type_name == STACK_TYPE else f"{stack.name}/{logical}"
        self.last = self._kernel.log.record(
            "StackEvent", subject, detail, account=stack.account, region=stack.region
        )
