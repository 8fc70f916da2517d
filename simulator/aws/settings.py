"""What the AWS side is told at start."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class AwsSettings:
    """`backing_endpoint` sends the leaf services elsewhere; the others are seconds.

    `hold_seconds` is how long the first Describe of something in progress may wait (0: off, conformance mode).
    `check_answers` fails an answer of ours that the service model does not allow; tests switch it on.
    `pending_approval_notice_seconds` is how long a model package may wait before a notice goes to SNS.
    """

    backing_endpoint: str = ""
    hold_seconds: float = 50.0
    pending_approval_notice_seconds: float = 7 * 24 * 3600.0
    check_answers: bool = False
