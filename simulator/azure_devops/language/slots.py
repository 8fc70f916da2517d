"""Which contexts and functions an expression may name, by the place (slot) it stands in.

Source: measured, `shared/reference/azure-devops.md` 4.3 "Context tables".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from simulator.azure_devops.language.expressions.functions import ARITIES
from simulator.azure_devops.language.expressions.parser import Arity, Expression, parse_at_once

_GENERAL = ARITIES
_NO_ARGUMENTS = Arity(0, 0)
_ANY_DEPENDENCIES = Arity(0, None)

STEP_STATUS: Mapping[str, Arity] = dict.fromkeys(
    ("always", "canceled", "failed", "succeeded", "succeededorfailed"), _NO_ARGUMENTS
)
JOB_STATUS: Mapping[str, Arity] = {
    "always": _NO_ARGUMENTS,
    "canceled": _NO_ARGUMENTS,
    "failed": _ANY_DEPENDENCIES,
    "succeeded": _ANY_DEPENDENCIES,
    "succeededorfailed": _ANY_DEPENDENCIES,
}
COUNTER: Mapping[str, Arity] = {"counter": Arity(1, 2)}


@dataclass(frozen=True)
class Slot:
    """The names (lower case) and functions of one kind of place."""

    names: frozenset[str]
    functions: Mapping[str, Arity]

    def parse(self, text: str) -> Expression:
        """The tree of `text`; raises ExpressionFailure."""
        return parse_at_once(text, self.names, self.functions)


ROOT_VARIABLE = Slot(frozenset(("variables", "resources", "pipeline")), {**_GENERAL, **COUNTER})
JOB_CONDITION = Slot(
    frozenset(("variables", "dependencies", "stagedependencies", "pipeline")), {**_GENERAL, **JOB_STATUS}
)
