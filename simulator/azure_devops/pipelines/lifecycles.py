"""What may follow what: the states of a run, of a timeline record (stage, job, step) and of an approval."""

from __future__ import annotations

from simulator.kernel.lifecycle import Lifecycle

RUN = Lifecycle(
    "run",
    "notStarted",
    {
        "notStarted": ("inProgress", "canceling", "completed"),
        "inProgress": ("canceling", "completed"),
        "canceling": ("completed",),
        "completed": (),
    },
)

# A stage that waits for a check is pending; `inProgress -> pending` is an agent that was lost with its step.
RECORD = Lifecycle(
    "timeline record",
    "pending",
    {"pending": ("inProgress", "completed"), "inProgress": ("completed", "pending"), "completed": ()},
)

APPROVAL = Lifecycle(
    "approval",
    "pending",
    {
        "pending": ("approved", "rejected", "timedOut", "canceled"),
        "approved": (),
        "rejected": (),
        "timedOut": (),
        "canceled": (),
    },
)
