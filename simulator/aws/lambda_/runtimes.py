"""The managed runtimes: which of them run here, which AWS has ended, and which are refused by name."""

from __future__ import annotations

from simulator.aws.lambda_.errors import invalid
from simulator.kernel.errors import NotSimulated

IMAGE = "lambda_python"
"""The reference image of every Python runtime."""

RUNS = frozenset({"python3.9", "python3.10", "python3.11", "python3.12", "python3.13", "python3.14"})
# Source: developer guide, "Lambda runtimes", deprecated runtimes: functions can no longer be created.
_ENDED = frozenset(
    {"nodejs", "nodejs4.3", "nodejs4.3-edge", "nodejs6.10", "nodejs8.10", "nodejs10.x", "nodejs12.x", "nodejs14.x",
     "python2.7", "python3.6", "python3.7", "python3.8", "dotnetcore1.0", "dotnetcore2.0", "dotnetcore2.1",
     "dotnetcore3.1", "ruby2.5", "ruby2.7", "go1.x", "java8", "provided"}
)  # fmt: skip


def check(runtime: str) -> None:
    """Return for a runtime that runs here; raises AWS's error for one that has ended, NotSimulated for the others."""
    if runtime in RUNS:
        return
    if runtime in _ENDED:
        raise invalid(
            f"The runtime parameter of {runtime} is no longer supported for creating or updating AWS Lambda functions. "
            "We recommend you use a supported runtime while creating or updating functions."
        )
    raise NotSimulated(f"the Lambda runtime {runtime}", f"Runtimes that run: {', '.join(sorted(RUNS))}.")
