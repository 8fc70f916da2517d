"""The five endpoints of the tags that builds have, and definitions have just so."""

from __future__ import annotations

from collections.abc import Callable

from simulator.azure_devops.endpoint import Call, collection, endpoint
from simulator.azure_devops.organization import Row
from simulator.azure_devops.shapes import as_texts, texts


def answer_tags(
    location: str, find: Callable[[Call], Row], keep: Callable[[Call, Row, list[str]], None]
) -> None:
    """Answer at `location` for what `find` finds by the route; `keep` writes its new tags."""

    def tagged(call: Call, add: tuple[str, ...], remove: tuple[str, ...]) -> object:
        row = find(call)
        kept = [tag for tag in row.get("tags", []) if tag not in remove]
        listed = [*kept, *dict.fromkeys(tag for tag in add if tag not in kept)]
        keep(call, row, listed)
        return collection(listed)

    @endpoint("GET", location, "vso.build")
    async def tags(call: Call) -> object:
        """The tags."""
        return collection(find(call).get("tags", []))

    @endpoint("PUT", location, "vso.build_execute")
    async def add_tag(call: Call) -> object:
        """One more tag."""
        return tagged(call, (call.route["tag"],), ())

    @endpoint("POST", location, "vso.build_execute")
    async def add_tags(call: Call) -> object:
        """More tags: the body is their list."""
        return tagged(call, as_texts(call.body, "the body"), ())

    @endpoint("PATCH", location, "vso.build_execute")
    async def change_tags(call: Call) -> object:
        """`tagsToAdd` and `tagsToRemove`."""
        given = call.object_body()
        return tagged(call, texts(given, "tagsToAdd"), texts(given, "tagsToRemove"))

    @endpoint("DELETE", location, "vso.build_execute")
    async def remove_tag(call: Call) -> object:
        """One tag less."""
        return tagged(call, (), (call.route["tag"],))
