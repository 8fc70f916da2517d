"""The layers that a function names, found and listed as its configuration shows them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from simulator.aws.lambda_.errors import invalid
from simulator.aws.lambda_.rows import LAYER
from simulator.kernel.store import Store

_ARN = re.compile(r"arn:aws[\w-]*:lambda:([\w-]+):(\d{12}):layer:([\w-]+):(\d+)")
_MOST_LAYERS = 5


def key_of(arn: str) -> str:
    """The row key of a layer version's ARN; empty when it is none."""
    found = _ARN.fullmatch(arn)
    return f"{found[2]}/{found[1]}/{found[3]}/{int(found[4]):08d}" if found else ""


def attached(store: Store, arns: Sequence[str]) -> list[dict[str, Any]]:
    """The `Layers` of a configuration; raises AWS's error for a layer that is not there."""
    if len(arns) > _MOST_LAYERS:
        raise invalid(f"Cannot reference more than {_MOST_LAYERS} layers.")
    found = []
    for arn in arns:
        row = store.get(LAYER, key_of(arn))
        if row is None:
            raise invalid(f"Layer version {arn} does not exist.")
        found.append({"Arn": arn, "CodeSize": row["Content"]["CodeSize"]})
    return found
