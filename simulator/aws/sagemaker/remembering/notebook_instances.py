"""From which states a notebook instance is stopped, started, changed and deleted; no instance ever starts here.

Source: API reference, StopNotebookInstance, StartNotebookInstance, UpdateNotebookInstance and DeleteNotebookInstance;
the text is AWS's from public reports. AWS stops an instance that is InService; one that never gets there is stopped
from Pending here, and since nothing of it runs it is stopped at once.
"""

from __future__ import annotations

from simulator.aws.behaviour import Answer, Call, memory
from simulator.aws.sagemaker import resources
from simulator.aws.sagemaker.kinds.kind import Row
from simulator.aws.sagemaker.kinds.notebooks import NOTEBOOK_INSTANCE
from simulator.aws.sagemaker.remembering.changing import changes
from simulator.aws.sagemaker.remembering.identity import existing, members, referred
from simulator.kernel.errors import CallerError

_AT_REST = ("Stopped", "Failed")


def _may(call: Call, states: tuple[str, ...], to: str) -> tuple[str, Row]:
    """The instance's key and row, if it may go from where it is to `to`."""
    key = existing(call, NOTEBOOK_INSTANCE)
    row = resources.fetch(call.kernel, NOTEBOOK_INSTANCE, key)
    status = row["NotebookInstanceStatus"]
    if status not in states:
        raise CallerError(
            "ValidationException",
            f"Status ({status}) not in ([{', '.join(states)}]). Unable to transition to ({to}) for Notebook Instance "
            f"({row['NotebookInstanceArn']})",
        )
    return key, row


@memory("sagemaker", "StopNotebookInstance")
async def stop_notebook_instance(call: Call) -> Answer:
    """An instance of which nothing runs is stopped at once."""
    key, _ = _may(call, ("InService", "Pending"), "Stopping")
    resources.change(call.kernel, NOTEBOOK_INSTANCE, key, {"NotebookInstanceStatus": "Stopped"})
    return {}


@memory("sagemaker", "StartNotebookInstance")
async def start_notebook_instance(call: Call) -> Answer:
    """Pending, and no further."""
    key, _ = _may(call, _AT_REST, "Pending")
    resources.change(call.kernel, NOTEBOOK_INSTANCE, key, {"NotebookInstanceStatus": "Pending"})
    return {}


@memory("sagemaker", "UpdateNotebookInstance")
async def update_notebook_instance(call: Call) -> Answer:
    """Another type, role, volume or lifecycle configuration of an instance that is stopped."""
    with call.kernel.store.transaction():
        key, row = _may(call, _AT_REST, "Updating")
        referred(call, NOTEBOOK_INSTANCE)
        changed = changes(NOTEBOOK_INSTANCE, row, call.params, members(NOTEBOOK_INSTANCE), ())
        resources.change(call.kernel, NOTEBOOK_INSTANCE, key, changed)
    return {}


@memory("sagemaker", "DeleteNotebookInstance")
async def delete_notebook_instance(call: Call) -> Answer:
    """Forget an instance that is stopped."""
    key, _ = _may(call, _AT_REST, "Deleting")
    resources.remove(call.kernel, NOTEBOOK_INSTANCE, key, "Deleting")
    return {}
