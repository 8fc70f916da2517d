"""An expression tree and its contexts -> a value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import overload

from simulator.azure_devops.language.expressions.failure import EvaluationFailure
from simulator.azure_devops.language.expressions.functions import ARITIES, FUNCTIONS, Function
from simulator.azure_devops.language.expressions.parser import (
    Expression,
    Invocation,
    Literal,
    Name,
    parse,
)
from simulator.azure_devops.language.expressions.values import (
    ArrayValue,
    ObjectValue,
    Value,
    to_number,
    to_text,
)


class _Nothing:
    """The mark of a miss, which is not a Null."""


_NOTHING = _Nothing()


def evaluate_text(
    text: str, contexts: Mapping[str, Value], extra_functions: Mapping[str, Function] | None = None
) -> Value:
    """Parses and evaluates `text`. `contexts` by lower-case name; `extra_functions` are the slot's own.

    Raises ExpressionFailure with the service's sentence.
    """
    if not extra_functions:
        return evaluate(_parsed(text, frozenset(contexts)), contexts, FUNCTIONS)
    functions = {**FUNCTIONS, **extra_functions}
    arities = {**ARITIES, **{name: function.arity for name, function in extra_functions.items()}}
    return evaluate(parse(text, contexts.keys(), arities), contexts, functions)


@lru_cache(maxsize=4096)
def _parsed(text: str, names: frozenset[str]) -> Expression:
    """The tree of an expression of general functions; a template says the same one many times."""
    return parse(text, names, ARITIES)


def evaluate(tree: Expression, contexts: Mapping[str, Value], functions: Mapping[str, Function]) -> Value:
    """The value of a parsed expression; arguments of functions are evaluated when they are read."""
    if isinstance(tree, Literal):
        return tree.value
    if isinstance(tree, Name):
        return contexts[tree.name]
    if isinstance(tree, Invocation):
        return functions[tree.function].call(_Arguments(tree.arguments, contexts, functions))
    target = evaluate(tree.target, contexts, functions)
    for step in tree.steps:
        if step is None:
            target = _wildcard(target)
        elif isinstance(target, (ObjectValue, ArrayValue)):
            target = _access(target, evaluate(step, contexts, functions))
        else:
            target = None  # the index of what holds nothing is not even evaluated
    return target


class _Arguments(Sequence[Value]):
    """A function's arguments, each evaluated once, when first read."""

    def __init__(
        self,
        trees: tuple[Expression, ...],
        contexts: Mapping[str, Value],
        functions: Mapping[str, Function],
    ) -> None:
        self._trees = trees
        self._contexts = contexts
        self._functions = functions
        self._known: dict[int, Value] = {}

    def __len__(self) -> int:
        return len(self._trees)

    @overload
    def __getitem__(self, index: int) -> Value: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Value]: ...
    def __getitem__(self, index: int | slice) -> Value | Sequence[Value]:
        if isinstance(index, slice):
            return [self[each] for each in range(*index.indices(len(self)))]
        if index not in self._known:
            self._known[index] = evaluate(self._trees[index], self._contexts, self._functions)
        return self._known[index]


def _access(target: Value, index: Value) -> Value:
    if isinstance(target, ArrayValue) and target.filtered:
        found = [_present(item, index) for item in target]
        return ArrayValue(tuple(item for item in found if not isinstance(item, _Nothing)), filtered=True)
    if isinstance(target, ObjectValue):
        return None if isinstance(index, (ObjectValue, ArrayValue)) else target.get(to_text(index))
    if isinstance(target, ArrayValue):
        return _element(target, index)
    return None


def _element(target: ArrayValue, index: Value) -> Value:
    number = to_number(index)
    if number is None or number < 0 or int(number) >= len(target.items):
        return None
    return target.items[int(number)]


def _present(item: Value, index: Value) -> Value | _Nothing:
    """What a wildcard's child holds under `index`, or the mark of nothing (misses are dropped, Nulls kept)."""
    if isinstance(item, ObjectValue):
        try:
            name = to_text(index)
        except EvaluationFailure:
            return _NOTHING
        if item.folds_case or name in item.items:
            found = item.get(name)
            return found if found is not None or name in item.items else _NOTHING
        return _NOTHING
    if isinstance(item, ArrayValue):
        number = to_number(index)
        if number is not None and 0 <= number < len(item.items):
            return item.items[int(number)]
    return _NOTHING


def _wildcard(target: Value) -> Value:
    if isinstance(target, ArrayValue) and target.filtered:
        flat: list[Value] = []
        for item in target:
            flat.extend(_children(item))
        return ArrayValue(tuple(flat), filtered=True)
    return ArrayValue(tuple(_children(target)), filtered=True)


def _children(target: Value) -> list[Value]:
    if isinstance(target, ObjectValue):
        return list(target.items.values())
    if isinstance(target, ArrayValue):
        return list(target.items)
    return []
