"""Row keys and ARNs: what a resource is called in the store and on the wire."""

from __future__ import annotations

from simulator.aws.behaviour import Call
from simulator.aws.sagemaker.kinds.kind import Kind


def place(key: str) -> tuple[str, str, str]:
    """Account, region and name of a row key."""
    account, region, name = key.split("/", 2)
    return account, region, name


def arn_of(kind: Kind, key: str) -> str:
    """The ARN of the resource with this row key."""
    account, region, name = place(key)
    return f"arn:aws:sagemaker:{region}:{account}:{kind.arn}/{name}"


def key_of(call: Call, name_or_arn: str) -> str:
    """The row key of a resource named here, or named by its ARN anywhere."""
    if not name_or_arn.startswith("arn:"):
        return call.key(name_or_arn)
    _, _, _, region, account, resource = name_or_arn.split(":", 5)
    return f"{account}/{region}/{resource.split('/', 1)[-1]}"
