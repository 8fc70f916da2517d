"""The state that a Stop or Start leads to first, read from the kind's states in the service model."""

from __future__ import annotations

from functools import cache

from botocore.model import StringShape, StructureShape

from simulator.aws.protocol.models import operation_model, service_model
from simulator.aws.sagemaker.kinds.kind import Kind

_FIRST = {
    "Stop": ("stopping", "stopped"),
    "Start": ("starting", "running", "pending", "scheduled", "inprogress"),
}


@cache
def states(kind: Kind) -> tuple[str, ...]:
    """The states that a Describe of the kind can answer."""
    name = f"Describe{kind.name}"
    if name not in service_model("sagemaker").operation_names:
        return ()
    shape = operation_model("sagemaker", name).output_shape
    for each in (shape, *(shape.members.values() if shape else ())):
        member = each.members.get(kind.status_member) if isinstance(each, StructureShape) else None
        if isinstance(member, StringShape):
            return tuple(member.enum)
    return ()


def state_after(kind: Kind, verb: str) -> str:
    """`Stopping`, `STOPPING`, `Starting`, ...; "" where the kind has no such state."""
    for wanted in _FIRST[verb]:
        for state in states(kind):
            if state.lower() == wanted:
                return state
    return ""
