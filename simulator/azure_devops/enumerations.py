"""Values of the service's enumerations: clients send their names in any case, and the Node client their numbers.

Source of the numbers: the enumerations of azure-devops-node-api (its Git-, Pipelines- and BuildInterfaces).
"""

from __future__ import annotations

from collections.abc import Mapping

PULL_REQUEST_STATUS = {0: "notSet", 1: "active", 2: "abandoned", 3: "completed", 4: "all"}
MERGE_STRATEGY = {1: "noFastForward", 2: "squash", 3: "rebase", 4: "rebaseMerge"}
CONFIGURATION_TYPE = {0: "unknown", 1: "yaml", 2: "designerJson", 3: "justInTime"}
BUILD_STATUS = {
    0: "none",
    1: "inProgress",
    2: "completed",
    4: "cancelling",
    8: "postponed",
    32: "notStarted",
    47: "all",
}
BUILD_RESULT = {0: "none", 2: "succeeded", 4: "partiallySucceeded", 8: "failed", 32: "canceled"}


def named(value: object, names: Mapping[int, str]) -> str | None:
    """The name of a value given by name or number, as the service writes it; None when there is no such value."""
    text = str(value).strip()
    if text.isdecimal():
        return names.get(int(text))
    return next((name for name in names.values() if name.lower() == text.lower()), None)
