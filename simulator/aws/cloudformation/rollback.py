"""The way back from an update that failed: each touched resource to what it was, the new ones to the cleanup."""

from __future__ import annotations

import logging
from dataclasses import replace

from simulator.aws.cloudformation import graph
from simulator.aws.cloudformation.calls import ResourceFailed
from simulator.aws.cloudformation.evaluation import Evaluation, evaluate
from simulator.aws.cloudformation.handlers.table import kind_of
from simulator.aws.cloudformation.making import change
from simulator.aws.cloudformation.place import Place
from simulator.aws.cloudformation.records import Instance, ResourceRecord, resources
from simulator.aws.protocol.models import service_model
from simulator.kernel.errors import CallerError, NotSimulated

_logger = logging.getLogger("simulator.cloudformation")


async def run(place: Place) -> bool:
    """Take back the update; says whether the stack may go on to the cleanup. Else it is UPDATE_ROLLBACK_FAILED."""
    stack = place.journal.stack
    assert stack.previous is not None, "an update has a previous definition"
    before = evaluate(stack.previous, stack)
    records = resources(place.cloud.kernel.store, stack)
    failed = [
        logical
        for logical in _order(before, records)
        if not await _take_back(place, before, records[logical])
    ]
    if failed:
        reason = f"The following resource(s) failed to update: [{', '.join(failed)}]. "
        place.journal.stack_is("UPDATE_ROLLBACK_FAILED", reason, action="", phase="")
        return False
    place.journal.stack_is(
        "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS", phase="cleanup", definition=stack.previous
    )
    return True


def _order(before: Evaluation, records: dict[str, ResourceRecord]) -> list[str]:
    """Those of the previous template after what they need, then those that the update has added."""
    known = [name for name in graph.order(before.graph) if name in records]
    return known + [name for name in records if name not in before.graph]


async def _take_back(place: Place, before: Evaluation, record: ResourceRecord) -> bool:
    if record.logical not in before.graph:
        new = (record.instance,) if record.instance else ()
        place.journal.keep(
            replace(record, instance=None, before=None, pending=None, retired=(*record.retired, *new))
        )
        return True
    was = record.before
    if was is None or record.operation != place.journal.stack.operation:
        return True
    resource = before.template.resources[record.logical]
    record = place.journal.keep(
        replace(
            record,
            written=before.written(record.logical),
            metadata=resource.metadata,
            depends=before.graph[record.logical],
            deletion_policy=resource.deletion_policy,
            update_replace_policy=resource.update_replace_policy,
        )
    )
    if record.instance and record.instance.physical != was.physical:
        retired = (*record.retired, record.instance)
        place.journal.resource_is(
            record, "UPDATE_COMPLETE", instance=was, before=None, pending=None, retired=retired
        )
        return True
    return await _change_back(place, record, was)


async def _change_back(place: Place, record: ResourceRecord, was: Instance) -> bool:
    """Undo an update in place; one that never began, or a replacement that made nothing, needs no call."""
    pending = record.pending if record.pending and record.pending["action"] == "update" else None
    attempted = pending["properties"] if pending else (record.instance or was).properties
    if dict(attempted) == dict(was.properties):
        if record.status.endswith("_FAILED"):
            place.journal.resource_is(record, "UPDATE_COMPLETE", instance=was, before=None, pending=None)
        else:
            place.journal.keep(replace(record, instance=was, before=None, pending=None))
        return True
    record = place.journal.resource_is(record, "UPDATE_IN_PROGRESS")
    try:
        restored = await change(place, record, replace(was, properties=attempted), was.properties)
    except CallerError as error:
        service = service_model(kind_of(record.type).service).service_id
        place.journal.resource_is(record, "UPDATE_FAILED", place.calls("", "").reason(service, error))
        return False
    except (ResourceFailed, NotSimulated) as error:
        place.journal.resource_is(record, "UPDATE_FAILED", str(error))
        return False
    except Exception as error:
        _logger.exception("rolling back %s", record.logical)
        place.journal.resource_is(record, "UPDATE_FAILED", f"Internal Failure: {error!r}")
        return False
    place.journal.resource_is(record, "UPDATE_COMPLETE", instance=restored, before=None, pending=None)
    return True
