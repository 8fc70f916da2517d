"""What access control lists come to for somebody: explicit deny first, the nearest list before those above. Pure.

Source: Microsoft Learn, "About permissions and inheritance" and "Security namespace and permission reference".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Bits:
    """Permissions of a namespace as two masks; a bit in neither is not set, which allows nothing."""

    allow: int = 0
    deny: int = 0


@dataclass(frozen=True)
class AccessControlList:
    """The entries of one token by descriptor (lower case), and whether those of the tokens above count too."""

    entries: Mapping[str, Bits] = field(default_factory=dict)
    inherits: bool = True


def lineage(token: str, separator: str) -> tuple[str, ...]:
    """A token and those above it, the nearest first, in the form in which they are compared.

    Tokens know no case, and a separator at the end says nothing. A namespace without a separator has no tree.
    """
    whole = token.lower()
    if not separator.strip("\0"):
        return (whole,)
    parts = whole.rstrip(separator).split(separator)
    return tuple(separator.join(parts[:length]) for length in range(len(parts), 0, -1))


def effective(
    lists: Iterable[AccessControlList],
    who: AbstractSet[str],
    administrators: AbstractSet[str] = frozenset(),
) -> Bits:
    """What `who` (the descriptors of somebody and of every group around them) may do; lists the nearest first.

    On one token a deny to any of them beats an allow to another. A bit that a token decides is not asked for further
    up: an allow there beats a deny above. What `administrators` (descriptors among `who`) are allowed themselves, no
    deny to another group takes away.
    """
    every = tuple(lists)
    found = _walk(every, who)
    own = _walk(every, who & administrators)
    return Bits(found.allow | own.allow, found.deny & ~own.allow)


def _walk(lists: tuple[AccessControlList, ...], who: AbstractSet[str]) -> Bits:
    allow = deny = 0
    for each in lists:
        here = _of_one(each, who)
        open_bits = ~(allow | deny)
        allow |= here.allow & ~here.deny & open_bits
        deny |= here.deny & open_bits
        if not each.inherits:
            break
    return Bits(allow, deny)


def _of_one(each: AccessControlList, who: AbstractSet[str]) -> Bits:
    allow = deny = 0
    for name, bits in each.entries.items():
        if name in who:
            allow, deny = allow | bits.allow, deny | bits.deny
    return Bits(allow, deny)
