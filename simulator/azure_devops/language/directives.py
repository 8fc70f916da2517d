"""The state of an `if`/`elseif`/`else` chain, and the turns of an `each`: what directives decide."""

from __future__ import annotations

from simulator.azure_devops.language.expressions.failure import EvaluationFailure
from simulator.azure_devops.language.expressions.values import ArrayValue, ObjectValue, Value, kind


class Chain:
    """Where an if-chain stands among its siblings. Ordinary siblings do not touch it, other directives end it."""

    def __init__(self) -> None:
        self.open = False
        self.taken = False

    def begin(self) -> None:
        """An `if`: a new chain."""
        self.open, self.taken = True, False

    def broken(self) -> None:
        """Another directive stands between: a later `elseif` or `else` has no chain."""
        self.open = False

    def allows(self, keyword: str) -> bool:
        """Whether the directive may stand here."""
        return keyword == "if" or self.open

    def after(self, keyword: str, *, won: bool) -> None:
        """Records a member's outcome; `else` is the last member."""
        self.taken = self.taken or won
        self.open = keyword != "else"


def each_pairs(collection: Value) -> list[Value]:
    """What the loop variable is in each turn: an item, or a `key`/`value` pair in authored order."""
    if isinstance(collection, ArrayValue):
        return list(collection.items)
    if isinstance(collection, ObjectValue):
        return [ObjectValue({"key": name, "value": value}) for name, value in collection.items.items()]
    if collection is None or collection == "":
        return []
    # The service's sentence is not recorded.
    raise EvaluationFailure(f"Expected a sequence or mapping. Actual value '{kind(collection)}'")
