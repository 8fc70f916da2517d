"""What may follow what: the states of a run, of a timeline record (stage, job, step), of an approval and of a check."""

from __future__ import annotations

from simulator.kernel.lifecycle import Lifecycle

RUN = Lifecycle(
    "run",
    "notStarted",
    {
        "notStarted": ("inProgress", "canceling", "completed"),
        "inProgress": ("canceling", "completed"),
        "canceling": ("completed",),
        "completed": ("inProgress",),
    },
)

# A stage that waits for a check is pending. What has completed begins again where a stage is retried.
RECORD = Lifecycle(
    "timeline record",
    "pending",
    {"pending": ("inProgress", "completed"), "inProgress": ("completed",), "completed": ("pending",)},
)

APPROVAL = Lifecycle(
    "approval",
    "pending",
    {
        "pending": ("deferred", "approved", "rejected", "timedOut", "canceled", "skipped"),
        "deferred": ("pending", "approved", "rejected", "timedOut", "canceled", "skipped"),
        "approved": (),
        "rejected": (),
        "timedOut": (),
        "canceled": (),
        "skipped": (),
    },
)

CHECK_RUN = Lifecycle(
    "check run",
    "running",
    {
        "running": ("approved", "rejected", "timedOut", "canceled", "bypassed"),
        "approved": (),
        "rejected": (),
        "timedOut": (),
        "canceled": (),
        "bypassed": (),
    },
)
