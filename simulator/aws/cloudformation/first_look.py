"""Right after ExecuteChangeSet of a new stack its resources are not there yet: the first look says so, once.

CloudFormation begins a moment after it has answered. Here it may be done by then, and a client that tells a new stack
by its having no resources (the AWS toolkit for Azure DevOps) would wait for an update that never comes. Who has looked
at the stack or its events since sees what there is.
"""

from __future__ import annotations

from simulator.kernel.store import Store

_KIND = "cloudformation.unseen"


def executed(store: Store, stack: str) -> None:
    """The change set of a new stack, by its key, is being executed; inside a transaction."""
    store.put(_KIND, stack, {})


def seen(store: Store, stack: str) -> bool:
    """Someone looks at the stack; whether that is the first look."""
    return store.get(_KIND, stack) is not None and store.delete(_KIND, stack)
