"""Exports: one name in an account and region, and who imports it."""

from __future__ import annotations

from collections.abc import Sequence

from simulator.aws.cloudformation.calls import ResourceFailed
from simulator.aws.cloudformation.records import EXPORT, StackRecord, stacks
from simulator.kernel.store import Store


def importers(store: Store, account: str, region: str, name: str) -> list[str]:
    """The names of the stacks that import `name`."""
    return [
        stack.name
        for stack in stacks(store, f"{account}/{region}/")
        if name in stack.imports and stack.status != "DELETE_COMPLETE"
    ]


def refusal(store: Store, stack: StackRecord, wanted: dict[str, str]) -> str:
    """Why the stack's exports may not become `wanted` (name to value), in AWS's words; empty when they may."""
    prefix = f"{stack.account}/{stack.region}/"
    for key, row in store.scan(EXPORT, prefix):
        name = key.removeprefix(prefix)
        if row["stack"] != stack.arn:
            if name in wanted:
                return f"Export with name {name} is already exported by stack {row['stack'].split('/')[1]}."
            continue
        users = importers(store, stack.account, stack.region, name)
        if users and name not in wanted:
            return f"Cannot delete export {name} as it is in use by {', '.join(users)}."
        if users and wanted[name] != row["value"]:
            return f"Cannot update export {name} as it is in use by {', '.join(users)}."
    return ""


def publish(store: Store, stack: StackRecord, outputs: Sequence[dict[str, str]]) -> None:
    """Make the stack's exports those of its outputs; raises ResourceFailed when a rule of exports forbids it."""
    wanted = {entry["ExportName"]: entry["OutputValue"] for entry in outputs if "ExportName" in entry}
    if reason := refusal(store, stack, wanted):
        raise ResourceFailed(reason)
    prefix = f"{stack.account}/{stack.region}/"
    for key, row in store.scan(EXPORT, prefix):
        if row["stack"] == stack.arn:
            store.delete(EXPORT, key)
    for name, value in wanted.items():
        store.put(EXPORT, prefix + name, {"stack": stack.arn, "value": value})
