"""The lines that Lambda itself writes around an invocation's own, and the tail of them. Pure.

Source: developer guide, "Working with Lambda function logs": START, END and REPORT, and the timeout's line.
"""

from __future__ import annotations

import base64
import math
from collections.abc import Sequence

_TAIL_BYTES = 4096


def lines(
    request_id: str,
    version: str,
    printed: Sequence[str],
    *,
    milliseconds: float,
    init_milliseconds: float,
    memory: int,
    peak: int,
    timed_out: str,
    error_type: str = "",
) -> list[str]:
    """Everything that one invocation leaves in the log; `timed_out` is the timeout's line, empty without one."""
    billed = math.ceil(milliseconds + init_milliseconds)
    report = (
        f"REPORT RequestId: {request_id}\tDuration: {milliseconds:.2f} ms\tBilled Duration: {billed} ms\t"
        f"Memory Size: {memory} MB\tMax Memory Used: {peak} MB\t"
    )
    if init_milliseconds:
        report += f"Init Duration: {init_milliseconds:.2f} ms\t"
    if timed_out:
        report += "Status: timeout"
    elif error_type:
        report += f"Status: error\tError Type: {error_type}"
    return [
        f"START RequestId: {request_id} Version: {version}",
        *printed,
        *([timed_out] if timed_out else []),
        f"END RequestId: {request_id}",
        report,
    ]


def tail(written: Sequence[str]) -> str:
    """LogResult: the last 4 KB of the log, base64."""
    text = "".join(f"{line}\n" for line in written).encode()
    return base64.b64encode(text[-_TAIL_BYTES:]).decode()
