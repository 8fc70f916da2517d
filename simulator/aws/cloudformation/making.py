"""Bringing one resource to what the template says: create, replace, update in place, or leave alone."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from simulator.aws.cloudformation import changes, dynamic, names, properties, schemas
from simulator.aws.cloudformation.calls import GivenUp, ResourceFailed
from simulator.aws.cloudformation.evaluation import Evaluation
from simulator.aws.cloudformation.handlers.kind import Made, ResourceKind
from simulator.aws.cloudformation.handlers.table import kind_of
from simulator.aws.cloudformation.intrinsics import NotKnown
from simulator.aws.cloudformation.place import Place
from simulator.aws.cloudformation.records import Instance, ResourceRecord, load_resource
from simulator.aws.protocol.models import service_model
from simulator.kernel.errors import CallerError, NotSimulated

_logger = logging.getLogger("simulator.cloudformation")

_REPLACING = "Requested update requires the creation of a new physical resource; hence creating one."
_CANCELLED = {"create": "Resource creation cancelled", "update": "Resource update cancelled"}


async def bring(place: Place, evaluation: Evaluation, logical: str) -> bool:
    """Make the resource what it shall be; says whether it is. A failure is written down, and the others give up."""
    stack, store = place.journal.stack, place.cloud.kernel.store
    resource = evaluation.template.resources[logical]
    record = load_resource(store, stack, logical)
    if record and record.operation == stack.operation and record.status.endswith("_COMPLETE"):
        return True
    record = record or ResourceRecord(logical, resource.type)
    fresh = record.before is None and (record.instance is None or _half_created(record, stack.operation))
    try:
        await _bring(place, evaluation, record)
    except GivenUp:
        _failed(place, logical, "create" if fresh else "update", _CANCELLED["create" if fresh else "update"])
        return False
    except Exception as error:
        if not isinstance(error, ResourceFailed | CallerError | NotSimulated | NotKnown):
            _logger.exception("resource %s of stack %s", logical, stack.name)
        _failed(place, logical, "create" if fresh else "update", _why(place, resource.type, error))
        return False
    return True


def _half_created(record: ResourceRecord, operation: str) -> bool:
    """Whether a restart cut this resource's creation."""
    pending = record.pending if record.operation == operation else None
    return bool(pending and pending["action"] == "create")


def _failed(place: Place, logical: str, what: str, reason: str) -> None:
    stack = place.journal.stack
    record = load_resource(place.cloud.kernel.store, stack, logical)
    assert record is not None, "a resource has a row before anything can fail"
    place.failed[what].append(logical)
    before = record.before or (record.instance if what == "update" else None)
    place.journal.resource_is(
        record, f"{what.upper()}_FAILED", reason, operation=stack.operation, before=before
    )
    place.given_up.set()


def _why(place: Place, type_name: str, error: Exception) -> str:
    if isinstance(error, CallerError):
        return place.calls("", "").reason(service_model(kind_of(type_name).service).service_id, error)
    if isinstance(error, NotKnown):
        return f"{error} has no value"
    return str(error) if isinstance(error, ResourceFailed | NotSimulated) else f"Internal Failure: {error!r}"


async def _bring(place: Place, evaluation: Evaluation, record: ResourceRecord) -> None:
    """Raises ResourceFailed, CallerError, NotSimulated or GivenUp when it does not come to be."""
    stack = place.journal.stack
    resource = evaluation.template.resources[record.logical]
    stamped = replace(
        record,
        written=evaluation.written(record.logical),
        metadata=resource.metadata,
        depends=evaluation.graph[record.logical],
        deletion_policy=resource.deletion_policy,
        update_replace_policy=resource.update_replace_policy,
    )
    if record.operation != stack.operation:
        stamped = _without_old_failures(stamped)
    place.journal.keep(stamped)
    wanted = _wanted(place, evaluation, stamped)
    schema, old = evaluation.schema(record.logical), stamped.before or stamped.instance
    if old is None or _half_created(stamped, stack.operation):
        await _create(place, stamped, wanted)
    elif dict(old.properties) == wanted and record.status != "UPDATE_FAILED" and stamped.before is None:
        status = record.status if record.status.endswith("_COMPLETE") else "UPDATE_COMPLETE"
        place.journal.keep(replace(stamped, operation=stack.operation, status=status, before=old))
    elif changes.replaces(schema, old.properties, wanted):
        await _replace(place, stamped, old, wanted)
    else:
        await _update(place, stamped, old, wanted)


def _without_old_failures(record: ResourceRecord) -> ResourceRecord:
    """A record whose last operation failed and was not rolled back: what that left behind waits for the cleanup."""
    retired, instance = record.retired, record.instance
    if record.before and instance and record.before.physical != instance.physical:
        retired = (*retired, record.before)
    if record.status == "CREATE_FAILED" and instance:
        retired, instance = (*retired, instance), None
    return replace(record, retired=retired, instance=instance, before=None, pending=None)


def _wanted(place: Place, evaluation: Evaluation, record: ResourceRecord) -> dict[str, Any]:
    """The resolved, checked and tagged properties; raises ResourceFailed with the registry's words."""
    schema = evaluation.schema(record.logical)
    try:
        resolved = evaluation.properties(record.logical, place.scope(evaluation))
    except CallerError as error:
        raise ResourceFailed(error.message) from error
    checked, mistakes = properties.check(schema, resolved)
    if mistakes:
        raise ResourceFailed(properties.failure(record.logical, mistakes))
    return properties.with_stack_tags(schema, checked, place.journal.stack.definition.tags)


async def _create(place: Place, record: ResourceRecord, wanted: dict[str, Any]) -> None:
    kind = kind_of(record.type)
    name = _name(place, kind, record, wanted)
    pending = {"action": "create", "name": name, "properties": wanted}
    record = place.journal.resource_is(
        record, "CREATE_IN_PROGRESS", pending=pending, operation=place.journal.stack.operation
    )
    made = await _make(place, kind, record, name, wanted, "CREATE_IN_PROGRESS")
    latest = _latest(place, record)
    place.journal.resource_is(latest, "CREATE_COMPLETE", instance=_instance(made, wanted), pending=None)


async def _replace(place: Place, record: ResourceRecord, old: Instance, wanted: dict[str, Any]) -> None:
    kind = kind_of(record.type)
    explicit = wanted.get(kind.name) if kind.name else None
    if explicit and explicit == old.properties.get(kind.name):
        place.journal.keep(replace(record, operation=place.journal.stack.operation, before=old))
        raise ResourceFailed(
            "CloudFormation cannot update a stack when a custom-named resource requires replacing. "
            f"Rename {explicit} and update the stack again."
        )
    name = _name(place, kind, record, wanted)
    pending = {"action": "replace", "name": name, "properties": wanted}
    record = place.journal.resource_is(
        record, "UPDATE_IN_PROGRESS", _REPLACING,
        pending=pending, operation=place.journal.stack.operation, before=old,
    )  # fmt: skip
    made = await _make(place, kind, record, name, wanted, "UPDATE_IN_PROGRESS")
    latest = _latest(place, record)
    place.journal.resource_is(latest, "UPDATE_COMPLETE", instance=_instance(made, wanted), pending=None)


async def _make(
    place: Place, kind: ResourceKind, record: ResourceRecord, name: str, wanted: dict[str, Any], status: str
) -> Made:
    def initiated(made: Made) -> None:
        latest = _latest(place, record)
        place.journal.resource_is(
            latest, status, "Resource creation Initiated", instance=_instance(made, wanted)
        )

    calls = place.calls(record.logical, "make")
    return await kind.make(calls, name, await dynamic.resolve(calls, wanted), initiated)


async def _update(place: Place, record: ResourceRecord, old: Instance, wanted: dict[str, Any]) -> None:
    pending = {"action": "update", "name": "", "properties": wanted}
    record = place.journal.resource_is(
        record, "UPDATE_IN_PROGRESS",
        pending=pending, operation=place.journal.stack.operation, before=old, instance=old,
    )  # fmt: skip
    made = await change(place, record, old, wanted)
    latest = _latest(place, record)
    place.journal.resource_is(latest, "UPDATE_COMPLETE", instance=made, pending=None)


async def change(place: Place, record: ResourceRecord, old: Instance, wanted: Mapping[str, Any]) -> Instance:
    """Bring an instance from its properties to `wanted`, in place."""
    calls = place.calls(record.logical, "change")
    made = Made(old.physical, old.attributes, old.keys)
    told = await dynamic.resolve(calls, dict(wanted))
    before = await dynamic.resolve(calls, dict(old.properties))
    return _instance(await kind_of(record.type).change(calls, made, before, told), wanted)


def _name(place: Place, kind: ResourceKind, record: ResourceRecord, wanted: Mapping[str, Any]) -> str:
    """The physical name: the one of the step that a restart cut, the template's own, or one that is made up."""
    stack = place.journal.stack
    if not kind.name:
        return ""
    if record.pending and record.operation == stack.operation and record.pending.get("name"):
        return str(record.pending["name"])
    if wanted.get(kind.name):
        return str(wanted[kind.name])
    name = names.physical_name(
        place.cloud.kernel.ids, stack.name, record.logical, limit=kind.limit, lower=kind.lower
    )
    return kind.finish_name(name, wanted) if kind.finish_name else name


def _instance(made: Made, wanted: Mapping[str, Any]) -> Instance:
    attributes = {name: schemas.plain(value) for name, value in made.attributes.items()}
    return Instance(made.physical, dict(wanted), attributes, made.keys)


def _latest(place: Place, record: ResourceRecord) -> ResourceRecord:
    found = load_resource(place.cloud.kernel.store, place.journal.stack, record.logical)
    assert found is not None, "the row was written before the call"
    return found
