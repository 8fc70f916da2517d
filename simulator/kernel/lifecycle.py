"""A lifecycle is a table: which state may follow which."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


class IllegalTransition(Exception):
    """The code asked for a change that the lifecycle's table does not have: a defect of ours, never the caller's."""


@dataclass(frozen=True)
class Lifecycle:
    """States of one kind of resource: `transitions[state]` lists what may come next; with nothing it is final."""

    name: str
    initial: str
    transitions: Mapping[str, tuple[str, ...]]

    def step(self, old: str, new: str) -> str:
        """`new`, if it may follow `old`; else IllegalTransition."""
        if new not in self.transitions.get(old, ()):
            raise IllegalTransition(
                f"{self.name}: {old} -> {new}; expected one of {self.transitions.get(old, ())}"
            )
        return new

    def final(self, state: str) -> bool:
        """Whether nothing can follow `state`."""
        return not self.transitions.get(state)
