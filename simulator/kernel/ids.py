"""Identifiers, from a seed where a run must repeat."""

from __future__ import annotations

import random
import secrets
import uuid


class Ids:
    """Makes ids; with a seed the sequence repeats, without one it comes from the system."""

    def __init__(self, seed: int | None = None) -> None:
        self._seed = seed
        self._random: random.Random = random.Random(seed) if seed is not None else secrets.SystemRandom()

    def apart(self, name: str) -> Ids:
        """Another sequence of the same seed, for what is drawn as often as callers like: request ids, say.

        How often a client asks then changes no other id.
        """
        made = Ids()
        if self._seed is not None:
            made._seed, made._random = self._seed, random.Random(f"{self._seed} {name}")
        return made

    def hex(self, length: int) -> str:
        """`length` lower-case hexadecimal digits."""
        return self.token("0123456789abcdef", length)

    def token(self, alphabet: str, length: int) -> str:
        """`length` characters drawn from `alphabet`."""
        return "".join(self._random.choice(alphabet) for _ in range(length))

    def uuid(self) -> str:
        """A random (version 4) UUID in its usual text form."""
        return str(uuid.UUID(int=self._random.getrandbits(128), version=4))

    def fraction(self) -> float:
        """A number in [0, 1): for sampling and jitter."""
        return self._random.random()
