"""Deleting physical resources: each after those that need it, at once where nothing stands between."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace

from simulator.aws.cloudformation.calls import ResourceFailed
from simulator.aws.cloudformation.handlers.kind import Made
from simulator.aws.cloudformation.handlers.table import kind_of
from simulator.aws.cloudformation.place import Place
from simulator.aws.cloudformation.records import Instance, ResourceRecord, load_resource
from simulator.aws.protocol.models import service_model
from simulator.kernel.errors import CallerError, NotSimulated

_logger = logging.getLogger("simulator.cloudformation")


@dataclass(frozen=True)
class Item:
    """One instance to delete. `current` says that it is the resource's own and not one that was replaced."""

    record: ResourceRecord
    instance: Instance
    current: bool
    kept: bool = False


async def remove(place: Place, items: Sequence[Item]) -> list[str]:
    """Delete all; gives the logical ids of those that could not be. What those needed is left alone, too."""
    finished: list[asyncio.Future[bool]] = [asyncio.get_running_loop().create_future() for _ in items]

    async def one(index: int) -> None:
        item = items[index]
        needing = [
            finished[other]
            for other, each in enumerate(items)
            if other != index and item.record.logical in each.record.depends
        ]
        before = await asyncio.gather(*needing)
        finished[index].set_result(all(before) and await _remove(place, item))

    await asyncio.gather(*(one(index) for index in range(len(items))))
    failed = [item.record.logical for item, done in zip(items, finished, strict=True) if not done.result()]
    return list(dict.fromkeys(failed))


async def _remove(place: Place, item: Item) -> bool:
    if item.kept:
        _say(place, item, "DELETE_SKIPPED")
        return True
    _say(place, item, "DELETE_IN_PROGRESS")
    instance, record = item.instance, item.record
    made = Made(instance.physical, instance.attributes, instance.keys)
    calls = place.calls(record.logical, f"remove-{instance.physical}")
    try:
        await kind_of(record.type).remove(calls, made, instance.properties)
    except CallerError as error:
        service = service_model(kind_of(record.type).service).service_id
        _say(place, item, "DELETE_FAILED", calls.reason(service, error))
        return False
    except (ResourceFailed, NotSimulated) as error:
        _say(place, item, "DELETE_FAILED", str(error))
        return False
    except Exception as error:
        _logger.exception("deleting %s of stack %s", record.logical, calls.stack)
        _say(place, item, "DELETE_FAILED", f"Internal Failure: {error!r}")
        return False
    _say(place, item, "DELETE_COMPLETE")
    return True


def _say(place: Place, item: Item, status: str, reason: str = "") -> None:
    latest = load_resource(place.cloud.kernel.store, place.journal.stack, item.record.logical) or item.record
    ended = status in ("DELETE_COMPLETE", "DELETE_SKIPPED")
    with place.cloud.kernel.store.transaction():
        if item.current:
            place.journal.resource_is(latest, status, reason)
            return
        place.journal.retired_is(latest, item.instance.physical, status, reason)
        if ended:
            left = tuple(each for each in latest.retired if each.physical != item.instance.physical)
            place.journal.keep(replace(latest, retired=left))


def everything(place: Place, records: dict[str, ResourceRecord], *, rolling_back: bool) -> list[Item]:
    """All instances of a stack that is deleted, or whose creation is rolled back."""
    retained = place.journal.stack.retain
    spare = place.journal.stack.retain_except_on_create
    items = []
    for record in records.values():
        policy = record.deletion_policy
        kept = (
            record.logical in retained
            or policy == "Retain"
            or (policy == "RetainExceptOnCreate" and not rolling_back)
        )
        if rolling_back and spare:
            kept = False
        if record.instance and record.status not in ("DELETE_COMPLETE", "DELETE_SKIPPED"):
            items.append(Item(record, record.instance, True, kept))
        items += [Item(record, instance, False) for instance in record.retired]
    return items


def leftovers(records: dict[str, ResourceRecord]) -> list[Item]:
    """The instances that an update has left behind: replaced ones and those of resources that are gone."""
    items = []
    for record in records.values():
        gone = record.instance is None
        policy = record.deletion_policy if gone else record.update_replace_policy
        items += [
            Item(record, instance, False, policy == "Retain" or policy == "RetainExceptOnCreate")
            for instance in record.retired
        ]
    return items
