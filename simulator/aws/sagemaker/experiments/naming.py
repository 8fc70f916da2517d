"""Names of experiments, trials and components: the same in any case, as on AWS, whose ARNs of them are lower case.

Source: the SDK, which creates `my-exp` and describes `My-Exp` (tests/integ/sagemaker/experiments/test_run.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from simulator.aws.behaviour import Call
from simulator.aws.sagemaker import resources
from simulator.aws.sagemaker.kinds.kind import Kind, Row


def key_in(call: Call, name_or_arn: str) -> str:
    """The row key of something named in any case."""
    return resources.key_of(call, name_or_arn).lower()


def scope_of(call: Call) -> str:
    """account/region of a request."""
    return f"{call.account}/{call.region}"


def make(call: Call, kind: Kind, members: Mapping[str, Any], tags: Iterable[Any]) -> Row:
    """Insert a row under its name in lower case; the name itself stays as it was given."""
    name = members[kind.name_member]
    with call.kernel.store.transaction():
        row = resources.insert(call.kernel, kind, key_in(call, name), members, tags)
        row = {**row, kind.name_member: name}
        call.kernel.store.put(kind.row, key_in(call, name), row)
    return row
