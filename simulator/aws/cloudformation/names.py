"""Physical names that CloudFormation makes: the stack, the logical id and twelve random characters."""

from __future__ import annotations

from simulator.kernel.ids import Ids

_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
_RANDOM = 12


def physical_name(ids: Ids, stack: str, logical: str, *, limit: int, lower: bool = False) -> str:
    """`stack-Logical-0A1B2C3D4E5F`, at most `limit` characters, lower case where the service wants that.

    Where it is too long the stack's part gives way first, then the logical id's (User Guide, "Name type").
    """
    room = limit - _RANDOM - 2
    logical = logical[: max(room // 2, room - len(stack))]
    stack = stack[: room - len(logical)].rstrip("-")
    name = f"{stack}-{logical}-{ids.token(_ALPHABET, _RANDOM)}"
    return name.lower() if lower else name
