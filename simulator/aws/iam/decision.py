"""A decision about one request, and AWS's words for a refusal."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from simulator.aws.iam.statements import Statement


class PolicyType(StrEnum):
    """The kinds of policy, in the words that AWS's messages use."""

    IDENTITY = "identity-based policy"
    RESOURCE = "resource-based policy"
    TRUST = "role trust policy"
    BOUNDARY = "permissions boundary"
    SESSION = "session policy"
    SERVICE_CONTROL = "service control policy"


@dataclass(frozen=True)
class Decision:
    """Allowed or not; `statement` is the one that decided (None for an implicit deny), in a policy of type `by`."""

    allowed: bool
    by: PolicyType
    statement: Statement | None = None
    explicit: bool = False

    def reason(self, action: str) -> str:
        """Why it was refused, e.g. `because no identity-based policy allows the s3:GetObject action`."""
        if self.explicit:
            article = (
                "the" if self.by is PolicyType.TRUST else "an" if self.by is PolicyType.IDENTITY else "a"
            )
            return f"with an explicit deny in {article} {self.by}"
        return f"because no {self.by} allows the {action} action"


def denial(caller_arn: str, action: str, resource: str, decision: Decision) -> str:
    """The text of AWS's AccessDenied. Source: IAM user guide, "Troubleshoot access denied error messages"."""
    place = f" on resource: {resource}" if resource and resource != "*" else ""
    return f"User: {caller_arn} is not authorized to perform: {action}{place} {decision.reason(action)}"
