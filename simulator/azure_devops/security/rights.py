"""What somebody may do, asked by the name of a permission."""

from __future__ import annotations

from collections.abc import Set as AbstractSet

from simulator.azure_devops.identities import Identity, descriptor_of, group_descriptor
from simulator.azure_devops.security.evaluation import Bits
from simulator.azure_devops.security.groups import ADMINISTRATORS, Groups, group_id
from simulator.azure_devops.security.lists import AccessControlLists, Reading
from simulator.azure_devops.security.namespaces import Namespace, known
from simulator.kernel.store import Store

COLLECTION_ADMINISTRATORS = frozenset((group_descriptor(group_id("", ADMINISTRATORS)).lower(),))


class Rights:
    """Answers from the lists and groups as they are now; it keeps nothing of its own."""

    def __init__(self, store: Store) -> None:
        self.lists, self.groups = AccessControlLists(store), Groups(store)

    def bits(self, who: AbstractSet[str], space: Namespace, token: str) -> Bits:
        """All that `who` (descriptors in lower case) may do on a token."""
        return Reading(self.lists, space).effective(token, who, COLLECTION_ADMINISTRATORS & who)

    def allows(self, who: AbstractSet[str], space: str, token: str, *permissions: str) -> bool:
        """Whether they have all of the permissions."""
        mask = known(space).mask(*permissions)
        return self.bits(who, known(space), token).allow & mask == mask

    def each(self, who: AbstractSet[str], space: str, tokens: list[str], permission: str) -> list[bool]:
        """For each of many tokens whether they have the permission; what stands above several is read once."""
        mask, held = known(space).mask(permission), Reading(self.lists, known(space))
        administrators = COLLECTION_ADMINISTRATORS & who
        return [bool(held.effective(token, who, administrators).allow & mask) for token in tokens]

    def own(self, who: Identity, space: str, token: str, *permissions: str) -> None:
        """What the maker of something may do with it from now on; in the caller's transaction."""
        self.lists.grant(known(space), token, descriptor_of(who), known(space).mask(*permissions))
