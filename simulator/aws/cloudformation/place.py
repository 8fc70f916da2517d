"""What a running stack works with: its cloud, journal, calls, and the resources and exports its functions see."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from typing import Any

from simulator.aws.behaviour import Cloud
from simulator.aws.cloudformation.calls import Calls, ResourceFailed
from simulator.aws.cloudformation.errors import export_missing
from simulator.aws.cloudformation.evaluation import Evaluation
from simulator.aws.cloudformation.handlers.table import is_custom
from simulator.aws.cloudformation.intrinsics import NotKnown, Scope
from simulator.aws.cloudformation.journal import Journal
from simulator.aws.cloudformation.records import EXPORT, load_resource
from simulator.aws.principal import Principal
from simulator.kernel.store import Store


def export_value(store: Store, account: str, region: str, name: str) -> str:
    """The value of an export; raises ValidationError when no stack has it."""
    row = store.get(EXPORT, f"{account}/{region}/{name}")
    if row is None:
        raise export_missing(name)
    return str(row["value"])


class Place:
    """One operation on one stack while it runs."""

    def __init__(self, cloud: Cloud, key: str, resuming: bool = False) -> None:
        self.cloud, self.resuming = cloud, resuming
        self.journal = Journal(cloud.kernel, key)
        self.given_up = asyncio.Event()
        self.given_up_because = ""
        self.failed: dict[str, list[str]] = {"create": [], "update": [], "delete": []}
        self.imports: set[str] = set()
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    def cancel(self, reason: str) -> None:
        """Stop waiting for what is under way; the operation fails with `reason`."""
        self.given_up_because = reason
        self.given_up.set()

    def calls(self, logical: str, step: str) -> Calls:
        """The calls of one resource's step; the token is made of the operation, so it is the same after a restart."""
        stack = self.journal.stack
        caller = stack.caller
        principal = Principal(**caller) if caller else None
        return Calls(
            self.cloud,
            stack.account,
            stack.region,
            principal,
            stack.name,
            logical,
            stack_id=stack.arn,
            token=f"{stack.operation}-{logical}-{step}"[:128],
            resuming=self.resuming,
            given_up=self.given_up,
            locks=self._locks,
        )

    def scope(self, evaluation: Evaluation) -> Scope:
        """The scope in which the functions see the stack's resources as they are now."""
        return evaluation.seeing(self._reference, self._attribute, self._imported)

    def _reference(self, logical: str) -> Any:
        record = load_resource(self.cloud.kernel.store, self.journal.stack, logical)
        if record is None or record.instance is None:
            raise NotKnown(logical)
        return record.instance.physical

    def _attribute(self, logical: str, attribute: str) -> Any:
        record = load_resource(self.cloud.kernel.store, self.journal.stack, logical)
        if record is None or record.instance is None:
            raise NotKnown(f"{logical}.{attribute}")
        if attribute not in record.instance.attributes:
            if is_custom(record.type):
                raise ResourceFailed(
                    f"CustomResource attribute error: Vendor response doesn't contain {attribute} key in object "
                    f"{self.journal.stack.arn}|{logical}"
                )
            raise NotKnown(f"{logical}.{attribute}")
        return record.instance.attributes[attribute]

    def _imported(self, name: str) -> Any:
        stack = self.journal.stack
        value = export_value(self.cloud.kernel.store, stack.account, stack.region, name)
        self.imports.add(name)
        return value
